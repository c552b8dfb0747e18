/**
 * Colours of series and services: by a hash of the name, so that a service has the same colour in every view and both
 * themes. The twelve hues are CSS variables (`styles/tokens.css`), taken from sets that people with colour-blindness can
 * tell apart (Okabe and Ito 2008; Tol 2021) and adjusted per theme; none of them is a severity colour.
 */
export const SERIES_COLORS = 12;

/** `var(--series-n)` for CSS. */
export function seriesColor(name: string): string {
  return `var(--series-${String((hashOf(name) % SERIES_COLORS) + 1)})`;
}

/**
 * Colours for the series of one chart: each keeps the colour of its hash where that is free, else the next free one,
 * so that up to twelve series never share. The same names give the same colours in whatever order they come.
 */
export function seriesColors(names: readonly string[]): ReadonlyMap<string, string> {
  const taken = new Set<number>();
  const colors = new Map<string, string>();
  for (const name of [...names].sort()) {
    if (colors.has(name)) continue;
    let slot = hashOf(name) % SERIES_COLORS;
    for (let tries = 0; tries < SERIES_COLORS && taken.has(slot); tries += 1) slot = (slot + 1) % SERIES_COLORS;
    taken.add(slot);
    colors.set(name, `var(--series-${String(slot + 1)})`);
  }
  return colors;
}

/** The colour that a `var(--x)` has on `element` now, for canvases; other text is passed through. */
export function resolveColor(color: string, element: Element): string {
  const name = /^var\((--[\w-]+)\)$/.exec(color)?.[1];
  return name === undefined ? color : getComputedStyle(element).getPropertyValue(name).trim();
}

/** FNV-1a, 32 bit. */
function hashOf(text: string): number {
  let hash = 0x811c9dc5;
  for (let index = 0; index < text.length; index += 1) hash = Math.imul(hash ^ text.charCodeAt(index), 0x01000193);
  // The low bits of FNV are weak for short names: mix once, as murmur3 begins its finaliser. The multiplier was searched for:
  // with it the twelve services of the shop have twelve colours, and what they call is told from its callers.
  hash ^= hash >>> 16;
  return Math.imul(hash, 0xa364a12b) >>> 8;
}
