/** A trace as a handful of bars, for a row of a list: one line for each span, in order of their start. Pure. */

export interface SketchBar {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
  /** Index into the services of the trace. */
  readonly service: number;
  readonly failed: boolean;
}

/** Lines are no higher than this: a trace of two spans is not two blocks. */
const LINE_PX_MAX = 4;

/** Bars of a sketch as the server sends it (`TraceSketch.sketch`), in pixels; each is seen, however short. */
export function sketchBars(
  sketch: readonly number[],
  { width, height }: { readonly width: number; readonly height: number },
): readonly SketchBar[] {
  const lines = Math.floor(sketch.length / 4);
  const step = Math.min(LINE_PX_MAX, height / Math.max(1, lines));
  const bars: SketchBar[] = [];
  for (let line = 0; line < lines; line++) {
    const [start = 0, length = 0, service = 0, failed = 0] = sketch.slice(4 * line, 4 * line + 4);
    const x = Math.min(width - 1, (start / 1_000) * width);
    bars.push({
      x,
      y: line * step,
      width: Math.min(width - x, Math.max(1, (length / 1_000) * width)),
      height: Math.max(1, step - 0.5),
      service,
      failed: failed === 1,
    });
  }
  return bars;
}
