/** Colours of CSS variables for one drawing of a canvas: each is looked up once, however many marks have it. */
import { resolveColor } from "./colors.js";

/** A function from `var(--x)` to the colour that it has on `element` now. Make a new one for each drawing: themes change. */
export function createPalette(element: Element): (color: string) => string {
  const known = new Map<string, string>();
  return (color) => {
    const before = known.get(color);
    if (before !== undefined) return before;
    const resolved = resolveColor(color, element);
    known.set(color, resolved);
    return resolved;
  };
}
