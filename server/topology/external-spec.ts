/** What a topology can say about an external party besides the latency and errors of its operations; all optional. */
import type { Duration } from "../base/time.js";

/** Requests that the party admits: tokens come evenly, unused ones add up to `burst`. What is over it is answered 429. */
export interface QuotaSpec {
  readonly limit: number;
  readonly per: Duration;
  readonly burst: number;
}

/** The party works on so many requests at a time; so many more may wait, one more is answered 503. */
export interface PartyCapacitySpec {
  readonly concurrency: number;
  readonly queue: number;
}

/** Shares of requests that end in a way of their own, besides the errors of the operation. */
export interface FailureModesSpec {
  /** Answered 503. */
  readonly unavailable: number;
  /** Never answered. */
  readonly hanging: number;
  readonly refused: number;
}

/** Every day from so long after midnight (UTC) the party answers 503. */
export interface MaintenanceSpec {
  readonly at: Duration;
  readonly for: Duration;
}

export interface ExternalDetailSpec {
  readonly quota?: QuotaSpec;
  readonly capacity?: PartyCapacitySpec;
  readonly failures?: FailureModesSpec;
  readonly maintenance?: readonly MaintenanceSpec[];
}
