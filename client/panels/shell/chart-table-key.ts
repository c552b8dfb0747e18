/** The key to the table of a chart: that of the chart that has the focus, else of the first one of the view. */
import { deepActiveElement } from "../../elements/focus-order.js";
import { findDeep } from "./find-deep.js";

/** What opens a table carries this: a summary, or the button of a form. */
const SWITCH = "[data-chart-table]";

/** Opens or closes it and puts the focus on its switch, from where Tab leads into it. */
export function toggleTable(view: Element | null): void {
  const root = view?.shadowRoot ?? null;
  const control = nearestSwitch(view, deepActiveElement()) ?? findDeep(root, SWITCH);
  if (!(control instanceof HTMLElement)) return;
  control.focus();
  control.click();
}

function nearestSwitch(view: Element | null, active: Element | null): Element | undefined {
  for (let node: Node | null = active; node !== null && node !== view; node = parentOf(node)) {
    if (node instanceof Element && node.matches(SWITCH)) return node;
    const found = node instanceof Element || node instanceof ShadowRoot ? findDeep(node, SWITCH) : undefined;
    if (found !== undefined) return isWithin(view, node) ? found : undefined;
  }
  return undefined;
}

function isWithin(view: Element | null, inner: Node): boolean {
  for (let node: Node | null = inner; node !== null; node = parentOf(node)) if (node === view) return true;
  return false;
}

const parentOf = (node: Node): Node | null => (node instanceof ShadowRoot ? node.host : node.parentNode);
