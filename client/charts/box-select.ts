/**
 * Drawing a box on a chart, by pointer and by keys alike: drag; or Enter sets a box in the middle, arrows move it, Shift
 * with arrows sizes it, Enter again selects, Escape lets go. The host draws `rectangle` and says what it stands for.
 */
import type { ReactiveController, ReactiveControllerHost } from "lit";

export interface PlotArea {
  readonly left: number;
  readonly top: number;
  readonly width: number;
  readonly height: number;
}

/** Corners in CSS pixels of the element, the first at the upper left. */
export interface SelectedBox {
  readonly x0: number;
  readonly y0: number;
  readonly x1: number;
  readonly y1: number;
}

export interface BoxSelectOptions {
  readonly target: () => HTMLElement | null;
  readonly area: () => PlotArea;
  /** `span`: only the width counts, the box is as high as the plot. */
  readonly shape?: "box" | "span";
  readonly select: (box: SelectedBox) => void;
  /** A press that did not become a drag. */
  readonly click?: (x: number, y: number) => void;
}

/** Pixels below which a drag is a click. */
const DRAG_MIN = 5;
/** Pixels of one key press; with Alt one. */
const KEY_STEP = 12;
const KEY_SHARE = 1 / 4;

export class BoxSelectController implements ReactiveController {
  /** What is being drawn; undefined when nothing is. */
  rectangle: SelectedBox | undefined;
  /** Whether keys move the box. */
  byKeys = false;
  private start: { readonly x: number; readonly y: number; readonly pointer: number } | undefined;
  private bound: HTMLElement | null = null;

  constructor(
    private readonly host: ReactiveControllerHost,
    private readonly options: BoxSelectOptions,
  ) {
    host.addController(this);
  }

  /** The target exists after the first rendering, and may be another one after a later. */
  hostUpdated(): void {
    const target = this.options.target();
    if (target === this.bound) return;
    this.unbind();
    this.bound = target;
    target?.addEventListener("pointerdown", this.down);
    target?.addEventListener("pointermove", this.move);
    target?.addEventListener("pointerup", this.up);
    target?.addEventListener("pointercancel", this.cancel);
    target?.addEventListener("keydown", this.key);
  }

  hostDisconnected(): void {
    this.unbind();
    this.cancel();
  }

  private unbind(): void {
    const { bound } = this;
    bound?.removeEventListener("pointerdown", this.down);
    bound?.removeEventListener("pointermove", this.move);
    bound?.removeEventListener("pointerup", this.up);
    bound?.removeEventListener("pointercancel", this.cancel);
    bound?.removeEventListener("keydown", this.key);
    this.bound = null;
  }

  readonly cancel = (): void => {
    this.start = undefined;
    this.byKeys = false;
    this.show(undefined);
  };

  private show(rectangle: SelectedBox | undefined): void {
    this.rectangle = rectangle === undefined ? undefined : clampBox(rectangle, this.options.area(), this.options.shape);
    this.host.requestUpdate();
  }

  private at(event: PointerEvent): { readonly x: number; readonly y: number } {
    const bounds = this.bound?.getBoundingClientRect();
    return { x: event.clientX - (bounds?.left ?? 0), y: event.clientY - (bounds?.top ?? 0) };
  }

  private readonly down = (event: PointerEvent): void => {
    if (event.button !== 0 || !isInside(this.options.area(), this.at(event))) return;
    this.start = { ...this.at(event), pointer: event.pointerId };
  };

  private readonly move = (event: PointerEvent): void => {
    const { start } = this;
    if (start?.pointer !== event.pointerId) return;
    const { x, y } = this.at(event);
    const isDrag =
      Math.max(Math.abs(x - start.x), this.options.shape === "span" ? 0 : Math.abs(y - start.y)) >= DRAG_MIN;
    if (!isDrag && this.rectangle === undefined) return;
    this.bound?.setPointerCapture(event.pointerId);
    this.show(boxOf(start, { x, y }));
  };

  private readonly up = (event: PointerEvent): void => {
    const { start, rectangle } = this;
    if (start?.pointer !== event.pointerId) return;
    this.cancel();
    if (rectangle === undefined) this.options.click?.(start.x, start.y);
    else this.options.select(rectangle);
  };

  private readonly key = (event: KeyboardEvent): void => {
    if (event.target !== this.bound) return;
    if (!this.byKeys) {
      if (event.key !== "Enter") return;
      event.preventDefault();
      this.byKeys = true;
      this.show(middleBox(this.options.area()));
      return;
    }
    const { rectangle } = this;
    if (rectangle === undefined) return;
    const moved = moveBox(rectangle, event);
    if (moved === undefined && event.key !== "Enter" && event.key !== "Escape") return;
    event.preventDefault();
    event.stopPropagation();
    if (moved !== undefined) this.show(moved);
    else {
      this.cancel();
      if (event.key === "Enter") this.options.select(rectangle);
    }
  };
}

const isInside = (
  { left, top, width, height }: PlotArea,
  { x, y }: { readonly x: number; readonly y: number },
): boolean => x >= left && x <= left + width && y >= top && y <= top + height;

function boxOf(
  one: { readonly x: number; readonly y: number },
  other: { readonly x: number; readonly y: number },
): SelectedBox {
  return {
    x0: Math.min(one.x, other.x),
    y0: Math.min(one.y, other.y),
    x1: Math.max(one.x, other.x),
    y1: Math.max(one.y, other.y),
  };
}

/** A quarter of the plot in its middle. */
export function middleBox({ left, top, width, height }: PlotArea): SelectedBox {
  const [x, y] = [left + width / 2, top + height / 2];
  const [halfWidth, halfHeight] = [(width * KEY_SHARE) / 2, (height * KEY_SHARE) / 2];
  return { x0: x - halfWidth, y0: y - halfHeight, x1: x + halfWidth, y1: y + halfHeight };
}

const DIRECTIONS: Readonly<Record<string, readonly [number, number]>> = {
  ArrowLeft: [-1, 0],
  ArrowRight: [1, 0],
  ArrowUp: [0, -1],
  ArrowDown: [0, 1],
};

/** The box after a key: moved, or with Shift its right and lower edges. Undefined for any other key. */
export function moveBox(
  box: SelectedBox,
  { key, shiftKey, altKey }: Pick<KeyboardEvent, "key" | "shiftKey" | "altKey">,
): SelectedBox | undefined {
  const direction = DIRECTIONS[key];
  if (direction === undefined) return undefined;
  const step = altKey ? 1 : KEY_STEP;
  const [x, y] = [direction[0] * step, direction[1] * step];
  if (!shiftKey) return { x0: box.x0 + x, y0: box.y0 + y, x1: box.x1 + x, y1: box.y1 + y };
  return { ...box, x1: Math.max(box.x0 + 1, box.x1 + x), y1: Math.max(box.y0 + 1, box.y1 + y) };
}

/** Within the plot, keeping its size where that fits. */
export function clampBox(
  box: SelectedBox,
  { left, top, width, height }: PlotArea,
  shape?: "box" | "span",
): SelectedBox {
  const x0 = Math.min(Math.max(left, box.x0), left + width - 1);
  const y0 = Math.min(Math.max(top, box.y0), top + height - 1);
  const x1 = Math.min(left + width, Math.max(x0 + 1, box.x1));
  const y1 = Math.min(top + height, Math.max(y0 + 1, box.y1));
  return shape === "span" ? { x0, x1, y0: top, y1: top + height } : { x0, y0, x1, y1 };
}
