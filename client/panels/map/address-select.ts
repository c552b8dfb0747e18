/** A list of choices of the map that stands in the address; the first one is the value of an address without it. */
import { html } from "lit";
import type { TemplateResult } from "lit";
import type { UrlState, UrlValues } from "../../state/url-state.js";

interface AddressSelect {
  readonly label: string;
  /** Of the parameter. */
  readonly name: string;
  readonly options: readonly (readonly [value: string, title: string])[];
  /** What else the address loses with another choice. */
  readonly without?: UrlValues;
}

export function addressSelect(url: UrlState, { label, name, options, without = {} }: AddressSelect): TemplateResult {
  const value = url.get(name) ?? "";
  return html`<select
    aria-label=${label}
    title=${label}
    @change=${(event: Event) => {
      url.set({ [name]: (event.target as HTMLSelectElement).value || undefined, ...without });
    }}
  >
    ${options.map(([option, title]) => html`<option value=${option} ?selected=${option === value}>${title}</option>`)}
  </select>`;
}
