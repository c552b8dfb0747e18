/** Lines over time from which a span can be picked: where their points stand, and what keys do to the span. Pure. */
import type { TimeWindow } from "../../server/wire/telemetry.js";

export interface PickerLine {
  readonly name: string;
  readonly color: string;
  /** Value of the step that ends at `toUs`. */
  readonly points: readonly { readonly toUs: number; readonly value: number }[];
}

export interface PickerBox {
  readonly widthPx: number;
  readonly heightPx: number;
}

/** `d` of a path in steps; a step that is missing leaves a gap. */
export function stepPath(
  line: PickerLine,
  stepUs: number,
  window: TimeWindow,
  valueMax: number,
  { widthPx, heightPx }: PickerBox,
): string {
  const x = (atUs: number): number => ((atUs - window.fromUs) / (window.toUs - window.fromUs)) * widthPx;
  const y = (value: number): number => heightPx - (valueMax === 0 ? 0 : (value / valueMax) * heightPx);
  let path = "";
  let beforeUs = Number.NaN;
  for (const { toUs, value } of line.points) {
    const left = x(toUs - stepUs);
    const right = x(toUs);
    if (right < 0 || left > widthPx) continue;
    const at = `${left.toFixed(1)},${y(value).toFixed(1)}`;
    path += `${toUs - stepUs === beforeUs ? "L" : "M"}${at}H${right.toFixed(1)}`;
    beforeUs = toUs;
  }
  return path;
}

/** The highest value of all lines. */
export const highestOf = (lines: readonly PickerLine[]): number =>
  Math.max(0, ...lines.flatMap(({ points }) => points.map(({ value }) => value)));

/** A span of whole steps within the window; undefined where it has no length. */
export function snapSpan(oneUs: number, otherUs: number, stepUs: number, window: TimeWindow): TimeWindow | undefined {
  const from = Math.max(window.fromUs, Math.floor(Math.min(oneUs, otherUs) / stepUs) * stepUs);
  const to = Math.min(window.toUs, Math.ceil(Math.max(oneUs, otherUs) / stepUs) * stepUs);
  return to > from ? { fromUs: from, toUs: to } : undefined;
}

export type SpanMove = "earlier" | "later" | "longer" | "shorter";

/** By one step; a span that is not there begins as the last fifth of the window. */
export function moveSpan(span: TimeWindow | undefined, move: SpanMove, stepUs: number, window: TimeWindow): TimeWindow {
  if (span === undefined) {
    const lengthUs = Math.max(stepUs, (window.toUs - window.fromUs) / 5);
    return snapSpan(window.toUs - lengthUs, window.toUs, stepUs, window) ?? window;
  }
  const lengthUs = span.toUs - span.fromUs;
  if (move === "longer") return { fromUs: span.fromUs, toUs: Math.min(window.toUs, span.toUs + stepUs) };
  if (move === "shorter") return { fromUs: span.fromUs, toUs: Math.max(span.fromUs + stepUs, span.toUs - stepUs) };
  const fromUs =
    move === "earlier"
      ? Math.max(window.fromUs, span.fromUs - stepUs)
      : Math.min(window.toUs - lengthUs, span.fromUs + stepUs);
  return { fromUs, toUs: fromUs + lengthUs };
}
