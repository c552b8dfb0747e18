/** Figures as people read them: units beside the figure, tabular, three significant digits. Pure. */

const pad = (value: number, digits: number): string => String(value).padStart(digits, "0");

const MINUS = "−";

/** Up to `digits` significant digits without trailing zeros; thousands are grouped by a thin space. */
export function formatNumber(value: number, digits = 3): string {
  if (Number.isNaN(value)) return "–";
  if (!Number.isFinite(value)) return value > 0 ? "∞" : `${MINUS}∞`;
  const magnitude = Math.abs(value);
  if (magnitude !== 0 && (magnitude < 1e-4 || magnitude >= 1e15))
    return value.toExponential(digits - 1).replace("-", MINUS);
  const decimals = magnitude === 0 ? 0 : Math.max(0, digits - 1 - Math.floor(Math.log10(magnitude)));
  const [whole = "0", fraction] = magnitude.toFixed(Math.min(decimals, 12)).split(".");
  const grouped = whole.replace(/\B(?=(\d{3})+(?!\d))/g, "\u202f");
  const trimmed = fraction?.replace(/0+$/, "") ?? "";
  return `${value < 0 ? MINUS : ""}${grouped}${trimmed === "" ? "" : `.${trimmed}`}`;
}

/** The finest step of a ratio that is written out, in percent: noise has no digits. */
const PERCENT_STEP = 0.01;

/** A ratio of 0 to 1 in percent, to a hundredth of a percent at most. */
export function formatRatio(ratio: number): string {
  if (!Number.isFinite(ratio)) return "–";
  const percent = ratio * 100;
  if (percent > 0 && percent < PERCENT_STEP) return `< ${String(PERCENT_STEP)} %`;
  // Near all it is what is missing that counts: no rounding makes 99.97 % the whole.
  if (percent > 100 - PERCENT_STEP && percent < 100) return `> ${String(100 - PERCENT_STEP)} %`;
  if (percent > 99 && percent < 100) return `${formatNumber(percent, 4)} %`;
  return `${formatNumber(Math.abs(percent) < 1 ? Math.round(percent / PERCENT_STEP) * PERCENT_STEP : percent)} %`;
}

/** A share for a glance: one decimal, `< 0.1 %` for what is less but not nothing, `> 99.9 %` for what is more but not all. */
export function formatShare(ratio: number): string {
  if (!Number.isFinite(ratio)) return "–";
  const percent = ratio * 100;
  if (percent > 0 && percent < 0.1) return "< 0.1 %";
  return percent > 99.9 && percent < 100 ? "> 99.9 %" : `${percent.toFixed(1)} %`;
}

/** Names of the ticks of an axis: a ratio's with as many digits as their distance asks for, others as `formatUnit`. */
export function formatTicks(values: readonly number[], unit: string): readonly string[] {
  const percent = unit === "ratio" || unit === "1";
  return values.map((value) => (percent ? `${formatNumber(value * 100, TICK_DIGITS)} %` : formatUnit(value, unit)));
}

/** Ticks are round numbers; more digits are noise of their addition. */
const TICK_DIGITS = 6;

/** A span of time in its largest sensible unit: `85 µs`, `12.4 ms`, `1.24 s`, `3 m 20 s`, `2 h 5 m`. */
export function formatDurationUs(durationUs: number): string {
  if (!Number.isFinite(durationUs)) return "–";
  const magnitude = Math.abs(durationUs);
  const sign = durationUs < 0 ? MINUS : "";
  if (magnitude === 0) return "0 s";
  // What would round up to a thousand is one of the next unit.
  if (magnitude < 999.5) return `${sign}${formatNumber(magnitude)} µs`;
  if (magnitude < 999_500) return `${sign}${formatNumber(magnitude / 1_000)} ms`;
  if (magnitude < 60_000_000) return `${sign}${formatNumber(magnitude / 1_000_000)} s`;
  const seconds = Math.round(magnitude / 1_000_000);
  if (seconds < 3_600) return `${sign}${joinUnits(Math.floor(seconds / 60), "m", seconds % 60, "s")}`;
  const minutes = Math.round(seconds / 60);
  if (minutes < 48 * 60) return `${sign}${joinUnits(Math.floor(minutes / 60), "h", minutes % 60, "m")}`;
  const hours = Math.round(minutes / 60);
  return `${sign}${joinUnits(Math.floor(hours / 24), "d", hours % 24, "h")}`;
}

function joinUnits(large: number, largeUnit: string, small: number, smallUnit: string): string {
  return small === 0 ? `${String(large)} ${largeUnit}` : `${String(large)} ${largeUnit} ${String(small)} ${smallUnit}`;
}

/** `14:02:07` UTC; with `digits` decimals of the second where asked. */
export function formatClock(atUs: number, digits: 0 | 3 | 6 = 0): string {
  const wholeUs = Math.floor(atUs);
  const date = new Date(Math.floor(wholeUs / 1_000));
  const clock = `${pad(date.getUTCHours(), 2)}:${pad(date.getUTCMinutes(), 2)}:${pad(date.getUTCSeconds(), 2)}`;
  if (digits === 0) return clock;
  const micros = ((wholeUs % 1_000_000) + 1_000_000) % 1_000_000;
  return `${clock}.${pad(micros, 6).slice(0, digits)}`;
}

/** The instant that a clock to the second shows: spans between such instants agree with the clocks beside them. */
export const clockSecondUs = (atUs: number): number => Math.floor(atUs / 1_000_000) * 1_000_000;

/** How long `atUs` lies before `nowUs` by the clocks beside them: `4 min 10 s ago`. */
export const formatAgo = (atUs: number, nowUs: number): string =>
  `${formatDurationUs(Math.max(0, clockSecondUs(nowUs) - clockSecondUs(atUs)))} ago`;

/** `14:02`, or `14:02:30` where it is no whole minute: names of the ticks of a time axis, which are round. */
export function formatClockTick(atUs: number): string {
  const clock = formatClock(atUs);
  return clock.endsWith(":00") ? clock.slice(0, 5) : clock;
}

/** `2026-03-02 14:02:07` UTC. */
export const formatDateTime = (atUs: number): string => `${formatDay(atUs)} ${formatClock(atUs)}`;

function formatDay(atUs: number): string {
  const date = new Date(Math.floor(atUs / 1_000));
  return `${pad(date.getUTCFullYear(), 4)}-${pad(date.getUTCMonth() + 1, 2)}-${pad(date.getUTCDate(), 2)}`;
}

/** `2026-03-02 UTC`, or `2026-03-02 – 2026-03-03 UTC`: for axes that name the time of the day alone. */
export function formatDays(fromUs: number, toUs: number): string {
  const days = [...new Set([formatDay(fromUs), formatDay(toUs)])];
  return `${days.join(" – ")} UTC`;
}

/** `2026-03-02 14:02` on the reader's own clock: for what happened in the reader's world, not in the simulated one. */
export function formatLocalMinute(date: Date): string {
  const day = `${pad(date.getFullYear(), 4)}-${pad(date.getMonth() + 1, 2)}-${pad(date.getDate(), 2)}`;
  return `${day} ${pad(date.getHours(), 2)}:${pad(date.getMinutes(), 2)}`;
}

const BINARY_UNITS = ["B", "KiB", "MiB", "GiB", "TiB", "PiB"] as const;

export function formatBytes(bytes: number): string {
  if (!Number.isFinite(bytes)) return "–";
  const power = Math.min(BINARY_UNITS.length - 1, Math.max(0, Math.floor(Math.log2(Math.abs(bytes) || 1) / 10)));
  return `${formatNumber(bytes / 1024 ** power)} ${BINARY_UNITS[power] ?? "B"}`;
}

/** So many a second: `49.7 /s`, as axes and legends write it. */
export const formatRate = (perSecond: number): string => `${formatNumber(perSecond)} /s`;

/** A count with a letter for thousands and up: `1.2 k`, `3.4 M`. */
export function formatCount(count: number): string {
  const magnitude = Math.abs(count);
  if (magnitude >= 1e9) return `${formatNumber(count / 1e9)} G`;
  if (magnitude >= 1e6) return `${formatNumber(count / 1e6)} M`;
  return magnitude >= 1e4 ? `${formatNumber(count / 1e3)} k` : formatNumber(count);
}

const UNIT_FORMATS: Readonly<Record<string, (value: number) => string>> = {
  s: (value) => formatDurationUs(value * 1_000_000),
  seconds: (value) => formatDurationUs(value * 1_000_000),
  ms: (value) => formatDurationUs(value * 1_000),
  us: formatDurationUs,
  µs: formatDurationUs,
  ratio: formatRatio,
  "1": formatRatio,
  "%": (value) => `${formatNumber(value)} %`,
  percent: (value) => `${formatNumber(value)} %`,
  By: formatBytes,
  bytes: formatBytes,
  "By/s": (value) => `${formatBytes(value)}/s`,
  "": formatCount,
  short: formatCount,
};

/** A value with its unit. Seconds, bytes and ratios are scaled; every other unit stands behind the number. */
export function formatUnit(value: number, unit: string): string {
  if (Number.isNaN(value)) return "–";
  const known = UNIT_FORMATS[unit];
  return known === undefined ? `${formatCount(value)} ${unit}` : known(value);
}
