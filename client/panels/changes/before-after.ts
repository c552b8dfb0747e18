/** What a figure was before a change and after it: means over the same length on both sides. Pure. */
import { MICROS_PER_SECOND } from "../../../server/base/time.js";
import type { ChartSeries } from "../../charts/chart-data.js";
import { formatUnit } from "../../charts/format.js";
import type { ChangeRecord } from "../../../server/wire/telemetry.js";

/** Of each side; what is nearer to the change than this is still the roll-out. */
const SIDE_US = 5 * 60 * MICROS_PER_SECOND;

export interface BeforeAfter {
  readonly before: number | undefined;
  readonly after: number | undefined;
}

/** Five minutes before the change began, and five minutes after it had reached every instance. */
export function beforeAfter(series: readonly ChartSeries[], change: ChangeRecord): BeforeAfter {
  const doneUs = change.completedUs ?? change.atUs;
  return {
    before: meanBetween(series, change.atUs - SIDE_US, change.atUs),
    after: meanBetween(series, doneUs, doneUs + SIDE_US),
  };
}

function meanBetween(series: readonly ChartSeries[], fromUs: number, toUs: number): number | undefined {
  let sum = 0;
  let count = 0;
  for (const { timesUs, values } of series)
    timesUs.forEach((atUs, index) => {
      const value = values[index] ?? Number.NaN;
      if (atUs <= fromUs || atUs > toUs || !Number.isFinite(value)) return;
      sum += value;
      count += 1;
    });
  return count === 0 ? undefined : sum / count;
}

/** From here on a change of a mean is worth a second look. */
const NOTABLE_FACTOR = 1.25;

/** Fewer failed requests than this on both sides say nothing: one of them doubles or halves the share. */
const FAILURES_MIN = 5;

/** How many requests failed on the side where more did, from the means of the rate and of the share that failed. */
export function failuresOf(rate: BeforeAfter, failed: BeforeAfter): number {
  const onSide = (side: keyof BeforeAfter): number =>
    ((rate[side] ?? 0) * (failed[side] ?? 0) * SIDE_US) / MICROS_PER_SECOND;
  return Math.max(onSide("before"), onSide("after"));
}

export interface EffectText {
  readonly text: string;
  readonly notable: boolean;
}

/** `97 ms → 1.2 s (×12)`; a side without samples is a dash. `failures` counts what a share is of, where it is one. */
export function effectText({ before, after }: BeforeAfter, unit: string, failures?: number): EffectText {
  const write = (value: number | undefined): string => (value === undefined ? "–" : formatUnit(value, unit));
  const text = `${write(before)} → ${write(after)}`;
  if (failures !== undefined && failures > 0 && failures < FAILURES_MIN)
    return { text: `${text} (too few to tell)`, notable: false };
  if (before === undefined || after === undefined || before === 0) {
    const appeared = before === 0 && after !== undefined && after > 0;
    return { text: appeared ? `${text} (new)` : text, notable: appeared };
  }
  const factor = after / before;
  const notable = factor >= NOTABLE_FACTOR || factor <= 1 / NOTABLE_FACTOR;
  const written =
    factor >= 2
      ? `×${factor.toFixed(factor < 10 ? 1 : 0)}`
      : `${factor >= 1 ? "+" : "−"}${String(Math.round(Math.abs(factor - 1) * 100))} %`;
  return { text: `${text} (${written})`, notable };
}
