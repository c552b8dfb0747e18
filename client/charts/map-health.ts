/**
 * Whether a part of the map does worse than in the hour before, and in which words. The bounds are those that people
 * on call use for a first look: a hundredth of calls failing is worth a glance, a twentieth a hurry, and less than that a
 * glance where it is many times what it was; slower means at least half as slow again and by a time that one can notice.
 */
import type { TrafficFigures } from "../../server/wire/telemetry.js";

export type Severity = "unknown" | "ok" | "warning" | "critical";

export interface Health {
  readonly severity: Severity;
  /** What is worse, in a few words; empty when nothing is. */
  readonly reasons: readonly string[];
  /** p99 now over p99 before; undefined when either is missing. */
  readonly latencyFactor: number | undefined;
  /** Rate now over rate before; undefined when either is missing. */
  readonly rateFactor: number | undefined;
}

const ERROR_RATIO_WARNING = 0.01;
const ERROR_RATIO_CRITICAL = 0.05;
/** An error ratio that was there before as well is not news. */
const ERROR_RISE_FACTOR_MIN = 2;
/** Below a hundredth, a leap is news: five times what it was, in a thousandth of calls and once a minute at least. */
const ERROR_LEAP_FACTOR_MIN = 5;
const ERROR_LEAP_RATIO_MIN = 0.001;
const ERROR_LEAP_RPS_MIN = 1 / 60;
const LATENCY_FACTOR_WARNING = 1.5;
const LATENCY_FACTOR_CRITICAL = 3;
/** Below 5 ms more, a factor is noise. */
const LATENCY_RISE_MS_MIN = 5;
const RATE_FACTOR_LOW = 0.5;
const RATE_FACTOR_HIGH = 2;
const RATE_RPS_MIN = 1;

const RANK: Readonly<Record<Severity, number>> = { unknown: 0, ok: 1, warning: 2, critical: 3 };

/** Judges figures against those of the hour before. Without figures: `unknown`. */
export function healthOf(now: TrafficFigures | undefined, before: TrafficFigures | undefined): Health {
  if (now === undefined) return { severity: "unknown", reasons: [], latencyFactor: undefined, rateFactor: undefined };
  const findings = [errorFinding(now, before), latencyFinding(now, before), rateFinding(now, before)];
  const present = findings.filter((finding) => finding !== undefined);
  return {
    severity: present.reduce<Severity>((worst, { severity }) => worse(worst, severity), "ok"),
    reasons: present.map(({ reason }) => reason),
    latencyFactor: factorOf(now.latencyMsP99, before?.latencyMsP99),
    rateFactor: factorOf(now.requestsPerSecond, before?.requestsPerSecond),
  };
}

export function worse(one: Severity, other: Severity): Severity {
  return RANK[one] >= RANK[other] ? one : other;
}

interface Finding {
  readonly severity: Severity;
  readonly reason: string;
}

function errorFinding(now: TrafficFigures, before: TrafficFigures | undefined): Finding | undefined {
  if (now.errorRatio < ERROR_RATIO_WARNING && !hasLeapt(now, before)) return undefined;
  if (before !== undefined && now.errorRatio < before.errorRatio * ERROR_RISE_FACTOR_MIN) return undefined;
  const severity = now.errorRatio >= ERROR_RATIO_CRITICAL ? "critical" : "warning";
  return { severity, reason: `errors ${percent(now.errorRatio)}` };
}

/** Few errors, yet so many more than before that it is no chance: what pages counts them against a budget. */
function hasLeapt({ requestsPerSecond, errorRatio }: TrafficFigures, before: TrafficFigures | undefined): boolean {
  if (before === undefined || errorRatio < ERROR_LEAP_RATIO_MIN) return false;
  return (
    errorRatio >= before.errorRatio * ERROR_LEAP_FACTOR_MIN && requestsPerSecond * errorRatio >= ERROR_LEAP_RPS_MIN
  );
}

function latencyFinding(now: TrafficFigures, before: TrafficFigures | undefined): Finding | undefined {
  const factor = factorOf(now.latencyMsP99, before?.latencyMsP99);
  if (before === undefined || factor === undefined || factor < LATENCY_FACTOR_WARNING) return undefined;
  if (now.latencyMsP99 - before.latencyMsP99 < LATENCY_RISE_MS_MIN) return undefined;
  const severity = factor >= LATENCY_FACTOR_CRITICAL ? "critical" : "warning";
  return { severity, reason: `p99 ×${factor.toFixed(1)}` };
}

/** A change of rate alone is a hint, never critical: it may be the users' doing. */
function rateFinding(now: TrafficFigures, before: TrafficFigures | undefined): Finding | undefined {
  const factor = factorOf(now.requestsPerSecond, before?.requestsPerSecond);
  if (before === undefined || factor === undefined) return undefined;
  if (Math.max(now.requestsPerSecond, before.requestsPerSecond) < RATE_RPS_MIN) return undefined;
  if (factor > RATE_FACTOR_LOW && factor < RATE_FACTOR_HIGH) return undefined;
  if (factor === 0) return { severity: "warning", reason: "no calls" };
  return { severity: "warning", reason: `rate ×${factor < 0.1 ? factor.toFixed(2) : factor.toFixed(1)}` };
}

function factorOf(now: number, before: number | undefined): number | undefined {
  return before === undefined || before <= 0 ? undefined : now / before;
}

const percent = (ratio: number): string => `${(ratio * 100).toFixed(ratio < 0.01 ? 2 : ratio < 0.1 ? 1 : 0)} %`;

/** Line width in pixels for a rate: grows with its logarithm, so that 1 and 1,000 a second both show. */
export function edgeWidth(requestsPerSecond: number | undefined): number {
  if (requestsPerSecond === undefined || requestsPerSecond <= 0) return 1;
  return Math.min(8, 1 + Math.log2(1 + requestsPerSecond) * 0.8);
}
