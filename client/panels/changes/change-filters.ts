/** `<fd-change-filters>`: words, component, kinds and time that narrow the list of changes, all of them in the address. */
import { consume } from "@lit/context";
import { css, html, LitElement } from "lit";
import type { TemplateResult } from "lit";
import { customElement, property } from "lit/decorators.js";
import type { ChangeRecord } from "../../../server/wire/telemetry.js";
import { StoreController } from "../../controllers/store-controller.js";
import "../../elements/export-menu.js";
import { icon } from "../../elements/icons.js";
import { findField } from "../../elements/find-field.js";
import { sharedStyles } from "../../elements/shared.styles.js";
import { urlContext } from "../../state/contexts.js";
import type { UrlState } from "../../state/url-state.js";
import { CHANGE_KIND_WORDS, kindsIn, tallyKinds, tallyTargets } from "./change-list.js";
import type { ChangeKind } from "./change-list.js";
import { CHANGE_REQUESTS, changesTable } from "./changes-export.js";
import { KIND_ICONS } from "./kind-icons.js";

@customElement("fd-change-filters")
export class ChangeFilters extends LitElement {
  /** Those of the whole history, and those that the filters keep. */
  @property({ attribute: false }) all: readonly ChangeRecord[] = [];
  @property({ attribute: false }) shown: readonly ChangeRecord[] = [];
  @consume({ context: urlContext }) private readonly url!: UrlState;

  constructor() {
    super();
    new StoreController(this, { target: () => this.url, events: ["changed"] });
  }

  override render(): TemplateResult {
    const { shown } = this;
    return html`
      <form
        class="row"
        role="search"
        aria-label="Narrow the list"
        @submit=${(event: Event) => {
          event.preventDefault();
        }}
      >
        ${findField(this.url, { name: "text", label: "Words in title, text, author or diff", placeholder: "Search title, author, diff" })}
        ${this.renderTargets()} ${this.renderKinds()}
        <label class="row">
          <input
            type="checkbox"
            .checked=${this.url.get("span") === "window"}
            @change=${(event: Event) => {
              this.url.set({ span: (event.target as HTMLInputElement).checked ? "window" : undefined });
            }}
          />
          Only in the time range
        </label>
        <fd-export-menu
          .source=${() => ({ title: "Changes", table: changesTable(shown), json: shown, requests: CHANGE_REQUESTS })}
        ></fd-export-menu>
      </form>
    `;
  }

  private renderTargets(): TemplateResult {
    const target = this.url.get("target") ?? "";
    return html`<select
      aria-label="Component"
      @change=${(event: Event) => {
        this.url.set({ target: (event.target as HTMLSelectElement).value || undefined });
      }}
    >
      <option value="" ?selected=${target === ""}>All components</option>
      ${tallyTargets(this.all).map(
        ({ value, count }) => html`<option value=${value} ?selected=${value === target}>${value} (${count})</option>`,
      )}
    </select>`;
  }

  private renderKinds(): TemplateResult {
    const kinds = kindsIn(this.url.get("kinds"));
    return html`<span class="row" role="group" aria-label="Kinds">
      ${tallyKinds(this.all).map(
        ({ value, count }) => html`
          <button
            type="button"
            aria-pressed=${kinds.includes(value) ? "true" : "false"}
            @click=${() => {
              this.toggle(value);
            }}
          >
            ${icon(KIND_ICONS[value], 14)}${CHANGE_KIND_WORDS[value]} <span class="soft">${count}</span>
          </button>
        `,
      )}
    </span>`;
  }

  private toggle(kind: ChangeKind): void {
    const kinds = kindsIn(this.url.get("kinds"));
    const next = kinds.includes(kind) ? kinds.filter((other) => other !== kind) : [...kinds, kind];
    this.url.set({ kinds: next.length === 0 ? undefined : next.join(",") });
  }

  static override styles = [
    sharedStyles,
    css`
      :host {
        display: block;
        padding: var(--space-2) var(--space-4);
        border-bottom: 1px solid var(--line);
      }
      input[type="search"] {
        width: 220px;
      }
      select {
        max-width: 220px;
      }
    `,
  ];
}

declare global {
  interface HTMLElementTagNameMap {
    "fd-change-filters": ChangeFilters;
  }
}
