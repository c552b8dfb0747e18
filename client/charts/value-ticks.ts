/**
 * Where the lines of a value axis stand: at numbers that are round in the unit that is read, so seconds at minutes and
 * hours, bytes at powers of two. There is always one above the axis' low end, or a small chart would say nothing. Pure.
 */

const MANTISSAS = [1, 2, 2.5, 5] as const;

/** Seconds: thousandths and less are decimal, above a minute the clock's own steps. */
const CLOCK_SECONDS = [
  ...[60, 120, 300, 600, 900, 1_800],
  ...[1, 2, 3, 6, 12].map((hours) => hours * 3_600),
  ...[1, 2, 5, 10, 20, 50, 100, 200, 500].map((days) => days * 86_400),
];
const BELOW_MINUTE = [1, 2, 5, 10, 15, 20, 30];

const decades = (from: number, to: number): readonly number[] =>
  Array.from({ length: to - from + 1 }, (_, index) => from + index).flatMap((power) =>
    MANTISSAS.map((mantissa) => Number(`${String(mantissa)}e${String(power)}`)),
  );

const SECOND_STEPS = [...decades(-9, -1), ...BELOW_MINUTE, ...CLOCK_SECONDS];
const BYTE_STEPS = Array.from({ length: 6 }, (_, power) => power).flatMap((power) =>
  [1, 2, 5, 10, 20, 50, 100, 200, 500].map((mantissa) => mantissa * 1024 ** power),
);
const DECIMAL_STEPS = decades(-12, 18);

const STEPS: Readonly<Record<string, readonly number[]>> = {
  s: SECOND_STEPS,
  seconds: SECOND_STEPS,
  By: BYTE_STEPS,
  bytes: BYTE_STEPS,
  "By/s": BYTE_STEPS,
};

/** Multiples of a round step in `[low, high]`, at most `most` steps of it in the range where any step is that large. */
export function valueTicks(
  low: number,
  high: number,
  { unit, most }: { unit: string; most: number },
): readonly number[] {
  const range = high - low;
  if (!(range > 0) || !Number.isFinite(range)) return [low];
  const step = stepFor(range, STEPS[unit] ?? DECIMAL_STEPS, Math.max(1, most));
  const first = Math.ceil(low / step - 1e-9);
  const last = Math.floor(high / step + 1e-9);
  return Array.from({ length: Math.max(0, last - first) + 1 }, (_, index) => rounded((first + index) * step));
}

/** The smallest step that does not crowd the axis, but none that is longer than the axis. */
function stepFor(range: number, steps: readonly number[], most: number): number {
  const fitting = steps.find((step) => range / step <= most && step <= range);
  return fitting ?? steps.findLast((step) => step <= range) ?? range;
}

/** Without the noise of the multiplication. */
const rounded = (value: number): number => Number(value.toPrecision(12));
