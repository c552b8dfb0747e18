/** Dragging a time axis moves the window with the pointer: what lay under it stays under it. */
import type { TimeWindow } from "../../server/wire/telemetry.js";

export interface AxisDrag {
  /** The window when the drag begins, and the width it is drawn over, px. */
  readonly window: () => TimeWindow;
  readonly width: () => number;
  readonly bounds: () => TimeWindow;
  readonly moved: (window: TimeWindow) => void;
}

/** Between two windows that are asked for, ms: each is a query of everything on the screen. */
const MOVE_EVERY_MS = 100;

/** `window` moved by `pixels` of `width` to the right, that is back in time; kept within the bounds. */
export function draggedWindow(window: TimeWindow, pixels: number, width: number, bounds: TimeWindow): TimeWindow {
  const lengthUs = window.toUs - window.fromUs;
  const wished = window.fromUs - (pixels / Math.max(1, width)) * lengthUs;
  const latest = Math.max(window.fromUs, bounds.toUs - lengthUs);
  const fromUs = Math.round(Math.max(Math.min(bounds.fromUs, window.fromUs), Math.min(latest, wished)));
  return { fromUs, toUs: fromUs + lengthUs };
}

export function attachAxisDrag(axis: HTMLElement, drag: AxisDrag): void {
  let start: { readonly x: number; readonly window: TimeWindow } | undefined;
  let movedAtMs = 0;
  const move = (event: PointerEvent): void => {
    if (start === undefined || event.clientX === start.x) return;
    drag.moved(draggedWindow(start.window, event.clientX - start.x, drag.width(), drag.bounds()));
  };
  axis.style.cursor = "ew-resize";
  axis.style.touchAction = "none";
  axis.addEventListener("pointerdown", (event) => {
    if (event.button !== 0) return;
    axis.setPointerCapture(event.pointerId);
    start = { x: event.clientX, window: drag.window() };
  });
  axis.addEventListener("pointermove", (event) => {
    if (event.timeStamp - movedAtMs < MOVE_EVERY_MS) return;
    movedAtMs = event.timeStamp;
    move(event);
  });
  axis.addEventListener("pointerup", (event) => {
    move(event);
    start = undefined;
  });
  axis.addEventListener("pointercancel", () => {
    start = undefined;
  });
}
