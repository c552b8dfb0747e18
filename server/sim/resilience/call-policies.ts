/**
 * What is in force for calls besides pools, time-outs and retries: the policy of each dependency as it was declared and
 * as learners have changed it since, and the state that it needs. `features` says in one read whether a dependency has
 * any of it.
 */
import type { Checkpointed, StateReader, StateWriter } from "../../base/state-stream.js";
import type { Model } from "../../topology/model-types.js";
import type { CallPolicySpec } from "../../topology/resilience-spec.js";
import {
  SPAN_STATUSES,
  STATUS_CANCELLED,
  STATUS_CIRCUIT_OPEN,
  STATUS_DEADLINE_EXCEEDED,
  STATUS_OK,
  STATUS_RATE_LIMITED,
} from "../span-status.js";
import { type BreakerChanged, CircuitBreakers } from "./circuit-breakers.js";
import { TokenBuckets } from "./token-buckets.js";

export const FEATURE_BREAKER = 1;
export const FEATURE_BUDGET = 2;
export const FEATURE_BALANCING = 4;
export const FEATURE_CONNECTIONS = 8;
export const FEATURE_HEDGE = 16;
export const FEATURE_OUTLIERS = 32;
export const FEATURE_RETRY_ON = 64;
export const FEATURE_DEADLINE_AWARE = 128;
export const FEATURE_CALL_RATE = 256;

const FEATURE_OF: Readonly<Record<keyof CallPolicySpec, number>> = {
  breaker: FEATURE_BREAKER,
  retryBudget: FEATURE_BUDGET,
  balancing: FEATURE_BALANCING,
  connections: FEATURE_CONNECTIONS,
  hedge: FEATURE_HEDGE,
  outliers: FEATURE_OUTLIERS,
  retryOn: FEATURE_RETRY_ON,
  deadlineAware: FEATURE_DEADLINE_AWARE,
  callRate: FEATURE_CALL_RATE,
};

/** Ends of a try that say nothing about the target. */
export const saysNothing = (status: number): boolean =>
  status === STATUS_CANCELLED || status === STATUS_RATE_LIMITED || status === STATUS_DEADLINE_EXCEEDED;

export class CallPolicies implements Checkpointed {
  /** By dependency: FEATURE_… of its policy. */
  readonly features: Int32Array;
  readonly breakers: CircuitBreakers;
  readonly budgets: TokenBuckets;
  readonly #rates: TokenBuckets;
  /** Whether it was the budget that forbade the last retry. */
  exhausted = false;
  readonly #policies: CallPolicySpec[];
  /** Features that something besides the policy asks for. */
  readonly #demanded: Int32Array;

  constructor(
    readonly model: Model,
    pools: number,
    changed: BreakerChanged,
  ) {
    this.#policies = model.dependencies.map(({ spec }) => spec.policy ?? {});
    this.#demanded = new Int32Array(model.dependencies.length);
    this.features = Int32Array.from(this.#policies, featuresOf);
    this.breakers = new CircuitBreakers(pools, changed);
    this.budgets = new TokenBuckets(pools);
    this.#rates = new TokenBuckets(pools);
  }

  policyOf(dependency: number): CallPolicySpec {
    return this.#policies[dependency];
  }

  /** Puts another policy in force, for calls that begin from now on. */
  setPolicy(dependency: number, policy: CallPolicySpec): void {
    this.#policies[dependency] = policy;
    this.features[dependency] = featuresOf(policy) | this.#demanded[dependency];
  }

  /** Features that a dependency shall have whatever its policy says. */
  demand(dependency: number, features: number): void {
    this.#demanded[dependency] = features;
    this.setPolicy(dependency, this.#policies[dependency]);
  }

  /** A try wants to begin: STATUS_OK, or why it may not. */
  refusal(dependency: number, pool: number, first: boolean, deadlineUs: number, nowUs: number): number {
    const { breaker, callRate, retryBudget, deadlineAware } = this.#policies[dependency];
    if (deadlineAware === true && deadlineUs <= nowUs) return STATUS_DEADLINE_EXCEEDED;
    if (callRate !== undefined && !this.#rates.take(pool, callRate.perSecond, callRate.burst, nowUs))
      return STATUS_RATE_LIMITED;
    if (retryBudget !== undefined && first) {
      const { ratio, minPerSecond, burst } = retryBudget;
      this.budgets.give(pool, ratio, minPerSecond, burst, nowUs);
    }
    return breaker === undefined || this.breakers.permits(pool, breaker, nowUs) ? STATUS_OK : STATUS_CIRCUIT_OPEN;
  }

  /** A try that had begun has ended. */
  ended(dependency: number, pool: number, status: number, nowUs: number): void {
    const { breaker } = this.#policies[dependency];
    if (breaker === undefined || status === STATUS_CIRCUIT_OPEN) return;
    if (saysNothing(status)) this.breakers.ignored(pool);
    else this.breakers.record(pool, breaker, status !== STATUS_OK, nowUs);
  }

  /** Whether a failed try may be followed by another one, which would begin at `againUs`; takes it from the budget. */
  mayRetry(
    dependency: number,
    pool: number,
    status: number,
    deadlineUs: number,
    againUs: number,
    nowUs: number,
  ): boolean {
    const { retryBudget, retryOn, deadlineAware } = this.#policies[dependency];
    this.exhausted = false;
    if (retryOn !== undefined && !retryOn.includes(SPAN_STATUSES[status].errorType)) return false;
    if (deadlineAware === true && againUs >= deadlineUs) return false;
    if (retryBudget === undefined) return true;
    const { minPerSecond, burst } = retryBudget;
    this.exhausted = !this.budgets.take(pool, minPerSecond, burst, nowUs);
    return !this.exhausted;
  }

  /** Whether the retry budget, where there is one, allows a further question. */
  mayHedge(dependency: number, pool: number, nowUs: number): boolean {
    const { retryBudget } = this.#policies[dependency];
    return retryBudget === undefined || this.budgets.take(pool, retryBudget.minPerSecond, retryBudget.burst, nowUs);
  }

  /** The process of the pool is gone, and with it what it knew. */
  forget(pool: number): void {
    this.breakers.reset(pool);
    this.budgets.reset(pool);
    this.#rates.reset(pool);
  }

  save(writer: StateWriter): void {
    writer.section();
    writer.json(this.#policies);
    writer.array(this.#demanded);
    this.breakers.save(writer);
    this.budgets.save(writer);
    this.#rates.save(writer);
  }

  restore(reader: StateReader): void {
    reader.section();
    const policies = reader.json() as CallPolicySpec[];
    reader.into(this.#demanded);
    policies.forEach((policy, dependency) => {
      this.setPolicy(dependency, policy);
    });
    this.breakers.restore(reader);
    this.budgets.restore(reader);
    this.#rates.restore(reader);
  }
}

function featuresOf(policy: CallPolicySpec): number {
  let features = 0;
  for (const name of Object.keys(FEATURE_OF) as (keyof CallPolicySpec)[]) {
    const value = policy[name];
    if (value !== undefined && value !== false) features |= FEATURE_OF[name];
  }
  return features;
}
