/** Controls of the profiles view that set one parameter of the address, and take those away that depend on it. */
import { html, nothing } from "lit";
import type { TemplateResult } from "lit";
import type { UrlState, UrlValues } from "../../state/url-state.js";

/** What a choice makes meaningless. */
const WITHOUT_SERVICE: UrlValues = { version: undefined, instance: undefined, base: undefined, fn: undefined };

interface ParameterToggle {
  readonly name: string;
  /** Undefined is the value of an address without it. */
  readonly value: string | undefined;
  readonly title: string;
  readonly help?: string;
}

export function parameterToggle(url: UrlState, { name, value, title, help }: ParameterToggle): TemplateResult {
  return html`<button
    title=${help ?? nothing}
    aria-pressed=${url.get(name) === value ? "true" : "false"}
    ?data-chart-table=${name === "form" && value === "table"}
    @click=${() => {
      url.set({ [name]: value, zoom: undefined, ...(name === "order" ? { frame: undefined } : {}) });
    }}
  >
    ${title}
  </button>`;
}

interface ParameterSelect {
  readonly label: string;
  readonly name: string;
  readonly value: string;
  readonly options: readonly (readonly [value: string, title: string])[];
}

export function parameterSelect(url: UrlState, { label, name, value, options }: ParameterSelect): TemplateResult {
  return html`<label
    ><span class="soft small">${label}</span>
    <select
      @change=${(event: Event) => {
        const chosen = (event.target as HTMLSelectElement).value || undefined;
        const without = name === "service" ? WITHOUT_SERVICE : {};
        url.set({ [name]: chosen, ...without, frame: undefined, zoom: undefined });
      }}
    >
      ${options.map(([option, title]) => html`<option value=${option} ?selected=${option === value}>${title}</option>`)}
    </select></label
  >`;
}
