/** Durations as the search form holds them: `250ms`, `1.5s`. Read by `parseDurationUs` of the time range. */

const UNITS: readonly (readonly [string, number])[] = [
  ["m", 60_000_000],
  ["s", 1_000_000],
  ["ms", 1_000],
];

/** The shortest text that reads back to the same whole µs, with at most three decimals. */
export function printDurationText(durationUs: number): string {
  for (const [unit, perUnit] of UNITS) {
    if (durationUs >= perUnit && (durationUs * 1_000) % perUnit === 0) return `${String(durationUs / perUnit)}${unit}`;
  }
  return `${String(durationUs)}us`;
}
