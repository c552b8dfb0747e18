/** Numbers for people, as Prometheus's template functions write them. Source: prometheus/template/template.go. */
import { formatRfc3339 } from "../query/promql/calendar.js";
import { formatGeneral } from "../base/go-format.js";

const LARGE = ["", "k", "M", "G", "T", "P", "E", "Z", "Y"];
const SMALL = ["", "m", "u", "n", "p", "f", "a", "z", "y"];
const BINARY = ["", "ki", "Mi", "Gi", "Ti", "Pi", "Ei", "Zi", "Yi"];

function scaleDown(value: number, by: number, prefixes: readonly string[]): string {
  let index = 0;
  let rest = value;
  while (Math.abs(rest) >= by && index < prefixes.length - 1) {
    rest /= by;
    index++;
  }
  return `${formatGeneral(rest, 4)}${prefixes[index]}`;
}

function scaleUp(value: number): string {
  let index = 0;
  let rest = value;
  while (Math.abs(rest) < 1 && index < SMALL.length - 1) {
    rest *= 1000;
    index++;
  }
  return `${formatGeneral(rest, 4)}${SMALL[index]}`;
}

/** `1.5k`, `25m`: SI prefixes. */
export function humanize(value: number): string {
  if (value === 0 || !Number.isFinite(value)) return formatGeneral(value, 4);
  return Math.abs(value) >= 1 ? scaleDown(value, 1000, LARGE) : scaleUp(value);
}

/** `1.5Mi`: powers of 1024. */
export function humanize1024(value: number): string {
  if (Math.abs(value) <= 1 || !Number.isFinite(value)) return formatGeneral(value, 4);
  return scaleDown(value, 1024, BINARY);
}

/** Seconds as `1h 2m 3s`, below a minute as `1.234s`, below a second as `250ms`. */
export function humanizeDuration(seconds: number): string {
  if (!Number.isFinite(seconds)) return formatGeneral(seconds, 4);
  const magnitude = Math.abs(seconds);
  if (magnitude === 0) return "0s";
  if (magnitude < 1) return `${scaleUp(seconds)}s`;
  if (magnitude < 60) return `${formatGeneral(seconds, 4)}s`;
  const whole = Math.trunc(magnitude);
  const parts = [
    [Math.floor(whole / 86_400), "d"],
    [Math.floor(whole / 3600) % 24, "h"],
    [Math.floor(whole / 60) % 60, "m"],
    [whole % 60, "s"],
  ] as const;
  const first = parts.findIndex(([count]) => count > 0);
  const shown = parts.slice(first).map(([count, unit]) => `${String(count)}${unit}`);
  return `${seconds < 0 ? "-" : ""}${shown.join(" ")}`;
}

/** A ratio as `12.5%`. */
export const humanizePercentage = (ratio: number): string => `${formatGeneral(ratio * 100, 4)}%`;

/** Seconds since the epoch as `2026-11-21 02:47:13 +0000 UTC`. */
export function humanizeTimestamp(epochSeconds: number): string {
  if (!Number.isFinite(epochSeconds)) return formatGeneral(epochSeconds, 4);
  const text = formatRfc3339(epochSeconds * 1000);
  const fraction = text.slice(19, -1).replace(/\.?0+$/, "");
  return `${text.slice(0, 10)} ${text.slice(11, 19)}${fraction} +0000 UTC`;
}
