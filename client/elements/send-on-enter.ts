/**
 * Enter in a field sends its form. The browser does so for fields in the form's own tree alone; around an element that holds
 * fields of the form, `@keydown=${sendOnEnter}` does the same.
 */

/** Sends the form around the element that listens, unless its button is disabled. */
export function sendOnEnter(event: KeyboardEvent): void {
  const field = event.composedPath()[0];
  if (event.key !== "Enter" || event.isComposing || !(field instanceof HTMLInputElement)) return;
  const form = event.currentTarget instanceof Element ? event.currentTarget.closest("form") : null;
  const button = form?.querySelector<HTMLButtonElement>("button:not([type])") ?? null;
  if (button !== null && !button.disabled) form?.requestSubmit(button);
}
