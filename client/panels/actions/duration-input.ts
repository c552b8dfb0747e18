/** Durations as forms hold them: texts with a unit (`250ms`, `1.5s`) that read back to the same whole µs. */
import { parseDurationUs } from "../../state/time-range.js";

/** Whole µs of a typed duration; blanks and case do not matter. Undefined without a unit: `5` could be anything. */
export function parseDurationInput(text: string): number | undefined {
  return parseDurationUs(text.replaceAll(" ", "").replaceAll(",", ".").toLowerCase());
}

/** The shortest exact form with a unit: 250000 → `250ms`, 1500000 → `1.5s`, 90 → `90us`. */
export function writeDurationInput(durationUs: number): string {
  if (durationUs === 0) return "0ms";
  if (durationUs % 60_000_000 === 0) return `${String(durationUs / 60_000_000)}m`;
  if (durationUs >= 1_000_000 && durationUs % 1_000 === 0) return `${String(durationUs / 1_000_000)}s`;
  if (durationUs >= 1_000 && durationUs % 10 === 0) return `${String(durationUs / 1_000)}ms`;
  return `${String(durationUs)}us`;
}
