/**
 * The onset on a time line: a flag that is clicked, dragged or moved by keys, over the share of users hurt by minute and
 * the marks of changes and alerts. A slider to assistive technology.
 */
import { css, html, LitElement, nothing, svg } from "lit";
import type { SVGTemplateResult, TemplateResult } from "lit";
import { customElement, property } from "lit/decorators.js";
import type { ImpactAnswer, TimeWindow } from "../../../server/wire/telemetry.js";
import { chartCaption } from "../../charts/chart-caption.js";
import "../../charts/chart-table.js";
import { formatClock, formatShare } from "../../charts/format.js";
import { ResizeController } from "../../controllers/resize-controller.js";
import { sharedStyles } from "../../elements/shared.styles.js";
import type { ExportTable } from "../../state/export-text.js";
import { axisTicks, fractionOf, instantAt, movedByKey, placeMarks } from "./onset-axis.js";
import type { PlacedMark } from "./onset-axis.js";

export interface OnsetMark {
  readonly atUs: number;
  readonly kind: "change" | "alert";
  readonly title: string;
}

const PLOT_TOP = 8;
const PLOT_HEIGHT = 56;
const MARK_ROW_HEIGHT = 18;
const AXIS_HEIGHT = 20;
/** Rows of marks at most; further ones lie over the last. */
const MARK_ROWS_MAX = 4;
/** Above the bars, for the flag's time and the share that the highest bar has. */
const LABEL_HEIGHT = 16;
/** A quiet time is not drawn as large as a bad one; some incidents hurt one user in a thousand. */
const IMPACT_RATIO_MIN = 0.001;
const MINUTE_US = 60_000_000;
const PIXELS_PER_TICK = 90;
const PIXELS_PER_MARK = 16;

/** Dispatches `onset-picked` {atUs}. */
@customElement("fd-onset-picker")
export class OnsetPicker extends LitElement {
  @property({ attribute: false }) window!: TimeWindow;
  @property({ attribute: false }) marks: readonly OnsetMark[] = [];
  @property({ attribute: false }) impact: ImpactAnswer["minutes"] = [];
  /** Undefined: not picked yet. */
  @property({ attribute: false }) value: number | undefined;
  private readonly size = new ResizeController(this);

  override render(): TemplateResult {
    const width = Math.max(240, this.size.width);
    const placed = placeMarks(this.window, this.marks, PIXELS_PER_MARK / width);
    const rows = Math.min(MARK_ROWS_MAX, Math.max(1, ...placed.map(({ row }) => row + 1)));
    const height = PLOT_TOP + PLOT_HEIGHT + rows * MARK_ROW_HEIGHT + AXIS_HEIGHT;
    const { fromUs, toUs } = this.window;
    return html`
      <svg
        width=${width}
        height=${height}
        role="slider"
        tabindex="0"
        aria-label="Onset"
        aria-valuemin=${Math.floor(fromUs / 1e6)}
        aria-valuemax=${Math.floor(toUs / 1e6)}
        aria-valuenow=${Math.floor((this.value ?? fromUs) / 1e6)}
        aria-valuetext=${this.value === undefined ? "not set" : `${formatClock(this.value)} UTC`}
        @pointerdown=${this.onPointerDown}
        @pointermove=${this.onPointerMove}
        @keydown=${this.onKey}
      >
        ${this.renderImpact(width)} ${this.renderAxis(width, height)} ${placed.map((mark) => renderMark(mark, width))}
        ${this.value === undefined ? nothing : renderFlag(fractionOf(this.window, this.value) * width, height, this.value, width)}
      </svg>
      <p class="soft small legend">
        <span class="area" aria-hidden="true"></span> share of users hurt, by minute
        <span aria-hidden="true">▲</span> change <span class="critical" aria-hidden="true">◆</span> alert starts firing
      </p>
      <fd-chart-table
        caption=${chartCaption("Share of users hurt, by minute", "", this.window)}
        .table=${(): ExportTable => this.table()}
      ></fd-chart-table>
    `;
  }

  /** The minutes, and what happened in them. */
  private table(): ExportTable {
    const within = (atUs: number, fromUs: number): boolean => atUs >= fromUs && atUs < fromUs + MINUTE_US;
    return {
      columns: ["From (UTC)", "Users hurt", "What happened"],
      rows: this.impact
        .filter(({ fromUs }) => fromUs >= this.window.fromUs && fromUs < this.window.toUs)
        .map((minute) => [
          formatClock(minute.fromUs),
          formatShare(hurtRatio(minute)),
          this.marks
            .filter(({ atUs }) => within(atUs, minute.fromUs))
            .map(({ title }) => title)
            .join("; "),
        ]),
    };
  }

  private renderImpact(width: number): SVGTemplateResult {
    const base = PLOT_TOP + PLOT_HEIGHT;
    const bars = this.impact.filter(({ fromUs }) => fromUs >= this.window.fromUs && fromUs < this.window.toUs);
    const barWidth = Math.max(1, (width * MINUTE_US) / (this.window.toUs - this.window.fromUs) - 1);
    const ratioMax = Math.max(IMPACT_RATIO_MIN, ...bars.map(hurtRatio));
    return svg`<text x="4" y=${PLOT_TOP + 11}>${formatShare(ratioMax)}</text><g class="impact">${bars.map((bar) => {
      const { fromUs } = bar;
      const barHeight = (hurtRatio(bar) / ratioMax) * (PLOT_HEIGHT - LABEL_HEIGHT);
      return svg`<rect x=${fractionOf(this.window, fromUs) * width} y=${base - barHeight} width=${barWidth} height=${barHeight}></rect>`;
    })}</g><line class="base" x1="0" x2=${width} y1=${base} y2=${base}></line>`;
  }

  private renderAxis(width: number, height: number): SVGTemplateResult {
    const ticks = axisTicks(this.window, Math.max(2, Math.floor(width / PIXELS_PER_TICK)));
    return svg`<g class="axis">${ticks.map((atUs) => {
      const x = fractionOf(this.window, atUs) * width;
      const anchor = x < 24 ? "start" : x > width - 24 ? "end" : "middle";
      return svg`<line x1=${x} x2=${x} y1=${PLOT_TOP} y2=${height - AXIS_HEIGHT + 4}></line>
        <text x=${x} y=${height - 4} text-anchor=${anchor}>${formatClock(atUs).slice(0, 5)}</text>`;
    })}</g>`;
  }

  private readonly onPointerDown = (event: PointerEvent): void => {
    if (event.button !== 0) return;
    (event.currentTarget as Element).setPointerCapture(event.pointerId);
    this.pickAt(event);
  };

  private readonly onPointerMove = (event: PointerEvent): void => {
    if ((event.currentTarget as Element).hasPointerCapture(event.pointerId)) this.pickAt(event);
  };

  private readonly onKey = (event: KeyboardEvent): void => {
    const next = movedByKey(this.window, this.value ?? this.window.toUs, event.key, event.shiftKey);
    if (next === undefined) return;
    event.preventDefault();
    this.pick(next);
  };

  private pickAt(event: PointerEvent): void {
    const box = (event.currentTarget as Element).getBoundingClientRect();
    this.pick(instantAt(this.window, (event.clientX - box.left) / box.width));
  }

  private pick(atUs: number): void {
    this.dispatchEvent(new CustomEvent("onset-picked", { detail: { atUs } }));
  }

  static override styles = [
    sharedStyles,
    css`
      :host {
        display: block;
        min-width: 0;
      }
      svg {
        display: block;
        cursor: crosshair;
        touch-action: none;
        border-radius: var(--radius);
      }
      .impact rect,
      .area {
        fill: color-mix(in srgb, var(--accent) 35%, transparent);
        background: color-mix(in srgb, var(--accent) 35%, transparent);
      }
      .area {
        display: inline-block;
        width: 10px;
        height: 10px;
      }
      .base {
        stroke: var(--line-strong);
      }
      .axis line {
        stroke: var(--line);
      }
      text {
        fill: var(--ink-soft);
        font-family: var(--font-data);
        font-size: var(--text-s);
      }
      .change {
        fill: var(--ink-soft);
      }
      .alert {
        fill: var(--severity-critical);
      }
      .flag line {
        stroke: var(--ink);
        stroke-width: 2;
      }
      .flag path {
        fill: var(--ink);
      }
      .flag text {
        fill: var(--ink);
      }
      .legend {
        display: flex;
        gap: var(--space-2);
        align-items: center;
        flex-wrap: wrap;
      }
    `,
  ];
}

const hurtRatio = ({ requests, hurt }: ImpactAnswer["minutes"][number]): number =>
  requests === 0 ? 0 : hurt / requests;

function renderMark({ mark, fraction, row }: PlacedMark<OnsetMark>, width: number): SVGTemplateResult {
  const x = fraction * width;
  const y = PLOT_TOP + PLOT_HEIGHT + Math.min(row, MARK_ROWS_MAX - 1) * MARK_ROW_HEIGHT + 4;
  const shape = mark.kind === "change" ? "l6,10h-12z" : "l5,5l-5,5l-5,-5z";
  return svg`<path class=${mark.kind} d=${`M${String(x)},${String(y)}${shape}`}><title>${formatClock(mark.atUs)} ${mark.title}</title></path>`;
}

function renderFlag(x: number, height: number, atUs: number, width: number): SVGTemplateResult {
  const bottom = height - AXIS_HEIGHT + 4;
  const isLeft = x > width - 90;
  const cloth = isLeft ? `M${String(x)},0h-10l3,5l-3,5h10z` : `M${String(x)},0h10l-3,5l3,5h-10z`;
  return svg`<g class="flag">
    <line x1=${x} x2=${x} y1="0" y2=${bottom}></line><path d=${cloth}></path>
    <text x=${isLeft ? x - 14 : x + 14} y="11" text-anchor=${isLeft ? "end" : "start"}>${formatClock(atUs)}</text>
  </g>`;
}

declare global {
  interface HTMLElementTagNameMap {
    "fd-onset-picker": OnsetPicker;
  }
}
