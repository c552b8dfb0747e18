/**
 * `<fd-trace-details>`: beside the trace, the chosen span in full or all logs of the trace (`pane` in the address).
 * Dispatches `span-select` {spanId}.
 */
import { consume } from "@lit/context";
import { LitElement, css, html, nothing } from "lit";
import type { TemplateResult } from "lit";
import { customElement, property, state } from "lit/decorators.js";
import type { LogPage, LogPageRequest } from "../../../server/wire/telemetry.js";
import type { TraceNode, TraceTree } from "../../charts/waterfall-tree.js";
import { QueryController } from "../../controllers/query-controller.js";
import { StoreController } from "../../controllers/store-controller.js";
import "../../elements/error-notice.js";
import { sharedStyles } from "../../elements/shared.styles.js";
import { runContext, urlContext } from "../../state/contexts.js";
import type { RunContext } from "../../state/contexts.js";
import type { UrlState } from "../../state/url-state.js";
import { spanLinks } from "./span-links.js";
import "./span-pane.js";
import type { SpanLink } from "./span-pane.js";
import "./trace-logs.js";
import type { TraceReading } from "./trace-reading.js";

const PANES = [
  { id: "span", title: "Span" },
  { id: "logs", title: "Logs" },
] as const;

/** Lines of one trace that are listed; more open in the logs view. */
const LOG_LINES = 500;
/** Logs may be written a little after the last span ended. */
const LOG_SLACK_US = 1_000_000;

@customElement("fd-trace-details")
export class TraceDetails extends LitElement {
  @property({ attribute: false }) reading!: TraceReading;
  @property({ attribute: false }) selected!: TraceNode;
  @consume({ context: runContext, subscribe: true }) @state() private run: RunContext | undefined;
  @consume({ context: urlContext }) private readonly url!: UrlState;

  private readonly logs = new QueryController<LogPage | undefined>(this, {
    key: () => (this.run === undefined ? undefined : [this.reading.tree.traceId, this.reading.tree.spanCount]),
    run: async (signal) => this.run?.queries.logs(logRequest(this.reading.tree), signal),
  });

  constructor() {
    super();
    new StoreController(this, { target: () => this.url, events: ["changed"] });
  }

  override render(): TemplateResult {
    const pane = this.url.get("pane") === "logs" ? "logs" : "span";
    return html`<div class="row tabs" role="tablist" aria-label="Details">
        ${PANES.map(
          ({ id, title }) =>
            html`<button
              class="quiet"
              role="tab"
              aria-selected=${id === pane ? "true" : "false"}
              @click=${() => {
                this.url.set({ pane: id === "span" ? undefined : id }, { replace: true });
              }}
            >
              ${title}${id === "logs" && this.logs.value !== undefined ? ` (${String(this.logs.value.total)})` : ""}
            </button>`,
        )}
      </div>
      ${pane === "span" ? this.renderSpan() : this.renderLogs()}`;
  }

  private renderSpan(): TemplateResult {
    const { selected } = this;
    const { tree, path, movedUs, skews } = this.reading;
    return html`<div class="pane" role="tabpanel" tabindex="0" aria-label="Span">
      <fd-span-pane
        .tree=${tree}
        .path=${path}
        .node=${selected}
        .movedUs=${movedUs.get(selected.span.spanId)}
        .skew=${skews.find(({ instance }) => instance === selected.span.instance)}
        .elsewhere=${this.elsewhere()}
        @span-select=${this.passOn}
      ></fd-span-pane>
    </div>`;
  }

  private renderLogs(): TemplateResult {
    const { tree } = this.reading;
    const { fromUs, toUs, traceId } = logRequest(tree);
    return html`<div class="pane" role="tabpanel" tabindex="0" aria-label="Logs of the trace">
      ${this.logs.error === undefined ? nothing : html`<fd-error-notice .error=${this.logs.error}></fd-error-notice>`}
      <fd-trace-logs
        .page=${this.logs.value}
        .selected=${this.selected.span.spanId}
        .startUs=${tree.startUs}
        .href=${this.url.href("logs", { trace: traceId, from: String(fromUs), to: String(toUs) })}
        @span-select=${this.passOn}
      ></fd-trace-logs>
    </div>`;
  }

  /** The other signals of the span's service around it, by the time that its own clock wrote. */
  private elsewhere(): readonly SpanLink[] {
    const { span } = this.selected;
    const startUs = span.startUs - (this.reading.movedUs.get(span.spanId) ?? 0);
    return spanLinks({ ...span, startUs }, this.reading.trace.traceId).map(({ view, values, ...link }) => ({
      ...link,
      href: this.url.href(view, values),
    }));
  }

  private readonly passOn = (event: CustomEvent<{ readonly spanId: string }>): void => {
    event.stopPropagation();
    this.dispatchEvent(new CustomEvent("span-select", { detail: event.detail }));
  };

  static override styles = [
    sharedStyles,
    css`
      :host {
        display: contents;
      }
      .tabs {
        border-block-end: 1px solid var(--line);
        flex: none;
      }
      .pane {
        flex: 1;
        position: relative;
        overflow: auto;
        padding: var(--space-2) var(--space-3);
      }
    `,
  ];
}

const logRequest = ({ startUs, endUs, traceId }: TraceTree): LogPageRequest & { readonly traceId: string } => ({
  fromUs: startUs - LOG_SLACK_US,
  toUs: endUs + LOG_SLACK_US,
  traceId,
  offset: 0,
  limit: LOG_LINES,
});

declare global {
  interface HTMLElementTagNameMap {
    "fd-trace-details": TraceDetails;
  }
}
