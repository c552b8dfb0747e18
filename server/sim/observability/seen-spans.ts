/**
 * The spans of a stretch as the observability plant has them, for whoever reads them: kept by the head sampling and the
 * collector, in the traces that processes saw, at the times of their clocks. A live world hands over its own parts, a
 * stretch that was handed over has copies of them.
 */
import { mix, type SeedKeys, unmix } from "../../base/draw.js";
import type { Model } from "../../topology/model-types.js";
import { checkWords, word } from "../span-ids.js";
import { SPAN_CHUNK_MASK, SPAN_CHUNK_SHIFT, type SpanTable } from "../span-table.js";
import { Clocks } from "./clocks.js";
import { isSpanKeptBy, SPAN_HEAD_SAMPLED, SPAN_KEPT, SPAN_ON_ITS_WAY } from "./fates.js";
import { HeadSampling } from "./head-sampling.js";
import type { Observability, ObservabilityExport } from "./observability.js";
import { TraceContext } from "./trace-context.js";

/** Tells ids of traces that begin at a span from those of requests. */
const FOR_BROKEN = 0x6a09_e667;
const ROW_MASK = 0x7fff_ffff;

export interface SeenParts {
  readonly context: TraceContext;
  readonly clocks: Clocks;
  readonly sampling: HeadSampling;
  /** By row; undefined where no collector decides. A live one replaces its column when it grows. */
  readonly fates: () => Uint8Array | undefined;
  /** By row: the code of how long the span was on its way. */
  readonly delays: () => Uint8Array | undefined;
}

export const livingParts = ({ context, clocks, sampling, collector }: Observability): SeenParts => ({
  context,
  clocks,
  sampling,
  fates: () => collector?.fates,
  delays: () => collector?.delays,
});

export function importedParts(model: Model, exported: ObservabilityExport, startUs: number): SeenParts {
  const context = new TraceContext(model, exported.context);
  return {
    context,
    clocks: new Clocks(model, startUs, exported.clocks),
    sampling: new HeadSampling(model, context, exported.ratios),
    fates: () => exported.spanFates,
    delays: () => exported.spanDelays,
  };
}

export class SeenSpans {
  constructor(
    readonly table: SpanTable,
    readonly parts: SeenParts,
    readonly keys: SeedKeys,
    readonly segment: 0 | 1,
    /** Whether a span that was kept is still there. */
    readonly retained?: (startUs: number, fate: number) => boolean,
  ) {}

  get isWhole(): boolean {
    return this.parts.context.isWhole;
  }

  isKept(row: number): boolean {
    return this.#wasKept(row) && this.#isRetained(row);
  }

  #isRetained(row: number): boolean {
    if (this.retained === undefined) return true;
    const startUs = this.table.chunks[row >>> SPAN_CHUNK_SHIFT].startUs[row & SPAN_CHUNK_MASK];
    return this.retained(startUs, this.fateCodeOf(row));
  }

  #wasKept(row: number): boolean {
    const fates = this.parts.fates();
    if (fates !== undefined) return row < fates.length && isSpanKeptBy(fates[row]);
    return this.parts.sampling.isKept(this.table, row);
  }

  isSettled(row: number): boolean {
    const fates = this.parts.fates();
    return fates === undefined || (row < fates.length && fates[row] !== 0);
  }

  fateCodeOf(row: number): number {
    const fates = this.parts.fates();
    if (fates === undefined) return this.parts.sampling.isKept(this.table, row) ? SPAN_KEPT : SPAN_HEAD_SAMPLED;
    return row < fates.length ? fates[row] : SPAN_ON_ITS_WAY;
  }

  delayCodeOf(row: number): number {
    const delays = this.parts.delays();
    return delays === undefined || row >= delays.length ? 0 : delays[row];
  }

  ratioAt(atUs: number): number {
    return this.parts.sampling.ratioAt(atUs);
  }

  rootOf(row: number): number {
    return this.parts.context.rootOf(this.table, row);
  }

  aheadUsMax(untilUs: number): number {
    return this.parts.clocks.areRight ? 0 : this.parts.clocks.aheadUsMax(untilUs);
  }

  aheadUs(instance: number, atUs: number): number {
    return this.parts.clocks.areRight ? 0 : this.parts.clocks.aheadUs(instance, atUs);
  }

  brokenTraceId(rootRow: number): string {
    const number = (this.segment << 31) | rootRow;
    return (
      word(mix(number ^ this.keys.identityHigh ^ FOR_BROKEN)) +
      checkWords(this.keys.identityLow ^ FOR_BROKEN, number, 3)
    );
  }

  /** Row of the span with which the trace with this id begins; undefined for an id that none of the segment can have. */
  rootOfBrokenTrace(traceId: string): number | undefined {
    if (!/^[0-9a-f]{32}$/.test(traceId)) return undefined;
    const number = unmix(Number.parseInt(traceId.slice(0, 8), 16) | 0) ^ this.keys.identityHigh ^ FOR_BROKEN;
    if ((number < 0 ? 1 : 0) !== this.segment) return undefined;
    const row = number & ROW_MASK;
    return this.brokenTraceId(row) === traceId ? row : undefined;
  }
}
