/**
 * `<fd-span-picker>`: lines over the page's window from which a span of time is picked. Dragging picks it, with shift the
 * one to compare with; arrows move it by a step, with shift they make it longer or shorter, Escape lets it go.
 */
import { consume } from "@lit/context";
import { LitElement, css, html, nothing, svg } from "lit";
import type { TemplateResult } from "lit";
import { customElement, property, state } from "lit/decorators.js";
import type { TimeWindow } from "../../server/wire/telemetry.js";
import { CrosshairController } from "../controllers/crosshair-controller.js";
import { PivotController } from "../controllers/pivot-controller.js";
import { ResizeController } from "../controllers/resize-controller.js";
import { sharedStyles } from "../elements/shared.styles.js";
import { crosshairContext } from "../state/contexts.js";
import type { CrosshairModel } from "../state/crosshair.js";
import type { ExportTable } from "../state/export-text.js";
import { chartCaption } from "./chart-caption.js";
import "./chart-table.js";
import { formatClock, formatClockTick } from "./format.js";
import { groupLetters, groupMarkers, groupText, leadOf } from "./marker-groups.js";
import type { MarkerGroup } from "./marker-groups.js";
import type { ChartMarker } from "./markers.js";
import { instantSubject } from "./mark-subject.js";
import { timeTicks } from "./scatter-axis.js";
import { highestOf, moveSpan, snapSpan, stepPath } from "./span-picker-layout.js";
import type { PickerLine, SpanMove } from "./span-picker-layout.js";

const HEIGHT_PX = 88;
/** Above the lines: what happened, and the value that the highest point has. */
const FLAGS_PX = 16;
/** Closer flags share one. */
const FLAG_PX = 26;
const DRAG_MIN_PX = 4;

const MOVES: Readonly<Record<string, SpanMove>> = { ArrowLeft: "earlier", ArrowRight: "later" };
const SHIFT_MOVES: Readonly<Record<string, SpanMove>> = { ArrowLeft: "shorter", ArrowRight: "longer" };

/** Dispatches `span-pick` {span | undefined} and `baseline-pick` {span | undefined}. */
@customElement("fd-span-picker")
export class SpanPicker extends LitElement {
  @property({ attribute: false }) lines: readonly PickerLine[] = [];
  @property({ type: Number }) stepUs = 10_000_000;
  @property({ attribute: false }) window: TimeWindow = { fromUs: 0, toUs: 1 };
  @property({ attribute: false }) span: TimeWindow | undefined;
  @property({ attribute: false }) baseline: TimeWindow | undefined;
  @property({ attribute: false }) markers: readonly ChartMarker[] = [];
  @property({ attribute: false }) format: (value: number) => string = String;
  @property() caption = "";
  @consume({ context: crosshairContext, subscribe: true }) @state() private crosshair: CrosshairModel | undefined;
  @state() private drag: { readonly fromX: number; readonly toX: number; readonly compares: boolean } | undefined;
  private readonly size = new ResizeController(this);
  private readonly pointer = new CrosshairController(this, {
    model: () => this.crosshair,
    container: () => this.renderRoot.querySelector(".plane"),
    place: (atUs) => (atUs < this.window.fromUs || atUs > this.window.toUs ? undefined : this.x(atUs)),
    axis: () => this.window,
  });

  constructor() {
    super();
    new PivotController(this, {
      at: (event) => instantSubject(Math.round(this.timeAt(event.clientX - this.getBoundingClientRect().left))),
      focused: () => undefined,
    });
  }

  override render(): TemplateResult {
    const width = Math.max(120, this.size.width);
    const highest = highestOf(this.lines);
    const caption = chartCaption(this.caption, "", this.window);
    return html`<div
        class="plane"
        tabindex="0"
        role="group"
        aria-roledescription="span of time"
        aria-label="${caption}. ${this.spanText()} Arrow keys move the span, with shift they change its length, Escape takes the whole range."
        @pointerdown=${this.pressed}
        @pointermove=${this.moved}
        @pointerup=${this.released}
        @pointercancel=${this.left}
        @pointerleave=${this.left}
        @keydown=${this.keyed}
      >
        <svg width=${width} height=${HEIGHT_PX} aria-hidden="true">
          ${timeTicks(this.window.fromUs, this.window.toUs, Math.floor(width / 120)).map((atUs) => this.tick(atUs, width))}
          ${this.band(this.baseline, "baseline")} ${this.band(this.span, "span")} ${this.dragBand()}
          ${this.lines.map(
            (line) =>
              svg`<path class="line" d=${stepPath(line, this.stepUs, this.window, highest, { widthPx: width, heightPx: HEIGHT_PX - FLAGS_PX - 18 })} style="stroke:${line.color}" transform="translate(0 ${FLAGS_PX + 4})"></path>`,
          )}
          ${groupMarkers(this.markers, this.window, FLAG_PX / width).map((group) => this.flag(group, width))}
        </svg>
        <span class="top small soft" aria-hidden="true"
          >${this.lines.length > 1 ? "each at most " : "at most "}${this.format(highest)}</span
        >
      </div>
      <fd-chart-table caption=${caption} .table=${() => this.table()}></fd-chart-table>`;
  }

  /** A row for each step, the newest first. */
  private table(): ExportTable {
    const byLine = this.lines.map(({ points }) => new Map(points.map(({ toUs, value }) => [toUs, value])));
    const times = [...new Set(byLine.flatMap((points) => [...points.keys()]))].sort((one, other) => other - one);
    return {
      columns: ["To (UTC)", ...this.lines.map(({ name }) => name)],
      rows: times.map((toUs) => [
        formatClock(toUs),
        ...byLine.map((points) => {
          const value = points.get(toUs);
          return value === undefined ? "–" : this.format(value);
        }),
      ]),
    };
  }

  private spanText(): string {
    const { span } = this;
    return span === undefined ? "" : `Picked: ${formatClock(span.fromUs)} to ${formatClock(span.toUs)}.`;
  }

  private tick(atUs: number, width: number): TemplateResult {
    const x = this.x(atUs);
    return svg`<g class="tick"><line x1=${x} x2=${x} y1=${FLAGS_PX} y2=${HEIGHT_PX - 14}></line>
      <text x=${Math.min(width - 30, Math.max(30, x))} y=${HEIGHT_PX - 2} text-anchor="middle">${formatClockTick(atUs)}</text></g>`;
  }

  private band(span: TimeWindow | undefined, kind: "span" | "baseline"): TemplateResult | typeof nothing {
    if (span === undefined) return nothing;
    const left = Math.max(0, this.x(span.fromUs));
    const width = this.x(span.toUs) - left;
    if (width <= 0) return nothing;
    return svg`<g class=${kind}><rect x=${left} y="0" width=${width} height=${HEIGHT_PX - 14}></rect>
      ${width < 60 ? nothing : svg`<text x=${left + 4} y="11">${kind === "span" ? "picked" : "compared with"}</text>`}</g>`;
  }

  private dragBand(): TemplateResult | typeof nothing {
    const { drag } = this;
    if (drag === undefined || Math.abs(drag.toX - drag.fromX) < DRAG_MIN_PX) return nothing;
    const kind = drag.compares ? "baseline" : "span";
    return svg`<g class=${kind}><rect x=${Math.min(drag.fromX, drag.toX)} y="0" width=${Math.abs(drag.toX - drag.fromX)} height=${HEIGHT_PX - 14}></rect></g>`;
  }

  /** As on every other chart: a letter in a box over a dotted line. */
  private flag(group: MarkerGroup, width: number): TemplateResult {
    const letters = groupLetters(group);
    const half = (letters.length * 7 + 6) / 2;
    const x = Math.min(width - half, Math.max(half, group.position * width));
    return svg`<g class="marker ${leadOf(group)?.kind ?? ""}"><title>${groupText(group)}</title>
      <line x1=${x} x2=${x} y1=${FLAGS_PX - 2} y2=${HEIGHT_PX - 14}></line>
      <rect x=${x - half} y="0.5" width=${2 * half} height="13" rx="2"></rect>
      <text x=${x} y="11" text-anchor="middle">${letters}</text></g>`;
  }

  private x(atUs: number): number {
    const { fromUs, toUs } = this.window;
    return ((atUs - fromUs) / (toUs - fromUs)) * Math.max(120, this.size.width);
  }

  private timeAt(x: number): number {
    const { fromUs, toUs } = this.window;
    return fromUs + (x / Math.max(120, this.size.width)) * (toUs - fromUs);
  }

  private readonly pressed = (event: PointerEvent): void => {
    if (event.button !== 0) return;
    (event.currentTarget as Element).setPointerCapture(event.pointerId);
    const x = this.offset(event);
    this.drag = { fromX: x, toX: x, compares: event.shiftKey };
  };

  private readonly moved = (event: PointerEvent): void => {
    const x = this.offset(event);
    this.pointer.point(this.timeAt(x));
    if (this.drag !== undefined) this.drag = { ...this.drag, toX: x };
  };

  private readonly released = (): void => {
    const { drag } = this;
    this.drag = undefined;
    if (drag === undefined || Math.abs(drag.toX - drag.fromX) < DRAG_MIN_PX) return;
    const span = snapSpan(this.timeAt(drag.fromX), this.timeAt(drag.toX), this.stepUs, this.window);
    this.tell(drag.compares ? "baseline-pick" : "span-pick", span);
  };

  private readonly left = (): void => {
    this.drag = undefined;
    this.pointer.leave();
  };

  private offset(event: PointerEvent): number {
    return event.clientX - this.getBoundingClientRect().left;
  }

  private readonly keyed = (event: KeyboardEvent): void => {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    const move = (event.shiftKey ? SHIFT_MOVES : MOVES)[event.key];
    if (move !== undefined) this.tell("span-pick", moveSpan(this.span, move, this.stepUs, this.window));
    else if (event.key === "Escape" && this.span !== undefined) this.tell("span-pick", undefined);
    else return;
    event.preventDefault();
    event.stopPropagation();
  };

  private tell(type: "span-pick" | "baseline-pick", span: TimeWindow | undefined): void {
    this.dispatchEvent(new CustomEvent(type, { detail: { span } }));
  }

  static override styles = [
    sharedStyles,
    css`
      :host {
        display: block;
        position: relative;
      }
      .plane {
        position: relative;
        height: ${HEIGHT_PX}px;
        overflow: hidden;
        cursor: crosshair;
        touch-action: none;
        user-select: none;
      }
      svg {
        display: block;
      }
      text {
        font: 11px var(--font-data);
        fill: var(--ink-soft);
      }
      .tick line {
        stroke: var(--line);
      }
      .line {
        fill: none;
        stroke-width: 1.5;
      }
      .span rect {
        fill: var(--accent-soft);
        stroke: var(--accent);
      }
      .baseline rect {
        fill: var(--surface-2);
        stroke: var(--line-strong);
        stroke-dasharray: 4 3;
      }
      .marker line {
        stroke: var(--ink-soft);
        stroke-dasharray: 2 2;
      }
      .marker rect {
        fill: var(--surface-2);
        stroke: var(--line-strong);
      }
      .marker text {
        fill: var(--ink);
        font-weight: 600;
      }
      .marker.alert rect {
        fill: var(--severity-critical-soft);
        stroke: var(--severity-critical);
      }
      .marker.alert text {
        fill: var(--severity-critical);
      }
      .marker.alert line {
        stroke: var(--severity-critical);
      }
      .top {
        position: absolute;
        inset: ${FLAGS_PX + 1}px auto auto 0;
        padding-inline-end: 3px;
        background: color-mix(in srgb, var(--surface-0) 80%, transparent);
        pointer-events: none;
      }
    `,
  ];
}

declare global {
  interface HTMLElementTagNameMap {
    "fd-span-picker": SpanPicker;
  }
}
