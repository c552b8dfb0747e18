/** Ticks for axes that we draw ourselves: time at round UTC instants, logarithmic durations, linear offsets. */

const SECOND = 1_000_000;
const TIME_STEPS_US: readonly number[] = [
  1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 900, 1_800, 3_600, 7_200, 10_800, 21_600, 43_200, 86_400,
].map((seconds) => seconds * SECOND);

/** Instants (µs) within the window at a round step, at most `countMax` of them. */
export function timeTicks(fromUs: number, toUs: number, countMax: number): number[] {
  const span = toUs - fromUs;
  if (!(span > 0) || countMax < 1) return [];
  const step = TIME_STEPS_US.find((candidate) => span / candidate <= countMax) ?? TIME_STEPS_US.at(-1) ?? span;
  return multiplesOf(step, fromUs, toUs);
}

/** 1, 2, 5 times powers of ten within the bounds (inclusive); only the powers when the range is wide. */
export function logTicks(from: number, to: number, countMax: number): number[] {
  if (!(from > 0) || !(to >= from)) return [];
  for (const mantissas of [[1, 2, 5], [1, 3], [1]]) {
    const ticks = ticksOfDecades(mantissas, from, to);
    if (ticks.length <= countMax) return ticks;
  }
  return ticksOfDecades([1], from, to).filter((_, index, all) => index % Math.ceil(all.length / countMax) === 0);
}

function ticksOfDecades(mantissas: readonly number[], from: number, to: number): number[] {
  const ticks: number[] = [];
  for (let exponent = Math.floor(Math.log10(from)); exponent <= Math.ceil(Math.log10(to)); exponent++) {
    for (const mantissa of mantissas) {
      const tick = mantissa * 10 ** exponent;
      if (tick >= from && tick <= to) ticks.push(tick);
    }
  }
  return ticks;
}

/** Multiples of a round step (1, 2 or 5 times a power of ten) within the bounds, at most about `countMax`. */
export function linearTicks(from: number, to: number, countMax: number): number[] {
  const span = to - from;
  if (!(span > 0) || countMax < 1) return [];
  const raw = span / countMax;
  const magnitude = 10 ** Math.floor(Math.log10(raw));
  const step = [1, 2, 5, 10].map((factor) => factor * magnitude).find((candidate) => candidate >= raw) ?? raw;
  return multiplesOf(step, from, to);
}

function multiplesOf(step: number, from: number, to: number): number[] {
  const ticks: number[] = [];
  for (let index = Math.ceil(from / step); index * step <= to; index++) ticks.push(index * step);
  return ticks;
}
