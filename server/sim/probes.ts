/**
 * Synthetic checks from outside: each probe sends the request of a journey from each of its regions at a fixed interval,
 * on a connection of its own each time, and remembers how the last one went. At the services a probe's request is like
 * any other; no user is hurt when it fails.
 *
 * Source: Prometheus's blackbox exporter (phases and names).
 */
import type { EventHeap } from "../base/event-heap.js";
import type { Checkpointed, StateReader, StateWriter } from "../base/state-stream.js";
import { combine, uniform } from "../base/draw.js";
import { LimitError } from "../base/limit-error.js";
import { MICROS_PER_SECOND } from "../base/time.js";
import type { Model } from "../topology/model-types.js";
import { EVENT_PROBE, EVENT_SHIFT } from "./events.js";
import type { RequestDraws } from "./request-draws.js";
import { PROBE_RANKS } from "./request-numbers.js";
import { SPAN_STATUSES, STATUS_OK } from "./span-status.js";
import { UserDistances } from "./user-distances.js";
import type { SendRequest } from "./waiting-users.js";

const FOR_PHASE = 651;
const FOR_RESOLVE = 652;
const FOR_CONNECT = 653;
const FOR_TLS = 654;
const FOR_THERE = 655;
const FOR_BACK = 656;

/* What an event is about: the two low bits of its subject. */
const SENDS = 0;
const REACHES = 1;
const TIMES_OUT = 2;
const STEP_SHIFT = 2;
const STEP_MASK = 3;

/** One probe in one region. */
interface Sender {
  readonly journey: number;
  readonly intervalUs: number;
  readonly timeoutUs: number;
  readonly phaseUs: number;
}

export class Probes implements Checkpointed {
  // The last result of each, as a scrape shows it: −1 before there is any.
  readonly success: Int8Array;
  readonly statusCode: Int32Array;
  readonly durationUs: Float64Array;
  readonly resolveUs: Float64Array;
  readonly connectUs: Float64Array;
  readonly tlsUs: Float64Array;
  readonly #senders: readonly Sender[];
  readonly #distances: UserDistances;
  readonly #sentUs: Float64Array;
  /** Request that is under way. */
  readonly #request: Int32Array;
  readonly #pending: Uint8Array;

  constructor(
    readonly model: Model,
    readonly heap: EventHeap,
    readonly draws: RequestDraws,
    readonly send: SendRequest,
    readonly times: { readonly startUs: number; readonly stopUs: number },
  ) {
    const specs = model.topology.probes ?? [];
    const places = specs.flatMap((spec) => spec.regions.map((region) => ({ spec, region })));
    const count = places.length;
    if (count > PROBE_RANKS)
      throw new LimitError("probes, each in its regions", PROBE_RANKS, count, "Declare fewer probes or regions.");
    this.#senders = places.map(({ spec }, index) => ({
      journey: model.journeys.findIndex((journey) => journey.spec.id === spec.journey),
      intervalUs: spec.interval,
      timeoutUs: spec.timeout,
      phaseUs: Math.floor(uniform(combine(combine(draws.keys.arrivals, FOR_PHASE), index)) * spec.interval),
    }));
    this.#distances = new UserDistances(places.map(({ region }) => region.latency));
    this.success = new Int8Array(count).fill(-1);
    this.statusCode = new Int32Array(count);
    this.durationUs = new Float64Array(count);
    this.resolveUs = new Float64Array(count);
    this.connectUs = new Float64Array(count);
    this.tlsUs = new Float64Array(count);
    this.#sentUs = new Float64Array(count);
    this.#request = new Int32Array(count);
    this.#pending = new Uint8Array(count);
  }

  /** Plans the first request of each; once, when a world begins. */
  begin(): void {
    this.#senders.forEach(({ intervalUs, phaseUs }, index) => {
      const rounds = Math.ceil((this.times.startUs - phaseUs) / intervalUs);
      this.#plan(phaseUs + rounds * intervalUs, index, SENDS);
    });
  }

  handle(subject: number, nowUs: number): void {
    const index = subject >>> STEP_SHIFT;
    const step = subject & STEP_MASK;
    if (step === SENDS) this.#sends(index, nowUs);
    else if (step === REACHES) this.send(this.#request[index], this.#senders[index].journey, nowUs);
    else if (this.#pending[index] === 1) this.#end(index, 0, this.#senders[index].timeoutUs, false);
  }

  answered(request: number, status: number, nowUs: number): void {
    const index = this.draws.numbers.probeOf(request);
    if (index < 0 || this.#pending[index] === 0 || this.#request[index] !== request) return;
    const back = this.#distances.oneWayUs(index, this.draws.keyOf(request), FOR_BACK);
    const durationUs = nowUs + back - this.#sentUs[index];
    // One that comes too late is left to its time-out.
    if (durationUs <= this.#senders[index].timeoutUs)
      this.#end(index, SPAN_STATUSES[status].httpStatus, durationUs, status === STATUS_OK);
  }

  save(writer: StateWriter): void {
    writer.section();
    writer.array(Int32Array.from(this.success));
    for (const values of this.#columns()) writer.array(values);
  }

  restore(reader: StateReader): void {
    reader.section();
    this.success.set(reader.ints());
    for (const values of this.#columns()) reader.into(values);
  }

  #columns(): readonly (Int32Array | Float64Array | Uint8Array)[] {
    const { statusCode, durationUs, resolveUs, connectUs, tlsUs } = this;
    return [statusCode, durationUs, resolveUs, connectUs, tlsUs, this.#sentUs, this.#request, this.#pending];
  }

  #sends(index: number, nowUs: number): void {
    if (nowUs >= this.times.stopUs) return;
    const { intervalUs, timeoutUs } = this.#senders[index];
    const request = this.draws.numbers.probe(Math.floor(nowUs / MICROS_PER_SECOND), index);
    const key = this.draws.keyOf(request);
    const roundTrip = (purpose: number): number => 2 * this.#distances.oneWayUs(index, key, purpose);
    this.#request[index] = request;
    this.#pending[index] = 1;
    this.#sentUs[index] = nowUs;
    this.resolveUs[index] = roundTrip(FOR_RESOLVE);
    this.connectUs[index] = roundTrip(FOR_CONNECT);
    this.tlsUs[index] = roundTrip(FOR_TLS);
    const setUpUs = this.resolveUs[index] + this.connectUs[index] + this.tlsUs[index];
    this.#plan(nowUs + setUpUs + this.#distances.oneWayUs(index, key, FOR_THERE), index, REACHES);
    this.#plan(nowUs + timeoutUs, index, TIMES_OUT);
    this.#plan(nowUs + intervalUs, index, SENDS);
  }

  #end(index: number, statusCode: number, durationUs: number, success: boolean): void {
    this.#pending[index] = 0;
    this.success[index] = success ? 1 : 0;
    this.statusCode[index] = statusCode;
    this.durationUs[index] = durationUs;
  }

  #plan(atUs: number, index: number, step: number): void {
    this.heap.push(atUs, (((index << STEP_SHIFT) | step) << EVENT_SHIFT) | EVENT_PROBE);
  }
}
