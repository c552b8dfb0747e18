/**
 * The parts of a view that a key jumps between: fields of queries, charts, lists, tables, sections. Without it everything
 * that lies between two of them is a press of Tab.
 */
import { drawnIn, FOCUSABLE } from "../../elements/focus-order.js";

/** What counts as a part: what takes keys of its own, and what groups others. */
const PARTS = "[data-query], [tabindex='0'], [role='tablist'], section, aside, form, table, figure, [data-part]";

type Focusable = HTMLElement | SVGElement;

const isFocusable = (element: Element): element is Focusable =>
  element instanceof HTMLElement || element instanceof SVGElement;

/** Moves the focus to the first control of the next or the previous part as seen from `active`; stays at the ends. */
export function focusPart(view: Element, direction: -1 | 1, active: Element | null): void {
  const stops = partStops(view, active);
  const at = stops.passed + (direction === 1 ? 0 : stops.onStop ? -2 : -1);
  const target = stops.elements[at];
  target?.focus();
  target?.scrollIntoView({ block: "nearest" });
}

interface PartStops {
  readonly elements: readonly Focusable[];
  /** How many of them stand before the focus, or have it. */
  readonly passed: number;
  readonly onStop: boolean;
}

/** In the order in which they are drawn. */
function partStops(view: Element, active: Element | null): PartStops {
  const elements: Focusable[] = [];
  let passed = 0;
  for (const element of drawnIn(view)) {
    if (isFocusable(element) && element.matches(PARTS)) {
      const stop = stopOf(element);
      if (stop !== undefined && !elements.includes(stop)) elements.push(stop);
    }
    if (element === active) passed = elements.findIndex((stop) => stop === active) + 1 || elements.length;
  }
  return { elements, passed, onStop: passed > 0 && elements[passed - 1] === active };
}

/** A part that takes the focus itself, else the first control in it. */
function stopOf(part: Focusable): Focusable | undefined {
  if (!part.checkVisibility()) return undefined;
  if (part.matches(FOCUSABLE)) return part;
  for (const inner of drawnIn(part))
    if (isFocusable(inner) && inner.matches(FOCUSABLE) && inner.checkVisibility()) return inner;
  return undefined;
}
