/** Where the focus is and where Tab would take it, through shadow roots and slots. */

/** The element that has the focus, however deep it lies. */
export function deepActiveElement(): Element | null {
  let active = document.activeElement;
  for (let inner = active; inner !== null; inner = inner.shadowRoot?.activeElement ?? null) active = inner;
  return active;
}

/** What takes the focus by Tab. */
export const FOCUSABLE =
  "a[href], button:not(:disabled), input:not(:disabled), select:not(:disabled), textarea:not(:disabled), summary, [tabindex='0'], [contenteditable='true']";

/** The controls in `root` that Tab comes to, in the order in which they are drawn. */
export function tabStopsIn(root: Element): readonly HTMLElement[] {
  const stops: HTMLElement[] = [];
  for (const element of drawnIn(root))
    if (
      element instanceof HTMLElement &&
      element.matches(FOCUSABLE) &&
      element.tabIndex >= 0 &&
      element.checkVisibility()
    )
      stops.push(element);
  return stops;
}

/** All that is drawn in an element: of a host its shadow root, of a slot what was put into it. */
export function* drawnIn(root: Element): Generator<Element> {
  for (const child of childrenOf(root)) {
    yield child;
    yield* drawnIn(child);
  }
}

function childrenOf(element: Element): Iterable<Element> {
  if (element.shadowRoot !== null) return element.shadowRoot.children;
  const put = element instanceof HTMLSlotElement ? element.assignedElements() : [];
  return put.length > 0 ? put : element.children;
}

/** Whether the focus lies in an element, at any depth. */
export function holdsFocus(element: Element): boolean {
  for (let node: Node | null = deepActiveElement(); node !== null; node = parentOf(node))
    if (node === element) return true;
  return false;
}

/** The parent in the order of drawing: of what was put into a slot, the slot. */
function parentOf(node: Node): Node | null {
  if (node instanceof ShadowRoot) return node.host;
  return (node instanceof Element ? node.assignedSlot : null) ?? node.parentNode;
}
