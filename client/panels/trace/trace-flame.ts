/** `<fd-trace-flame>`: the spans of a trace as a flame graph over time. Span and zoom are the address’s. */
import { consume } from "@lit/context";
import { LitElement, css, html } from "lit";
import type { PropertyValues, TemplateResult } from "lit";
import { customElement, property } from "lit/decorators.js";
import type { FlameFrame, FlameLayout } from "../../charts/flame-layout.js";
import "../../charts/flame.js";
import type { FlameRange } from "../../charts/flame.js";
import { formatDurationUs } from "../../charts/format.js";
import { spanFlame } from "../../charts/span-flame.js";
import type { TraceTree } from "../../charts/waterfall-tree.js";
import { StoreController } from "../../controllers/store-controller.js";
import type { PivotSubject } from "../../elements/pivots.js";
import { urlContext } from "../../state/contexts.js";
import type { UrlState } from "../../state/url-state.js";
import { parseZoom, printZoom } from "./trace-search.js";

@customElement("fd-trace-flame")
export class TraceFlame extends LitElement {
  @property({ attribute: false }) tree!: TraceTree;
  @property() selected = "";
  /** Ids of the spans that the search has found; undefined without a search. */
  @property({ attribute: false }) found: ReadonlySet<string> | undefined;
  @consume({ context: urlContext }) private readonly url!: UrlState;
  private layout: FlameLayout | undefined;

  constructor() {
    super();
    new StoreController(this, { target: () => this.url, events: ["changed"] });
  }

  override willUpdate(changed: PropertyValues): void {
    if (changed.has("tree")) this.layout = undefined;
  }

  override render(): TemplateResult {
    const layout = (this.layout ??= spanFlame(this.tree));
    const zoom = parseZoom(this.url.get("zoom"));
    return html`<fd-flame
      .layout=${layout}
      .range=${zoom === undefined ? undefined : { from: zoom.fromUs, to: zoom.toUs }}
      .selected=${this.selected}
      .found=${this.found}
      .caption=${`Spans of the trace over time, ${String(this.tree.spanCount)} in ${String(layout.rows.length)} lines`}
      .subjectOf=${this.subjectOf}
      .describe=${this.describe}
      @frame-select=${(event: CustomEvent<{ readonly id: string }>) => {
        this.url.set({ span: event.detail.id }, { replace: true });
      }}
      @range-change=${(event: CustomEvent<{ readonly range: FlameRange | undefined }>) => {
        const { range } = event.detail;
        const next = range === undefined ? undefined : { fromUs: range.from, toUs: range.to };
        this.url.set({ zoom: printZoom(next) }, { replace: true });
      }}
    ></fd-flame>`;
  }

  private readonly subjectOf = (frame: FlameFrame): PivotSubject | undefined => {
    const span = this.tree.byId.get(frame.id)?.span;
    if (span === undefined) return undefined;
    return { field: "name", value: span.name, service: span.service, atUs: span.startUs, traceId: this.tree.traceId };
  };

  private readonly describe = (frame: FlameFrame): string => {
    const failed = this.tree.byId.get(frame.id)?.span.status === "error" ? ", failed" : "";
    return `${frame.name}, ${formatDurationUs(frame.width)} at +${formatDurationUs(frame.start)}${failed}`;
  };

  static override styles = css`
    :host {
      display: contents;
    }
  `;
}

declare global {
  interface HTMLElementTagNameMap {
    "fd-trace-flame": TraceFlame;
  }
}
