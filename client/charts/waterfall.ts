/**
 * `<fd-waterfall>`: the spans of a trace as rows of a tree grid. Names are DOM, only those in view; bars are a canvas that
 * is scrolled with them and painted again every few rows. The thick part of a bar is the span, the line below it its
 * critical path, hatching is waiting, a dotted box a stretch that nothing below explains. Zooming paints the canvas alone
 * and is told when it rests.
 */
import { LitElement, html, nothing } from "lit";
import type { PropertyValues, TemplateResult } from "lit";
import { customElement, property, query, state } from "lit/decorators.js";
import { repeat } from "lit/directives/repeat.js";
import { PivotController } from "../controllers/pivot-controller.js";
import { ResizeController } from "../controllers/resize-controller.js";
import { ThemeController } from "../controllers/theme-controller.js";
import { icon } from "../elements/icons.js";
import type { PivotSubject } from "../elements/pivots.js";
import { sharedStyles } from "../elements/shared.styles.js";
import { paintBars } from "./bar-marks.js";
import { FrameTask, openSurface } from "./canvas-surface.js";
import { traceCaption } from "./chart-caption.js";
import { resolveColor, seriesColor } from "./colors.js";
import type { CriticalPath } from "./critical-path.js";
import { formatDurationUs } from "./format.js";
import { linearTicks } from "./scatter-axis.js";
import { createPalette } from "./scatter-palette.js";
import type { Gap } from "./waterfall-findings.js";
import { nextFound, nextInRange, stepDepth } from "./waterfall-folds.js";
import { WATERFALL_KEYS } from "./waterfall-keys.js";
import type { WaterfallKey } from "./waterfall-keys.js";
import { rowMarks, WATERFALL_ROW_PX } from "./waterfall-marks.js";
import type { LengthText } from "./waterfall-marks.js";
import "./waterfall-minimap.js";
import type { WaterfallMinimap } from "./waterfall-minimap.js";
import { clampZoom, moveInRows, visibleRows, zoomAround } from "./waterfall-rows.js";
import type { ZoomRange } from "./waterfall-rows.js";
import type { TraceNode, TraceTree } from "./waterfall-tree.js";
import { waterfallStyles } from "./waterfall.styles.js";

const ROW_PX = WATERFALL_ROW_PX;
/** Rows are made in blocks of so many, so that most steps of scrolling make none. */
const BLOCK_ROWS = 8;
const INDENT_PX = 10;
/** On a phone the names need the room. */
const INDENT_NARROW_PX = 4;
const NARROW_PX = 480;
/** Deeper levels keep this indentation, so that names stay readable. */
const INDENT_LEVELS_MAX = 14;
const ZOOM_STEP = 1.25;
const RULER_PX = 20;
/** Zooming that has rested for so long goes into the address, ms. */
const ZOOM_RESTS_MS = 150;
/** What the minimap and ruler leave to the names. */
const NAMES_PX_MIN = 180;
const NAMES_SHARE = 0.38;

/**
 * Dispatches `span-select` {spanId}, `row-toggle` {spanId, closed}, `depth-change` {depth | undefined} and `zoom-change`
 * {zoom | undefined for all}.
 */
@customElement("fd-waterfall")
export class Waterfall extends LitElement {
  @property({ attribute: false }) tree!: TraceTree;
  @property({ attribute: false }) path!: CriticalPath;
  @property({ attribute: false }) collapsed: ReadonlySet<string> = new Set();
  @property() selected: string | undefined;
  /** Spans that a search names; others are dimmed. Undefined: no search. */
  @property({ attribute: false }) found: ReadonlySet<string> | undefined;
  @property({ attribute: false }) gaps: ReadonlyMap<string, readonly Gap[]> = new Map();
  /** Spans of processes whose clock is wrong. */
  @property({ attribute: false }) skewed: ReadonlySet<string> = new Set();
  /** The whole trace where left out. */
  @property({ attribute: false }) zoom: ZoomRange | undefined;
  @state() private first = 0;
  @query(".rows") private readonly rowsBox!: HTMLElement | null;
  @query("canvas.bars") private readonly bars!: HTMLCanvasElement | null;
  @query("canvas.ruler") private readonly ruler!: HTMLCanvasElement | null;
  @query("fd-waterfall-minimap") private readonly minimap!: WaterfallMinimap | null;
  private readonly size = new ResizeController(this);
  private rows: readonly TraceNode[] = [];
  /** Where the zoom stands before the address knows. */
  private live: ZoomRange | undefined;
  private told: ZoomRange | undefined;
  private timer: ReturnType<typeof setTimeout> | undefined;
  private readonly frame = new FrameTask(() => {
    this.draw();
  });

  constructor() {
    super();
    new ThemeController(this, () => {
      this.frame.request();
    });
    new PivotController(this, {
      filterable: true,
      at: (event) => {
        const [target] = event.composedPath();
        const row = target instanceof Element ? target.closest<HTMLElement>(".row") : null;
        return this.subjectOf(row?.dataset["span"] ?? this.spanAt(event));
      },
      focused: () => {
        const subject = this.subjectOf(this.selected);
        const row = this.renderRoot.querySelector<HTMLElement>(".row.selected");
        return subject === undefined || row === null ? undefined : { subject, anchor: row.getBoundingClientRect() };
      },
    });
  }

  /** The bars lie over the rows. */
  private spanAt({ clientY }: MouseEvent): string | undefined {
    const box = this.rowsBox;
    if (box === null) return undefined;
    const at = Math.floor((clientY - box.getBoundingClientRect().top + box.scrollTop) / ROW_PX);
    return this.rows[at]?.span.spanId;
  }

  /** A span leads on by its operation, its service, its trace and its time. */
  private subjectOf(spanId: string | undefined): PivotSubject | undefined {
    const span = this.tree.byId.get(spanId ?? "")?.span;
    if (span === undefined) return undefined;
    const { name, service, startUs } = span;
    return { field: "name", value: name, service, atUs: startUs, traceId: this.tree.traceId };
  }

  override willUpdate(changed: PropertyValues<this>): void {
    if (changed.has("tree") || changed.has("collapsed")) this.rows = visibleRows(this.tree, this.collapsed);
    // What the address says counts, unless it only says what was told.
    if (changed.has("tree") || (changed.has("zoom") && !isSame(this.zoom, this.told))) this.live = this.zoom;
  }

  private get range(): ZoomRange {
    return clampZoom(this.tree, this.live ?? { fromUs: 0, toUs: this.tree.endUs - this.tree.startUs });
  }

  private get namesPx(): number {
    return Math.max(NAMES_PX_MIN, Math.round(this.size.width * NAMES_SHARE));
  }

  /** Rows that exist, from `first` on. */
  private get rowsMade(): number {
    return Math.ceil(this.size.height / ROW_PX) + 2 * BLOCK_ROWS;
  }

  override render(): TemplateResult {
    const shown = this.rows.slice(this.first, this.first + this.rowsMade);
    const active = this.rows.findIndex(({ span }) => span.spanId === this.selected);
    return html`
      <div class="top" style="--names:${String(this.namesPx)}px">
        <span class="soft small" aria-hidden="true" data-answer
          >${this.rows.length} of ${this.tree.spanCount} spans</span
        >
        <fd-waterfall-minimap
          .tree=${this.tree}
          @range-change=${(event: CustomEvent<{ readonly range: ZoomRange | undefined }>) => {
            this.setZoom(event.detail.range);
          }}
        ></fd-waterfall-minimap>
        <span></span>
        <canvas class="ruler" aria-hidden="true"></canvas>
      </div>
      <div
        class="rows"
        style="--names:${String(this.namesPx)}px"
        tabindex="0"
        role="treegrid"
        aria-label="${traceCaption(this.tree)}. Arrow keys walk through the spans."
        aria-rowcount=${this.rows.length}
        aria-activedescendant=${active < 0 ? nothing : `span-${String(active)}`}
        @scroll=${this.scrolled}
        @wheel=${this.wheeled}
        @keydown=${this.keyed}
        @click=${this.clicked}
      >
        <div class="space" style="height:${String(this.rows.length * ROW_PX)}px"></div>
        ${repeat(
          shown,
          ({ span }) => span.spanId,
          (node, offset) => this.row(node, this.first + offset),
        )}
        <canvas class="bars" aria-hidden="true" style="top:${String(this.first * ROW_PX)}px"></canvas>
      </div>
    `;
  }

  private row(node: TraceNode, index: number): TemplateResult {
    const { span, children } = node;
    const isSelected = span.spanId === this.selected;
    const isClosed = this.collapsed.has(span.spanId);
    const dimmed = this.found !== undefined && !this.found.has(span.spanId);
    return html`<div
      class="row ${isSelected ? "selected" : ""} ${dimmed ? "dimmed" : ""}"
      id="span-${index}"
      role="row"
      aria-level=${node.depth + 1}
      aria-rowindex=${index + 1}
      aria-selected=${isSelected ? "true" : "false"}
      aria-expanded=${children.length === 0 ? nothing : isClosed ? "false" : "true"}
      style="top:${String(index * ROW_PX)}px;height:${String(ROW_PX)}px"
      data-span=${span.spanId}
    >
      <span
        class="name"
        role="gridcell"
        style="padding-inline-start:${String(indentOf(node, this.size.width < NARROW_PX ? INDENT_NARROW_PX : INDENT_PX))}px"
      >
        ${this.twisty(node, isClosed)}
        <i style="background:${seriesColor(span.service)}"></i>
        <span class="label" title="${span.service}: ${span.name} (${span.kind})"
          ><b>${span.service}</b> ${span.name}${span.kind === "server" ? "" : html` <em>${span.kind}</em>`}</span
        >
        ${
          this.skewed.has(span.spanId)
            ? html`<span
                class="warning"
                role="img"
                aria-label="its clock is wrong"
                title="The clock of ${span.instance} is wrong"
                >${icon("clock", 12)}</span
              >`
            : nothing
        }
        ${marksOf(node, isClosed)}
      </span>
      <span class="visually-hidden" role="gridcell">${this.rowText(node)}</span>
    </div>`;
  }

  /** What the bar shows, in words: how long, from when, how much of it the trace waited for, what nothing explains. */
  private rowText({ span }: TraceNode): string {
    const sum = (parts: readonly { readonly fromUs: number; readonly toUs: number }[] | undefined): number =>
      (parts ?? []).reduce((total, { fromUs, toUs }) => total + toUs - fromUs, 0);
    const critical = sum(this.path.bySpan.get(span.spanId));
    const unexplained = sum(this.gaps.get(span.spanId));
    return [
      `${formatDurationUs(span.durationUs)} from +${formatDurationUs(span.startUs - this.tree.startUs)}`,
      critical === 0 ? "" : `${formatDurationUs(critical)} on the critical path`,
      unexplained === 0 ? "" : `${formatDurationUs(unexplained)} that no span below explains`,
    ]
      .filter((part) => part !== "")
      .join(", ");
  }

  private twisty(node: TraceNode, isClosed: boolean): TemplateResult {
    if (node.children.length === 0) return html`<span class="twisty"></span>`;
    return html`<span
      class="twisty ${isClosed ? "" : "turned"}"
      title=${isClosed ? `Show ${String(node.descendantCount)} spans below` : "Hide the spans below"}
      >${icon("chevron", 10)}</span
    >`;
  }

  override updated(changed: PropertyValues): void {
    this.frame.request();
    if (changed.has("selected") || changed.has("tree")) this.reveal();
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    this.frame.cancel();
    clearTimeout(this.timer);
  }

  private reveal(): void {
    const index = this.rows.findIndex(({ span }) => span.spanId === this.selected);
    const box = this.rowsBox;
    if (index < 0 || box === null) return;
    const top = index * ROW_PX;
    if (top < box.scrollTop) box.scrollTop = top;
    else if (top + ROW_PX > box.scrollTop + box.clientHeight) box.scrollTop = top + ROW_PX - box.clientHeight;
  }

  /** Bars, ruler and the frame of the minimap: all that a zoom changes. */
  private draw(): void {
    const { bars, rowsBox } = this;
    if (bars === null || rowsBox === null) return;
    const widthPx = rowsBox.clientWidth - this.namesPx;
    const shown = this.rows.slice(this.first, this.first + this.rowsMade);
    const heightPx = shown.length * ROW_PX;
    this.minimap?.show(this.range);
    if (widthPx <= 0) return;
    const palette = createPalette(this);
    const font = `12px ${resolveColor("var(--font-data)", this)}`;
    this.drawRuler(widthPx, palette, font);
    sizeOf(bars, widthPx, heightPx);
    const context = openSurface(bars, widthPx, heightPx);
    if (context === undefined) return;
    const view = { tree: this.tree, path: this.path, zoom: this.range, widthPx, gaps: this.gaps, found: this.found };
    const marks = shown.map((node, offset) => rowMarks(node, offset * ROW_PX, view));
    paintBars(
      context,
      marks.flatMap((row) => row.bars),
      { colorOf: palette, font, characterPx: 7 },
    );
    context.font = font;
    context.textBaseline = "middle";
    for (const { length } of marks) drawLength(context, length, palette);
  }

  private drawRuler(widthPx: number, palette: (color: string) => string, font: string): void {
    const { ruler } = this;
    if (ruler === null) return;
    sizeOf(ruler, widthPx, RULER_PX);
    const context = openSurface(ruler, widthPx, RULER_PX);
    if (context === undefined) return;
    const { fromUs, toUs } = this.range;
    context.font = font;
    context.textBaseline = "middle";
    context.fillStyle = palette("var(--ink-soft)");
    context.strokeStyle = palette("var(--line-strong)");
    for (const tick of linearTicks(fromUs, toUs, Math.max(2, Math.floor(widthPx / 90)))) {
      const x = Math.round(((tick - fromUs) / (toUs - fromUs)) * widthPx) + 0.5;
      context.beginPath();
      context.moveTo(x, 0);
      context.lineTo(x, RULER_PX);
      context.stroke();
      context.fillText(formatDurationUs(tick), x + 4, RULER_PX / 2);
    }
  }

  private readonly scrolled = (): void => {
    const row = Math.floor((this.rowsBox?.scrollTop ?? 0) / ROW_PX);
    this.first = Math.max(0, Math.floor(row / BLOCK_ROWS) * BLOCK_ROWS - BLOCK_ROWS);
  };

  private readonly wheeled = (event: WheelEvent): void => {
    if (event.shiftKey && event.deltaY !== 0) {
      event.preventDefault();
      this.pan(event.deltaY / 800);
      return;
    }
    if (!event.ctrlKey && !event.metaKey) return;
    event.preventDefault();
    const box = this.rowsBox?.getBoundingClientRect();
    const left = (box?.left ?? 0) + this.namesPx;
    const share = Math.min(1, Math.max(0, (event.clientX - left) / Math.max(1, (box?.right ?? 0) - left)));
    this.setZoom(zoomAround(this.tree, this.range, event.deltaY < 0 ? 1 / ZOOM_STEP : ZOOM_STEP, share));
  };

  private readonly keyed = (event: KeyboardEvent): void => {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    const key = WATERFALL_KEYS[event.key];
    if (key === undefined) return;
    event.preventDefault();
    event.stopPropagation();
    this.act(key);
  };

  private act(key: WaterfallKey): void {
    switch (key.kind) {
      case "move": {
        const result = moveInRows(this.rows, this.collapsed, this.selected, key.move);
        if (result.expand !== undefined) this.toggle(result.expand, false);
        if (result.collapse !== undefined) this.toggle(result.collapse, true);
        this.select(result.selected);
        return;
      }
      case "pan":
        this.pan(key.share);
        return;
      case "zoom":
        this.setZoom(key.factor === 0 ? undefined : zoomAround(this.tree, this.range, key.factor, 0.5));
        return;
      case "level":
        this.tell("depth-change", { depth: stepDepth(this.rows, this.tree, key.step) });
        return;
      case "all":
        this.tell("depth-change", { depth: key.open ? undefined : 1 });
        return;
      case "visible": {
        const { fromUs, toUs } = this.range;
        const within = { fromUs: fromUs + this.tree.startUs, toUs: toUs + this.tree.startUs };
        this.select(nextInRange(this.rows, this.selected, within, key.step));
        return;
      }
      case "found":
        if (this.found !== undefined) this.select(nextFound(this.tree, this.found, this.selected, key.step));
        return;
      case "toggle":
        if (this.selected !== undefined) this.toggle(this.selected, !this.collapsed.has(this.selected));
    }
  }

  private pan(share: number): void {
    const { fromUs, toUs } = this.range;
    const byUs = (toUs - fromUs) * share;
    this.setZoom({ fromUs: fromUs + byUs, toUs: toUs + byUs });
  }

  /** On the triangle a click opens or closes, elsewhere it selects. */
  private readonly clicked = (event: Event): void => {
    const target = event.target as Element;
    const spanId = target.closest<HTMLElement>(".row")?.dataset["span"];
    if (spanId === undefined) return;
    const isTwisty = target.closest(".twisty") !== null && this.tree.byId.get(spanId)?.children.length !== 0;
    if (isTwisty) this.toggle(spanId, !this.collapsed.has(spanId));
    else this.select(spanId);
  };

  private select(spanId: string | undefined): void {
    if (spanId !== undefined) this.tell("span-select", { spanId });
  }

  private toggle(spanId: string, closed: boolean): void {
    if (this.tree.byId.get(spanId)?.children.length !== 0) this.tell("row-toggle", { spanId, closed });
  }

  private setZoom(zoom: ZoomRange | undefined): void {
    const clamped = zoom === undefined ? undefined : clampZoom(this.tree, zoom);
    const whole = clamped !== undefined && clamped.toUs - clamped.fromUs >= this.tree.endUs - this.tree.startUs;
    this.live = whole ? undefined : clamped;
    this.frame.request();
    clearTimeout(this.timer);
    this.timer = setTimeout(() => {
      const { live } = this;
      this.told = live && { fromUs: Math.round(live.fromUs), toUs: Math.round(live.toUs) };
      this.tell("zoom-change", { zoom: this.told });
    }, ZOOM_RESTS_MS);
  }

  private tell(type: string, detail: object): void {
    this.dispatchEvent(new CustomEvent(type, { detail }));
  }

  static override styles = [sharedStyles, waterfallStyles];
}

const isSame = (one: ZoomRange | undefined, other: ZoomRange | undefined): boolean =>
  one?.fromUs === other?.fromUs && one?.toUs === other?.toUs;

const indentOf = (node: TraceNode, levelPx: number): number => 4 + Math.min(node.depth, INDENT_LEVELS_MAX) * levelPx;

function sizeOf(canvas: HTMLCanvasElement, widthPx: number, heightPx: number): void {
  canvas.style.width = `${String(widthPx)}px`;
  canvas.style.height = `${String(heightPx)}px`;
}

function drawLength(
  context: CanvasRenderingContext2D,
  { x, y, align, over, durationUs, dim }: LengthText,
  palette: (color: string) => string,
): void {
  const text = formatDurationUs(durationUs);
  context.textAlign = align;
  context.globalAlpha = dim ? 0.35 : 1;
  if (over) {
    const width = context.measureText(text).width + 8;
    context.fillStyle = palette("var(--surface-0)");
    context.fillRect(x - width + 4, y - 7, width, 14);
  }
  context.fillStyle = palette(over ? "var(--ink)" : "var(--ink-soft)");
  context.fillText(text, x, y);
  context.globalAlpha = 1;
}

/** Signs beside a name: failed, failures hidden below it, parent missing, how many are hidden. */
function marksOf(node: TraceNode, isClosed: boolean): TemplateResult {
  return html`${
    node.span.status === "error"
      ? html`<span class="critical" role="img" aria-label="failed" title="Failed">${icon("critical", 12)}</span>`
      : isClosed && node.errorsBelow > 0
        ? html`<span class="critical small" title="${node.errorsBelow} failed below"
            >${icon("critical", 12)} ${node.errorsBelow}</span
          >`
        : nothing
  }${
    node.orphan
      ? html`<span class="warning" role="img" aria-label="parent missing" title="Its parent span is missing"
          >${icon("link", 12)}</span
        >`
      : nothing
  }${isClosed && node.descendantCount > 0 ? html`<span class="tag">+${node.descendantCount}</span>` : nothing}`;
}

declare global {
  interface HTMLElementTagNameMap {
    "fd-waterfall": Waterfall;
  }
}
