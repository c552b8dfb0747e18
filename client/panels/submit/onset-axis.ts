/**
 * Layout of the time line on which the onset is picked: instants to fractions of the width and back, ticks at round
 * simulated times, and marks that lie too close to each other set in rows.
 */
import type { TimeWindow } from "../../../server/wire/telemetry.js";

const SECOND_US = 1_000_000;
const MINUTE_US = 60 * SECOND_US;

/** Steps that read well on a clock, ascending. */
const TICK_STEPS_US: readonly number[] = [
  10 * SECOND_US,
  30 * SECOND_US,
  MINUTE_US,
  2 * MINUTE_US,
  5 * MINUTE_US,
  10 * MINUTE_US,
  15 * MINUTE_US,
  30 * MINUTE_US,
  60 * MINUTE_US,
];

/** Share of the width, 0 to 1 within the window. */
export function fractionOf(window: TimeWindow, atUs: number): number {
  const span = window.toUs - window.fromUs;
  return span <= 0 ? 0 : (atUs - window.fromUs) / span;
}

/** The instant at a share of the width, to the whole second, kept within the window. */
export function instantAt(window: TimeWindow, fraction: number): number {
  const clamped = Math.min(1, Math.max(0, fraction));
  const exact = window.fromUs + clamped * (window.toUs - window.fromUs);
  return clampInstant(window, Math.round(exact / SECOND_US) * SECOND_US);
}

/** Round instants within the window, at most `ticksMax`. */
export function axisTicks(window: TimeWindow, ticksMax: number): readonly number[] {
  const span = window.toUs - window.fromUs;
  if (span <= 0 || ticksMax < 1) return [];
  const coarsest = TICK_STEPS_US.at(-1) ?? MINUTE_US;
  const step =
    TICK_STEPS_US.find((candidate) => span / candidate <= ticksMax) ?? Math.ceil(span / ticksMax / coarsest) * coarsest;
  const first = Math.ceil(window.fromUs / step) * step;
  const count = Math.max(0, Math.floor((window.toUs - first) / step) + 1);
  return Array.from({ length: count }, (_, index) => first + index * step);
}

/** Where a key moves the flag: arrows by a second-step of 10 s, with shift by a minute; undefined for other keys. */
export function movedByKey(window: TimeWindow, atUs: number, key: string, shift: boolean): number | undefined {
  const step = shift ? MINUTE_US : 10 * SECOND_US;
  const targets: Readonly<Record<string, number>> = {
    ArrowLeft: atUs - step,
    ArrowDown: atUs - step,
    ArrowRight: atUs + step,
    ArrowUp: atUs + step,
    PageDown: atUs - 5 * MINUTE_US,
    PageUp: atUs + 5 * MINUTE_US,
    Home: window.fromUs,
    End: window.toUs,
  };
  const target = targets[key];
  return target === undefined ? undefined : clampInstant(window, target);
}

export interface PlacedMark<Mark> {
  readonly mark: Mark;
  readonly fraction: number;
  /** 0 is nearest to the axis. */
  readonly row: number;
}

/** Marks within the window, ascending; one that lies nearer than `gap` to the last of a row goes to the next row. */
export function placeMarks<Mark extends { readonly atUs: number }>(
  window: TimeWindow,
  marks: readonly Mark[],
  gap: number,
): readonly PlacedMark<Mark>[] {
  const lastInRow: number[] = [];
  return [...marks]
    .filter(({ atUs }) => atUs >= window.fromUs && atUs <= window.toUs)
    .sort((left, right) => left.atUs - right.atUs)
    .map((mark) => {
      const fraction = fractionOf(window, mark.atUs);
      const free = lastInRow.findIndex((last) => fraction - last >= gap);
      const row = free === -1 ? lastInRow.length : free;
      lastInRow[row] = fraction;
      return { mark, fraction, row };
    });
}

function clampInstant(window: TimeWindow, atUs: number): number {
  return Math.min(window.toUs, Math.max(window.fromUs, atUs));
}
