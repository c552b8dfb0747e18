/**
 * Draws the page's crosshair over a time axis as one line that is moved by a transform, at most once a frame and without
 * an update of its host: sixty times a second must not draw charts again.
 */
import type { ReactiveController, ReactiveControllerHost } from "lit";
import type { CrosshairModel } from "../state/crosshair.js";

export interface CrosshairOptions {
  /** Undefined while the context has not come. */
  readonly model: () => CrosshairModel | undefined;
  /** The positioned element that the line is laid over; null while it is not drawn. */
  readonly container: () => HTMLElement | null;
  /** Distance of an instant from the container's left edge, px; undefined outside the axis. */
  readonly place: (atUs: number) => number | undefined;
  /** Called in the same frame as the line moves, for figures at the instant; undefined: it is gone. */
  readonly moved?: (atUs: number | undefined) => void;
  /** The first and last instant of the axis, where it is the page's own window: the ribbon aligns with it. */
  readonly axis?: () => { readonly fromUs: number; readonly toUs: number } | undefined;
}

const LINE_STYLE =
  "position:absolute;top:0;left:0;width:0;height:100%;border-inline-start:1px dashed var(--ink-soft);" +
  "pointer-events:none;will-change:transform;z-index:1;display:none";

export class CrosshairController implements ReactiveController {
  private bound: CrosshairModel | undefined;
  private line: HTMLElement | undefined;
  private frame: number | undefined;
  /** Where an axis lies is read once all hosts are drawn: in between, each reading would lay the page out anew. */
  private measureAtFrame = false;
  private shown = "";
  /** An update that was due when the host went away still comes: it must not bind again. */
  private connected = false;

  constructor(
    private readonly host: ReactiveControllerHost,
    private readonly options: CrosshairOptions,
  ) {
    host.addController(this);
  }

  hostConnected(): void {
    this.connected = true;
    this.bind();
    window.addEventListener("resize", this.measure);
  }

  /** The context may come, and the container be drawn, only with an update. */
  hostUpdated(): void {
    if (!this.connected) return;
    if (this.options.model() !== this.bound) this.bind();
    this.draw();
    this.measureAtFrame = true;
    this.schedule();
  }

  hostDisconnected(): void {
    this.connected = false;
    window.removeEventListener("resize", this.measure);
    this.bound?.removeEventListener("changed", this.schedule);
    this.bound?.leave(this.host);
    this.bound?.setSpan(this, undefined);
    this.bound = undefined;
    if (this.frame !== undefined) cancelAnimationFrame(this.frame);
    this.frame = undefined;
  }

  /** The pointer is at this instant over the host. */
  point(atUs: number): void {
    this.bound?.point(atUs, this.host);
  }

  leave(): void {
    this.bound?.leave(this.host);
  }

  private bind(): void {
    this.bound?.removeEventListener("changed", this.schedule);
    this.bound = this.options.model();
    this.bound?.addEventListener("changed", this.schedule);
  }

  private readonly schedule = (): void => {
    this.frame ??= requestAnimationFrame(() => {
      this.frame = undefined;
      if (this.measureAtFrame) this.measure();
      this.measureAtFrame = false;
      this.draw();
    });
  };

  /** Tells the page where this axis lies, where it is one that others align with. */
  private readonly measure = (): void => {
    const axis = this.options.axis?.();
    const container = this.options.container();
    if (this.bound === undefined) return;
    const left = axis === undefined ? undefined : this.options.place(axis.fromUs);
    const right = axis === undefined ? undefined : this.options.place(axis.toUs);
    const box = container?.getBoundingClientRect();
    const shown = box !== undefined && box.width > 0 && left !== undefined && right !== undefined;
    this.bound.setSpan(this, shown ? { left: box.left + left, right: box.left + right } : undefined);
  };

  private draw(): void {
    const container = this.options.container();
    const atUs = this.bound?.atUs;
    const x = atUs === undefined ? undefined : this.options.place(atUs);
    this.options.moved?.(x === undefined ? undefined : atUs);
    if (container === null) return;
    const line = this.lineIn(container);
    const locked = this.bound?.locked === true;
    const shown = `${String(locked)} ${x?.toFixed(1) ?? ""}`;
    if (shown === this.shown) return;
    this.shown = shown;
    line.style.display = x === undefined ? "none" : "block";
    line.style.borderInlineStart = locked ? "2px solid var(--accent)" : "1px dashed var(--ink-soft)";
    if (x !== undefined) line.style.transform = `translateX(${x.toFixed(1)}px)`;
  }

  private lineIn(container: HTMLElement): HTMLElement {
    this.line ??= createLine();
    if (this.line.parentNode !== container) container.append(this.line);
    return this.line;
  }
}

function createLine(): HTMLElement {
  const line = document.createElement("i");
  line.className = "crosshair-line";
  line.ariaHidden = "true";
  line.style.cssText = LINE_STYLE;
  return line;
}
