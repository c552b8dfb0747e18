/** Looks for elements through shadow roots: the shell's keys reach into views that it knows nothing of. */

/** The first match in `root` or in the shadow roots below it. */
export function findDeep<Name extends keyof HTMLElementTagNameMap>(
  root: ParentNode | null,
  selector: Name,
): HTMLElementTagNameMap[Name] | undefined;
export function findDeep(root: ParentNode | null, selector: string): Element | undefined;
export function findDeep(root: ParentNode | null, selector: string): Element | undefined {
  if (root === null) return undefined;
  const direct = root.querySelector(selector);
  if (direct !== null) return direct;
  for (const element of root.querySelectorAll("*")) {
    const found = element.shadowRoot === null ? undefined : findDeep(element.shadowRoot, selector);
    if (found !== undefined) return found;
  }
  return undefined;
}

/** Puts the focus into the field that a view marks with `data-query`, else into its first text field. */
export function focusQuery(view: Element | null): void {
  const root = view?.shadowRoot ?? null;
  const field =
    findDeep(root, "[data-query]") ?? findDeep(root, "input[type='search'], input[type='text'], input:not([type])");
  if (field instanceof HTMLElement) field.focus();
}
