/**
 * `<fd-log-histogram>`: log lines by level over time. Drag to zoom, arrow keys walk through the bars and Enter zooms to
 * one; with Shift a drag or Enter dispatches `box-picked` {fromUs, toUs}, for a comparison. In the mode `picksBaseline` a
 * drag, or Enter at its first and at its last bar, dispatches `baseline-picked` {fromUs, toUs}. A click on a level in the legend
 * or on a bar's part dispatches `level-picked` {level}. The crosshair is the page's. As text: a caption and a table.
 */
import { consume } from "@lit/context";
import { LitElement, html, nothing, svg } from "lit";
import type { TemplateResult } from "lit";
import { customElement, property, state } from "lit/decorators.js";
import type { LogHistogram, LogLevel, TimeWindow } from "../../server/wire/telemetry.js";
import { CrosshairController } from "../controllers/crosshair-controller.js";
import { PivotController } from "../controllers/pivot-controller.js";
import { ResizeController } from "../controllers/resize-controller.js";
import { sharedStyles } from "../elements/shared.styles.js";
import { crosshairContext, timeContext } from "../state/contexts.js";
import type { TimeModel } from "../state/contexts.js";
import type { CrosshairModel } from "../state/crosshair.js";
import type { ExportTable } from "../state/export-text.js";
import "./chart-table.js";
import { formatClock, formatClockTick, formatCount } from "./format.js";
import { barAt, layoutHistogram, outlineOf, STACK_ORDER } from "./histogram-layout.js";
import type { HistogramBar, HistogramLayout } from "./histogram-layout.js";
import { countsText, histogramCaption, histogramTable } from "./histogram-texts.js";
import { histogramStyles } from "./histogram.styles.js";
import { instantSubject } from "./mark-subject.js";
import { timeTicks } from "./scatter-axis.js";

const PLOT_PX = 72;
const AXIS_PX = 16;
const TICK_PX = 110;
const KEYS_TEXT = "Arrow keys walk through the bars, Enter zooms in, Shift and Enter compares.";

@customElement("fd-log-histogram")
export class LogHistogramChart extends LitElement {
  @property({ attribute: false }) histogram: LogHistogram | undefined;
  @property({ attribute: false }) window: TimeWindow = { fromUs: 0, toUs: 1 };
  /** Levels that are filtered for. */
  @property({ attribute: false }) levels: readonly LogLevel[] = [];
  /** What patterns are compared with: a band where it lies in the window. Undefined: nothing is compared. */
  @property({ attribute: false }) baseline: TimeWindow | undefined;
  /** Whether the next stretch of time is the baseline. */
  @state() private picksBaseline = false;
  /** First bar of the baseline that the keys are picking. */
  @state() private baselineFrom: number | undefined;
  @consume({ context: timeContext, subscribe: true }) @state() private time: TimeModel | undefined;
  @consume({ context: crosshairContext, subscribe: true }) @state() private crosshair: CrosshairModel | undefined;
  /** Bar under the page's crosshair. */
  @state() private pointedBar: number | undefined;
  /** Bar chosen with the keyboard. */
  @state() private focused: number | undefined;
  @state() private drag: { readonly from: number; readonly to: number } | undefined;
  private readonly size = new ResizeController(this);
  /** Of the drag under way. */
  private compares = false;
  private pressedPart: string | undefined;

  private layout: HistogramLayout | undefined;

  constructor() {
    super();
    new PivotController(this, {
      at: (event) =>
        event.composedPath().some((target) => target instanceof SVGSVGElement)
          ? instantSubject(this.timeAt(event.clientX - this.getBoundingClientRect().left))
          : undefined,
      focused: () => {
        const bar = this.focused === undefined ? undefined : this.layout?.bars[this.focused];
        if (bar === undefined) return undefined;
        const { left, top } = this.getBoundingClientRect();
        return {
          subject: instantSubject((bar.fromUs + bar.toUs) / 2),
          anchor: new DOMRect(left + bar.x, top, bar.width, PLOT_PX),
        };
      },
    });
  }

  private readonly pointer = new CrosshairController(this, {
    model: () => this.crosshair,
    container: () => this.renderRoot.querySelector(".plane"),
    place: (atUs) => this.xOf(atUs),
    moved: (atUs) => {
      const x = atUs === undefined ? undefined : this.xOf(atUs);
      this.pointedBar = x === undefined || this.layout === undefined ? undefined : barAt(this.layout, x);
    },
    axis: () => this.window,
  });

  override render(): TemplateResult {
    const width = Math.max(80, this.size.width);
    const layout =
      this.histogram === undefined
        ? undefined
        : layoutHistogram(this.histogram, this.window, { width, height: PLOT_PX });
    this.layout = layout;
    return html`<div class="plane">
        <svg
          width=${width}
          height=${PLOT_PX + AXIS_PX}
          tabindex="0"
          role="img"
          aria-label="${histogramCaption(layout, this.window)}. ${KEYS_TEXT}"
          @pointerdown=${this.pressed}
          @pointermove=${this.moved}
          @pointerup=${this.released}
          @pointercancel=${this.cancelled}
          @pointerleave=${this.left}
          @dblclick=${this.lock}
          @keydown=${(event: KeyboardEvent) => {
            this.keyed(event, layout);
          }}
          @blur=${() => {
            this.focused = undefined;
          }}
        >
          ${this.band(width)} ${layout === undefined ? nothing : this.bars(layout)} ${this.axis(width)}
          ${this.overlay(layout)}
        </svg>
      </div>
      <p class="visually-hidden" role="status">${this.spoken(layout)}</p>
      ${layout === undefined ? nothing : this.legend(layout)} `;
  }

  /** Counts under the pointer, else of the whole window; and all of them as a table. */
  private legend(layout: HistogramLayout): TemplateResult {
    const bar = this.hoveredBar(layout);
    const counts = bar?.counts ?? layout.totals;
    const place = bar === undefined ? "whole window" : `${formatClock(bar.fromUs)} – ${formatClock(bar.toUs)}`;
    return html`<div class="legend">
      <span class="data place">${place}</span>
      ${STACK_ORDER.map(
        (level) =>
          html`<button
            class="link key"
            aria-pressed=${this.levels.includes(level) ? "true" : "false"}
            title="Only lines of level ${level}; click again for all"
            @click=${() => {
              this.pick(level);
            }}
          >
            <i class=${level}></i>${level}&nbsp;${formatCount(counts[level])}
          </button>`,
      )}
      ${this.baselineButton()}
      <span class="how"
        >${this.picksBaseline ? "Drag over what is usual, or Enter at its first and its last bar; Escape leaves it" : "Drag zooms, Shift and drag compares with the rest"}</span
      >
      <fd-chart-table
        caption=${histogramCaption(layout, this.window)}
        .table=${(): ExportTable => histogramTable(layout)}
      ></fd-chart-table>
    </div>`;
  }

  private baselineButton(): TemplateResult | typeof nothing {
    if (this.baseline === undefined) return nothing;
    return html`<button
      class="link"
      aria-pressed=${this.picksBaseline ? "true" : "false"}
      title="The time that the patterns are compared with"
      @click=${() => {
        this.picksBaseline = !this.picksBaseline;
        this.baselineFrom = undefined;
        if (this.picksBaseline) this.renderRoot.querySelector<SVGElement>("svg")?.focus();
      }}
    >
      <i class="usual"></i>Pick the baseline
    </button>`;
  }

  /** The baseline as far as it lies in the window, with its name where there is room. */
  private band(width: number): TemplateResult | typeof nothing {
    const { baseline, window } = this;
    if (baseline === undefined) return nothing;
    const fromUs = Math.max(baseline.fromUs, window.fromUs);
    const toUs = Math.min(baseline.toUs, window.toUs);
    if (toUs <= fromUs) return nothing;
    const x = ((fromUs - window.fromUs) / (window.toUs - window.fromUs)) * width;
    const length = ((toUs - fromUs) / (window.toUs - window.fromUs)) * width;
    return svg`<g class="baseline"><rect x=${x} y="0" width=${length} height=${PLOT_PX}></rect>
      ${length < 64 ? nothing : svg`<text x=${x + 4} y="11">baseline</text>`}</g>`;
  }

  private pick(level: LogLevel): void {
    this.dispatchEvent(new CustomEvent("level-picked", { detail: { level } }));
  }

  /** One mark a level rather than one a part: a pan sets four attributes instead of a thousand. */
  private bars(layout: HistogramLayout): TemplateResult[] {
    return STACK_ORDER.map(
      (level) => svg`<path class=${level} d=${outlineOf(layout, level)}></path>` as TemplateResult,
    );
  }

  private axis(width: number): TemplateResult {
    const { fromUs, toUs } = this.window;
    const ticks = timeTicks(fromUs, toUs, Math.max(1, Math.floor(width / TICK_PX)));
    return svg`<line class="base" x1="0" x2=${width} y1=${PLOT_PX + 0.5} y2=${PLOT_PX + 0.5}></line>
      ${ticks.map((atUs) => {
        const x = ((atUs - fromUs) / (toUs - fromUs)) * width;
        const anchor = x < 30 ? "start" : x > width - 30 ? "end" : "middle";
        return svg`<text x=${x} y=${PLOT_PX + AXIS_PX - 3} text-anchor=${anchor}>${formatClockTick(atUs)}</text>`;
      })}`;
  }

  /** What follows the pointer or the keys: selection, crosshair, chosen bar. */
  private overlay(layout: HistogramLayout | undefined): TemplateResult | typeof nothing {
    const bar = this.focused === undefined ? undefined : layout?.bars[this.focused];
    const { drag } = this;
    return svg`
      ${drag === undefined ? nothing : svg`<rect class="selection" x=${Math.min(drag.from, drag.to)} y="0" width=${Math.abs(drag.to - drag.from)} height=${PLOT_PX}></rect>`}
      ${bar === undefined ? nothing : svg`<rect class="chosen" x=${bar.x} y="0.5" width=${bar.width} height=${PLOT_PX - 1}></rect>`}`;
  }

  private xOf(atUs: number): number | undefined {
    const { fromUs, toUs } = this.window;
    if (atUs < fromUs || atUs > toUs) return undefined;
    return ((atUs - fromUs) / (toUs - fromUs)) * this.size.width;
  }

  private hoveredBar(layout: HistogramLayout): HistogramBar | undefined {
    const index = this.focused ?? this.pointedBar;
    return index === undefined ? undefined : layout.bars[index];
  }

  private spoken(layout: HistogramLayout | undefined): string {
    const bar = this.focused === undefined ? undefined : layout?.bars[this.focused];
    return bar === undefined ? "" : `${formatClock(bar.fromUs)}: ${countsText(bar.counts)}`;
  }

  private timeAt(x: number): number {
    const share = Math.min(1, Math.max(0, x / Math.max(1, this.size.width)));
    return Math.round(this.window.fromUs + share * (this.window.toUs - this.window.fromUs));
  }

  private readonly pressed = (event: PointerEvent): void => {
    if (event.button !== 0) return;
    this.compares = event.shiftKey;
    this.pressedPart = (event.target as Element).classList[0];
    (event.currentTarget as Element).setPointerCapture(event.pointerId);
    this.drag = { from: event.offsetX, to: event.offsetX };
  };

  private readonly moved = (event: PointerEvent): void => {
    this.pointer.point(this.timeAt(event.offsetX));
    if (this.drag !== undefined) this.drag = { from: this.drag.from, to: event.offsetX };
  };

  private readonly released = (): void => {
    const { drag } = this;
    this.drag = undefined;
    if (drag === undefined) return;
    if (Math.abs(drag.to - drag.from) < 4) {
      const level = STACK_ORDER.find((name) => name === this.pressedPart);
      if (level !== undefined) this.pick(level);
      return;
    }
    const ends = [this.timeAt(drag.from), this.timeAt(drag.to)];
    this.take({ fromUs: Math.min(...ends), toUs: Math.max(...ends) }, this.compares);
  };

  /** A stretch of time: to look at closely, or to compare. */
  private take(window: TimeWindow, compares: boolean): void {
    if (this.picksBaseline) {
      this.picksBaseline = false;
      this.baselineFrom = undefined;
      this.dispatchEvent(new CustomEvent("baseline-picked", { detail: window }));
    } else if (compares) this.dispatchEvent(new CustomEvent("box-picked", { detail: window }));
    else this.time?.setWindow(window);
  }

  private readonly cancelled = (): void => {
    this.drag = undefined;
  };

  private readonly left = (): void => {
    this.pointer.leave();
  };

  private readonly lock = (): void => {
    this.crosshair?.toggleLock();
  };

  private keyed(event: KeyboardEvent, layout: HistogramLayout | undefined): void {
    const count = layout?.bars.length ?? 0;
    if (count === 0) return;
    const step = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
    if (step !== undefined) {
      event.preventDefault();
      this.focused = Math.min(count - 1, Math.max(0, (this.focused ?? (step > 0 ? -1 : count)) + step));
    }
    const bar = this.focused === undefined ? undefined : layout?.bars[this.focused];
    if (this.picksBaseline && this.keyedBaseline(event, bar)) return;
    if (event.key === "Enter" && bar !== undefined) {
      this.take({ fromUs: bar.fromUs, toUs: bar.toUs }, event.shiftKey);
    }
  }

  /** True where the key was one of the mode's own. */
  private keyedBaseline(event: KeyboardEvent, bar: HistogramBar | undefined): boolean {
    if (event.key === "Escape") {
      event.preventDefault();
      event.stopPropagation();
      this.picksBaseline = false;
      this.baselineFrom = undefined;
      return true;
    }
    if (event.key !== "Enter" || bar === undefined) return false;
    const first = this.baselineFrom;
    if (first === undefined) this.baselineFrom = bar.fromUs;
    else this.take({ fromUs: Math.min(first, bar.fromUs), toUs: Math.max(first, bar.toUs) }, false);
    return true;
  }

  static override styles = [sharedStyles, histogramStyles];
}

declare global {
  interface HTMLElementTagNameMap {
    "fd-log-histogram": LogHistogramChart;
  }
}
