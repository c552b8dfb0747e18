/** Durations in text, in nanoseconds: those of Prometheus (`1d12h`) and those of Go (`1.5s`, `10µs`). */

const NS_PER: Readonly<Record<string, number | undefined>> = {
  ns: 1,
  us: 1e3,
  µs: 1e3,
  ms: 1e6,
  s: 1e9,
  m: 60e9,
  h: 3_600e9,
  d: 86_400e9,
  w: 604_800e9,
  y: 31_536_000e9,
};

const PROMETHEUS = /^(?:\d+y)?(?:\d+w)?(?:\d+d)?(?:\d+h)?(?:\d+m(?!s))?(?:\d+s)?(?:\d+ms)?$/;
const GO = /^(?:(?:\d+\.?\d*|\.\d+)(?:ns|us|µs|ms|s|m|h))+$/;

/** Undefined for what is no duration. */
export function parseDurationNs(text: string): number | undefined {
  if (text === "" || (!PROMETHEUS.test(text) && !GO.test(text))) return undefined;
  let sum = 0;
  for (const [, amount, unit] of text.matchAll(/(\d+\.?\d*|\.\d+)([a-zµ]+)/g)) {
    sum += Number(amount) * (NS_PER[unit] ?? 0);
  }
  return Math.round(sum);
}

/** As Go writes a duration: `1h2m3.5s`, `250ms`, `0s`. */
export function formatDurationNs(ns: number): string {
  if (ns === 0) return "0s";
  const sign = ns < 0 ? "-" : "";
  const size = Math.abs(ns);
  if (size < 1e3) return `${sign}${decimal(size)}ns`;
  if (size < 1e6) return `${sign}${decimal(size / 1e3)}µs`;
  if (size < 1e9) return `${sign}${decimal(size / 1e6)}ms`;
  const hours = Math.floor(size / 3_600e9);
  const minutes = Math.floor((size % 3_600e9) / 60e9);
  const seconds = `${decimal((size % 60e9) / 1e9)}s`;
  if (hours > 0) return `${sign}${String(hours)}h${String(minutes)}m${seconds}`;
  return `${sign}${minutes > 0 ? `${String(minutes)}m` : ""}${seconds}`;
}

/** Without an exponent, whatever the size. */
const decimal = (value: number): string => value.toFixed(9).replace(/\.?0+$/, "");
