/**
 * Ages on one axis, from a minute to the longest retention: logarithmic, because an incident is minutes old and blocks
 * are kept for weeks. Pure.
 */
import type { SignalLedger } from "../../../server/wire/ledger.js";
import { formatDurationUs } from "../../charts/format.js";

const FIRST_AGE_US = 60_000_000;

export interface AgeMark {
  readonly text: string;
  readonly ageUs: number;
  /** 0 now, 1 the end of the axis. */
  readonly at: number;
  readonly kind: "tier" | "rule" | "data";
}

export interface RetentionAxis {
  /** Where the ingesters end, and where blocks do. */
  readonly hotTo: number;
  readonly warmTo: number;
  readonly marks: readonly AgeMark[];
}

/** `longestUs` is the end of the axis: the same for all signals, so that they can be compared. */
export function retentionAxis(account: SignalLedger, dataAgeUs: number, longestUs: number): RetentionAxis {
  const at = (ageUs: number): number => positionOf(ageUs, longestUs);
  const ageOf = (tier: "hot" | "warm"): number =>
    account.tiers.find((candidate) => candidate.tier === tier)?.untilAgeUs ?? 0;
  const [hot, warm] = [ageOf("hot"), ageOf("warm")];
  const mark = (kind: AgeMark["kind"], text: string, ageUs: number): AgeMark => ({ kind, text, ageUs, at: at(ageUs) });
  return {
    hotTo: at(hot),
    warmTo: at(warm),
    marks: [
      ...(hot < warm ? [mark("tier", `ingesters to ${formatDurationUs(hot)}`, hot)] : []),
      mark("tier", `answered to ${formatDurationUs(warm)}`, warm),
      ...account.rules.map(({ what, untilAgeUs }) =>
        mark("rule", `${what}: to ${formatDurationUs(untilAgeUs)}`, untilAgeUs),
      ),
      mark("data", `this run's telemetry begins ${formatDurationUs(dataAgeUs)} ago`, dataAgeUs),
    ],
  };
}

export function positionOf(ageUs: number, longestUs: number): number {
  if (ageUs <= FIRST_AGE_US) return 0;
  const end = Math.max(longestUs, FIRST_AGE_US * 2);
  return Math.min(1, Math.log(ageUs / FIRST_AGE_US) / Math.log(end / FIRST_AGE_US));
}
