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
import "./series-table.js";
import type { LegendOrder } from "./series-statistics.js";
import { stackSeries } from "./stacked-series.js";
import { alignSeries, nearestExemplar } from "./chart-data.js";
import type { ChartExemplar, ChartSeries } from "./chart-data.js";
import { chartLegend } from "./chart-legend.js";
import type { LegendForm } from "./chart-legend.js";
import { drawExemplars, drawMarkers, drawThresholds, drawUsual, exemplarTop } from "./chart-overlays.js";
import type { ChartThreshold } from "./chart-overlays.js";
import { resolveColor } from "./colors.js";
import { formatClock } from "./format.js";
import { markerButtons } from "./marker-buttons.js";
import { instantSubject } from "./mark-subject.js";
import { markerView } from "./markers.js";
import type { ChartMarker } from "./markers.js";
import { aboveZero, isCrowded, plotAxes, plotBands, plotLines, plotScales } from "./time-chart-plot.js";
import type { PlotSource } from "./time-chart-plot.js";
import { timeChartStyles } from "./time-chart.styles.js";

export type { ChartExemplar, ChartSeries } from "./chart-data.js";
export type { ChartMarker } from "./markers.js";

/** How near the pointer must be to an exemplar, px. */
const EXEMPLAR_REACH_PX = 8;
/** Of the window: how far from an instant a value may lie that stands for it. */
const REACH_SHARE = 1 / 20;
/** A shorter drag is a click. */
const DRAG_MIN_PX = 4;
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
  @property() legendForm: LegendForm = "list";
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

  private readonly source: PlotSource = {
    look: this,
    window: () => this.drawnWindow,
    thresholds: () => this.allThresholds,
    lines: () => this.series,
    isConcealed: (name) => this.concealed.has(name),
    colorOf: this.colorOf,
  };

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
    return {
      width,
      height: this.height,
      padding: [20, 28, 0, 0],
      legend: { show: false },
      tzDate: (seconds) => uPlot.tzDate(new Date(seconds * 1_000), "Etc/UTC"),
      cursor: {
        drag: { x: true, y: false, setScale: false },
        points: { size: 6 },
        // A point stands where the legend has a value, not at the end of a line that lies far off.
        hover: { prox: (self) => (self.bbox.width / devicePixelRatio) * REACH_SHARE },
        // The line is the page's own: it stands in every chart and can be held.
        x: false,
        y: false,
        // A drag selects where it is drawn, whatever is held.
        move: (self, left, top) => [isPressed(self) ? left : (this.heldLeft(self) ?? left), top],
      },
      scales: plotScales(this.source),
      axes: plotAxes(this.source),
      series: [{}, ...plotLines(this.source, drawn)],
      bands: plotBands(this.source, drawn),
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

  private get allThresholds(): readonly ChartThreshold[] {
    return this.threshold === undefined ? this.thresholds : [this.threshold, ...this.thresholds];
  }

  /* Pointing */

  private hovered(self: uPlot): void {
    // A new scale places the points of every chart anew: only the one under the pointer points.
    if (this.followsCrosshair || this.crosshair?.locked === true || !self.over.matches(":hover")) return;
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
    const exemplar = nearestExemplar(this.exemplars, atUs, (toUs - fromUs) / 60);
    if (exemplar !== undefined) this.openExemplar(exemplar);
    else this.emit("point-picked", { atUs });
  }

  /** How old a value may be that stands for an instant. */
  private get reachUs(): number {
    const { fromUs, toUs } = this.drawnWindow;
    return (toUs - fromUs) * REACH_SHARE;
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
    return markerButtons({
      markers: this.markers,
      window: this.drawnWindow,
      leftPx: plot.bbox.left / devicePixelRatio,
      widthPx: plot.bbox.width / devicePixelRatio,
      open: (marker) => {
        this.openMarker(marker);
      },
    });
  }

  private legend(): TemplateResult | typeof nothing {
    return chartLegend({
      form: this.legendForm,
      series: this.series,
      concealed: this.concealed,
      order: this.legendOrder,
      shortMax: this.legendMax,
      reachUs: this.reachUs,
      nowUs: this.time?.nowUs ?? Number.POSITIVE_INFINITY,
      unit: this.unit,
      toggled: (name, alone) => {
        this.toggleSeries(name, alone);
      },
    });
  }

  private toggleSeries(name: string, alone: boolean): void {
    const all = this.series.map((series) => series.name);
    const choice = choiceText(all, toggled(all, this.concealed, name, alone));
    if (this.emit("choice-changed", { choice })) this.ownChoice = choice;
  }

  static override styles = timeChartStyles;
}

/** Whether the pointer that last was over the plot held its main button: a drag began or goes on. */
const isPressed = ({ cursor }: uPlot): boolean => ((cursor.event?.buttons ?? 0) & 1) === 1;

declare global {
  interface HTMLElementTagNameMap {
    "fd-time-chart": TimeChart;
  }
}
