/**
 * Which traces are kept when that is decided at their head: a share of them, from the identity of the trace alone, so
 * that all spans of a trace meet the same fate whoever emits them (OpenTelemetry's TraceIdRatioBased sampler, with
 * ParentBased at every process but the first). The share may differ by journey and change while the world runs; what
 * counts is the share at the instant at which the trace began. A span that was reached without the context of its trace
 * begins one of its own, about which is decided anew.
 */
import { mix } from "../../base/draw.js";
import type { Checkpointed, StateReader, StateWriter } from "../../base/state-stream.js";
import type { Model } from "../../topology/model-types.js";
import { SPAN_CHUNK_MASK, SPAN_CHUNK_SHIFT, type SpanTable } from "../span-table.js";
import { type Step, StepHistory } from "./step-history.js";
import type { TraceContext } from "./trace-context.js";

/** Tells identities of traces that began at a span from those of requests. */
const FOR_BROKEN = 0x2b7e_1516;

/** Whether the trace of `request` is kept when `ratio` (0 to 1) of all traces are. */
export function isTraceKept(request: number, ratio: number): boolean {
  return ratio >= 1 || mix(request ^ 0x51ed_270b) >>> 0 < ratio * 4_294_967_296;
}

export class HeadSampling implements Checkpointed {
  /** By journey: the share that is kept; the last subject is for traces that no journey began. */
  readonly ratios: StepHistory;
  readonly #journeyOfSite: Int16Array;
  readonly #others: number;

  constructor(
    readonly model: Model,
    readonly context: TraceContext,
    exported?: readonly (readonly Step[])[],
  ) {
    this.#others = model.journeys.length;
    this.ratios = new StepHistory(this.#others + 1, () => model.topology.plant.traceSampleRatio, exported);
    this.#journeyOfSite = new Int16Array(model.sites.length).fill(this.#others);
    for (const { index, operation } of model.journeys)
      this.#journeyOfSite[model.operations[operation].serverSite] = index;
  }

  /** Whether the trace of the span is kept. */
  isKept(table: SpanTable, row: number): boolean {
    const { traceSampleRatio } = this.model.topology.plant;
    const { isWhole } = this.context;
    if (isWhole && this.ratios.unmoved) {
      const request = table.chunks[row >>> SPAN_CHUNK_SHIFT].request[row & SPAN_CHUNK_MASK];
      return isTraceKept(request, traceSampleRatio);
    }
    const root = this.context.rootOf(table, row);
    const chunk = table.chunks[root >>> SPAN_CHUNK_SHIFT];
    const at = root & SPAN_CHUNK_MASK;
    const whole = chunk.parent[at] < 0;
    const identity = whole ? chunk.request[at] : mix(root ^ FOR_BROKEN);
    const subject = whole ? this.#journeyOfSite[chunk.site[at]] : this.#others;
    return isTraceKept(identity, this.ratios.at(subject, chunk.startUs[at]));
  }

  /** A number that spans of one trace share and others do not. */
  traceKeyOf(table: SpanTable, row: number): number {
    const root = this.context.isWhole ? row : this.context.rootOf(table, row);
    const chunk = table.chunks[root >>> SPAN_CHUNK_SHIFT];
    const at = root & SPAN_CHUNK_MASK;
    return this.context.isWhole || chunk.parent[at] < 0 ? chunk.request[at] : -1 - root;
  }

  /** The share that is kept of all traces that begin at an instant. */
  ratioAt(atUs: number): number {
    if (this.ratios.unmoved) return this.model.topology.plant.traceSampleRatio;
    let ratio = 0;
    for (const { index, spec } of this.model.journeys) ratio += spec.share * this.ratios.at(index, atUs);
    return ratio;
  }

  /** From `fromUs` on this share of a journey's traces is kept; of all traces for undefined. */
  set(journey: number | undefined, ratio: number, fromUs: number): void {
    for (let subject = 0; subject <= this.#others; subject++)
      if (journey === undefined || journey === subject) this.ratios.set(subject, ratio, fromUs);
  }

  save(writer: StateWriter): void {
    this.ratios.save(writer);
  }

  restore(reader: StateReader): void {
    this.ratios.restore(reader);
  }
}
