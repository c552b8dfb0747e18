/** Ranges that are one click away, how a range is called, and how it is copied and pasted. Pure. */
import { formatClock, formatDurationUs } from "../../charts/format.js";
import type { TimeWindow } from "../../../server/wire/telemetry.js";
import { parseDurationUs, parseRangeText, parseTimeExpression } from "../../state/time-range.js";
import type { TimeRangeText } from "../../state/time-range.js";

export interface RangePreset {
  readonly title: string;
  readonly range: TimeRangeText;
}

const MINUTE_US = 60_000_000;

/** What of an incident's window lies before its alert: rules fire minutes after the trouble began. */
const BEFORE_ALERT_US = 10 * MINUTE_US;
const AROUND_ALERT_US = 15 * MINUTE_US;

const LENGTHS: readonly (readonly [string, string])[] = [
  ["Last 5 minutes", "5m"],
  ["Last 15 minutes", "15m"],
  ["Last 30 minutes", "30m"],
  ["Last hour", "1h"],
];

export interface PresetMoments {
  readonly nowUs: number;
  readonly historyFromUs: number;
  /** When the alert that paged began to fire. */
  readonly firingSinceUs: number | undefined;
  readonly lastDeploy: { readonly title: string; readonly atUs: number } | undefined;
}

export function rangePresets(moments: PresetMoments): readonly RangePreset[] {
  const { nowUs, historyFromUs, firingSinceUs, lastDeploy } = moments;
  const presets = LENGTHS.map(([title, length]) => ({ title, range: { from: `now-${length}`, to: "now" } }));
  if (firingSinceUs !== undefined && firingSinceUs <= nowUs) {
    const around = { from: String(firingSinceUs - AROUND_ALERT_US), to: String(firingSinceUs + AROUND_ALERT_US) };
    const incident = { from: String(firingSinceUs - BEFORE_ALERT_US), to: "now" };
    presets.push({ title: "Incident so far", range: incident }, { title: "Alert ±15 minutes", range: around });
  }
  if (lastDeploy !== undefined && lastDeploy.atUs < nowUs) {
    const title = `Since the last deploy (${lastDeploy.title}, ${formatClock(lastDeploy.atUs)})`;
    presets.push({ title, range: { from: String(lastDeploy.atUs), to: "now" } });
  }
  return [...presets, { title: "All there is", range: { from: String(historyFromUs), to: "now" } }];
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

/** The range as it is edited: what is relative as it stands, instants as clock times of their day. */
export function rangeText({ from, to }: TimeRangeText, nowUs: number): string {
  const length = /^now-([^/]+)$/.exec(from)?.[1];
  if (length !== undefined && to === "now") return length;
  const written = (expression: string): string => {
    const atUs = expression.startsWith("now") ? undefined : parseTimeExpression(expression, nowUs);
    return atUs === undefined ? expression : formatClock(atUs);
  };
  return `${written(from)} to ${written(to)}`;
}

/** ISO 8601 in UTC, to the millisecond: what other tools read as well. */
export const copiedRange = ({ fromUs, toUs }: TimeWindow): string => `${isoOf(fromUs)} to ${isoOf(toUs)}`;

const isoOf = (atUs: number): string => new Date(Math.round(atUs / 1_000)).toISOString();

/** Longer texts are not a range that somebody copied. */
const PASTED_MAX = 200;

/** The range that a pasted text holds: anything that can be typed, or `{"from":…,"to":…}` as Grafana copies it. */
export function pastedRange(text: string, nowUs: number): TimeRangeText | undefined {
  const trimmed = text.trim();
  if (trimmed === "" || trimmed.length > PASTED_MAX) return undefined;
  const [, from, to] = /^\{\s*"from"\s*:\s*"?([^",}]+)"?\s*,\s*"to"\s*:\s*"?([^",}]+)"?\s*\}$/.exec(trimmed) ?? [];
  const range = parseRangeText(from === undefined || to === undefined ? trimmed : `${from} to ${to}`, nowUs);
  return range === undefined ? undefined : fixedRange(range, nowUs);
}

/** Clock times as instants: `14:02` would mean another day after midnight. */
export function fixedRange(range: TimeRangeText, nowUs: number): TimeRangeText {
  const fixed = (expression: string): string =>
    expression.startsWith("now") ? expression : String(parseTimeExpression(expression, nowUs) ?? expression);
  return { from: fixed(range.from), to: fixed(range.to) };
}
