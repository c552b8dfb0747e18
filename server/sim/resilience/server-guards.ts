/**
 * How a service protects itself, asked before a request is let in and before each of its steps:
 * - rate limits by token bucket, for an operation or all of them, for all callers or each calling service; answered 429
 *   with the time until there is a token (Retry-After), which callers that try again wait for;
 * - load shedding by the length of the queue and by runnable requests, the less important journeys first (Google, Site
 *   Reliability Engineering, ch. 21: criticality), and of requests that are almost out of time;
 * - a limit of concurrency that finds itself: up by one a round of good answers, down by a tenth for a slow one
 *   (D.-M. Chiu & R. Jain, additive increase and multiplicative decrease, 1989);
 * - deadlines: what is late, or whose caller has gone, is dropped before it begins and between its steps.
 */
import type { Checkpointed, StateReader, StateWriter } from "../../base/state-stream.js";
import { MICROS_PER_MS } from "../../base/time.js";
import type { Model } from "../../topology/model-types.js";
import type { AdaptiveLimitSpec, Priority, RateLimitSpec, SheddingSpec } from "../../topology/resilience-spec.js";
import {
  FRAME_CALLER,
  FRAME_CALLER_GENERATION,
  FRAME_GENERATION,
  FRAME_HIT,
  FRAME_INSTANCE,
  FRAME_KIND,
  FRAME_LINK,
  FRAME_OPERATION,
  FRAME_PRIORITY,
  FRAME_SHIFT,
  FRAME_TIMES_SHIFT,
  type Frames,
  KIND_SERVER,
  TIME_DEADLINE,
} from "../frames.js";
import {
  STATUS_CANCELLED,
  STATUS_DEADLINE_EXCEEDED,
  STATUS_LOAD_SHED,
  STATUS_OK,
  STATUS_RATE_LIMITED,
} from "../span-status.js";
import type { WorldState } from "../world-state.js";
import { TokenBuckets } from "./token-buckets.js";

export const PRIORITY_OF: Readonly<Record<Priority, number>> = { sheddable: 0, normal: 1, critical: 2 };

const DECREASE = 0.9;

export class ServerGuards implements Checkpointed {
  /** By instance: whether requests are asked about before they are let in. */
  readonly asks: Uint8Array;
  /** By instance: whether work that is late is dropped. */
  readonly dropsLate: Uint8Array;
  /** By instance: requests that are let in at a time where the limit finds itself, 0 where there is none. */
  readonly limit: Float64Array;
  readonly #frames: Frames;
  // Settings, by service or operation.
  readonly #shedding: (SheddingSpec | undefined)[];
  readonly #adaptive: readonly (AdaptiveLimitSpec | undefined)[];
  readonly #serviceLimits: (RateLimitSpec | undefined)[];
  readonly #operationLimits: (RateLimitSpec | undefined)[];
  readonly #buckets = new TokenBuckets(0);
  /** Bucket by limit, instance and client. */
  readonly #bucketOf = new Map<number, number>();

  constructor(
    readonly model: Model,
    readonly state: WorldState,
  ) {
    const { instances, services, operations } = model;
    this.#frames = state.frames;
    this.asks = new Uint8Array(instances.length);
    this.dropsLate = Uint8Array.from(instances, ({ service }) => (services[service].spec.guard?.deadlines ? 1 : 0));
    this.#shedding = services.map(({ spec }) => spec.guard?.shedding);
    this.#adaptive = services.map(({ spec }) => spec.guard?.adaptiveLimit);
    this.limit = Float64Array.from(instances, ({ service }) => this.#adaptive[service]?.initial ?? 0);
    const limitsOf = (service: number): readonly RateLimitSpec[] => services[service].spec.guard?.rateLimits ?? [];
    this.#serviceLimits = services.map(({ index }) => limitsOf(index).find(({ operation }) => operation === undefined));
    this.#operationLimits = operations.map(({ service, spec }) =>
      limitsOf(service).find(({ operation }) => operation === spec.name),
    );
    for (const { index } of services) this.#refresh(index);
  }

  /** What is in force for an operation. */
  rateLimitOf(operation: number): RateLimitSpec | undefined {
    return this.#operationLimits[operation];
  }

  setRateLimit(operation: number, limit: RateLimitSpec | undefined): void {
    this.#operationLimits[operation] = limit;
    this.#refresh(this.model.operations[operation].service);
  }

  sheddingOf(service: number): SheddingSpec | undefined {
    return this.#shedding[service];
  }

  setShedding(service: number, shedding: SheddingSpec | undefined): void {
    this.#shedding[service] = shedding;
    this.#refresh(service);
  }

  /** A request has reached its instance: STATUS_OK, or how it is refused. */
  admission(frame: number, nowUs: number): number {
    const { data } = this.#frames;
    const base = frame << FRAME_SHIFT;
    const instance = data[base + FRAME_INSTANCE];
    const operation = data[base + FRAME_OPERATION];
    const { service } = this.model.operations[operation];
    const ofService = this.#serviceLimits[service];
    const ofOperation = this.#operationLimits[operation];
    const operations = this.model.operations.length;
    if (ofService !== undefined && !this.#hasToken(frame, operations + service, ofService, nowUs))
      return STATUS_RATE_LIMITED;
    if (ofOperation !== undefined && !this.#hasToken(frame, operation, ofOperation, nowUs)) return STATUS_RATE_LIMITED;
    const shedding = this.#shedding[service];
    if (shedding !== undefined && this.#sheds(frame, instance, shedding, nowUs)) return STATUS_LOAD_SHED;
    const limit = this.limit[instance];
    return limit > 0 && this.#inside(instance) >= limit ? STATUS_LOAD_SHED : STATUS_OK;
  }

  /** Where late work is dropped: STATUS_OK, or why the request need not be worked on. */
  lateness(frame: number, nowUs: number): number {
    const { data, times } = this.#frames;
    const base = frame << FRAME_SHIFT;
    if (times[(frame << FRAME_TIMES_SHIFT) + TIME_DEADLINE] <= nowUs) return STATUS_DEADLINE_EXCEEDED;
    const caller = data[base + FRAME_CALLER];
    const called = data[base + FRAME_KIND] === KIND_SERVER && caller >= 0;
    const gone = called && data[(caller << FRAME_SHIFT) + FRAME_GENERATION] !== data[base + FRAME_CALLER_GENERATION];
    return gone ? STATUS_CANCELLED : STATUS_OK;
  }

  /** When the work on a question is to be done, as the callee is told: Infinity where it is not. */
  deadlineOf(caller: number, callee: number, giveUpUs: number): number {
    const { data, times } = this.#frames;
    const from = data[(caller << FRAME_SHIFT) + FRAME_INSTANCE];
    if (this.dropsLate[from] === 0 || this.dropsLate[callee] === 0) return Infinity;
    return Math.min(times[(caller << FRAME_TIMES_SHIFT) + TIME_DEADLINE], giveUpUs);
  }

  /** A request has left the instance: where the limit finds itself, this is how. */
  answered(instance: number, elapsedUs: number): void {
    const spec = this.#adaptive[this.model.instances[instance].service];
    if (spec === undefined) return;
    const limit = this.limit[instance];
    if (elapsedUs > spec.latencyTarget) this.limit[instance] = Math.max(spec.min, limit * DECREASE);
    else if (this.#inside(instance) * 2 >= limit) this.limit[instance] = Math.min(spec.max, limit + 1 / limit);
  }

  /** The process is gone. */
  forget(instance: number): void {
    this.limit[instance] = this.#adaptive[this.model.instances[instance].service]?.initial ?? 0;
    const { length } = this.model.instances;
    for (const [key, bucket] of this.#bucketOf) {
      if (Math.floor(key / this.#clients()) % length === instance) this.#buckets.reset(bucket);
    }
  }

  save(writer: StateWriter): void {
    writer.section();
    writer.array(this.limit);
    writer.json([this.#shedding, this.#serviceLimits, this.#operationLimits]);
    writer.array(Float64Array.from(this.#bucketOf.keys()));
    this.#buckets.save(writer);
  }

  restore(reader: StateReader): void {
    reader.section();
    reader.into(this.limit);
    const [shedding, serviceLimits, operationLimits] = reader.json() as [
      (SheddingSpec | null)[],
      (RateLimitSpec | null)[],
      (RateLimitSpec | null)[],
    ];
    shedding.forEach((spec, service) => (this.#shedding[service] = spec ?? undefined));
    serviceLimits.forEach((spec, service) => (this.#serviceLimits[service] = spec ?? undefined));
    operationLimits.forEach((spec, operation) => (this.#operationLimits[operation] = spec ?? undefined));
    this.#bucketOf.clear();
    reader.doubles().forEach((key, bucket) => this.#bucketOf.set(key, bucket));
    this.#buckets.restore(reader);
    for (const { index } of this.model.services) this.#refresh(index);
  }

  #refresh(service: number): void {
    const { instancesFrom, instancesMax, operationsFrom, spec } = this.model.services[service];
    const operationsTo = operationsFrom + spec.operations.length;
    const limited = this.#operationLimits.slice(operationsFrom, operationsTo).some((limit) => limit !== undefined);
    const any =
      limited ||
      this.#serviceLimits[service] !== undefined ||
      this.#shedding[service] !== undefined ||
      this.#adaptive[service] !== undefined;
    this.asks.fill(any ? 1 : 0, instancesFrom, instancesFrom + instancesMax);
  }

  #inside(instance: number): number {
    return this.state.instanceBusy[instance] + this.state.workerLines.length[instance];
  }

  #clients(): number {
    return this.model.services.length + 1;
  }

  #hasToken(frame: number, limitNumber: number, { perSecond, burst, per }: RateLimitSpec, nowUs: number): boolean {
    const { data } = this.#frames;
    const base = frame << FRAME_SHIFT;
    // By the dependency that the question came over: who asked may have gone, and its frame may be somebody else's.
    const client =
      per === "all" || data[base + FRAME_CALLER] < 0 ? 0 : 1 + this.model.dependencies[data[base + FRAME_LINK]].service;
    const key = (limitNumber * this.model.instances.length + data[base + FRAME_INSTANCE]) * this.#clients() + client;
    let bucket = this.#bucketOf.get(key);
    if (bucket === undefined) {
      bucket = this.#buckets.add();
      this.#bucketOf.set(key, bucket);
    }
    if (this.#buckets.take(bucket, perSecond, burst, nowUs)) return true;
    // The caller reads there how long it shall wait.
    data[base + FRAME_HIT] = Math.ceil(this.#buckets.waitUs(bucket, perSecond) / MICROS_PER_MS);
    return false;
  }

  #sheds(
    frame: number,
    instance: number,
    { queueAbove, runnableAbove, minimumTimeLeft }: SheddingSpec,
    nowUs: number,
  ): boolean {
    const { data, times } = this.#frames;
    const left = times[(frame << FRAME_TIMES_SHIFT) + TIME_DEADLINE] - nowUs;
    if (left < minimumTimeLeft) return true;
    const priority = data[(frame << FRAME_SHIFT) + FRAME_PRIORITY];
    if (priority === PRIORITY_OF.critical) return false;
    const normal = priority === PRIORITY_OF.normal;
    const { spec } = this.model.services[this.model.instances[instance].service];
    const queued = this.state.workerLines.length[instance] / Math.max(1, spec.queueCapacity);
    if (queued >= (normal ? (1 + queueAbove) / 2 : queueAbove)) return true;
    const runnable = this.state.processors.jobs[instance] / spec.cores;
    return runnableAbove > 0 && runnable >= (normal ? 2 * runnableAbove : runnableAbove);
  }
}
