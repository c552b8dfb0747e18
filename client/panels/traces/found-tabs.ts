/** `<fd-found-tabs>`: what of the traces found is shown, and how. All of it stands in the address. */
import { consume } from "@lit/context";
import { LitElement, css, html, nothing } from "lit";
import type { TemplateResult } from "lit";
import { customElement, property } from "lit/decorators.js";
import type { TraceOrder } from "../../../server/wire/traces.js";
import { formatNumber } from "../../charts/format.js";
import { StoreController } from "../../controllers/store-controller.js";
import { icon } from "../../elements/icons.js";
import { sharedStyles } from "../../elements/shared.styles.js";
import { urlContext } from "../../state/contexts.js";
import type { UrlState } from "../../state/url-state.js";
import { baselineKindOf, groupingOf, traceTabOf } from "./trace-sets.js";
import type { BaselineKind, TraceTab } from "./trace-sets.js";
import { TRACE_LIMIT_DEFAULT, TRACE_LIMITS } from "./traces-query.js";

const TABS: readonly (readonly [id: TraceTab, title: string])[] = [
  ["list", "List"],
  ["path", "Critical path of all"],
  ["difference", "Against another set"],
];

const BASELINES: readonly (readonly [id: BaselineKind, title: string])[] = [
  ["all", "all that was found"],
  ["before", "as much time before"],
  ["query", "another query"],
];

@customElement("fd-found-tabs")
export class FoundTabs extends LitElement {
  /** Traces that are listed at most. */
  @property({ type: Number }) limit = TRACE_LIMIT_DEFAULT;
  @property() order: TraceOrder = "newest";
  @consume({ context: urlContext }) private readonly url!: UrlState;

  constructor() {
    super();
    new StoreController(this, { target: () => this.url, events: ["changed"] });
  }

  private readonly read = (name: string): string | undefined => this.url.get(name);

  override render(): TemplateResult {
    const tab = traceTabOf(this.read);
    const tools = {
      list: () => this.renderListTools(),
      path: () => this.renderPathTools(),
      difference: () => this.renderBaselineTools(),
    };
    return html`<div class="row tabs">
      <div class="row" role="tablist" aria-label="What was found">
        ${TABS.map(
          ([id, title]) =>
            html`<button
              class="quiet"
              role="tab"
              aria-selected=${id === tab ? "true" : "false"}
              @click=${() => {
                this.url.set({ tab: id === "list" ? undefined : id });
              }}
            >
              ${title}
            </button>`,
        )}
      </div>
      ${tools[tab]()}
      <button
        class="quiet end"
        data-chart-table
        aria-pressed=${this.read("form") === "table" ? "true" : "false"}
        @click=${() => {
          this.url.set({ form: this.read("form") === "table" ? undefined : "table" }, { replace: true });
        }}
      >
        ${icon("table", 14)} Durations as a table
      </button>
    </div>`;
  }

  private renderListTools(): TemplateResult {
    const { limit, order } = this;
    return html`<label class="inline"
        ><span class="soft small">At most</span>
        <select
          aria-label="Traces listed at most"
          @change=${(event: Event) => {
            const { value } = event.target as HTMLSelectElement;
            this.url.set({ limit: Number(value) === TRACE_LIMIT_DEFAULT ? undefined : value });
          }}
        >
          ${TRACE_LIMITS.map(
            (choice) => html`<option value=${choice} ?selected=${choice === limit}>${formatNumber(choice, 9)}</option>`,
          )}
        </select>
      </label>
      <button
        aria-pressed=${order === "spread" ? "true" : "false"}
        title="A choice that is even over the time, in place of the newest or the slowest"
        @click=${() => {
          this.url.set({ order: order === "spread" ? undefined : "spread" });
        }}
      >
        Evenly over the time
      </button>
      ${
        this.read("pick") === undefined
          ? nothing
          : html`<span class="small">A is picked: press B on the trace to compare it with.</span>`
      }`;
  }

  private renderPathTools(): TemplateResult {
    const by = groupingOf(this.read);
    return html`<div class="segments" role="group" aria-label="Rows">
      ${(["operation", "service"] as const).map(
        (choice) =>
          html`<button
            aria-pressed=${choice === by ? "true" : "false"}
            @click=${() => {
              this.url.set({ by: choice === "operation" ? undefined : choice });
            }}
          >
            By ${choice}
          </button>`,
      )}
    </div>`;
  }

  private renderBaselineTools(): TemplateResult {
    const kind = baselineKindOf(this.read);
    return html`<label class="inline"
        ><span class="soft small">${this.read("sel") === undefined ? "What was found" : "The box"} against</span>
        <select
          @change=${(event: Event) => {
            this.url.set({ base: (event.target as HTMLSelectElement).value });
          }}
        >
          ${BASELINES.map(([id, title]) => html`<option value=${id} ?selected=${id === kind}>${title}</option>`)}
        </select></label
      >
      ${
        kind === "query"
          ? html`<input
              class="data"
              aria-label="TraceQL of the baseline"
              .value=${this.read("bq") ?? "{}"}
              @change=${(event: Event) => {
                this.url.set({ bq: (event.target as HTMLInputElement).value });
              }}
            />`
          : nothing
      }`;
  }

  static override styles = [
    sharedStyles,
    css`
      :host {
        display: block;
      }
      .tabs {
        border-block-end: 1px solid var(--line);
        padding-block-end: var(--space-1);
      }
      .end {
        margin-inline-start: auto;
      }
    `,
  ];
}

declare global {
  interface HTMLElementTagNameMap {
    "fd-found-tabs": FoundTabs;
  }
}
