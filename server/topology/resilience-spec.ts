/**
 * What a topology can say about calls besides pools, time-outs and retries, and about how a service protects itself; all
 * of it optional. What is left out does not exist.
 */
import type { Duration } from "../base/time.js";

export type BalancingKind = "random" | "round-robin" | "least-requests" | "locality" | "consistent-hash";

/** How a caller picks an instance of the target service. */
export interface BalancingSpec {
  readonly kind: BalancingKind;
  /** For least-requests: instances that are compared, drawn at random; 0 compares all. */
  readonly choices: number;
  /** For consistent-hash: calls for the same one go to the same instance. */
  readonly hashBy: "user" | "product";
}

/** A circuit breaker for each caller instance. It opens at either limit. */
export interface BreakerSpec {
  /** Share of failures among the last `window` calls; counts from `minimumCalls` on. */
  readonly failureRatio: number;
  readonly window: number;
  readonly minimumCalls: number;
  /** Failures in a row; 0 is no such limit. */
  readonly consecutiveFailures: number;
  readonly openFor: Duration;
  /** Calls that are let through half-open before it is decided. */
  readonly probes: number;
}

/** Retries that a caller instance may make: so many a call, and so many a second; unused ones add up to `burst`. */
export interface RetryBudgetSpec {
  readonly ratio: number;
  readonly minPerSecond: number;
  readonly burst: number;
}

/** A second question to another instance when the first is not answered in time; the first good answer counts. */
export interface HedgeSpec {
  readonly after: Duration;
  /** Further questions at most, each `after` the one before. */
  readonly extra: number;
}

/** Connections that are kept open between calls: each belongs to one instance of the target. */
export interface ConnectionsSpec {
  /** The caller closes a connection that was idle for so long; 0 never. */
  readonly idleTimeout: Duration;
  /** It closes one that is as old as this when it comes back; 0 never. */
  readonly maxLifetime: Duration;
  /** How long the caller takes to notice that the other side has closed a connection. */
  readonly notice: Duration;
  /** What balancing chooses an instance for: each request, or each connection that is opened. */
  readonly balance: "request" | "connection";
}

/** Instances of the target that fail are left alone for a time, by each caller instance for itself. */
export interface OutlierSpec {
  readonly consecutiveFailures: number;
  readonly ejectFor: Duration;
  /** Share of the instances that can be out at one time. */
  readonly maxEjected: number;
}

/** Calls that a caller instance lets itself make; unused ones add up to `burst`. Its own proxy answers others with 429. */
export interface CallRateSpec {
  readonly perSecond: number;
  readonly burst: number;
}

export interface CallPolicySpec {
  readonly callRate?: CallRateSpec;
  readonly balancing?: BalancingSpec;
  readonly breaker?: BreakerSpec;
  readonly retryBudget?: RetryBudgetSpec;
  readonly hedge?: HedgeSpec;
  readonly connections?: ConnectionsSpec;
  readonly outliers?: OutlierSpec;
  /** Values of `error.type` after which a call is tried again; all failures when left out. */
  readonly retryOn?: readonly string[];
  /** No try is begun that could not end before the deadline of the request. */
  readonly deadlineAware?: boolean;
}

/** Requests of an operation (of all, when it is left out) that an instance takes in a second. */
export interface RateLimitSpec {
  readonly operation?: string;
  readonly perSecond: number;
  readonly burst: number;
  /** One bucket for all, or one for each calling service. */
  readonly per: "all" | "client";
}

/** When an instance refuses requests although it has room for them, by the priority of the journey. */
export interface SheddingSpec {
  /** Share of the queue from which sheddable requests are refused; normal ones halfway from there to full. */
  readonly queueAbove: number;
  /** Runnable requests per core from which the same holds (normal: twice as many); 0 is no such limit. */
  readonly runnableAbove: number;
  /** Requests with less than this left of their deadline are refused. */
  readonly minimumTimeLeft: Duration;
}

/** A limit of requests in an instance that finds itself: additive increase, multiplicative decrease. */
export interface AdaptiveLimitSpec {
  readonly latencyTarget: Duration;
  readonly initial: number;
  readonly min: number;
  readonly max: number;
}

export interface ServiceGuardSpec {
  /** The service knows how long its caller waits, drops what is late, and tells those it calls. */
  readonly deadlines?: boolean;
  /** The service closes connections that were idle for so long; left out: never. */
  readonly keepAlive?: Duration;
  readonly rateLimits?: readonly RateLimitSpec[];
  readonly shedding?: SheddingSpec;
  readonly adaptiveLimit?: AdaptiveLimitSpec;
}

export type Priority = "critical" | "normal" | "sheddable";
