/**
 * Colours of series and services: by a hash of the name, so that a service has the same colour in every view and both
 * themes. The twelve hues are CSS variables (`styles/tokens.css`), taken from sets that people with colour-blindness can
 * tell apart (Okabe and Ito 2008; Tol 2021) and adjusted per theme; none of them is a severity colour.
 */
export const SERIES_COLORS = 12;

/** `var(--series-n)` for CSS. */
export function seriesColor(name: string): string {
  return colorOf(slotOf(name));
}

/** What watches a system, not what runs in it: where both want a colour, these take another. */
const WATCHERS: ReadonlySet<string> = new Set(["alertmanager", "prometheus"]);

/**
 * Colours for the series of one chart: each keeps the colour of its hash, which is that of every other chart; those that
 * find it given away take what all have left, so that up to twelve series never share. The same names give the same
 * colours in whatever order they come.
 */
export function seriesColors(names: readonly string[]): ReadonlyMap<string, string> {
  const sorted = [...new Set(names)].sort();
  const inTurn = [...sorted.filter((name) => !isWatcher(name)), ...sorted.filter(isWatcher)];
  const taken = new Set<number>();
  const colors = new Map<string, string>();
  const displaced: string[] = [];
  const give = (name: string, slot: number): void => {
    taken.add(slot);
    colors.set(name, colorOf(slot));
  };
  for (const name of inTurn) {
    const slot = slotOf(name);
    if (taken.has(slot)) displaced.push(name);
    else give(name, slot);
  }
  for (const name of displaced) {
    let slot = slotOf(name);
    for (let tries = 0; tries < SERIES_COLORS && taken.has(slot); tries += 1) slot = (slot + 1) % SERIES_COLORS;
    give(name, slot);
  }
  return colors;
}

const isWatcher = (name: string): boolean => WATCHERS.has(withoutPort(name));

const colorOf = (slot: number): string => `var(--series-${String(slot + 1)})`;

const slotOf = (name: string): number => hashOf(withoutPort(name)) % SERIES_COLORS;

/** An instance is `cart-0` to its profiles and `cart-0:9464` to its metrics. */
const withoutPort = (name: string): string => name.replace(/:\d+$/, "");

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
