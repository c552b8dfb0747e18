/**
 * What the edge does not let in: requests of a tenant beyond a rate that somebody has set, or of automated clients. One
 * token bucket over all instances of the edge for each tenant, as a global rate limit service keeps it. What is refused
 * is answered 429 at once and costs no worker.
 */
import type { Checkpointed, StateReader, StateWriter } from "../base/state-stream.js";
import type { Model } from "../topology/model-types.js";
import type { RequestDraws } from "./request-draws.js";
import { TokenBuckets } from "./resilience/token-buckets.js";

/** A bucket holds what comes in this time. */
const BURST_SECONDS = 1;

export class EdgeGate implements Checkpointed {
  /** Whether anything is refused at all. */
  active = false;
  #refusesBots = false;
  /** Requests a second by tenant; Infinity without a limit. */
  readonly #perSecond: Float64Array;
  readonly #buckets: TokenBuckets;

  constructor(
    model: Model,
    readonly draws: RequestDraws,
  ) {
    const tenants = model.topology.load.tenants?.count ?? 0;
    this.#perSecond = new Float64Array(tenants).fill(Infinity);
    this.#buckets = new TokenBuckets(tenants);
  }

  get refusesBots(): boolean {
    return this.#refusesBots;
  }

  /** Requests a second that the tenant may send. */
  limitOf(tenant: number): number {
    return this.#perSecond[tenant];
  }

  /** Requests a second of a tenant from now on; Infinity lets everything in, 0 nothing. */
  limit(tenant: number, perSecond: number): void {
    this.#perSecond[tenant] = perSecond;
    this.#buckets.reset(tenant);
    this.#refresh();
  }

  refuseBots(refused: boolean): void {
    this.#refusesBots = refused;
    this.#refresh();
  }

  /** Whether the request may come in; takes from the bucket of its tenant when it may. */
  admits(request: number, nowUs: number): boolean {
    if (this.#refusesBots && this.draws.isBot(request)) return false;
    const tenant = this.draws.tenantOf(request);
    const perSecond = tenant < 0 ? Infinity : this.#perSecond[tenant];
    if (perSecond === Infinity) return true;
    return perSecond > 0 && this.#buckets.take(tenant, perSecond, Math.max(1, perSecond * BURST_SECONDS), nowUs);
  }

  save(writer: StateWriter): void {
    writer.section();
    writer.int(this.#refusesBots ? 1 : 0);
    writer.array(this.#perSecond);
    this.#buckets.save(writer);
  }

  restore(reader: StateReader): void {
    reader.section();
    this.#refusesBots = reader.int() === 1;
    reader.into(this.#perSecond);
    this.#buckets.restore(reader);
    this.#refresh();
  }

  #refresh(): void {
    this.active = this.#refusesBots || this.#perSecond.some((limit) => limit !== Infinity);
  }
}
