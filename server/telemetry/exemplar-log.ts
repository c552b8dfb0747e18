/**
 * Exemplars as the metrics server keeps them: a circular buffer over all series (storage.tsdb exemplars in Prometheus),
 * the newest per series and scrape. An entry is a span row and what was observed of
 * it; trace id and time are read from the span when asked.
 */
import type { Exemplar, SeriesRef } from "./metric-reader.js";

/** Exemplars that are kept: about an hour of the shop, 5 MB. The oldest give way. */
export const EXEMPLAR_LIMIT = 262_144;

const FIRST_CAPACITY = 1_024;

/** What an exemplar says about its span. */
export interface ExemplarFacts {
  readonly traceId: string;
  readonly spanId: string;
  readonly valueSeconds: number;
  readonly timeMs: number;
}

/** Undefined where the trace was not kept. */
export type ExemplarOf = (row: number) => ExemplarFacts | undefined;

export interface ExportedExemplars {
  readonly ref: Int32Array;
  readonly row: Int32Array;
  readonly scrapeMs: Float64Array;
  readonly observedUs: Float64Array;
}

export class ExemplarLog {
  /** Columns by place: number of the entry modulo their length, which grows up to the limit and only then wraps. */
  #ref = new Int32Array(FIRST_CAPACITY);
  #row = new Int32Array(FIRST_CAPACITY);
  #scrapeMs = new Float64Array(FIRST_CAPACITY);
  /** NaN for what the span took. */
  #observedUs = new Float64Array(FIRST_CAPACITY);
  /** Number of the entry of the same series before, −1 for none. Numbers count all entries ever. */
  #previous = new Int32Array(FIRST_CAPACITY);
  readonly #newest = new Map<SeriesRef, number>();
  #count = 0;

  constructor(
    readonly exemplarOf: ExemplarOf,
    readonly limit = EXEMPLAR_LIMIT,
  ) {}

  /** Keeps `row` for the series, unless it is the one that the series had at the scrape before. */
  append(ref: SeriesRef, row: number, scrapeMs: number, observedUs = NaN): void {
    const newest = this.#newest.get(ref) ?? -1;
    if (this.#isKept(newest) && this.#row[newest % this.#ref.length] === row) return;
    if (this.#count === this.#ref.length && this.#count < this.limit) this.#grow();
    const number = this.#count++;
    const place = number % this.#ref.length;
    this.#ref[place] = ref;
    this.#row[place] = row;
    this.#scrapeMs[place] = scrapeMs;
    this.#observedUs[place] = observedUs;
    this.#previous[place] = newest;
    this.#newest.set(ref, number);
  }

  /** Exemplars of the series with startMs ≤ t ≤ endMs, ascending by time. */
  read(ref: SeriesRef, startMs: number, endMs: number): Exemplar[] {
    const found: Exemplar[] = [];
    let number = this.#newest.get(ref) ?? -1;
    // An exemplar is never later than the scrape that brought it, so entries of earlier scrapes end the walk.
    while (this.#isKept(number) && this.#scrapeMs[number % this.#ref.length] >= startMs) {
      const place = number % this.#ref.length;
      const facts = this.exemplarOf(this.#row[place]);
      if (facts !== undefined && facts.timeMs >= startMs && facts.timeMs <= endMs)
        found.push(exemplar(facts, this.#observedUs[place]));
      number = this.#previous[number % this.#ref.length];
    }
    return found.sort((a, b) => a.timestampMs - b.timestampMs);
  }

  export(): ExportedExemplars {
    const size = this.#ref.length;
    const kept = Math.min(this.#count, size);
    const places = Array.from({ length: kept }, (_, i) => (this.#count - kept + i) % size);
    return {
      ref: Int32Array.from(places, (place) => this.#ref[place]),
      row: Int32Array.from(places, (place) => this.#row[place]),
      scrapeMs: Float64Array.from(places, (place) => this.#scrapeMs[place]),
      observedUs: Float64Array.from(places, (place) => this.#observedUs[place]),
    };
  }

  #isKept(number: number): boolean {
    return number >= 0 && number >= this.#count - this.#ref.length;
  }

  #grow(): void {
    const size = Math.min(this.limit, this.#ref.length * 2);
    const { ref, row, scrapeMs, observedUs, previous } = {
      ref: this.#ref,
      row: this.#row,
      scrapeMs: this.#scrapeMs,
      observedUs: this.#observedUs,
      previous: this.#previous,
    };
    this.#ref = new Int32Array(size);
    this.#row = new Int32Array(size);
    this.#scrapeMs = new Float64Array(size);
    this.#observedUs = new Float64Array(size);
    this.#previous = new Int32Array(size);
    this.#ref.set(ref);
    this.#row.set(row);
    this.#scrapeMs.set(scrapeMs);
    this.#observedUs.set(observedUs);
    this.#previous.set(previous);
  }
}

function exemplar(facts: ExemplarFacts, observedUs: number): Exemplar {
  return {
    labels: { trace_id: facts.traceId, span_id: facts.spanId },
    timestampMs: facts.timeMs,
    value: Number.isNaN(observedUs) ? facts.valueSeconds : observedUs / 1e6,
  };
}
