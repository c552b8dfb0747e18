/**
 * The trace collector as a part of the world. Processes send the spans that have ended in batches; the collector refuses
 * what its memory has no room for, may wait for whole traces and decide on them, and exports at a limited rate from a
 * queue that is bounded; the trace store may refuse what comes too fast. What became of each span is a byte beside its row
 * (fates.ts), and how long it took another. Facts, metrics and logs do not depend on it.
 *
 * Model. Every `batchDelay` all processes send; one that has more than `batchSpansMax` loses the rest. The collector
 * exports `spansPerSecond` in ticks of a tenth of the delay, first come first served. In overload the share that is kept
 * tends to service rate ÷ arrival rate and the delay to queue ÷ service rate.
 *
 * Simplifications, named: processes send at the same instants; a span costs the same whatever is in it.
 *
 * Source: OpenTelemetry Collector, memory_limiter, tailsamplingprocessor and exporterhelper (queue); SDK specification,
 * BatchSpanProcessor.
 */
import type { StateReader, StateWriter } from "../../base/state-stream.js";
import { mix } from "../../base/draw.js";
import type { CollectorSpec } from "../../topology/observability-spec.js";
import type { Agent } from "../agent.js";
import { SPAN_STATUSES } from "../span-status.js";
import { SPAN_CHUNK_MASK, SPAN_CHUNK_SHIFT, SPAN_OPEN, type SpanTable } from "../span-table.js";
import {
  delayCode,
  SPAN_HEAD_SAMPLED,
  SPAN_KEPT,
  SPAN_KEPT_ERROR,
  SPAN_KEPT_SHARE,
  SPAN_KEPT_SLOW,
  SPAN_LOST_IN_PROCESS,
  SPAN_LOST_IN_RESTART,
  SPAN_OVER_MEMORY,
  SPAN_QUEUE_FULL,
  SPAN_RATE_LIMITED,
  SPAN_REFUSED,
  SPAN_TAIL_SAMPLED,
} from "./fates.js";
import { type HeadSampling, isTraceKept } from "./head-sampling.js";
import { IngestionLimit } from "./ingestion-limit.js";

const ROWS_AT_FIRST = 65_536;
const TICKS_PER_BATCH = 10;
/** Decisions that are remembered for late spans, for each trace that may wait. */
const DECISIONS_PER_TRACE = 4;

/** Counts since the process of the collector started, by the names of its metrics. */
export interface CollectorCounts {
  accepted: number;
  refusedByMemory: number;
  refusedByReceiver: number;
  enqueueFailed: number;
  sent: number;
  /** Not taken by the trace store. */
  sendFailed: number;
  /** Spans of traces that tail sampling has left out. */
  leftOut: number;
  /** Traces that each policy would keep by itself, of all that were decided on (tracesKept and tracesDropped). */
  failedTraces: number;
  slowTraces: number;
  sharedTraces: number;
  tracesKept: number;
  tracesDropped: number;
  droppedTooEarly: number;
}

interface WaitingTrace {
  readonly firstUs: number;
  readonly rows: number[];
  failed: boolean;
  slow: boolean;
}

export class Collector implements Agent {
  nextUs: number;
  /** By span row: what became of it, and the code of how long it took. Longer than there are rows. */
  fates = new Uint8Array(ROWS_AT_FIRST);
  delays = new Uint8Array(ROWS_AT_FIRST);
  readonly counts: CollectorCounts = {
    accepted: 0,
    refusedByMemory: 0,
    refusedByReceiver: 0,
    enqueueFailed: 0,
    sent: 0,
    sendFailed: 0,
    leftOut: 0,
    failedTraces: 0,
    slowTraces: 0,
    sharedTraces: 0,
    tracesKept: 0,
    tracesDropped: 0,
    droppedTooEarly: 0,
  };
  /** Spans that the trace store has refused and taken since the beginning: its own counts, which outlive the collector. */
  discarded = 0;
  stored = 0;
  /** Spans that their processes lost before they sent them. Nobody counts them in reality. */
  lostInProcess = 0;
  /** Spans that were not sampled at the head. */
  notSampled = 0;
  /** What is left of the export's rate; moved by effects. */
  rateFactor = 1;
  #downUntilUs = 0;
  #tick = 0;
  #budget = 0;
  #seen = 0;
  #open: number[] = [];
  readonly #ring: Int32Array;
  /** By place in the ring: the fate that the span has when it is exported. */
  readonly #ringFates: Uint8Array;
  readonly #limit: IngestionLimit | undefined;
  #head = 0;
  #queued = 0;
  #waiting = new Map<number, WaitingTrace>();
  #waitingSpans = 0;
  /** The fate that spans of a trace have by the decision on it. */
  #decided = new Map<number, number>();
  readonly #batched: Int32Array;
  readonly #tickUs: number;
  readonly #failed = Uint8Array.from(SPAN_STATUSES, ({ failed }) => (failed ? 1 : 0));

  constructor(
    readonly spec: CollectorSpec,
    readonly table: SpanTable,
    readonly sampling: HeadSampling,
    instances: number,
    startUs: number,
  ) {
    this.#tickUs = Math.max(1, Math.floor(spec.batchDelay / TICKS_PER_BATCH));
    this.nextUs = (Math.floor(startUs / this.#tickUs) + 1) * this.#tickUs;
    this.#ring = new Int32Array(spec.queueCapacity);
    this.#ringFates = new Uint8Array(spec.queueCapacity);
    if (spec.store !== undefined) this.#limit = new IngestionLimit(spec.store);
    this.#batched = new Int32Array(instances);
  }

  get queueSize(): number {
    return this.#queued;
  }

  get waitingTraces(): number {
    return this.#waiting.size;
  }

  /** Spans in memory: those that wait for a decision and those in the queue. */
  get spansInMemory(): number {
    return this.#waitingSpans + this.#queued;
  }

  step(): void {
    const nowUs = this.nextUs;
    if (nowUs >= this.#downUntilUs) {
      this.#export(nowUs);
      if (this.spec.tailSampling !== undefined) this.#decide(nowUs - this.spec.tailSampling.decisionWait);
    }
    if (++this.#tick % TICKS_PER_BATCH === 0) this.#takeIn(nowUs);
    this.nextUs = nowUs + this.#tickUs;
  }

  /** The process starts anew: what it had in memory is lost, and so is what it is sent until it is back. */
  restart(nowUs: number, downUs: number): void {
    for (const { rows } of this.#waiting.values()) for (const row of rows) this.fates[row] = SPAN_LOST_IN_RESTART;
    while (this.#queued > 0) {
      this.fates[this.#ring[this.#head]] = SPAN_LOST_IN_RESTART;
      this.#pop();
    }
    this.#waiting.clear();
    this.#decided.clear();
    this.#waitingSpans = 0;
    this.#downUntilUs = nowUs + downUs;
    for (const name of Object.keys(this.counts) as (keyof CollectorCounts)[]) this.counts[name] = 0;
  }

  #export(nowUs: number): void {
    this.#budget += (this.spec.spansPerSecond * this.rateFactor * this.#tickUs) / 1e6;
    for (; this.#queued > 0 && this.#budget >= 1; this.#budget--) {
      this.#send(this.#ring[this.#head], this.#ringFates[this.#head], nowUs);
      this.#pop();
    }
    // A server that has nothing to do does not save its time up.
    if (this.#queued === 0) this.#budget = 0;
  }

  #send(row: number, fate: number, nowUs: number): void {
    if (this.#limit?.admits(1, nowUs) === false) {
      this.fates[row] = SPAN_RATE_LIMITED;
      this.counts.sendFailed++;
      this.discarded++;
      return;
    }
    const chunk = this.table.chunks[row >>> SPAN_CHUNK_SHIFT];
    const at = row & SPAN_CHUNK_MASK;
    this.fates[row] = fate;
    this.delays[row] = delayCode(nowUs - chunk.startUs[at] - chunk.durationUs[at]);
    this.counts.sent++;
    this.stored++;
  }

  #pop(): void {
    this.#head = (this.#head + 1) % this.#ring.length;
    this.#queued--;
  }

  /** All spans that have ended since the last batch, in order of their rows. */
  #takeIn(nowUs: number): void {
    this.#makeRoom();
    this.#batched.fill(0);
    const before = this.#open;
    this.#open = [];
    for (const row of before) this.#look(row, nowUs);
    for (; this.#seen < this.table.rows; this.#seen++) this.#look(this.#seen, nowUs);
  }

  #makeRoom(): void {
    if (this.fates.length >= this.table.rows) return;
    const rows = Math.max(this.table.rows, this.fates.length * 2);
    this.fates = grown(this.fates, rows);
    this.delays = grown(this.delays, rows);
  }

  #look(row: number, nowUs: number): void {
    const chunk = this.table.chunks[row >>> SPAN_CHUNK_SHIFT];
    const at = row & SPAN_CHUNK_MASK;
    if (chunk.durationUs[at] === SPAN_OPEN) {
      this.#open.push(row);
      return;
    }
    if (!this.sampling.isKept(this.table, row)) {
      this.notSampled++;
      this.fates[row] = SPAN_HEAD_SAMPLED;
      return;
    }
    if (++this.#batched[chunk.instance[at]] > this.spec.batchSpansMax) {
      this.lostInProcess++;
      this.fates[row] = SPAN_LOST_IN_PROCESS;
      return;
    }
    this.#receive(row, nowUs);
  }

  #receive(row: number, nowUs: number): void {
    if (nowUs < this.#downUntilUs) {
      this.counts.refusedByReceiver++;
      this.fates[row] = SPAN_REFUSED;
    } else if (this.spansInMemory >= this.spec.memoryLimitSpans) {
      this.counts.refusedByMemory++;
      this.fates[row] = SPAN_OVER_MEMORY;
    } else {
      this.counts.accepted++;
      if (this.spec.tailSampling === undefined) this.#enqueue(row, SPAN_KEPT);
      else this.#await(row, nowUs);
    }
  }

  #enqueue(row: number, fate: number): void {
    if (this.#queued === this.#ring.length) {
      this.counts.enqueueFailed++;
      this.fates[row] = SPAN_QUEUE_FULL;
      return;
    }
    const place = (this.#head + this.#queued) % this.#ring.length;
    this.#ring[place] = row;
    this.#ringFates[place] = fate;
    this.#queued++;
  }

  // Tail sampling.

  #await(row: number, nowUs: number): void {
    const key = this.sampling.traceKeyOf(this.table, row);
    const decision = this.#decided.get(key);
    if (decision !== undefined) {
      this.#carryOut(row, decision);
      return;
    }
    let trace = this.#waiting.get(key);
    if (trace === undefined) {
      this.#waiting.set(key, (trace = { firstUs: nowUs, rows: [], failed: false, slow: false }));
      if (this.#waiting.size > (this.spec.tailSampling?.tracesMax ?? Infinity)) this.#decideEarly();
    }
    const chunk = this.table.chunks[row >>> SPAN_CHUNK_SHIFT];
    const at = row & SPAN_CHUNK_MASK;
    trace.rows.push(row);
    if (this.#failed[chunk.status[at]] === 1) trace.failed = true;
    if (chunk.durationUs[at] >= (this.spec.tailSampling?.slowerThan ?? Infinity)) trace.slow = true;
    this.#waitingSpans++;
  }

  /** Decides on the traces whose first span came not later than `firstUs`; they wait in that order. */
  #decide(firstUs: number): void {
    for (const [key, trace] of this.#waiting) {
      if (trace.firstUs > firstUs) return;
      this.#settle(key, trace);
    }
  }

  #decideEarly(): void {
    for (const [key, trace] of this.#waiting) {
      this.counts.droppedTooEarly++;
      this.#settle(key, trace);
      return;
    }
  }

  #settle(key: number, trace: WaitingTrace): void {
    const { tracesMax = 1 } = this.spec.tailSampling ?? {};
    const decision = this.#decisionOn(key, trace);
    this.#waiting.delete(key);
    this.#waitingSpans -= trace.rows.length;
    for (const row of trace.rows) this.#carryOut(row, decision);
    if (decision === SPAN_TAIL_SAMPLED) this.counts.tracesDropped++;
    else this.counts.tracesKept++;
    this.#decided.set(key, decision);
    if (this.#decided.size <= tracesMax * DECISIONS_PER_TRACE) return;
    for (const oldest of this.#decided.keys()) {
      this.#decided.delete(oldest);
      return;
    }
  }

  /** The first policy that keeps the trace says as what. */
  #decisionOn(key: number, { failed, slow }: WaitingTrace): number {
    const { errors = false, ratio = 1 } = this.spec.tailSampling ?? {};
    const ofShare = isTraceKept(mix(key), ratio);
    if (failed) this.counts.failedTraces++;
    if (slow) this.counts.slowTraces++;
    if (ofShare) this.counts.sharedTraces++;
    if (errors && failed) return SPAN_KEPT_ERROR;
    if (slow) return SPAN_KEPT_SLOW;
    return ofShare ? SPAN_KEPT_SHARE : SPAN_TAIL_SAMPLED;
  }

  #carryOut(row: number, decision: number): void {
    if (decision !== SPAN_TAIL_SAMPLED) {
      this.#enqueue(row, decision);
      return;
    }
    this.counts.leftOut++;
    this.fates[row] = SPAN_TAIL_SAMPLED;
  }

  save(writer: StateWriter): void {
    writer.section();
    writer.array(this.fates, this.#seen);
    writer.array(this.delays, this.#seen);
    writer.array(this.#ringFates);
    for (const value of this.#numbers()) writer.double(value);
    writer.array(this.#ring);
    writer.json([this.counts, this.#open, [...this.#waiting], [...this.#decided]]);
  }

  restore(reader: StateReader): void {
    reader.section();
    const fates = reader.octets();
    const rows = Math.max(fates.length, ROWS_AT_FIRST);
    this.fates = grown(fates, rows);
    this.delays = grown(reader.octets(), rows);
    reader.into(this.#ringFates);
    this.nextUs = reader.double();
    this.lostInProcess = reader.double();
    this.notSampled = reader.double();
    this.rateFactor = reader.double();
    this.#downUntilUs = reader.double();
    this.#tick = reader.double();
    this.#budget = reader.double();
    this.#seen = reader.double();
    this.#head = reader.double();
    this.#queued = reader.double();
    this.#waitingSpans = reader.double();
    this.discarded = reader.double();
    this.stored = reader.double();
    const [tokens, lastUs] = [reader.double(), reader.double()];
    if (this.#limit !== undefined) Object.assign(this.#limit, { tokens, lastUs });
    reader.into(this.#ring);
    const [counts, open, waiting, decided] = reader.json() as [
      CollectorCounts,
      number[],
      [number, WaitingTrace][],
      [number, number][],
    ];
    Object.assign(this.counts, counts);
    this.#open = open;
    this.#waiting = new Map(waiting);
    this.#decided = new Map(decided);
  }

  /** In the order in which `restore` reads them. */
  #numbers(): readonly number[] {
    return [
      this.nextUs,
      this.lostInProcess,
      this.notSampled,
      this.rateFactor,
      this.#downUntilUs,
      this.#tick,
      this.#budget,
      this.#seen,
      this.#head,
      this.#queued,
      this.#waitingSpans,
      this.discarded,
      this.stored,
      this.#limit?.tokens ?? 0,
      this.#limit?.lastUs ?? 0,
    ];
  }
}

function grown(column: Uint8Array, length: number): Uint8Array<ArrayBuffer> {
  const wider = new Uint8Array(length);
  wider.set(column);
  return wider;
}
