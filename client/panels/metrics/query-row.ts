/**
 * One query of the metrics view: its letter (shown or hidden), its editor, what is wrong with it, and what it cost.
 * Dispatches `row-run` {text}, `row-shown` {shown}, `row-removed` and `row-explained` {open}.
 */
import { consume } from "@lit/context";
import { LitElement, css, html, nothing } from "lit";
import type { TemplateResult } from "lit";
import { customElement, property, query, state } from "lit/decorators.js";
import type { ApiError } from "../../../server/wire/errors.js";
import { QueryController } from "../../controllers/query-controller.js";
import { StoreController } from "../../controllers/store-controller.js";
import "../../elements/error-notice.js";
import { icon } from "../../elements/icons.js";
import { sharedStyles } from "../../elements/shared.styles.js";
import { stepSecondsOf } from "../../net/range-query.js";
import { runContext, timeContext } from "../../state/contexts.js";
import type { RunContext, TimeModel } from "../../state/contexts.js";
import "./editor.js";
import type { MarkedPart, PromqlEditor } from "./editor.js";
import type { Explanation } from "./explain-rows.js";
import "./explain-tree.js";
import type { MetricEntry } from "./metric-list.js";
import "./query-findings.js";
import type { QueryRow } from "./query-set.js";

@customElement("fd-query-row")
export class QueryRowElement extends LitElement {
  @property({ attribute: false }) row: QueryRow = { letter: "A", text: "", shown: true };
  @property({ attribute: false }) error: ApiError | undefined;
  @property({ attribute: false }) metrics: readonly MetricEntry[] = [];
  /** Whether the explain tree is open. */
  @property({ type: Boolean }) explained = false;
  /** Alone, it needs no letter. */
  @property({ type: Boolean }) alone = false;
  @consume({ context: runContext, subscribe: true }) @state() private run!: RunContext;
  @consume({ context: timeContext, subscribe: true }) @state() private time!: TimeModel;
  @state() private marked: MarkedPart | undefined;
  @query("fd-promql-editor") private readonly editor!: PromqlEditor;
  private readonly cost = new QueryController(this, {
    key: () => (this.explained && this.row.text !== "" ? [this.row.text, this.time.window()] : undefined),
    run: async (signal) => {
      const window = this.time.window();
      const parameters = {
        query: this.row.text,
        start: window.fromUs / 1e6,
        end: window.toUs / 1e6,
        step: stepSecondsOf(window),
      };
      return (await this.run.queries.prometheus("query_explain", parameters, signal)).data as Explanation;
    },
  });

  constructor() {
    super();
    new StoreController(this, { target: () => this.time, events: ["window"] });
  }

  get text(): string {
    return this.editor.text;
  }

  override focus(): void {
    this.editor.focus();
  }

  override render(): TemplateResult {
    const { row, alone } = this;
    const { letter, shown, text } = row;
    return html`<div class="line ${shown ? "" : "off"}">
        ${
          alone
            ? nothing
            : html`<button
                class="letter data"
                aria-pressed=${shown ? "true" : "false"}
                title="Query ${letter}: click to ${shown ? "leave it out of" : "bring it back into"} the answer"
                @click=${() => {
                  this.emit("row-shown", { shown: !shown });
                }}
              >
                ${letter}
              </button>`
        }
        <fd-promql-editor
          .value=${text}
          .queries=${this.run.queries}
          .metrics=${this.metrics}
          .diagnostics=${this.error?.diagnostics ?? []}
          .marked=${this.marked}
          label=${alone ? "PromQL query" : `PromQL query ${letter}`}
          @run=${(event: CustomEvent<{ query: string }>) => {
            event.stopPropagation();
            this.emit("row-run", { text: event.detail.query });
          }}
        ></fd-promql-editor>
        <button
          class="quiet"
          aria-expanded=${this.explained ? "true" : "false"}
          ?disabled=${text === ""}
          title="What each part of the query gave and cost"
          @click=${() => {
            this.emit("row-explained", { open: !this.explained });
          }}
        >
          ${icon("tree", 14)}Explain
        </button>
        <button
          class="quiet"
          ?disabled=${text === ""}
          title="Write the query over several lines, as Prometheus formats it"
          @click=${() => void this.tidy()}
        >
          Format
        </button>
        ${
          alone
            ? nothing
            : html`<button
                class="quiet"
                aria-label="Remove query ${letter}"
                title="Remove query ${letter}"
                @click=${() => {
                  this.emit("row-removed", {});
                }}
              >
                ${icon("close", 14)}
              </button>`
        }
      </div>
      <fd-query-findings
        query=${text}
        .error=${this.error}
        .metrics=${this.metrics}
        @fix=${(event: CustomEvent<{ query: string }>) => {
          event.stopPropagation();
          this.emit("row-run", { text: event.detail.query });
        }}
      ></fd-query-findings>
      ${
        this.explained && text !== ""
          ? html`<section class="explain" aria-label="What query ${letter} cost">
              ${this.error === undefined ? html`<fd-error-notice .error=${this.cost.error}></fd-error-notice>` : nothing}
              <fd-explain-tree
                .explanation=${this.cost.value}
                @part-pointed=${(event: CustomEvent<MarkedPart>) => {
                  event.stopPropagation();
                  this.marked = event.detail;
                }}
              ></fd-explain-tree>
            </section>`
          : nothing
      }`;
  }

  private async tidy(): Promise<void> {
    const answer = await this.run.queries.prometheus("format_query", { query: this.text }).catch(() => undefined);
    if (typeof answer?.data === "string") this.emit("row-run", { text: answer.data });
    else this.emit("row-run", { text: this.text });
  }

  private emit(name: string, detail: object): void {
    this.dispatchEvent(new CustomEvent(name, { detail }));
  }

  static override styles = [
    sharedStyles,
    css`
      :host {
        display: block;
        min-width: 0;
      }
      .line {
        display: flex;
        align-items: flex-start;
        gap: var(--space-1);
      }
      fd-promql-editor {
        flex: 1;
      }
      .line > button {
        min-height: 32px;
      }
      .letter {
        min-width: 28px;
        font-weight: 600;
      }
      .off fd-promql-editor {
        opacity: 0.55;
      }
      .off .letter {
        text-decoration: line-through;
        color: var(--ink-soft);
      }
      .explain {
        margin-block: var(--space-1) var(--space-2);
        padding-inline: var(--space-3);
        border-inline-start: 3px solid var(--accent-soft);
      }
      @media (max-width: 700px) {
        .line {
          flex-wrap: wrap;
        }
        fd-promql-editor {
          flex-basis: 80%;
        }
      }
    `,
  ];
}

declare global {
  interface HTMLElementTagNameMap {
    "fd-query-row": QueryRowElement;
  }
}
