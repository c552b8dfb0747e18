/**
 * `<fd-flame>`: a flame graph of spans or stacks on a canvas that holds only what is in view. Wheel with ctrl zooms, a
 * double click fills the width with a frame, arrows walk from frame to frame. Text for screen readers follows the chosen
 * frame; the table form is with whoever shows the graph.
 */
import { LitElement, css, html, nothing } from "lit";
import type { PropertyValues, TemplateResult } from "lit";
import { customElement, property, query, state } from "lit/decorators.js";
import { PivotController } from "../controllers/pivot-controller.js";
import { ResizeController } from "../controllers/resize-controller.js";
import { ThemeController } from "../controllers/theme-controller.js";
import type { PivotSubject } from "../elements/pivots.js";
import { sharedStyles } from "../elements/shared.styles.js";
import { paintBars } from "./bar-marks.js";
import { FrameTask, openSurface } from "./canvas-surface.js";
import { resolveColor } from "./colors.js";
import { flameMarks, frameAt, layoutFlame, moveInFlame } from "./flame-layout.js";
import type { FlameFrame, FlameLayout, FlameMove, FlameView } from "./flame-layout.js";
import { createPalette } from "./scatter-palette.js";

const ROW_PX = 20;
const ZOOM_STEP = 1.25;

/** Part of a layout, in its units. */
export interface FlameRange {
  readonly from: number;
  readonly to: number;
}

const MOVES: Readonly<Record<string, FlameMove>> = {
  ArrowLeft: "left",
  ArrowRight: "right",
  ArrowUp: "up",
  ArrowDown: "down",
  Home: "first",
  End: "last",
};

/** Dispatches `frame-select` {id}, `frame-open` {id} (Enter, double click), `range-change` {range | undefined}. */
@customElement("fd-flame")
export class Flame extends LitElement {
  @property({ attribute: false }) layout: FlameLayout = layoutFlame([]);
  /** The whole width where left out. */
  @property({ attribute: false }) range: FlameRange | undefined;
  @property() selected: string | undefined;
  @property({ attribute: false }) found: ReadonlySet<string> | undefined;
  /** A click fills the width with the frame, as a double click does. */
  @property({ type: Boolean }) clickOpens = false;
  /** What the graph shows, for those who do not see it. */
  @property() caption = "";
  /** A frame in words: its name, its figures. */
  @property({ attribute: false }) describe: (frame: FlameFrame) => string = (frame) => frame.name;
  /** What a frame's menu is about; none where left out. */
  @property({ attribute: false }) subjectOf: (frame: FlameFrame) => PivotSubject | undefined = () => undefined;
  @state() private pointed: { readonly frame: FlameFrame; readonly x: number; readonly y: number } | undefined;
  @query(".scroll") private readonly box!: HTMLElement | null;
  @query("canvas") private readonly canvas!: HTMLCanvasElement | null;
  private readonly size = new ResizeController(this);
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
        const frame = this.frameUnder(event);
        return frame === undefined ? undefined : this.subjectOf(frame);
      },
      focused: () => {
        const frame = this.layout.byId.get(this.selected ?? "");
        const subject = frame === undefined ? undefined : this.subjectOf(frame);
        return frame === undefined || subject === undefined ? undefined : { subject, anchor: this.placeOf(frame) };
      },
    });
  }

  private placeOf({ start, width, depth }: FlameFrame): DOMRect {
    const { left, top } = this.getBoundingClientRect();
    const { from, to, widthPx, topPx } = this.view();
    const scale = widthPx / (to - from);
    const x = Math.max(0, (start - from) * scale);
    return new DOMRect(left + x, top + depth * ROW_PX - topPx, Math.min(widthPx, width * scale), ROW_PX);
  }

  override render(): TemplateResult {
    const chosen = this.layout.byId.get(this.selected ?? "");
    return html`<canvas aria-hidden="true"></canvas>
      <div
        class="scroll"
        tabindex="0"
        role="application"
        aria-label="${this.caption}. Arrow keys walk from frame to frame, Enter fills the width with one, 0 shows all."
        @scroll=${() => {
          this.frame.request();
        }}
        @wheel=${this.wheeled}
        @keydown=${this.keyed}
        @pointermove=${this.moved}
        @pointerleave=${() => {
          this.pointed = undefined;
        }}
        @click=${this.clicked}
        @dblclick=${this.opened}
      >
        <div style="height:${String(this.layout.rows.length * ROW_PX)}px"></div>
      </div>
      <span class="visually-hidden" role="status">${chosen === undefined ? "" : this.describe(chosen)}</span>
      ${this.tip()}`;
  }

  private tip(): TemplateResult | typeof nothing {
    const { pointed } = this;
    if (pointed === undefined) return nothing;
    const { frame, x, y } = pointed;
    const side = x > this.size.width / 2 ? `right:${String(this.size.width - x + 10)}px` : `left:${String(x + 10)}px`;
    return html`<p class="tip small" style="${side};top:${String(Math.min(y + 14, this.size.height - 30))}px">
      ${this.describe(frame)}
    </p>`;
  }

  override updated(changed: PropertyValues<this>): void {
    if (changed.has("selected")) this.reveal();
    this.frame.request();
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    this.frame.cancel();
  }

  private view(): FlameView {
    const { from, to } = this.range ?? this.layout;
    return {
      from,
      to: Math.max(to, from + Number.MIN_VALUE),
      widthPx: this.box?.clientWidth ?? 0,
      heightPx: this.box?.clientHeight ?? 0,
      rowPx: ROW_PX,
      topPx: this.box?.scrollTop ?? 0,
      found: this.found,
      selected: this.selected,
    };
  }

  private draw(): void {
    const { canvas } = this;
    if (canvas === null) return;
    const view = this.view();
    const context = openSurface(canvas, view.widthPx, view.heightPx);
    if (context === undefined) return;
    canvas.style.width = `${String(view.widthPx)}px`;
    canvas.style.height = `${String(view.heightPx)}px`;
    const font = `11px ${resolveColor("var(--font-data)", this)}`;
    context.font = font;
    const characterPx = context.measureText("m").width;
    paintBars(context, flameMarks(this.layout, view), { colorOf: createPalette(this), font, characterPx });
  }

  private reveal(): void {
    const frame = this.layout.byId.get(this.selected ?? "");
    const { box } = this;
    if (frame === undefined || box === null) return;
    const top = frame.depth * ROW_PX;
    if (top < box.scrollTop) box.scrollTop = top;
    else if (top + ROW_PX > box.scrollTop + box.clientHeight) box.scrollTop = top + ROW_PX - box.clientHeight;
  }

  private frameUnder(event: MouseEvent): FlameFrame | undefined {
    const place = this.box?.getBoundingClientRect();
    if (place === undefined) return undefined;
    return frameAt(this.layout, this.view(), event.clientX - place.left, event.clientY - place.top);
  }

  private readonly moved = (event: PointerEvent): void => {
    const frame = this.frameUnder(event);
    const place = this.getBoundingClientRect();
    this.pointed =
      frame === undefined ? undefined : { frame, x: event.clientX - place.left, y: event.clientY - place.top };
  };

  private readonly clicked = (event: MouseEvent): void => {
    const frame = this.frameUnder(event);
    if (this.clickOpens) this.fill(frame);
    else if (frame !== undefined) this.tell("frame-select", { id: frame.id });
  };

  private readonly opened = (event: MouseEvent): void => {
    this.fill(this.frameUnder(event));
  };

  private fill(frame: FlameFrame | undefined): void {
    if (frame === undefined) return;
    this.tell("frame-open", { id: frame.id });
    this.setRange({ from: frame.start, to: frame.start + frame.width });
  }

  private readonly wheeled = (event: WheelEvent): void => {
    if (!event.ctrlKey && !event.metaKey) return;
    event.preventDefault();
    const place = this.box?.getBoundingClientRect();
    const share = place === undefined ? 0.5 : (event.clientX - place.left) / place.width;
    this.zoom(event.deltaY < 0 ? 1 / ZOOM_STEP : ZOOM_STEP, share);
  };

  private zoom(factor: number, share: number): void {
    const { from, to } = this.view();
    const anchor = from + (to - from) * share;
    const span = (to - from) * factor;
    this.setRange({ from: anchor - span * share, to: anchor + span * (1 - share) });
  }

  private setRange({ from, to }: FlameRange): void {
    const { layout } = this;
    const range = { from: Math.max(layout.from, from), to: Math.min(layout.to, to) };
    if (range.to <= range.from) return;
    const isWhole = range.from <= layout.from && range.to >= layout.to;
    this.tell("range-change", { range: isWhole ? undefined : range });
  }

  private readonly keyed = (event: KeyboardEvent): void => {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    const move = MOVES[event.key];
    const act = move === undefined ? this.keys[event.key] : () => this.move(move);
    if (act === undefined) return;
    event.preventDefault();
    event.stopPropagation();
    act();
  };

  private readonly keys: Readonly<Record<string, () => void>> = {
    Enter: () => {
      this.fill(this.layout.byId.get(this.selected ?? ""));
    },
    "0": () => this.tell("range-change", { range: undefined }),
    "+": () => {
      this.zoom(1 / ZOOM_STEP, 0.5);
    },
    "=": () => {
      this.zoom(1 / ZOOM_STEP, 0.5);
    },
    "-": () => {
      this.zoom(ZOOM_STEP, 0.5);
    },
  };

  private move(move: FlameMove): void {
    const id = moveInFlame(this.layout, this.selected, move);
    if (id !== undefined) this.tell("frame-select", { id });
  }

  private tell(type: string, detail: object): void {
    this.dispatchEvent(new CustomEvent(type, { detail }));
  }

  static override styles = [
    sharedStyles,
    css`
      :host {
        display: block;
        position: relative;
        min-height: 160px;
      }
      .scroll {
        position: absolute;
        inset: 0;
        overflow: hidden auto;
      }
      .scroll:focus-visible {
        outline-offset: -2px;
      }
      /* Beneath the box that scrolls: it draws what that box would show. */
      canvas {
        position: absolute;
        inset: 0 auto auto 0;
      }
      .tip {
        position: absolute;
        max-width: 60ch;
        padding: 2px var(--space-2);
        background: var(--surface-1);
        border: 1px solid var(--line-strong);
        border-radius: var(--radius);
        pointer-events: none;
        overflow-wrap: anywhere;
        z-index: 1;
      }
    `,
  ];
}

declare global {
  interface HTMLElementTagNameMap {
    "fd-flame": Flame;
  }
}
