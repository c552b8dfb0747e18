/**
 * The account of a world's telemetry: for each signal what was made, what sampling left out, what was lost and to which
 * limit, what is under way, what is kept and for how long still. Everything comes from the marks that the mechanisms of
 * the plant have set; nothing here decides.
 */
import { LINE_FATES, SPAN_FATES, type FateKind } from "../sim/observability/fates.js";
import { BLOCK_SHARE } from "../sim/observability/stored-bytes.js";
import {
  levelRetentionUs,
  policyOf,
  policyRetentionUs,
  retentionOf,
  TRACE_POLICIES,
  type TracePolicy,
} from "../topology/retention.js";
import { LOG_LEVELS } from "../topology/log-levels.js";
import type { PlantSpec } from "../topology/types.js";
import type {
  LedgerBucket,
  LedgerFigure,
  LedgerRetentionRule,
  LedgerSignal,
  LedgerTier,
  SignalLedger,
} from "../wire/ledger.js";
import type { TimeWindow } from "../wire/telemetry.js";
import { delayQuantileUs, type FateTally, keptFromUs, LEDGER_STEP_US } from "./fate-tally.js";
import type { LedgerQueries } from "./ledger-queries.js";
import { SCRAPE_FAILURES } from "./scrape-tally.js";

/** What a kind of a tally means. */
export interface KindMeaning {
  readonly kind: FateKind;
  readonly reason: string;
  /** Age in µs up to which it is answered when it was kept. */
  readonly untilAgeUs: number;
}

export interface LedgerWindow extends TimeWindow {
  readonly nowUs: number;
}

/** Buckets of the account over time: at most so many. */
const BUCKETS_MAX = 60;

/** How a signal is counted. */
export interface SignalAccount {
  readonly signal: LedgerSignal;
  readonly unit: SignalLedger["unit"];
  readonly kinds: readonly KindMeaning[];
  readonly rules: readonly LedgerRetentionRule[];
}

export const signalAccounts = (plant: PlantSpec): Readonly<Record<LedgerSignal, SignalAccount>> => ({
  metrics: {
    signal: "metrics",
    unit: "samples",
    kinds: sampleKinds(retentionOf(plant, "metrics").warmUs),
    rules: [],
  },
  logs: {
    signal: "logs",
    unit: "lines",
    kinds: LOG_LEVELS.flatMap((level) =>
      LINE_FATES.map((fate) => ({ ...fate, untilAgeUs: levelRetentionUs(plant, level) })),
    ),
    rules: rulesOf(
      LOG_LEVELS,
      (level) => plant.tiers?.logs?.levels?.[level],
      (level) => `level ${level}`,
    ),
  },
  traces: {
    signal: "traces",
    unit: "spans",
    kinds: SPAN_FATES.map((fate) => ({ ...fate, untilAgeUs: policyRetentionUs(plant, policyOf(fate.reason)) })),
    rules: rulesOf(
      TRACE_POLICIES,
      (policy) => plant.tiers?.traces?.policies?.[policy],
      (policy) => POLICY_TEXTS[policy],
    ),
  },
  profiles: {
    signal: "profiles",
    unit: "profiles",
    kinds: profileKinds(retentionOf(plant, "profiles").warmUs),
    rules: [],
  },
});

const POLICY_TEXTS: Readonly<Record<TracePolicy, string>> = {
  errors: "traces with an error",
  slow: "slow traces",
  others: "all other traces",
};

function rulesOf<Name extends string>(
  names: readonly Name[],
  ageOf: (name: Name) => number | undefined,
  textOf: (name: Name) => string,
): readonly LedgerRetentionRule[] {
  return names.flatMap((name) => {
    const untilAgeUs = ageOf(name);
    return untilAgeUs === undefined ? [] : [{ what: textOf(name), untilAgeUs }];
  });
}

const sampleKinds = (untilAgeUs: number): readonly KindMeaning[] => [
  { kind: "kept", reason: "", untilAgeUs },
  { kind: "sampled-out", reason: "relabelling", untilAgeUs },
  ...SCRAPE_FAILURES.map((reason) => ({ kind: "lost" as const, reason, untilAgeUs })),
];

/** In the order of profile-tally.ts. */
const profileKinds = (untilAgeUs: number): readonly KindMeaning[] => [
  { kind: "kept", reason: "", untilAgeUs },
  { kind: "lost", reason: "rate limited", untilAgeUs },
];

/** Adds tallies up to the account of a signal. */
export function accountOf(
  { signal, unit, kinds, rules }: SignalAccount,
  tallies: readonly FateTally[],
  {
    window,
    plant,
    dataFromUs,
    queries,
  }: {
    readonly window: LedgerWindow;
    readonly plant: PlantSpec;
    readonly dataFromUs: number;
    readonly queries: LedgerQueries;
  },
): SignalLedger {
  const sums = new AccountSums(kinds, window, retentionOf(plant, signal).hotUs, BLOCK_SHARE[signal]);
  for (const tally of tallies) sums.add(tally);
  const { warmUs, hotUs } = retentionOf(plant, signal);
  const query = (reason: string): { readonly query?: string } => {
    const text = queries[signal][reason];
    return text === undefined ? {} : { query: text };
  };
  const figures = (counts: ReadonlyMap<string, number>): readonly LedgerFigure[] =>
    [...counts]
      .map(([reason, count]) => ({ reason, count, ...query(reason) }))
      .filter(({ count, query: text }) => count > 0 || text !== undefined)
      .sort((a, b) => b.count - a.count || (a.reason < b.reason ? -1 : 1));
  const { total } = sums;
  return {
    signal,
    unit,
    made: { reason: "made", count: total.kept + total.sampledOut + total.dropped + total.inFlight, ...query("made") },
    kept: { reason: "kept", count: total.kept, ...query("kept") },
    inFlight: { reason: "on the way", count: total.inFlight, ...query("on the way") },
    sampledOut: total.sampledOut,
    dropped: total.dropped,
    sampledOutBy: figures(sums.sampledOutBy),
    droppedBy: figures(sums.droppedBy),
    keptBy: figures(sums.keptBy).filter(({ reason, count }) => reason !== "" && count > 0),
    ...sums.delay(),
    bytes: sums.hot.bytes + sums.warm.bytes,
    tiers: [
      { tier: "hot", untilAgeUs: hotUs, ...sums.hot },
      { tier: "warm", untilAgeUs: warmUs, ...sums.warm },
    ] satisfies readonly LedgerTier[],
    rules,
    answerableFromUs: Math.max(dataFromUs, window.nowUs - warmUs),
    buckets: sums.buckets(),
  };
}

interface Totals {
  kept: number;
  sampledOut: number;
  dropped: number;
  inFlight: number;
}

const noTotals = (): Totals => ({ kept: 0, sampledOut: 0, dropped: 0, inFlight: 0 });

const PLACES: Readonly<Record<FateKind, keyof Totals>> = {
  kept: "kept",
  "sampled-out": "sampledOut",
  lost: "dropped",
  "on-its-way": "inFlight",
};

/** Running sums of one account. */
class AccountSums {
  readonly total = noTotals();
  readonly keptBy = new Map<string, number>();
  readonly sampledOutBy = new Map<string, number>();
  readonly droppedBy = new Map<string, number>();
  readonly hot = { kept: 0, bytes: 0 };
  readonly warm = { kept: 0, bytes: 0 };
  readonly #delays = new Uint32Array(256);
  readonly #buckets: Totals[] = [];
  readonly #bucketUs: number;
  readonly #bucketCount: number;

  constructor(
    readonly kinds: readonly KindMeaning[],
    readonly window: LedgerWindow,
    readonly hotUs: number,
    readonly blockShare: number,
  ) {
    const steps = Math.max(1, Math.ceil((window.toUs - window.fromUs) / LEDGER_STEP_US));
    this.#bucketUs = Math.ceil(steps / BUCKETS_MAX) * LEDGER_STEP_US;
    this.#bucketCount = Math.max(1, Math.ceil((window.toUs - window.fromUs) / this.#bucketUs));
    // What the plant can do is told even where it has not happened.
    for (const { kind, reason } of kinds) this.#byReason(kind)?.set(reason, 0);
  }

  #byReason(kind: FateKind): Map<string, number> | undefined {
    if (kind === "kept") return this.keptBy;
    if (kind === "lost") return this.droppedBy;
    return kind === "sampled-out" ? this.sampledOutBy : undefined;
  }

  add(tally: FateTally): void {
    const { fromUs, toUs } = this.window;
    tally.each(fromUs, toUs, (step, beginUs) => {
      for (let index = 0; index < this.kinds.length; index++) {
        if (step.counts[index] > 0) this.#count(this.kinds[index], step.counts[index], step.bytes[index], beginUs);
      }
      step.delays?.forEach((count, code) => (this.#delays[code] += count));
    });
  }

  #count(meaning: KindMeaning, count: number, bytes: number, beginUs: number): void {
    const { nowUs } = this.window;
    const expired = meaning.kind === "kept" && beginUs < keptFromUs(nowUs, meaning.untilAgeUs);
    const kind: FateKind = expired ? "lost" : meaning.kind;
    const reason = expired ? "past retention" : meaning.reason;
    const place = PLACES[kind];
    this.total[place] += count;
    const reasons = this.#byReason(kind);
    reasons?.set(reason, (reasons.get(reason) ?? 0) + count);
    const nominal = Math.floor((beginUs - this.window.fromUs) / this.#bucketUs);
    // What belongs to the very end of the window is in its last bucket.
    const bucket = Math.min(this.#bucketCount - 1, Math.max(0, nominal));
    (this.#buckets[bucket] ??= noTotals())[place] += count;
    if (kind !== "kept") return;
    const isHot = beginUs >= keptFromUs(nowUs, this.hotUs);
    const tier = isHot ? this.hot : this.warm;
    tier.kept += count;
    tier.bytes += isHot ? bytes : bytes * this.blockShare;
  }

  delay(): Pick<SignalLedger, "delay"> {
    const count = this.#delays.reduce((sum, many) => sum + many, 0);
    if (count === 0) return {};
    const quantile = (share: number): number => delayQuantileUs(this.#delays, share);
    return { delay: { count, medianUs: quantile(0.5), p99Us: quantile(0.99) } };
  }

  buckets(): readonly LedgerBucket[] {
    return Array.from({ length: this.#bucketCount }, (_, index) => ({
      fromUs: this.window.fromUs + index * this.#bucketUs,
      ...(this.#buckets.at(index) ?? noTotals()),
    }));
  }
}
