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
import type { PivotSubject } from "../elements/pivots.js";
import { sharedStyles } from "../elements/shared.styles.js";
import { FrameTask } from "./canvas-surface.js";
import { traceCaption } from "./chart-caption.js";
import { resolveColor } from "./colors.js";
import type { CriticalPath } from "./critical-path.js";
import { RestingZoom } from "./resting-zoom.js";
import { createPalette } from "./scatter-palette.js";
import type { Gap } from "./waterfall-findings.js";
import { nextFound, nextInRange, stepDepth } from "./waterfall-folds.js";
import { WATERFALL_KEYS } from "./waterfall-keys.js";
import type { WaterfallKey } from "./waterfall-keys.js";
import { LENGTH_ROOM_PX, rowMarks, WATERFALL_ROW_PX } from "./waterfall-marks.js";
import "./waterfall-minimap.js";
import type { WaterfallMinimap } from "./waterfall-minimap.js";
import { paintRows, paintRuler } from "./waterfall-paint.js";
import { waterfallRow } from "./waterfall-row.js";
import type { RowLook } from "./waterfall-row.js";
import { clampZoom, moveInRows, visibleRows, zoomAround } from "./waterfall-rows.js";
import type { ZoomRange } from "./waterfall-rows.js";
import type { TraceNode, TraceTree } from "./waterfall-tree.js";
import { waterfallStyles } from "./waterfall.styles.js";

const ROW_PX = WATERFALL_ROW_PX;
/** Rows are made in blocks of so many, so that most steps of scrolling make none. */
const BLOCK_ROWS = 8;
const NARROW_PX = 480;
const ZOOM_STEP = 1.25;
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
  private readonly turned = new RestingZoom((zoom) => {
    this.tell("zoom-change", { zoom });
  });
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
    if (changed.has("tree")) this.turned.restart(this.zoom);
    else if (changed.has("zoom")) this.turned.follow(this.zoom);
  }

  private get range(): ZoomRange {
    return clampZoom(this.tree, this.turned.now ?? { fromUs: 0, toUs: this.tree.endUs - this.tree.startUs });
  }

  private get namesPx(): number {
    return Math.max(NAMES_PX_MIN, Math.round(this.size.width * NAMES_SHARE));
  }

  /** Width on which the range of time lies; 0 or less where there is none. */
  private get scalePx(): number {
    return (this.rowsBox?.clientWidth ?? 0) - this.namesPx - LENGTH_ROOM_PX;
  }

  /** Rows that exist, from `first` on. */
  private get rowsMade(): number {
    return Math.ceil(this.size.height / ROW_PX) + 2 * BLOCK_ROWS;
  }

  override render(): TemplateResult {
    const shown = this.rows.slice(this.first, this.first + this.rowsMade);
    const active = this.rows.findIndex(({ span }) => span.spanId === this.selected);
    const look = this.rowLook();
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
          (node, offset) => waterfallRow(node, this.first + offset, look),
        )}
        <canvas class="bars" aria-hidden="true" style="top:${String(this.first * ROW_PX)}px"></canvas>
      </div>
    `;
  }

  private rowLook(): RowLook {
    const { tree, path, gaps, collapsed, selected, found, skewed } = this;
    return { tree, path, gaps, collapsed, selected, found, skewed, isNarrow: this.size.width < NARROW_PX };
  }

  override updated(changed: PropertyValues): void {
    this.frame.request();
    if (changed.has("selected") || changed.has("tree")) this.reveal();
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    this.frame.cancel();
    this.turned.stop();
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
    const { bars, scalePx } = this;
    if (bars === null) return;
    const shown = this.rows.slice(this.first, this.first + this.rowsMade);
    this.minimap?.show(this.range);
    if (scalePx <= 0) return;
    const font = `12px ${resolveColor("var(--font-data)", this)}`;
    const pen = { widthPx: scalePx + LENGTH_ROOM_PX, scalePx, palette: createPalette(this), font };
    if (this.ruler !== null) paintRuler(this.ruler, this.range, pen);
    const view = { tree: this.tree, path: this.path, zoom: this.range, scalePx, gaps: this.gaps, found: this.found };
    const marks = shown.map((node, offset) => rowMarks(node, offset * ROW_PX, view));
    paintRows(bars, shown.length * ROW_PX, marks, pen);
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
    const left = (this.rowsBox?.getBoundingClientRect().left ?? 0) + this.namesPx;
    const share = Math.min(1, Math.max(0, (event.clientX - left) / Math.max(1, this.scalePx)));
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
    this.turned.set(whole ? undefined : clamped);
    this.frame.request();
  }

  private tell(type: string, detail: object): void {
    this.dispatchEvent(new CustomEvent(type, { detail }));
  }

  static override styles = [sharedStyles, waterfallStyles];
}

declare global {
  interface HTMLElementTagNameMap {
    "fd-waterfall": Waterfall;
  }
}
