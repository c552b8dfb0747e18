/**
 * Where the context of a trace is lost on its way, and the trace that a span therefore belongs to. A process that does
 * not pass the header on makes whoever it calls begin a trace of its own; a queue without headers does the same to its
 * consumers. The table of spans keeps the true parents; which trace a span is *shown* in follows from them: it is the
 * one of the nearest span above it that was reached without its context, or of the request's first span.
 *
 * Source: W3C Trace Context, section 4.3: a participant that receives no valid `traceparent` starts a new trace.
 */
import type { StateReader, StateWriter, Checkpointed } from "../../base/state-stream.js";
import type { Model } from "../../topology/model-types.js";
import { SPAN_CHUNK_MASK, SPAN_CHUNK_SHIFT, type SpanTable } from "../span-table.js";
import { type Step, StepHistory } from "./step-history.js";

const NOT_A_QUEUE = -1;
const PASSED = 0;

export interface TraceContextExport {
  readonly instances: readonly (readonly Step[])[];
  readonly queues: readonly (readonly Step[])[];
}

export class TraceContext implements Checkpointed {
  /** By process: whether what it sends has no context. */
  readonly instances: StepHistory;
  /** By queue: whether it takes the context off. */
  readonly queues: StepHistory;
  /** By site: whether its spans begin something at a process, and the queue that they came through. */
  readonly #entries: Uint8Array;
  readonly #queueOfSite: Int16Array;

  constructor(
    readonly model: Model,
    exported?: TraceContextExport,
  ) {
    const passed = (): number => PASSED;
    this.instances = new StepHistory(model.instances.length, passed, exported?.instances);
    this.queues = new StepHistory(model.queues.length, passed, exported?.queues);
    this.#entries = Uint8Array.from(model.sites, ({ kind }) => (kind === "server" || kind === "consumer" ? 1 : 0));
    this.#queueOfSite = Int16Array.from(model.sites, ({ kind, peer }) =>
      kind === "consumer" ? model.queues.findIndex(({ spec }) => spec.id === peer) : NOT_A_QUEUE,
    );
  }

  /** Whether every trace is whole. */
  get isWhole(): boolean {
    return this.instances.unmoved && this.queues.unmoved;
  }

  /** Whether the span was reached without the context of its parent. */
  isBreak(table: SpanTable, row: number): boolean {
    const chunk = table.chunks[row >>> SPAN_CHUNK_SHIFT];
    const at = row & SPAN_CHUNK_MASK;
    const parent = chunk.parent[at];
    const site = chunk.site[at];
    if (parent < 0 || this.#entries[site] === 0) return false;
    const above = table.chunks[parent >>> SPAN_CHUNK_SHIFT];
    const sentUs = above.startUs[parent & SPAN_CHUNK_MASK];
    if (this.instances.at(above.instance[parent & SPAN_CHUNK_MASK], sentUs) !== PASSED) return true;
    const queue = this.#queueOfSite[site];
    return queue !== NOT_A_QUEUE && this.queues.at(queue, sentUs) !== PASSED;
  }

  /** Row of the span with which the trace of `row` begins, as the processes saw it. */
  rootOf(table: SpanTable, row: number): number {
    for (let at = row; ;) {
      const parent = table.chunks[at >>> SPAN_CHUNK_SHIFT].parent[at & SPAN_CHUNK_MASK];
      if (parent < 0 || this.isBreak(table, at)) return at;
      at = parent;
    }
  }

  export(): TraceContextExport {
    return { instances: this.instances.export(), queues: this.queues.export() };
  }

  save(writer: StateWriter): void {
    this.instances.save(writer);
    this.queues.save(writer);
  }

  restore(reader: StateReader): void {
    this.instances.restore(reader);
    this.queues.restore(reader);
  }
}
