/**
 * What became of the telemetry of a world: an account for each signal, from what processes made to what the stores still
 * answer. A platform team could draw it up from the counters of its own plant.
 */
import type { TimeWindow } from "./telemetry.js";

export type LedgerSignal = "metrics" | "logs" | "traces" | "profiles";

/** A part of an account, with the series that tells it over time where the plant has one. */
export interface LedgerFigure {
  readonly reason: string;
  readonly count: number;
  /** PromQL over the run's own metrics. */
  readonly query?: string;
}

export interface LedgerDelay {
  /** Things that took a while to arrive. */
  readonly count: number;
  readonly medianUs: number;
  readonly p99Us: number;
}

/** What is kept of the window at an age: in the ingesters, then in blocks. */
export interface LedgerTier {
  readonly tier: "hot" | "warm";
  /** Up to this age. */
  readonly untilAgeUs: number;
  readonly kept: number;
  readonly bytes: number;
}

/** A part of a signal that is kept for less than the rest. */
export interface LedgerRetentionRule {
  readonly what: string;
  readonly untilAgeUs: number;
}

/** One step of the window. */
export interface LedgerBucket {
  readonly fromUs: number;
  readonly kept: number;
  readonly sampledOut: number;
  readonly dropped: number;
  readonly inFlight: number;
}

export interface SignalLedger {
  readonly signal: LedgerSignal;
  /** What is counted. */
  readonly unit: "samples" | "lines" | "spans" | "profiles";
  /** = sampledOut + dropped + inFlight + kept. */
  readonly made: LedgerFigure;
  readonly kept: LedgerFigure;
  /** Not yet arrived, or not yet decided about. */
  readonly inFlight: LedgerFigure;
  readonly sampledOut: number;
  readonly dropped: number;
  /** Most first; without those that are 0 unless the plant counts them. */
  readonly sampledOutBy: readonly LedgerFigure[];
  readonly droppedBy: readonly LedgerFigure[];
  /** What was kept, by the policy that kept it; empty where there is no policy. */
  readonly keptBy: readonly LedgerFigure[];
  /** Undefined where everything is there at once. */
  readonly delay?: LedgerDelay;
  readonly bytes: number;
  readonly tiers: readonly LedgerTier[];
  readonly rules: readonly LedgerRetentionRule[];
  /** From here on it is answered at simulated now. */
  readonly answerableFromUs: number;
  readonly buckets: readonly LedgerBucket[];
}

/** A setting of the plant, as its owners have documented it. */
export interface PlantSetting {
  readonly part: string;
  readonly name: string;
  readonly value: number | string;
  readonly unit: "µs" | "bytes" | "ratio" | "spans" | "lines" | "samples" | "per second" | "count" | "text";
}

export interface TelemetryLedger extends TimeWindow {
  readonly nowUs: number;
  /** Where the telemetry of the run begins. */
  readonly dataFromUs: number;
  /** The account is in steps of so long; the window is whole steps. */
  readonly stepUs: number;
  readonly signals: readonly SignalLedger[];
  readonly settings: readonly PlantSetting[];
}
