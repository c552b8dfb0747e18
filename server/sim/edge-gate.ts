/**
 * What the edge does not let in: requests of a tenant, or of a route, beyond a rate that somebody has set. One token
 * bucket over all instances of the edge for each of them, as a global rate limit service keeps it. What is refused is
 * answered 429 at once and costs no worker.
 */
import type { Checkpointed, StateReader, StateWriter } from "../base/state-stream.js";
import type { Model } from "../topology/model-types.js";
import type { RequestDraws } from "./request-draws.js";
import { TokenBuckets } from "./resilience/token-buckets.js";

/** A bucket holds what comes in this time. */
const BURST_SECONDS = 1;

export class EdgeGate implements Checkpointed {
  /** Whether any limit is set. */
  active = false;
  /** Requests a second: by operation, then by tenant; Infinity without a limit. */
  readonly #perSecond: Float64Array;
  readonly #operations: number;
  readonly #buckets: TokenBuckets;

  constructor(
    model: Model,
    readonly draws: RequestDraws,
  ) {
    this.#operations = model.operations.length;
    const tenants = model.topology.load.tenants?.count ?? 0;
    this.#perSecond = new Float64Array(this.#operations + tenants).fill(Infinity);
    this.#buckets = new TokenBuckets(this.#operations + tenants);
  }

  tenantLimit(tenant: number): number {
    return this.#perSecond[this.#operations + tenant];
  }

  operationLimit(operation: number): number {
    return this.#perSecond[operation];
  }

  /** Requests a second of a tenant from now on; Infinity lets everything in, 0 nothing. */
  limitTenant(tenant: number, perSecond: number): void {
    this.#limit(this.#operations + tenant, perSecond);
  }

  limitOperation(operation: number, perSecond: number): void {
    this.#limit(operation, perSecond);
  }

  /** Whether the request may come in; takes from the buckets when it may. */
  admits(request: number, operation: number, nowUs: number): boolean {
    const tenant = this.draws.tenantOf(request);
    return this.#takes(operation, nowUs) && (tenant < 0 || this.#takes(this.#operations + tenant, nowUs));
  }

  save(writer: StateWriter): void {
    writer.section();
    writer.array(this.#perSecond);
    this.#buckets.save(writer);
  }

  restore(reader: StateReader): void {
    reader.section();
    reader.into(this.#perSecond);
    this.#buckets.restore(reader);
    this.active = this.#perSecond.some((perSecond) => perSecond !== Infinity);
  }

  #limit(bucket: number, perSecond: number): void {
    this.#perSecond[bucket] = perSecond;
    this.#buckets.reset(bucket);
    this.active = this.#perSecond.some((limit) => limit !== Infinity);
  }

  #takes(bucket: number, nowUs: number): boolean {
    const perSecond = this.#perSecond[bucket];
    if (perSecond === Infinity) return true;
    if (perSecond === 0) return false;
    return this.#buckets.take(bucket, perSecond, Math.max(1, perSecond * BURST_SECONDS), nowUs);
  }
}
