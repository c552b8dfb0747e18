/**
 * Lines over the run's window of time, drawn by uPlot. The crosshair is the page's (CrosshairModel), dragging zooms the page,
 * markers and exemplars can be opened, and a table says the same in text.
 */
import { consume } from "@lit/context";
import { LitElement, html, nothing } from "lit";
import type { PropertyValues, TemplateResult } from "lit";
import { customElement, property, query, state } from "lit/decorators.js";
import uPlot from "uplot";
import type { TimeWindow } from "../../server/wire/telemetry.js";
import { ChartKeysController } from "../controllers/chart-keys-controller.js";
import { CrosshairController } from "../controllers/crosshair-controller.js";
import { PivotController } from "../controllers/pivot-controller.js";
import { ResizeController } from "../controllers/resize-controller.js";
import { StoreController } from "../controllers/store-controller.js";
import { ThemeController } from "../controllers/theme-controller.js";
import { BOX_COMPARE } from "../state/compare-url.js";
import type { BoxCompareDetail, CompareSubject } from "../state/compare-url.js";
import { crosshairContext, timeContext, urlContext } from "../state/contexts.js";
import type { TimeModel } from "../state/contexts.js";
import type { CrosshairModel } from "../state/crosshair.js";
import type { UrlState } from "../state/url-state.js";
import { attachAxisDrag } from "./axis-drag.js";
import { chartCaption, extentText, valuesAt } from "./chart-caption.js";
import { choiceText, hiddenNames, toggled } from "./series-choice.js";
import "./series-legend.js";
import "./series-list.js";
import "./series-table.js";
import type { LegendOrder } from "./series-statistics.js";
import { BASE, stackSeries } from "./stacked-series.js";
import { alignSeries, logarithmicRange, valueRange } from "./chart-data.js";
import type { ChartExemplar, ChartSeries } from "./chart-data.js";
import { CHART_FONT, drawExemplars, drawMarkers, drawThresholds, drawUsual, exemplarTop } from "./chart-overlays.js";
import type { ChartThreshold } from "./chart-overlays.js";
import { resolveColor, seriesColors } from "./colors.js";
import { formatClock, formatClockTick, formatTicks } from "./format.js";
import { groupLetters, groupMarkers, groupText } from "./marker-groups.js";
import { instantSubject } from "./mark-subject.js";
import { markerView } from "./markers.js";
import type { ChartMarker } from "./markers.js";

import { valueTicks } from "./value-ticks.js";
import { timeChartStyles } from "./time-chart.styles.js";

export type { ChartExemplar, ChartSeries } from "./chart-data.js";
export type { ChartMarker } from "./markers.js";

/** How near the pointer must be to an exemplar, px. */
const EXEMPLAR_REACH_PX = 8;
/** Size of a marker's target (WCAG 2.5.8), px. */
const MARK_PX = 24;
/** A shorter drag is a click. */
const DRAG_MIN_PX = 4;
/** uPlot's number of a logarithmic scale: its enum is only declared and not there at run time. */
const LOGARITHMIC: unknown = 3;
/** How much of its colour an area has: between two lines, and in a stack. */
const BAND_SHADE = 0.16;
const STACK_SHADE = 0.35;
/** Widths of lines. A browser strokes a line of a pixel five times as fast as a wider one, and many read better thin. */
const LINE_PX = 1.5;
const DASHED_PX = 1.25;
const HAIRLINE_PX = 1;
/** Points in all from which a chart draws thin lines. */
const CROWDED_POINTS = 3_000;
/** Of a chart's height: its padding above and its time axis. And how far lines of the value axis stand apart at least. */
const FRAME_PX = 42;
const TICK_PX = 28;
/** A quiet grid has no more lines than these. */
const TICKS_MAX = 6;
/** A threshold farther off than this many times the highest value does not stretch the axis. */
const THRESHOLD_REACH = 4;

const KEYS_TEXT = "Arrow keys read the values, with Shift they select, Enter zooms to the selection";

/** What a change of draws the lines again. */
const DRAWN_PROPERTIES = [
  "series",
  "exemplars",
  "threshold",
  "thresholds",
  "usual",
  "stacked",
  "height",
  "choice",
  "axisMin",
  "axisMax",
] as const satisfies readonly (keyof TimeChart)[];

/**
 * Dispatches, all bubbling, composed and cancelable: `exemplar-open` {traceId} and `marker-open` {id, kind}, which open
 * the trace or what changed unless prevented; `choice-changed` {choice}, which the chart keeps itself unless prevented;
 * `point-picked` {atUs} for a click on the plot; `box-compare` {fromUs, toUs, subject} for a drag with Shift.
 */
@customElement("fd-time-chart")
export class TimeChart extends LitElement {
  @property({ attribute: false }) series: readonly ChartSeries[] = [];
  /** As `formatUnit` takes it. */
  @property() unit = "";
  /** What the axis covers; the page's window where left out. */
  @property({ attribute: false }) window: TimeWindow | undefined;
  @property({ attribute: false }) markers: readonly ChartMarker[] = [];
  @property({ attribute: false }) exemplars: readonly ChartExemplar[] = [];
  @property({ type: Number }) height = 200;
  /** What the chart shows, in words: its name for screen readers. */
  @property() caption = "";
  /** A horizontal line with its name, for thresholds. */
  @property({ attribute: false }) threshold: ChartThreshold | undefined;
  /** More of them, each with a colour of its own. */
  @property({ attribute: false }) thresholds: readonly ChartThreshold[] = [];
  /** What is usual, shaded behind the lines. */
  @property({ attribute: false }) usual: { readonly low: number; readonly high: number } | undefined;
  /** Lines on top of each other. */
  @property({ type: Boolean }) stacked = false;
  /** A logarithmic axis; what is not above zero has no place on it. */
  @property({ type: Boolean }) logarithmic = false;
  /** Areas under the lines, 0 to 1. */
  @property({ type: Number }) fill = 0;
  /** Fixed ends of the axis; undefined follows the data. */
  @property({ type: Number }) axisMin: number | undefined;
  @property({ type: Number }) axisMax: number | undefined;
  /** Names in a row below, a table with figures, or none where the surroundings name the lines. */
  @property() legendForm: "list" | "table" | "none" = "list";
  @property({ attribute: false }) legendOrder: LegendOrder | undefined;
  /** Which series are drawn (series-choice.ts), where the surroundings keep it; left out, the chart keeps it itself. */
  @property() choice: string | undefined;
  /** What stands in the plot when there is nothing to draw. */
  @property() emptyText = "No samples in this time range";
  /** How many series the legend names before it is asked for the others. */
  @property({ type: Number }) legendMax = Number.POSITIVE_INFINITY;
  /** What a stretch of it is compared by; what the view shows where left out. */
  @property({ attribute: false }) subject: CompareSubject | undefined;
  @consume({ context: timeContext, subscribe: true }) @state() private time: TimeModel | undefined;
  @consume({ context: urlContext, subscribe: true }) @state() private url: UrlState | undefined;
  @consume({ context: crosshairContext, subscribe: true }) @state() private crosshair: CrosshairModel | undefined;
  @state() private ownChoice: string | undefined;
  @query(".plot") private readonly plotBox!: HTMLElement;
  private readonly size = new ResizeController(this, () => this.renderRoot.querySelector(".plot"));
  private plot: uPlot | undefined;
  private plotKey = "";
  /** Where the plot stood when the markers were placed. */
  private markedBox = "";
  private followsCrosshair = false;
  private pressedAtX = 0;
  /** Of the drag under way: with Shift it compares instead of zooming. */
  private compares = false;
  private readonly pointer = new CrosshairController(this, {
    model: () => this.crosshair,
    container: () => this.plot?.over ?? null,
    place: (atUs) => this.placeOf(atUs),
    moved: (atUs) => {
      this.followCrosshair(atUs);
    },
    axis: () => (this.isOnPageTime && this.plot !== undefined ? this.drawnWindow : undefined),
  });
  private readonly keys = new ChartKeysController(this, {
    window: () => this.drawnWindow,
    timesUs: () => this.series[0]?.timesUs ?? [],
    point: (atUs) => {
      if (atUs === undefined) this.pointer.leave();
      else this.pointer.point(atUs);
      this.putPoints(atUs);
    },
    select: (selection) => {
      this.showSelection(selection);
    },
    zoom: (selection) => this.time?.setWindow(selection),
    pick: (atUs) => {
      this.pickAt(atUs);
    },
    speak: (atUs, selection) =>
      `${valuesAt(this.series, atUs, { unit: this.unit, reachUs: this.reachUs })}${selection === undefined ? "" : `. Selected ${formatClock(selection.fromUs)} to ${formatClock(selection.toUs)}: Enter zooms`}`,
    status: () => this.renderRoot.querySelector(".spoken"),
  });

  /** Whether it shows the page's own window, be it by default or told so. */
  private get isOnPageTime(): boolean {
    const { window } = this;
    const page = this.time?.window();
    return window === undefined || (window.fromUs === page?.fromUs && window.toUs === page.toUs);
  }

  constructor() {
    super();
    new StoreController(this, { target: () => this.time, events: ["window"] });
    new ThemeController(this, () => this.plot?.redraw(false, true));
    new PivotController(this, {
      at: (event) => {
        const { plot } = this;
        if (plot === undefined || !event.composedPath().includes(plot.over)) return undefined;
        const left = event.clientX - plot.over.getBoundingClientRect().left;
        return instantSubject(Math.round(plot.posToVal(left, "x") * 1e6));
      },
      focused: () => undefined,
    });
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    this.plot?.destroy();
    this.plot = undefined;
    this.plotKey = "";
  }

  override render(): TemplateResult {
    const empty = this.series.every(({ values }) => values.length === 0);
    const caption = chartCaption(this.caption, this.unit, this.drawnWindow);
    return html`<figure>
      <figcaption class="visually-hidden">
        ${caption}${this.legendForm === "none" ? `: ${extentText(this.series, this.unit)}` : nothing}
      </figcaption>
      <div
        class="plot"
        style="height:${String(this.height)}px"
        tabindex="0"
        role="application"
        aria-label="${caption}. ${KEYS_TEXT}"
        @keydown=${this.keys.keyed}
        @blur=${this.keys.left}
      >
        ${empty ? html`<p class="empty soft">${this.emptyText}</p>` : nothing}
        <div class="marks">${this.markerButtons()}</div>
      </div>
      <p class="spoken visually-hidden" role="status"></p>
      ${this.legend()}
      <fd-series-table
        .series=${this.series}
        .exemplars=${this.exemplars}
        .window=${this.drawnWindow}
        caption=${caption}
        unit=${this.unit}
        @exemplar-picked=${(event: CustomEvent<ChartExemplar>) => {
          this.openExemplar(event.detail);
        }}
      ></fd-series-table>
    </figure>`;
  }

  override updated(changed: PropertyValues<this>): void {
    this.draw(DRAWN_PROPERTIES.some((name) => changed.has(name)));
    this.keepMarkers();
  }

  /** The axis may have got wider or the plot another width with this drawing: the markers stand beside it. */
  private keepMarkers(): void {
    // What uPlot knows of it: asking the document would lay it out anew for each of many charts.
    const { bbox } = this.plot ?? {};
    const box = bbox === undefined ? "" : `${String(bbox.left)}+${String(bbox.width)}`;
    if (box === this.markedBox) return;
    this.markedBox = box;
    this.requestUpdate();
  }

  /** Names that are not drawn. */
  private get concealed(): ReadonlySet<string> {
    return hiddenNames(
      this.series.map(({ name }) => name),
      this.choice ?? this.ownChoice,
    );
  }

  /** As they are drawn: those that are hidden keep their place, without values to stack. */
  private get drawnSeries(): readonly ChartSeries[] {
    if (this.logarithmic) return this.series.map(aboveZero);
    if (!this.stacked) return this.series;
    const { concealed } = this;
    return stackSeries(this.series.filter(({ name }) => !concealed.has(name)));
  }

  private get drawnWindow(): TimeWindow {
    return this.window ?? this.time?.window() ?? { fromUs: 0, toUs: 1 };
  }

  private readonly colorOf = (color: string): string => resolveColor(color, this);

  private colors(): ReadonlyMap<string, string> {
    const colors = seriesColors(
      this.series.filter(({ color }) => color === undefined).map(({ name }) => baseName(name)),
    );
    return new Map(
      this.series.map(({ name, color }) => [name, color ?? colors.get(baseName(name)) ?? "var(--series-1)"]),
    );
  }

  /* Drawing */

  private draw(dataChanged: boolean): void {
    const { width } = this.size;
    // An update may come when the chart has gone: a plot that is made then is never taken away.
    if (width < 20 || !this.isConnected) return;
    const series = this.drawnSeries;
    const key = JSON.stringify([
      [this.unit, this.stacked, this.logarithmic, this.fill, isCrowded(series)],
      series.map(({ name, dashed, color, band }) => [name, dashed, color, band]),
      [...this.concealed],
    ]);
    if (this.plot === undefined || key !== this.plotKey) {
      this.plot?.destroy();
      this.plotKey = key;
      this.plot = new uPlot(this.options(width, series), alignSeries(series), this.plotBox);
      // An instant that another chart points at may already be there.
      this.requestUpdate();
      return;
    }
    const { plot } = this;
    if (plot.width !== width || plot.height !== this.height) plot.setSize({ width, height: this.height });
    if (dataChanged) plot.setData(alignSeries(series), false);
    const { fromUs, toUs } = this.drawnWindow;
    const { min, max } = plot.scales["x"] ?? {};
    if (dataChanged || min !== fromUs / 1e6 || max !== toUs / 1e6)
      plot.setScale("x", { min: fromUs / 1e6, max: toUs / 1e6 });
    else plot.redraw(false);
  }

  private options(width: number, drawn: readonly ChartSeries[]): uPlot.Options {
    const colors = this.colors();
    const crowded = isCrowded(drawn);
    const ink = (): string => this.colorOf("var(--ink-soft)");
    const line = (): string => this.colorOf("var(--line)");
    return {
      width,
      height: this.height,
      padding: [20, 28, 0, 0],
      legend: { show: false },
      tzDate: (seconds) => uPlot.tzDate(new Date(seconds * 1_000), "Etc/UTC"),
      cursor: {
        drag: { x: true, y: false, setScale: false },
        points: { size: 6 },
        // The line is the page's own: it stands in every chart and can be held.
        x: false,
        y: false,
        move: (self, left, top) => [this.heldLeft(self) ?? left, top],
      },
      scales: {
        x: { range: () => [this.drawnWindow.fromUs / 1e6, this.drawnWindow.toUs / 1e6] },
        y: scaleOf(this.logarithmic, (self) => this.yRange(self)),
      },
      axes: [
        {
          stroke: ink,
          font: CHART_FONT,
          size: 22,
          gap: 4,
          space: 76,
          grid: { stroke: line, width: 1 },
          ticks: { show: false },
          values: (_self, splits) => splits.map((seconds) => formatClockTick(seconds * 1e6)),
        },
        {
          stroke: ink,
          font: CHART_FONT,
          size: (_self, values) => axisWidth(values),
          gap: 4,
          space: 32,
          grid: { stroke: line, width: 1, ...(this.logarithmic ? { filter: decades } : {}) },
          ticks: { show: false },
          // A logarithmic axis offers lines that it names only at the decades.
          ...(this.logarithmic
            ? { filter: decades }
            : {
                splits: (_self: uPlot, _axis: number, low: number, high: number) => [
                  ...valueTicks(low, high, {
                    unit: this.unit,
                    most: Math.min(TICKS_MAX, Math.floor((this.height - FRAME_PX) / TICK_PX)),
                  }),
                ],
              }),
          values: (_self, splits) => this.tickNames(splits),
        },
      ],
      series: [{}, ...drawn.map((series) => this.lineOptions(series, colors, crowded))],
      bands: this.bands(drawn),
      hooks: {
        drawClear: [
          (self) => {
            drawUsual(self, this.usual, this.colorOf);
          },
        ],
        draw: [
          (self) => {
            drawMarkers(self, this.visibleMarkers(), this.colorOf);
            drawThresholds(self, this.allThresholds, this.colorOf);
            drawExemplars(self, this.exemplars, this.colorOf);
          },
        ],
        setCursor: [
          (self) => {
            this.hovered(self);
          },
        ],
        setSelect: [
          (self) => {
            this.selected(self);
          },
        ],
        ready: [
          (self) => {
            this.makeAxisMovable(self);
            self.over.addEventListener("mousedown", (event) => {
              this.pressedAtX = event.clientX;
              this.compares = event.shiftKey;
            });
            self.over.addEventListener("click", (event) => {
              this.clicked(self, event);
            });
            self.over.addEventListener("dblclick", () => this.crosshair?.toggleLock());
            self.over.addEventListener("mouseleave", () => {
              this.pointer.leave();
            });
          },
        ],
      },
    };
  }

  /** Only where the axis is the page's own window. */
  private makeAxisMovable(self: uPlot): void {
    const axis = self.root.querySelector<HTMLElement>(".u-axis");
    const { time } = this;
    if (axis === null || time === undefined || this.window !== undefined) return;
    attachAxisDrag(axis, {
      window: () => time.window(),
      width: () => self.over.offsetWidth,
      bounds: () => time.bounds,
      moved: (window) => time.panTo(window),
    });
  }

  private lineOptions(series: ChartSeries, colors: ReadonlyMap<string, string>, crowded: boolean): uPlot.Series {
    return {
      label: series.name,
      show: !this.concealed.has(series.name),
      stroke: () => this.colorOf(colors.get(series.name) ?? ""),
      width: crowded ? HAIRLINE_PX : series.dashed === true ? DASHED_PX : LINE_PX,
      ...(series.dashed === true ? { dash: [5, 4] } : {}),
      points: { show: series.values.length < 3, size: 5 },
      spanGaps: false,
      ...(series.band === BASE || (this.fill > 0 && series.band === undefined && series.dashed !== true)
        ? { fill: () => this.shadeOf(series, colors, series.band === BASE ? STACK_SHADE : this.fill) }
        : {}),
    };
  }

  private shadeOf({ name }: ChartSeries, colors: ReadonlyMap<string, string>, share: number): string {
    const color = this.colorOf(colors.get(name) ?? "");
    return `color-mix(in srgb, ${color} ${String(Math.round(share * 100))}%, transparent)`;
  }

  private tickNames(splits: readonly (number | null)[]): string[] {
    const shown = splits.filter((split) => split !== null);
    const names = new Map(formatTicks(shown, this.unit).map((name, index) => [shown[index], name]));
    return splits.map((split) => (split === null ? "" : (names.get(split) ?? "")));
  }

  private bands(drawn: readonly ChartSeries[]): uPlot.Band[] {
    const colors = this.colors();
    return drawn.flatMap((series, index) => {
      const other = drawn.findIndex(({ name }) => name === series.band);
      const share = this.stacked ? STACK_SHADE : BAND_SHADE;
      return series.band === undefined || other < 0
        ? []
        : [{ series: [index + 1, other + 1] as [number, number], fill: () => this.shadeOf(series, colors, share) }];
    });
  }

  private get allThresholds(): readonly ChartThreshold[] {
    return this.threshold === undefined ? this.thresholds : [this.threshold, ...this.thresholds];
  }

  private yRange(self: uPlot): [number, number] {
    const all = (self.data as readonly (readonly (number | null | undefined)[])[]).slice(1);
    const shown = all.filter((_, index) => self.series[index + 1]?.show ?? true);
    if (this.logarithmic) return [...logarithmicRange(shown)];
    const [low, high] = valueRange(shown);
    const exemplar = Math.max(0, ...this.exemplars.map(({ value }) => value));
    const wanted = [...this.allThresholds.map(({ value }) => value), this.usual?.high ?? 0].map(
      (value) => value * 1.08,
    );
    // One far off would flatten the lines: it is left out of sight then, and its name says so at the edge.
    const reached = wanted.filter(
      (value) => value <= Math.max(high, 0) * THRESHOLD_REACH || this.thresholds.length === 0,
    );
    return [this.axisMin ?? low, this.axisMax ?? Math.max(high, ...reached, Math.min(exemplar * 1.05, high * 4))];
  }

  /* Pointing */

  private hovered(self: uPlot): void {
    if (this.followsCrosshair || this.crosshair?.locked === true) return;
    const { left } = self.cursor;
    if (left !== undefined && left >= 0) this.pointer.point(Math.round(self.posToVal(left, "x") * 1e6));
  }

  /** px from the left edge of the plot; undefined outside the window. */
  private placeOf(atUs: number): number | undefined {
    const { fromUs, toUs } = this.drawnWindow;
    return atUs < fromUs || atUs > toUs ? undefined : this.plot?.valToPos(atUs / 1e6, "x");
  }

  /** Where the points of a locked crosshair stay, whatever the pointer does. */
  private heldLeft(self: uPlot): number | undefined {
    const { crosshair } = this;
    if (crosshair?.atUs === undefined || !crosshair.locked) return undefined;
    const { fromUs, toUs } = this.drawnWindow;
    return crosshair.atUs < fromUs || crosshair.atUs > toUs ? undefined : self.valToPos(crosshair.atUs / 1e6, "x");
  }

  /** Puts the points on the lines where the page's crosshair is, when the pointer is over another chart. */
  private followCrosshair(atUs: number | undefined): void {
    if (this.crosshair?.source !== this || this.crosshair.locked) this.putPoints(atUs);
  }

  private putPoints(atUs: number | undefined): void {
    const left = atUs === undefined ? undefined : this.placeOf(atUs);
    this.followsCrosshair = true;
    this.plot?.setCursor({ left: left ?? -10, top: left === undefined ? -10 : 1 }, false);
    this.followsCrosshair = false;
  }

  private selected(self: uPlot): void {
    const { left, width } = self.select;
    if (width >= DRAG_MIN_PX) {
      const fromUs = Math.round(self.posToVal(left, "x") * 1e6);
      const toUs = Math.round(self.posToVal(left + width, "x") * 1e6);
      if (this.compares) this.emit(BOX_COMPARE, { fromUs, toUs, subject: this.subject } satisfies BoxCompareDetail);
      else this.time?.setWindow({ fromUs, toUs });
    }
    self.setSelect({ left: 0, top: 0, width: 0, height: 0 }, false);
  }

  /** As a drag shows it, for what the keys have selected. */
  private showSelection(selection: TimeWindow | undefined): void {
    const { plot } = this;
    if (plot === undefined) return;
    const left = selection === undefined ? 0 : plot.valToPos(selection.fromUs / 1e6, "x");
    const right = selection === undefined ? 0 : plot.valToPos(selection.toUs / 1e6, "x");
    const height = selection === undefined ? 0 : plot.over.offsetHeight;
    plot.setSelect({ left, top: 0, width: right - left, height }, false);
  }

  /** Enter: the request that is marked there, else the instant itself. */
  private pickAt(atUs: number): void {
    const { fromUs, toUs } = this.drawnWindow;
    const reachUs = (toUs - fromUs) / 60;
    const exemplar = this.exemplars
      .filter((one) => Math.abs(one.atUs - atUs) <= reachUs)
      .sort((one, other) => Math.abs(one.atUs - atUs) - Math.abs(other.atUs - atUs))[0];
    if (exemplar !== undefined) this.openExemplar(exemplar);
    else this.emit("point-picked", { atUs });
  }

  /** How old a value may be that stands for an instant. */
  private get reachUs(): number {
    const { fromUs, toUs } = this.drawnWindow;
    return (toUs - fromUs) / 20;
  }

  private clicked(self: uPlot, event: MouseEvent): void {
    if (Math.abs(event.clientX - this.pressedAtX) >= DRAG_MIN_PX) return;
    const { left = -1, top = -1 } = self.cursor;
    const exemplar = this.exemplars.find(
      (one) => Math.hypot(self.valToPos(one.atUs / 1e6, "x") - left, exemplarTop(self, one) - top) <= EXEMPLAR_REACH_PX,
    );
    if (exemplar !== undefined) this.openExemplar(exemplar);
    else this.emit("point-picked", { atUs: Math.round(self.posToVal(left, "x") * 1e6) });
  }

  private openExemplar({ traceId }: ChartExemplar): void {
    if (this.emit("exemplar-open", { traceId })) this.url?.open("trace", { trace: traceId });
  }

  private openMarker(marker: ChartMarker): void {
    if (!this.emit("marker-open", { id: marker.id, kind: marker.kind })) return;
    const { view, values } = markerView(marker);
    this.url?.open(view, values);
  }

  private emit(name: string, detail: unknown): boolean {
    return this.dispatchEvent(new CustomEvent(name, { detail, bubbles: true, composed: true, cancelable: true }));
  }

  /* Around the plot */

  private visibleMarkers(): readonly ChartMarker[] {
    const { fromUs, toUs } = this.drawnWindow;
    return this.markers.filter(({ atUs }) => atUs >= fromUs && atUs <= toUs);
  }

  private markerButtons(): readonly TemplateResult[] {
    const { plot } = this;
    if (plot === undefined) return [];
    const offsetLeft = plot.bbox.left / devicePixelRatio;
    const offsetWidth = plot.bbox.width / devicePixelRatio;
    const groups = groupMarkers(this.markers, this.drawnWindow, MARK_PX / Math.max(1, offsetWidth));
    return groups.map((group) => {
      const [first] = group.markers;
      const text = groupText(group);
      return html`<button
        class="mark ${first?.kind ?? ""}"
        style="left:${(offsetLeft + group.position * offsetWidth).toFixed(1)}px"
        title=${text}
        aria-label=${text}
        @click=${() => {
          if (first !== undefined) this.openMarker(first);
        }}
      >
        <span>${groupLetters(group)}</span>
      </button>`;
    });
  }

  private legend(): TemplateResult | typeof nothing {
    if (this.legendForm === "none") return nothing;
    if (this.series.length === 0 || (this.series.length === 1 && this.series[0]?.name === "")) return nothing;
    const { reachUs } = this;
    const toggled = (event: CustomEvent<{ name: string; alone: boolean }>): void => {
      event.stopPropagation();
      this.toggleSeries(event.detail.name, event.detail.alone);
    };
    if (this.legendForm === "list") {
      return html`<fd-series-list
        .series=${this.series}
        .colors=${this.colors()}
        .concealed=${this.concealed}
        .reachUs=${reachUs}
        .shortMax=${this.legendMax}
        unit=${this.unit}
        @series-toggled=${toggled}
      ></fd-series-list>`;
    }
    return html`<fd-series-legend
      .series=${this.series}
      .colors=${this.colors()}
      .concealed=${this.concealed}
      .order=${this.legendOrder}
      .reachUs=${reachUs}
      unit=${this.unit}
      @series-toggled=${toggled}
    ></fd-series-legend>`;
  }

  private toggleSeries(name: string, alone: boolean): void {
    const all = this.series.map((series) => series.name);
    const choice = choiceText(all, toggled(all, this.concealed, name, alone));
    if (this.emit("choice-changed", { choice })) this.ownChoice = choice;
  }

  static override styles = timeChartStyles;
}

/** Wide enough for the longest label. uPlot asks a first time before there are any, whatever its types say. */
function axisWidth(labels: readonly string[] | null): number {
  return Math.max(40, 12 + 6.8 * Math.max(0, ...(labels ?? []).map(({ length }) => length)));
}

const isCrowded = (series: readonly ChartSeries[]): boolean =>
  series.reduce((points, { values }) => points + values.length, 0) >= CROWDED_POINTS;

function scaleOf(logarithmic: boolean, range: (self: uPlot) => [number, number]): uPlot.Scale {
  const scale: uPlot.Scale = { range };
  return logarithmic ? Object.assign(scale, { distr: LOGARITHMIC }) : scale;
}

/** What is not above zero has no place on a logarithmic axis: a gap. */
const aboveZero = (series: ChartSeries): ChartSeries => ({
  ...series,
  values: series.values.map((value) => (value > 0 ? value : Number.NaN)),
});

/** Decades of a logarithmic axis; the lines between have no name. */
const decades = (_self: uPlot, splits: number[]): (number | null)[] =>
  splits.map((split) => (Math.abs(Math.log10(split) - Math.round(Math.log10(split))) < 1e-9 ? split : null));

/** A twin's or an earlier hour's line has the colour of the line that it is laid under; `{job="order"}` that of the service. */
const baseName = (name: string): string =>
  name.replace(/ \((?:twin|1 h before)\)$/, "").replace(/^\{(?:job|service|service_name|instance)="([^"]+)"\}$/, "$1");

declare global {
  interface HTMLElementTagNameMap {
    "fd-time-chart": TimeChart;
  }
}
