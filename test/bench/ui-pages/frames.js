/** Frames a second while something moves: `step` is called before each of them. */
const FRAMES = 90;

export async function framesPerSecond(step) {
  const next = () => new Promise((resolve) => requestAnimationFrame(resolve));
  let from = await next();
  const begun = from;
  for (let frame = 0; frame < FRAMES; frame++) {
    step(frame / FRAMES);
    from = await next();
  }
  return (FRAMES * 1_000) / (from - begun);
}
