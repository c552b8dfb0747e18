/** `<fd-list-options>`: order, folding of equal lines, wrapping and columns of the list. Dispatches `change-url` {change}. */
import { LitElement, css, html, nothing } from "lit";
import type { TemplateResult } from "lit";
import { customElement, property } from "lit/decorators.js";
import { icon } from "../../elements/icons.js";
import { sharedStyles } from "../../elements/shared.styles.js";
import { changeUrl } from "./change-url.js";
import { toggleInList } from "./field-filters.js";
import type { ListOptions } from "./logs-query.js";

const FOLDS = [
  ["", "Every line"],
  ["exact", "Equal lines as one"],
  ["numbers", "… whatever their numbers"],
  ["signature", "… of one place in the code"],
] as const;

@customElement("fd-list-options")
export class ListOptionsBar extends LitElement {
  @property({ attribute: false }) options: ListOptions = { order: "newest", fold: undefined, wrap: false, columns: [] };

  override render(): TemplateResult {
    const { order, fold, wrap, columns } = this.options;
    return html`<button
        aria-pressed=${order === "oldest" ? "true" : "false"}
        title="Turn the list round"
        @click=${() => {
          changeUrl(this, { order: order === "oldest" ? undefined : "oldest" });
        }}
      >
        ${order === "oldest" ? "Oldest first" : "Newest first"}
      </button>
      <select
        aria-label="Equal lines"
        @change=${(event: Event) => {
          const { value } = event.target as HTMLSelectElement;
          changeUrl(this, { fold: value === "" ? undefined : value });
        }}
      >
        ${FOLDS.map(([value, title]) => html`<option value=${value} ?selected=${(fold ?? "") === value}>${title}</option>`)}
      </select>
      <button
        aria-pressed=${wrap ? "true" : "false"}
        title="Long messages over two lines"
        @click=${() => {
          changeUrl(this, { wrap: wrap ? undefined : "1" });
        }}
      >
        Wrap
      </button>
      ${
        columns.length === 0
          ? nothing
          : html`<span class="row" role="group" aria-label="Columns">
              ${columns.map(
                (name) =>
                  html`<span class="tag data"
                    >${name}
                    <button
                      class="quiet"
                      aria-label="Take the column ${name} away"
                      @click=${() => {
                        changeUrl(this, { cols: toggleInList(columns.join(","), name) });
                      }}
                    >
                      ${icon("close", 10)}
                    </button></span
                  >`,
              )}
            </span>`
      }`;
  }

  static override styles = [
    sharedStyles,
    css`
      :host {
        display: flex;
        flex-wrap: wrap;
        gap: var(--space-1);
        align-items: center;
      }
      button,
      select {
        min-height: 24px;
        font-size: var(--text-s);
      }
      .tag button {
        min-height: 18px;
        min-width: 24px;
        padding: 0 2px;
      }
    `,
  ];
}

declare global {
  interface HTMLElementTagNameMap {
    "fd-list-options": ListOptionsBar;
  }
}
