/**
 * `<fd-virtual-log>`: log lines, any number of them. Lines come by pages as they are scrolled to; opened
 * lines show everything that was logged. One tab stop: arrows, Page, Home and End move, Enter opens or closes.
 */
import { LitElement, css, html, noChange, nothing } from "lit";
import type { PropertyValues, TemplateResult } from "lit";
import { customElement, property, query, state } from "lit/decorators.js";
import { repeat } from "lit/directives/repeat.js";
import type { LogLine } from "../../server/wire/telemetry.js";
import { PivotController } from "../controllers/pivot-controller.js";
import { ResizeController } from "../controllers/resize-controller.js";
import type { PivotSubject } from "../elements/pivots.js";
import { sharedStyles } from "../elements/shared.styles.js";
import { seriesColor } from "./colors.js";
import { formatClock } from "./format.js";
import { beginningOf, shortened, withMarksShown } from "./readable-text.js";
import type { LogPages } from "./virtual-log-pages.js";
import {
  clampTop,
  contentTopOf,
  isScaled,
  rowsInView,
  rowTop,
  scrollTopOf,
  spacerPx,
  topRevealing,
} from "./virtual-log-scroll.js";
import type { ListGeometry } from "./virtual-log-scroll.js";

/** Rows drawn beyond the edges, so that a quick wheel shows no gap. */
const MARGIN_ROWS = 5;
/** Narrower than this a message stands in a line of its own, so much higher. */
const STACKED_PX = 520;
const MESSAGE_PX = 20;
/** Assumed until the details have been measured. */
const DETAIL_PX = 220;

/** Of the row that arrows move from. Few attributes a row: each is set anew for all of them by a jump. */
const ACTIVE_ID = "active-row";

/** Dispatches `line-toggle` {id}, `at-top` {atTop} when the upper edge is reached or left, and `line-hover` {timeUs}. */
@customElement("fd-virtual-log")
export class VirtualLog extends LitElement {
  @property({ attribute: false }) pages: LogPages | undefined;
  /** Change it when lines arrived. */
  @property({ type: Number }) revision = 0;
  /** Ids of opened lines. */
  @property({ attribute: false }) opened: ReadonlySet<string> = new Set();
  @property({ attribute: false }) renderDetail: (line: LogLine) => unknown = () => nothing;
  @property({ type: Number }) rowPx = 24;
  /** Fields that have a column between service and message. */
  @property({ attribute: false }) columns: readonly string[] = [];
  /** Long messages over several lines of a row; `rowPx` has to leave room. */
  @property({ type: Boolean, reflect: true }) wrap = false;
  /** Of the order, for screen readers. */
  @property() label = "Log lines, newest first";
  @state() private contentTop = 0;
  @state() private active = 0;
  /** Position of the scroll bar, kept because asking for it would have the browser lay out what was just changed. */
  private barTop = 0;
  @query(".view") private readonly view!: HTMLElement | null;
  private readonly size = new ResizeController(this);
  private readonly detailPx = new Map<string, number>();
  private readonly details = new ResizeObserver((entries) => {
    this.measured(entries);
  });
  private wasAtTop = true;
  /** The message that the pointer came to last. */
  private titled: HTMLElement | undefined;
  /** First row drawn last, and what is taken off an index before it chooses its element. */
  private lastFirst = 0;
  private slotShift = 0;
  /** After a jump: rows beyond the edges keep their words until those in view stand on the screen. */
  private areEdgesLate = false;
  private areEdgesDue = false;

  constructor() {
    super();
    new PivotController(this, {
      filterable: true,
      at: (event) => this.subjectOf(event.composedPath()[0]),
      focused: () => {
        const row = this.renderRoot.querySelector(`#${ACTIVE_ID}`);
        const subject = this.subjectOf(row);
        return subject === undefined || row === null ? undefined : { subject, anchor: row.getBoundingClientRect() };
      },
    });
  }

  /** Of a cell its field, else the line by its service; with its trace and its time. */
  private subjectOf(target: EventTarget | null | undefined): PivotSubject | undefined {
    if (!(target instanceof Element)) return undefined;
    const line = this.pages?.line(indexAt(target) ?? -1);
    if (line === undefined) return undefined;
    const { service, timeUs: atUs, traceId, level } = line;
    const field = target.closest<HTMLElement>("[data-field]")?.dataset["field"] ?? "service";
    const values: Readonly<Record<string, string>> = { service, level };
    const value = values[field] ?? String(line.attributes[field] ?? "");
    return { field: value === "" ? "service" : field, value: value === "" ? service : value, service, atUs, traceId };
  }

  /** Where the messages would have no room beside the rest: they stand below it. */
  private get stacked(): boolean {
    return this.size.width > 0 && this.size.width < STACKED_PX;
  }

  private get linePx(): number {
    return this.stacked ? this.rowPx + MESSAGE_PX : this.rowPx;
  }

  /** Keeps what is on the screen in place after `count` lines came in above it. */
  shift(count: number): void {
    this.active += count;
    if (this.contentTop > 0) this.moveTo(this.contentTop + count * this.linePx);
  }

  scrollToTop(): void {
    this.active = 0;
    this.moveTo(0);
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    this.details.disconnect();
  }

  override willUpdate(changed: PropertyValues<this>): void {
    this.toggleAttribute("stacked", this.stacked);
    // Another query's list begins at its top; the same query with newer lines is moved by `shift`.
    if (changed.has("pages")) this.contentTop = Math.min(this.contentTop, clampTop(this.geometry(), this.contentTop));
  }

  override render(): TemplateResult {
    const list = this.geometry();
    const { first, last } = rowsInView(list, this.contentTop, MARGIN_ROWS);
    const indices = Array.from({ length: last - first + 1 }, (_, offset) => first + offset);
    // A jump finds each element where it was, with other words in it; nearer, rows move with their elements.
    if (Math.abs(first - this.lastFirst) >= indices.length) {
      this.slotShift += first - this.lastFirst;
      this.areEdgesLate = true;
    }
    this.lastFirst = first;
    const inView = rowsInView(list, this.contentTop, 0);
    const isLate = (index: number): boolean => this.areEdgesLate && (index < inView.first || index > inView.last);
    const base = isScaled(list) ? this.barTop - this.contentTop : 0;
    return html`<div
      class="view"
      tabindex="0"
      role="treegrid"
      aria-label=${this.label}
      aria-rowcount=${list.rowCount}
      aria-activedescendant=${list.rowCount > 0 ? ACTIVE_ID : nothing}
      @scroll=${this.scrolled}
      @wheel=${this.wheeled}
      @keydown=${this.pressed}
      @click=${this.clicked}
      @pointerover=${this.pointed}
    >
      <div class="spacer" style="height:${String(spacerPx(list))}px"></div>
      <div class="rows" style="transform:translateY(${String(base + rowTop(list, first))}px)">
        ${repeat(
          indices,
          (index) => this.keyOf(index, indices.length),
          (index) => this.row(index, isLate(index)),
        )}
      </div>
    </div>`;
  }

  override updated(): void {
    // Its element may show another line now.
    this.titled?.removeAttribute("title");
    this.titled = undefined;
    const list = this.geometry();
    const { first, last } = rowsInView(list, this.contentTop, MARGIN_ROWS);
    this.pages?.want(first, Math.max(last, 60));
    if (this.areEdgesLate && this.pages?.line(first) !== undefined) this.drawEdgesLater();
    for (const element of this.renderRoot.querySelectorAll(".detail")) this.details.observe(element);
    const atTop = this.contentTop < this.linePx / 2;
    if (atTop === this.wasAtTop) return;
    this.wasAtTop = atTop;
    this.dispatchEvent(new CustomEvent("at-top", { detail: { atTop } }));
  }

  private drawEdgesLater(): void {
    if (this.areEdgesDue) return;
    this.areEdgesDue = true;
    const first = this.lastFirst;
    // The first frame is the one that is being made.
    requestAnimationFrame(() =>
      requestAnimationFrame(() => {
        this.areEdgesDue = false;
        // While the bar is dragged from place to place the edges of none of them are worth a frame.
        this.areEdgesLate = this.lastFirst !== first;
        this.requestUpdate();
      }),
    );
  }

  /** Rows that leave at one end come in again at the other: a jump writes new texts into the elements that are there. */
  private keyOf(index: number, count: number): string {
    const id = this.pages?.line(index)?.id;
    return id !== undefined && this.opened.has(id) ? id : `slot-${String(slotOf(index - this.slotShift, count))}`;
  }

  private row(index: number, isLate: boolean): TemplateResult {
    const line = this.pages?.line(index);
    const open = line !== undefined && this.opened.has(line.id) ? line : undefined;
    const classes = `row-box ${index === this.active ? "active" : ""} ${line?.level ?? "loading"}`;
    return html`<div class=${classes}>
      <div
        class="line"
        id=${index === this.active ? ACTIVE_ID : nothing}
        role="row"
        aria-level="1"
        aria-rowindex=${index + 1}
        aria-expanded=${line === undefined ? nothing : open === undefined ? "false" : "true"}
        style="height:${String(this.linePx)}px;${this.wrap || this.stacked ? "" : `line-height:${String(this.linePx - 1)}px`}${gridOf(this.columns.length)}"
      >
        ${isLate && open === undefined ? noChange : cellsOf(line, open !== undefined, this.columns)}
      </div>
      ${
        open === undefined
          ? nothing
          : html`<div class="detail" role="row" aria-level="2" data-line=${open.id}>
              <div role="gridcell">${this.renderDetail(open)}</div>
            </div>`
      }
    </div>`;
  }

  private geometry(): ListGeometry {
    const opened = new Map<number, number>();
    for (const id of this.opened) {
      const index = this.pages?.indexOf(id);
      if (index !== undefined) opened.set(index, this.detailPx.get(id) ?? DETAIL_PX);
    }
    return { rowCount: this.pages?.total ?? 0, rowPx: this.linePx, viewportPx: this.size.height, opened };
  }

  private measured(entries: readonly ResizeObserverEntry[]): void {
    let changed = false;
    for (const { target, borderBoxSize } of entries) {
      const id = (target as HTMLElement).dataset["line"];
      const height = Math.ceil(borderBoxSize[0]?.blockSize ?? 0);
      if (id === undefined || height === 0 || this.detailPx.get(id) === height) continue;
      this.detailPx.set(id, height);
      changed = true;
    }
    if (changed) this.requestUpdate();
  }

  private moveTo(contentTop: number): void {
    const list = this.geometry();
    this.contentTop = clampTop(list, contentTop);
    if (this.view === null) return;
    this.view.scrollTop = scrollTopOf(list, this.contentTop);
    this.barTop = this.view.scrollTop;
  }

  private readonly scrolled = (): void => {
    const list = this.geometry();
    const scrollTop = this.view?.scrollTop ?? 0;
    this.barTop = scrollTop;
    // A scaled bar is coarser than a pixel: what `moveTo` set stays exact until somebody drags the bar.
    if (isScaled(list) && Math.abs(scrollTopOf(list, this.contentTop) - scrollTop) < 1) this.requestUpdate();
    else this.contentTop = contentTopOf(list, scrollTop);
  };

  private readonly wheeled = (event: WheelEvent): void => {
    if (!isScaled(this.geometry()) || event.deltaY === 0) return;
    event.preventDefault();
    const pixelsPerUnit = [1, this.linePx, this.size.height][event.deltaMode] ?? 1;
    this.moveTo(this.contentTop + event.deltaY * pixelsPerUnit);
  };

  private readonly pressed = (event: KeyboardEvent): void => {
    if (event.target !== event.currentTarget) return;
    const list = this.geometry();
    const pageRows = Math.max(1, Math.floor(this.size.height / this.linePx) - 1);
    const moves: Readonly<Record<string, number>> = {
      ArrowDown: this.active + 1,
      ArrowUp: this.active - 1,
      PageDown: this.active + pageRows,
      PageUp: this.active - pageRows,
      Home: 0,
      End: list.rowCount - 1,
    };
    if (event.key === "Enter" || event.key === " ") {
      event.preventDefault();
      this.toggle(this.pages?.line(this.active));
    }
    const target = moves[event.key];
    if (target === undefined || list.rowCount === 0) return;
    event.preventDefault();
    this.active = Math.max(0, Math.min(list.rowCount - 1, target));
    this.moveTo(topRevealing(list, this.contentTop, this.active));
  };

  /** Says which line is under the pointer, and gives a message that may be cut its whole text. */
  private readonly pointed = (event: PointerEvent): void => {
    const target = event.target as HTMLElement;
    const index = indexAt(target);
    const line = index === undefined ? undefined : this.pages?.line(index);
    if (line === undefined) return;
    const message = target.closest<HTMLElement>(".message");
    if (message !== null) {
      message.title = shortened(line.message, TITLE_CHARACTERS);
      this.titled = message;
    }
    this.dispatchEvent(new CustomEvent("line-hover", { detail: { timeUs: line.timeUs } }));
  };

  private readonly clicked = (event: Event): void => {
    const index = indexAt(event.target as Element);
    if (index === undefined) return;
    this.active = index;
    this.toggle(this.pages?.line(this.active));
  };

  private toggle(line: LogLine | undefined): void {
    if (line !== undefined) this.dispatchEvent(new CustomEvent("line-toggle", { detail: { id: line.id } }));
  }

  static override styles = [
    sharedStyles,
    css`
      :host {
        display: block;
        position: relative;
        overflow: hidden;
        min-height: 160px;
      }
      .view {
        position: absolute;
        inset: 0;
        overflow: auto;
        overflow-anchor: none;
        contain: strict;
      }
      .view:focus-visible {
        outline-offset: -2px;
      }
      .spacer {
        width: 1px;
      }
      .rows {
        position: absolute;
        inset-inline: 0;
        top: 0;
      }
      .row-box {
        contain: layout;
        /* Narrower than this the list is scrolled sideways. */
        min-width: 620px;
        border-inline-start: 3px solid transparent;
      }
      .row-box.error {
        border-color: var(--severity-critical);
      }
      .row-box.warn {
        border-color: var(--severity-warning);
      }
      .line {
        contain: strict;
        display: grid;
        /* One row of a known height and no column that asks for the width of its text: half of the layout of a jump. */
        grid-template: 100% / 14px 12ch 8ch minmax(12ch, 18ch) minmax(0, 1fr);
        gap: var(--space-2);
        padding-inline: var(--space-1);
        border-block-end: 1px solid var(--line);
        font-family: var(--font-data);
        font-size: var(--text-s);
        white-space: nowrap;
        cursor: pointer;
      }
      .line:hover {
        background: var(--surface-2);
      }
      .view:focus-visible .active .line {
        background: var(--accent-soft);
      }
      .line > span {
        /* Not hidden: each cell would be a scrolled box of its own to the painter. */
        overflow: clip;
        text-overflow: ellipsis;
      }
      /* Signs of the font rather than drawings: two drawings a row are a fifth of what a jump costs. */
      .line > :first-child::before {
        content: "›" / "";
      }
      .line > .turned::before {
        display: inline-block;
        transform: rotate(90deg);
      }
      .error .level::before {
        content: "× " / "";
      }
      .warn .level::before {
        content: "! " / "";
      }
      .info .level::before {
        content: "• " / "";
      }
      .debug .level::before {
        content: "· " / "";
      }
      :host([wrap]) .line {
        align-items: start;
        padding-block: 3px;
        line-height: 17px;
      }
      :host([wrap]) .message {
        white-space: pre-wrap;
        overflow-wrap: anywhere;
        display: -webkit-box;
        -webkit-box-orient: vertical;
        -webkit-line-clamp: 2;
        line-clamp: 2;
      }
      :host([stacked]) .line {
        grid-template: 20px minmax(0, 1fr) / 14px 12ch 8ch minmax(0, 1fr) !important;
        row-gap: 0;
        line-height: 20px;
      }
      :host([stacked]) .line > [data-field]:not(.level) {
        display: none;
      }
      :host([stacked]) .line > .message {
        grid-area: 2 / 2 / 3 / -1;
      }
      .repeats {
        unicode-bidi: isolate;
      }
      .line > .message {
        unicode-bidi: plaintext;
        text-align: left;
      }
      .service {
        padding-inline-start: 14px;
        background: 0 50% / 8px 8px no-repeat;
      }
      .repeats {
        display: inline-block;
        margin-inline-end: 6px;
        padding: 0 5px;
        border-radius: 8px;
        background: var(--surface-2);
        color: var(--ink);
      }
      .error .level {
        color: var(--severity-critical);
      }
      .warn .level {
        color: var(--severity-warning);
      }
      .info .level,
      .debug .level {
        color: var(--ink-soft);
      }
      .detail {
        background: var(--surface-1);
        border-block-end: 1px solid var(--line);
      }
    `,
  ];
}

/** Columns of the row; the style sheet's own where no field has one. */
const gridOf = (columns: number): string =>
  columns === 0
    ? ""
    : `;grid-template-columns:14px 12ch 8ch minmax(12ch,18ch) repeat(${String(columns)},minmax(8ch,16ch)) minmax(0,1fr)`;

/** Characters of a row: no screen is wider, and a text node of megabytes is slow even where it is clipped. */
const ROW_CHARACTERS = 600;
const TITLE_CHARACTERS = 2_000;
const NAME_CHARACTERS = 80;

/** Cells of a line; of one on its way the same elements without words, so that it is filled and not built when it comes. */
function cellsOf(line: LogLine | undefined, isOpen: boolean, columns: readonly string[]): TemplateResult {
  const { message, repeats = 1 } = line ?? { message: "…" };
  return html`<span class=${isOpen ? "soft turned" : "soft"} role="gridcell"></span>
    <span role="gridcell">${line === undefined ? "" : formatClock(line.timeUs, 3)}</span>
    <span role="gridcell" class="level" data-field="level">${line?.level ?? ""}</span>
    <span
      role="gridcell"
      class="service"
      style="background-image:${line === undefined ? "none" : squareOf(line.service)}"
      >${line === undefined ? "" : beginningOf(line.service, NAME_CHARACTERS)}</span
    >
    ${columns.map((name) => html`<span role="gridcell" data-field=${name}>${line === undefined ? "" : columnText(line, name)}</span>`)}
    <span role="gridcell" class="message"
      >${repeats > 1 ? html`<span class="repeats">×${repeats}</span>` : nothing}${withMarksShown(
        shortened(message, ROW_CHARACTERS),
      )}</span
    >`;
}

/** A service's colour as a picture behind its name: an element of its own in each row is felt in a jump. */
function squareOf(service: string): string {
  const color = seriesColor(service);
  return `linear-gradient(${color},${color})`;
}

/** Index of the line that an element belongs to. */
function indexAt(element: Element): number | undefined {
  const row = element.closest(".line")?.getAttribute("aria-rowindex");
  return row === null || row === undefined ? undefined : Number(row) - 1;
}

/** Which of `count` elements shows an index, whatever its sign. */
const slotOf = (index: number, count: number): number => (count === 0 ? 0 : ((index % count) + count) % count);

function columnText(line: LogLine, name: string): string {
  const own: Readonly<Record<string, string | undefined>> = {
    instance: line.instance,
    trace_id: line.traceId,
    span_id: line.spanId,
  };
  const value = Object.hasOwn(own, name) ? own[name] : line.attributes[name];
  return value === undefined ? "" : String(value).slice(0, 200);
}

declare global {
  interface HTMLElementTagNameMap {
    "fd-virtual-log": VirtualLog;
  }
}
