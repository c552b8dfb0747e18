/** `<fd-trace-head>`: what a trace is, in one row: its first call, how long, when, how large, and how it goes out. */
import { consume } from "@lit/context";
import { LitElement, css, html, nothing } from "lit";
import type { TemplateResult } from "lit";
import { customElement, property } from "lit/decorators.js";
import { formatDateTime, formatDurationUs } from "../../charts/format.js";
import { depthOf } from "../../charts/waterfall-folds.js";
import type { TraceNode, TraceTree } from "../../charts/waterfall-tree.js";
import "../../elements/export-menu.js";
import type { ExportSource } from "../../elements/export-menu.js";
import { icon } from "../../elements/icons.js";
import "../../elements/pin-button.js";
import type { ExhibitParts } from "../../elements/pin-button.js";
import { pivotValue, serviceValue } from "../../elements/pivot-value.js";
import { sharedStyles } from "../../elements/shared.styles.js";
import { urlContext } from "../../state/contexts.js";
import type { UrlState } from "../../state/url-state.js";

@customElement("fd-trace-head")
export class TraceHead extends LitElement {
  @property({ attribute: false }) tree!: TraceTree;
  @property({ attribute: false }) root!: TraceNode;
  @property({ attribute: false }) source!: () => ExportSource;
  @property({ attribute: false }) exhibit!: () => ExhibitParts | undefined;
  @consume({ context: urlContext }) private readonly url!: UrlState;

  override render(): TemplateResult {
    const { tree } = this;
    const { span } = this.root;
    const place = { service: span.service, atUs: span.startUs };
    const services = new Set([...tree.byId.values()].map((node) => node.span.service));
    return html`<header class="row">
      <a href=${this.url.href("traces")}>${icon("undo", 14)} Traces</a>
      <h1>${serviceValue(span.service, { atUs: span.startUs })} ${pivotValue("name", span.name, place)}</h1>
      <span class="data">${formatDurationUs(span.durationUs)}</span>
      <span class="soft data">${pivotValue("time", `${formatDateTime(span.startUs)} UTC`, place)}</span>
      <span class="soft">${tree.spanCount} spans, ${services.size} services, ${depthOf(tree)} levels</span>
      ${tree.errorCount === 0 ? nothing : html`<span class="critical">${icon("critical", 14)} ${tree.errorCount} failed</span>`}
      <span class="data small">${pivotValue("trace_id", tree.traceId, place)}</span>
      <span class="ends">
        <fd-export-menu .source=${this.source}></fd-export-menu>
        <fd-pin-button label="Pin trace" .exhibit=${this.exhibit}></fd-pin-button>
      </span>
    </header>`;
  }

  static override styles = [
    sharedStyles,
    css`
      :host {
        display: block;
      }
      /* Go to the next line together. */
      .ends {
        display: inline-flex;
        gap: var(--space-2);
        margin-inline-start: auto;
      }
      h1 {
        display: flex;
        flex-wrap: wrap;
        align-items: center;
        gap: var(--space-2);
        overflow-wrap: anywhere;
      }
    `,
  ];
}

declare global {
  interface HTMLElementTagNameMap {
    "fd-trace-head": TraceHead;
  }
}
