/**
 * What a trace search can name: services, their operations and attribute names, learned from the spans that were kept
 * and from nothing else, so that the list never shows code that has not run. Each combination of site and status is
 * rendered once.
 */
import { SPAN_STATUSES } from "../sim/span-status.js";
import type { SpanSource, TelemetryModel } from "./sources.js";
import { FinishedSpans } from "./span-rows.js";
import { isSpanKept } from "./span-sight.js";

export class SourceVocabulary {
  readonly #finished: FinishedSpans;
  readonly #seen: Uint8Array;
  readonly sites = new Set<number>();
  readonly attributes = new Set<string>();

  constructor(
    readonly source: SpanSource,
    model: TelemetryModel,
    readonly sampleRatio: number,
  ) {
    this.#finished = new FinishedSpans(source.table);
    this.#seen = new Uint8Array(model.sites.length * SPAN_STATUSES.length);
  }

  /** Learns from what has ended since the last call. */
  update(): void {
    this.#finished.advance((chunk, at, row) => {
      const site = chunk.site[at];
      const combination = site * SPAN_STATUSES.length + chunk.status[at];
      // A span that arrives late is passed over; others of its kind come in time, or the kind has not been seen.
      if (this.#seen[combination] === 1 || !isSpanKept(this.source, row, this.sampleRatio)) return;
      this.#seen[combination] = 1;
      this.sites.add(site);
      for (const name of Object.keys(this.source.attributes(row))) this.attributes.add(name);
    });
  }
}
