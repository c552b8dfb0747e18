/** A field that narrows what a view shows by words. They stand in the address; a key typed leaves no step to go back to. */
import { html, nothing } from "lit";
import type { TemplateResult } from "lit";
import type { UrlState } from "../state/url-state.js";

interface FindField {
  /** Of the parameter. */
  readonly name: string;
  readonly label: string;
  readonly placeholder?: string;
  /** `/` goes to it before any other field of the view. */
  readonly isQuery?: boolean;
  readonly keyed?: (event: KeyboardEvent) => void;
}

export function findField(
  url: UrlState,
  { name, label, placeholder = label, isQuery = false, keyed }: FindField,
): TemplateResult {
  return html`<input
    type="search"
    ?data-query=${isQuery}
    aria-label=${label}
    placeholder=${placeholder}
    .value=${url.get(name) ?? ""}
    @input=${(event: Event) => {
      url.set({ [name]: (event.target as HTMLInputElement).value || undefined }, { replace: true });
    }}
    @keydown=${keyed ?? nothing}
  />`;
}
