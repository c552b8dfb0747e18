/** Ranges that are one click away, and how a range is called. Pure. */
import { formatClock, formatDurationUs } from "../../charts/format.js";
import { parseDurationUs, parseTimeExpression } from "../../state/time-range.js";
import type { TimeRangeText } from "../../state/time-range.js";

export interface RangePreset {
  readonly title: string;
  readonly range: TimeRangeText;
}

const MINUTE_US = 60_000_000;

const LENGTHS: readonly (readonly [string, string])[] = [
  ["Last 5 minutes", "5m"],
  ["Last 15 minutes", "15m"],
  ["Last 30 minutes", "30m"],
  ["Last hour", "1h"],
];

/** @param firingSinceUs when the alert that paged began to fire, where one did */
export function rangePresets(firingSinceUs: number | undefined, nowUs: number): readonly RangePreset[] {
  const lengths = LENGTHS.map(([title, length]) => ({ title, range: { from: `now-${length}`, to: "now" } }));
  if (firingSinceUs === undefined) return lengths;
  const around = { from: String(firingSinceUs - 15 * MINUTE_US), to: String(firingSinceUs + 15 * MINUTE_US) };
  const incident = { from: String(firingSinceUs - 10 * MINUTE_US), to: "now" };
  const both = [
    { title: "Alert ±15 minutes", range: around },
    { title: "Since before the alert", range: incident },
  ];
  return firingSinceUs > nowUs ? lengths : [...lengths, ...both];
}

/** `Last 15 m` for what follows the clock, `14:02:00 – 14:20:00` for what does not. */
export function rangeLabel(range: TimeRangeText, nowUs: number): string {
  const lengthUs = parseDurationUs(/^now-(.+)$/.exec(range.from)?.[1] ?? "");
  if (lengthUs !== undefined && range.to === "now") return `Last ${formatDurationUs(lengthUs)}`;
  const named = (expression: string): string => {
    if (expression === "now") return "now";
    const atUs = parseTimeExpression(expression, nowUs);
    return atUs === undefined ? expression : formatClock(atUs);
  };
  return `${named(range.from)} – ${named(range.to)}`;
}
