/**
 * What a trace search can name: services, their operations and attribute names, learned from the spans that were kept
 * and from nothing else, so that the list never shows code that has not run. Each combination of site and status is
 * rendered once.
 */
import { SPAN_STATUSES } from "../sim/span-status.js";
import { isTraceKept } from "../sim/observability/head-sampling.js";
import type { SpanSource, TelemetryModel } from "./sources.js";
import { FinishedSpans } from "./span-rows.js";

export class SourceVocabulary {
  readonly #finished: FinishedSpans;
  readonly #seen: Uint8Array;
  readonly sites = new Set<number>();
  readonly attributes = new Set<string>();

  constructor(
    readonly source: SpanSource,
    model: TelemetryModel,
    sampleRatio: number,
  ) {
    this.#finished = new FinishedSpans(source.table, (chunk, at) => isTraceKept(chunk.request[at], sampleRatio));
    this.#seen = new Uint8Array(model.sites.length * SPAN_STATUSES.length);
  }

  /** Learns from what has ended since the last call. */
  update(): void {
    this.#finished.advance((chunk, at, row) => {
      const site = chunk.site[at];
      const combination = site * SPAN_STATUSES.length + chunk.status[at];
      if (this.#seen[combination] === 1) return;
      this.#seen[combination] = 1;
      this.sites.add(site);
      for (const name of Object.keys(this.source.attributes(row))) this.attributes.add(name);
    });
  }
}
