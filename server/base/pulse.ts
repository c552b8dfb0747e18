/**
 * Looks at a clock every so often in a long loop: that is when a question whose asker has gone away hears of it, by what
 * the clock throws.
 */
const EVERY = 512;

/** To be called once a turn. */
export function pulseOf(clockMs: (() => number) | undefined): () => void {
  if (clockMs === undefined) return () => undefined;
  let turns = 0;
  return () => {
    if (++turns % EVERY === 0) clockMs();
  };
}
