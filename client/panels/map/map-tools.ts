/** `<fd-map-tools>`: which parts of the map are lit, how they are grouped, and in which form they are drawn: all in the address. */
import { consume } from "@lit/context";
import { LitElement, css, html } from "lit";
import type { TemplateResult } from "lit";
import { customElement, property } from "lit/decorators.js";
import { StoreController } from "../../controllers/store-controller.js";
import "../../elements/export-menu.js";
import type { ExportSource } from "../../elements/export-menu.js";
import { icon } from "../../elements/icons.js";
import "../../elements/pin-button.js";
import type { ExhibitParts } from "../../elements/pin-button.js";
import { findField } from "../../elements/find-field.js";
import { sharedStyles } from "../../elements/shared.styles.js";
import { urlContext } from "../../state/contexts.js";
import type { UrlState } from "../../state/url-state.js";
import { addressSelect } from "./address-select.js";

const FORMS: readonly (readonly [form: string | undefined, title: string, icon: string])[] = [
  [undefined, "Map", "map"],
  ["tree", "Tree", "lines"],
  ["table", "Table", "table"],
];

@customElement("fd-map-tools")
export class MapTools extends LitElement {
  /** Parts that are lit, and all of them. */
  @property({ type: Number }) lit = 0;
  @property({ type: Number }) total = 0;
  @property({ attribute: false }) source!: () => ExportSource;
  @property({ attribute: false }) exhibit!: () => ExhibitParts;
  @consume({ context: urlContext }) private readonly url!: UrlState;

  constructor() {
    super();
    new StoreController(this, { target: () => this.url, events: ["changed"] });
  }

  override render(): TemplateResult {
    const { url } = this;
    const only = url.get("only") === "errors";
    return html`<div class="row">
      ${findField(url, { name: "find", label: "Find a part" })}
      <button
        aria-pressed=${only ? "true" : "false"}
        @click=${() => {
          url.set({ only: only ? undefined : "errors" });
        }}
      >
        Only what is worse
      </button>
      ${this.renderSelects()}
      <span class="segments" role="group" aria-label="Form">${FORMS.map((form) => this.form(...form))}</span>
      <span class="soft small" data-answer>${this.lit} of ${this.total} parts</span>
      <span class="ends">
        <fd-export-menu .source=${this.source}></fd-export-menu>
        <fd-pin-button label="Pin map" .exhibit=${this.exhibit}></fd-pin-button>
      </span>
    </div>`;
  }

  private renderSelects(): TemplateResult {
    return html`${addressSelect(this.url, {
      label: "Around the chosen part",
      name: "hops",
      options: [
        ["", "everything"],
        ["1", "1 call away"],
        ["2", "2 calls away"],
        ["3", "3 calls away"],
      ],
    })}
    ${addressSelect(this.url, {
      label: "Group",
      name: "group",
      options: [
        ["", "no groups"],
        ["team", "by team"],
        ["kind", "by kind"],
      ],
      without: { node: undefined, edge: undefined, cam: undefined, fold: undefined },
    })}`;
  }

  private form(value: string | undefined, title: string, name: string): TemplateResult {
    return html`<button
      aria-pressed=${this.url.get("form") === value ? "true" : "false"}
      ?data-chart-table=${value === "table"}
      @click=${() => {
        this.url.set({ form: value });
      }}
    >
      ${icon(name, 14)} ${title}
    </button>`;
  }

  static override styles = [
    sharedStyles,
    css`
      :host {
        display: block;
      }
      input[type="search"] {
        width: clamp(120px, 14vw, 220px);
      }
      /* Go to the next line together. */
      .ends {
        display: inline-flex;
        gap: var(--space-2);
        margin-inline-start: auto;
      }
    `,
  ];
}

declare global {
  interface HTMLElementTagNameMap {
    "fd-map-tools": MapTools;
  }
}
