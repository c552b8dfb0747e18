/** What the plant did not keep of the traces of a time, from the collector's own metrics, in words. Pure but for the question. */
import { formatCount, formatRatio } from "../../charts/format.js";
import type { RunQueries } from "../../net/api.js";
import type { TimeWindow } from "../../../server/wire/telemetry.js";

export interface SamplingFacts {
  /** Traces that the collector kept and dropped when it decided at their end; undefined where it does not. */
  readonly tail: { readonly kept: number; readonly dropped: number } | undefined;
  /** Spans that were refused or found a queue full. */
  readonly spansLost: number;
}

interface Vector {
  readonly result?: readonly {
    readonly metric: Readonly<Record<string, string>>;
    readonly value: readonly [number, string];
  }[];
}

const TAIL = "otelcol_processor_tail_sampling_global_count_traces_sampled_total";
const LOST = '{__name__=~"otelcol_(receiver_refused|processor_refused|exporter_enqueue_failed)_spans_total"}';

/** Two instant queries at the end of the window; where there is no collector both are empty. */
export async function askSampling(
  queries: RunQueries,
  { fromUs, toUs }: TimeWindow,
  signal: AbortSignal,
): Promise<SamplingFacts> {
  const range = `${String(Math.max(60, Math.round((toUs - fromUs) / 1_000_000)))}s`;
  const ask = async (query: string): Promise<Vector> =>
    (await queries.prometheus("query", { query, time: toUs / 1_000_000 }, signal)).data as Vector;
  const [tail, lost] = await Promise.all([
    ask(`sum by (sampled) (increase(${TAIL}[${range}]))`),
    ask(`sum(increase(${LOST}[${range}]))`),
  ]);
  return factsOf(tail, lost);
}

export function factsOf(tail: Vector, lost: Vector): SamplingFacts {
  const decided = (tail.result ?? []).map(({ metric, value }) => [metric["sampled"], Number(value[1])] as const);
  const kept = decided.find(([sampled]) => sampled === "true")?.[1] ?? 0;
  const dropped = decided.find(([sampled]) => sampled === "false")?.[1] ?? 0;
  return {
    tail: kept + dropped > 0 ? { kept, dropped } : undefined,
    spansLost: (lost.result ?? []).reduce((sum, { value }) => sum + Number(value[1]), 0),
  };
}

/** Sentences for the view; none where all was kept. */
export function samplingNotes(headRatio: number, facts: SamplingFacts | undefined): readonly string[] {
  const notes: string[] = [];
  if (headRatio < 1)
    notes.push(`Head sampling keeps ${formatRatio(headRatio)} of all traces; the others were never stored.`);
  if (facts?.tail !== undefined) {
    const { kept, dropped } = facts.tail;
    notes.push(
      `Kept by tail sampling: ${formatRatio(kept / (kept + dropped))}; about ${formatCount(Math.round(dropped))} traces were dropped.`,
    );
  }
  if (facts !== undefined && facts.spansLost >= 1) {
    notes.push(`The collector lost about ${formatCount(Math.round(facts.spansLost))} spans: some traces have gaps.`);
  }
  return notes;
}
