/** A canvas sharp on its screen, and drawings that wait for the next frame, so that many changes cost one drawing. */

/** Fits the canvas to a size in CSS pixels and hands out its context, cleared, in these pixels. */
export function openSurface(
  canvas: HTMLCanvasElement,
  widthPx: number,
  heightPx: number,
): CanvasRenderingContext2D | undefined {
  const ratio = window.devicePixelRatio;
  const width = Math.max(1, Math.round(widthPx * ratio));
  const height = Math.max(1, Math.round(heightPx * ratio));
  // Setting a size throws the canvas's memory away, even to what it was.
  if (canvas.width !== width) canvas.width = width;
  if (canvas.height !== height) canvas.height = height;
  const context = canvas.getContext("2d");
  if (context === null) return undefined;
  context.setTransform(ratio, 0, 0, ratio, 0, 0);
  context.clearRect(0, 0, widthPx, heightPx);
  return context;
}

/** Calls `draw` once before the next frame, however often it is asked to. */
export class FrameTask {
  private handle: number | undefined;

  constructor(private readonly draw: () => void) {}

  request(): void {
    this.handle ??= requestAnimationFrame(() => {
      this.handle = undefined;
      this.draw();
    });
  }

  cancel(): void {
    if (this.handle !== undefined) cancelAnimationFrame(this.handle);
    this.handle = undefined;
  }
}
