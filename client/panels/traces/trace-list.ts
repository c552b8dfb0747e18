/**
 * `<fd-trace-list>`: traces as rows of equal height, of which only those in view exist. Headers sort over all that match,
 * not over the page. A sketch shows where the time went. Dispatches `order-change` {order}, `trace-pick` {traceId}.
 */
import { consume } from "@lit/context";
import { LitElement, html, nothing, svg } from "lit";
import type { SVGTemplateResult, TemplateResult } from "lit";
import { customElement, property, query, state } from "lit/decorators.js";
import type { TraceOrder, TraceSketch } from "../../../server/wire/traces.js";
import { seriesColor } from "../../charts/colors.js";
import { formatDurationUs } from "../../charts/format.js";
import { RowFocusController } from "../../controllers/row-focus-controller.js";
import { ResizeController } from "../../controllers/resize-controller.js";
import { icon } from "../../elements/icons.js";
import { serviceValue, timeValue, traceValue } from "../../elements/pivot-value.js";
import { sharedStyles } from "../../elements/shared.styles.js";
import { crosshairContext, urlContext } from "../../state/contexts.js";
import type { CrosshairModel } from "../../state/crosshair.js";
import type { UrlState } from "../../state/url-state.js";
import { sketchBars } from "./sketch.js";
import { traceListStyles } from "./trace-list.styles.js";

const ROW_PX = 30;
const MARGIN_ROWS = 8;
/** Of a failed bar that is red, from its start: the rest keeps the colour of its service. */
const FAILED_SHARE = 0.25;
const SKETCH = { width: 150, height: 22 };

interface Column {
  readonly title: string;
  readonly className: string;
  /** Order of the first press, and of the second. */
  readonly orders?: readonly [TraceOrder, TraceOrder];
}

const COLUMNS: readonly Column[] = [
  { title: "Start (UTC)", className: "start", orders: ["newest", "oldest"] },
  { title: "Root", className: "root" },
  { title: "Duration", className: "duration", orders: ["slowest", "fastest"] },
  { title: "Where the time went", className: "sketch" },
  { title: "Spans", className: "number", orders: ["spans", "spans"] },
  { title: "Errors", className: "errors", orders: ["errors", "errors"] },
  { title: "Services", className: "services" },
  { title: "Trace", className: "id" },
  { title: "Compare", className: "pick" },
];

/** Orders that put the largest first. */
const DESCENDING: ReadonlySet<TraceOrder> = new Set(["newest", "slowest", "spans", "errors"]);

@customElement("fd-trace-list")
export class TraceList extends LitElement {
  @property({ attribute: false }) traces: readonly TraceSketch[] = [];
  @property() order: TraceOrder = "newest";
  /** The trace that was picked to be compared with another. */
  @property() picked: string | undefined;
  @consume({ context: urlContext, subscribe: true }) @state() private url: UrlState | undefined;
  @consume({ context: crosshairContext, subscribe: true }) @state() private crosshair: CrosshairModel | undefined;
  @state() private first = 0;
  @query(".rows") private readonly box!: HTMLElement | null;
  private readonly size = new ResizeController(this);
  private readonly rowFocus = new RowFocusController(this, {
    rows: () => this.box,
    count: () => this.traces.length,
    reveal: (index) => {
      this.reveal(index);
    },
    controls: "a, button, fd-pivot-menu",
    first: "a",
  });

  override render(): TemplateResult {
    const { traces } = this;
    const count = Math.ceil(this.size.height / ROW_PX) + 2 * MARGIN_ROWS;
    const longestUs = traces.reduce((most, { durationUs }) => Math.max(most, durationUs), 1);
    return html`<div class="table" role="grid" aria-label="Traces found" aria-rowcount=${traces.length + 1}>
      <div role="rowgroup">
        <div class="row head" role="row" aria-rowindex="1">${COLUMNS.map((column) => this.header(column))}</div>
      </div>
      <div
        class="rows"
        role="rowgroup"
        aria-label="Traces. Arrow keys go from trace to trace and within a row."
        @scroll=${this.scrolled}
        @focusin=${this.rowFocus.focused}
        @keydown=${this.rowFocus.keyed}
      >
        <div class="space" style="height:${String(traces.length * ROW_PX)}px"></div>
        ${traces
          .slice(this.first, this.first + count)
          .map((trace, offset) => this.row(trace, this.first + offset, longestUs))}
      </div>
    </div>`;
  }

  private header({ title, className, orders }: Column): TemplateResult {
    const isSorted = orders?.includes(this.order) === true;
    const direction = DESCENDING.has(this.order) ? "descending" : "ascending";
    return html`<span class=${className} role="columnheader" aria-sort=${isSorted ? direction : nothing}>
      ${
        orders === undefined
          ? title
          : html`<button
              class="link sort"
              title="Sort all traces that match"
              @click=${() => {
                const order = this.order === orders[0] ? orders[1] : orders[0];
                this.dispatchEvent(new CustomEvent("order-change", { detail: { order } }));
              }}
            >
              ${title}${isSorted ? (DESCENDING.has(this.order) ? " ↓" : " ↑") : ""}
            </button>`
      }
    </span>`;
  }

  private row(trace: TraceSketch, index: number, longestUs: number): TemplateResult {
    const { traceId, rootService, rootName, startUs, durationUs, spanCount, errorCount, services } = trace;
    const href = this.url?.href("trace", { trace: traceId });
    return html`<div
      class="row ${traceId === this.picked ? "picked" : ""}"
      role="row"
      aria-rowindex=${index + 2}
      data-index=${index}
      style="top:${String(index * ROW_PX)}px;height:${String(ROW_PX)}px"
      @pointerenter=${() => this.crosshair?.point(startUs, this)}
      @pointerleave=${() => this.crosshair?.leave(this)}
    >
      <span class="start data" role="gridcell">${timeValue(startUs, { service: rootService, traceId }, 3)}</span>
      <span class="root" role="gridcell"
        >${serviceValue(rootService, { atUs: startUs })} <a href=${href ?? nothing}>${rootName}</a></span
      >
      <span class="duration" role="gridcell">
        <span class="bar" style="width:${String((durationUs / longestUs) * 100)}%"></span>
        <span class="data">${formatDurationUs(durationUs)}</span>
      </span>
      <span class="sketch" role="gridcell">${sketchOf(trace)}</span>
      <span class="number data" role="gridcell">${spanCount}</span>
      <span class="errors data" role="gridcell">
        ${errorCount === 0 ? html`<span class="soft">–</span>` : html`<span class="critical">${icon("critical", 12)} ${errorCount}</span>`}
      </span>
      <span class="services soft small" role="gridcell" title=${services.join(", ")}>${services.join(", ")}</span>
      <span class="id data" role="gridcell">${traceValue(traceId, { service: rootService, atUs: startUs })}</span>
      <span class="pick" role="gridcell">${this.pickButton(traceId)}</span>
    </div>`;
  }

  private pickButton(traceId: string): TemplateResult {
    const { picked } = this;
    const title =
      picked === undefined
        ? "Compare this trace with another: press here, then on the other"
        : picked === traceId
          ? "Not this one after all"
          : "Compare with the one that was picked";
    return html`<button
      class="quiet"
      title=${title}
      aria-label=${title}
      aria-pressed=${picked === traceId ? "true" : "false"}
      @click=${() => {
        this.dispatchEvent(new CustomEvent("trace-pick", { detail: { traceId } }));
      }}
    >
      ${picked === traceId ? "A" : picked === undefined ? icon("diff", 12) : "B"}
    </button>`;
  }

  private reveal(index: number): void {
    const { box } = this;
    if (box === null) return;
    const top = index * ROW_PX;
    if (top < box.scrollTop) box.scrollTop = top;
    else if (top + ROW_PX > box.scrollTop + box.clientHeight) box.scrollTop = top + ROW_PX - box.clientHeight;
    this.scrolled();
  }

  private readonly scrolled = (): void => {
    this.first = Math.max(0, Math.floor((this.box?.scrollTop ?? 0) / ROW_PX) - MARGIN_ROWS);
  };

  static override styles = [sharedStyles, traceListStyles];
}

function sketchOf(trace: TraceSketch): TemplateResult {
  const { width, height } = SKETCH;
  return html`<svg width=${width} height=${height} viewBox="0 0 ${width} ${height}" aria-hidden="true">
    ${sketchBars(trace.sketch, SKETCH).map(
      ({ x, y, width: length, height: thickness, service, failed }): SVGTemplateResult =>
        svg`<rect x=${x} y=${y} width=${length} height=${thickness}
          fill=${seriesColor(trace.services[service] ?? "")}></rect>
          ${failed ? svg`<rect x=${x} y=${y} width=${Math.max(3, length * FAILED_SHARE)} height=${thickness} fill="var(--severity-critical)"></rect>` : nothing}`,
    )}
  </svg>`;
}

declare global {
  interface HTMLElementTagNameMap {
    "fd-trace-list": TraceList;
  }
}
