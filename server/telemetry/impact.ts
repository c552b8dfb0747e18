/**
 * How many users a world hurts: journeys that failed, or that took longer than their users wait. Counted by the minute
 * in which the journey began, from all root spans and not only from those that the collector kept: this is what real-user
 * measurements say.
 */
import { MICROS_PER_MINUTE, MICROS_PER_SECOND } from "../base/time.js";
import { SPAN_STATUSES } from "../sim/span-status.js";
import { SPAN_CHUNK_MASK, SPAN_OPEN, type SpanChunk, type SpanTable } from "../sim/span-table.js";
import type { ImpactAnswer } from "../wire/telemetry.js";
import type { SpanSource } from "./sources.js";
import { FinishedSpans, eachChunk, firstRowFrom } from "./span-rows.js";

/** What the users of one journey put up with. */
export interface JourneyPatience {
  /** µs; longer is a failed experience. */
  readonly patienceUs: number;
  /** How much one failed journey hurts, 1 for the plainest. */
  readonly weight: number;
}

/** By site of the root span. Roots of other sites are no journeys. */
export type PatienceBySite = ReadonlyMap<number, JourneyPatience>;

/** Whether a person waits for the answer; probes and automated clients are not hurt. */
export type IsPerson = (request: number) => boolean;

export interface ImpactMeterOptions {
  readonly patience: PatienceBySite;
  readonly isPerson: IsPerson;
  readonly recent: SpanSource;
  readonly nowUs: () => number;
}

export class ImpactMeter {
  readonly #options: ImpactMeterOptions;
  #counters: readonly SourceCounter[];

  constructor(options: ImpactMeterOptions) {
    this.#options = options;
    this.#counters = [new SourceCounter(options.recent, options)];
  }

  attachHistory(history: SpanSource): void {
    this.#counters = [new SourceCounter(history, this.#options), ...this.#counters];
  }

  /** Minutes since the first journey up to now, ascending, without gaps. */
  impact(): ImpactAnswer {
    const nowUs = this.#options.nowUs();
    const seconds = new Map<number, Tally>();
    for (const counter of this.#counters) counter.addTo(seconds, nowUs);
    const last = sumOf(seconds, Math.floor(nowUs / MICROS_PER_SECOND) - 59, Math.floor(nowUs / MICROS_PER_SECOND));
    return { lastMinuteRatio: last.requests === 0 ? 0 : last.hurt / last.requests, minutes: minutesOf(seconds, nowUs) };
  }
}

interface Tally {
  readonly requests: number;
  readonly hurt: number;
}

interface OpenTally {
  requests: number;
  hurt: number;
}

/** Counts by second of one segment, brought up to date by what has ended. */
class SourceCounter {
  readonly patience: PatienceBySite;
  readonly #finished: FinishedSpans;
  readonly #bySecond = new Map<number, OpenTally>();

  constructor(
    readonly source: SpanSource,
    { patience, isPerson }: Pick<ImpactMeterOptions, "patience" | "isPerson">,
  ) {
    this.patience = patience;
    this.#finished = new FinishedSpans(
      source.table,
      (chunk, at) => chunk.parent[at] < 0 && patience.has(chunk.site[at]) && isPerson(chunk.request[at]),
    );
  }

  addTo(seconds: Map<number, OpenTally>, nowUs: number): void {
    this.#finished.advance((chunk, at) => {
      addTo(this.#bySecond, chunk.startUs[at], isHurt(chunk, at, nowUs, this.patience));
    });
    for (const [second, tally] of this.#bySecond) merge(seconds, second, tally);
    this.#addOpen(seconds, nowUs);
  }

  /** A user who waits longer than patience is hurt whatever the answer will be; whether the others are is not known yet. */
  #addOpen(seconds: Map<number, OpenTally>, nowUs: number): void {
    for (const row of this.#finished.open) {
      const chunk = this.source.table.chunkAt(row);
      const at = row & SPAN_CHUNK_MASK;
      if (isHurt(chunk, at, nowUs, this.patience)) addTo(seconds, chunk.startUs[at], true);
    }
  }
}

function isHurt(chunk: SpanChunk, at: number, nowUs: number, patience: PatienceBySite): boolean {
  const patienceUs = patience.get(chunk.site[at])?.patienceUs ?? Infinity;
  if (chunk.durationUs[at] === SPAN_OPEN) return nowUs - chunk.startUs[at] > patienceUs;
  return chunk.durationUs[at] > patienceUs || SPAN_STATUSES[chunk.status[at]].failed;
}

function addTo(tallies: Map<number, OpenTally>, startUs: number, hurt: boolean): void {
  merge(tallies, Math.floor(startUs / MICROS_PER_SECOND), { requests: 1, hurt: hurt ? 1 : 0 });
}

function merge(tallies: Map<number, OpenTally>, second: number, { requests, hurt }: Tally): void {
  const tally = tallies.get(second);
  if (tally === undefined) tallies.set(second, { requests, hurt });
  else {
    tally.requests += requests;
    tally.hurt += hurt;
  }
}

function sumOf(seconds: ReadonlyMap<number, Tally>, from: number, to: number): Tally {
  let requests = 0;
  let hurt = 0;
  for (let second = from; second <= to; second++) {
    const tally = seconds.get(second);
    requests += tally?.requests ?? 0;
    hurt += tally?.hurt ?? 0;
  }
  return { requests, hurt };
}

function minutesOf(seconds: ReadonlyMap<number, Tally>, nowUs: number): ImpactAnswer["minutes"] {
  let first = Infinity;
  for (const second of seconds.keys()) first = Math.min(first, second);
  const minutes: ImpactAnswer["minutes"][number][] = [];
  if (first === Infinity) return minutes;
  for (let minute = Math.floor(first / 60); minute * MICROS_PER_MINUTE <= nowUs; minute++) {
    minutes.push({ fromUs: minute * MICROS_PER_MINUTE, ...sumOf(seconds, minute * 60, minute * 60 + 59) });
  }
  return minutes;
}

/** Weighted journeys by step of time: element i covers [fromUs + i·stepUs, fromUs + (i+1)·stepUs). */
export interface HurtSeries {
  readonly fromUs: number;
  readonly stepUs: number;
  readonly requests: Float64Array;
  readonly hurt: Float64Array;
}

/** Journeys that began in [fromUs, toUs), each counted with its weight. One that is open at `toUs` counts when it is past its patience. */
export function hurtSeries(
  table: SpanTable,
  patience: PatienceBySite,
  window: { readonly fromUs: number; readonly toUs: number; readonly stepUs: number },
): HurtSeries {
  const { fromUs, toUs, stepUs } = window;
  const steps = Math.max(0, Math.ceil((toUs - fromUs) / stepUs));
  const series = { fromUs, stepUs, requests: new Float64Array(steps), hurt: new Float64Array(steps) };
  eachChunk(table, firstRowFrom(table, fromUs), firstRowFrom(table, toUs), (chunk, from, to) => {
    for (let at = from; at < to; at++) {
      const journey = chunk.parent[at] < 0 ? patience.get(chunk.site[at]) : undefined;
      if (journey === undefined) continue;
      const hurt = isHurt(chunk, at, toUs, patience);
      if (chunk.durationUs[at] === SPAN_OPEN && !hurt) continue;
      const step = Math.floor((chunk.startUs[at] - fromUs) / stepUs);
      series.requests[step] += journey.weight;
      if (hurt) series.hurt[step] += journey.weight;
    }
  });
  return series;
}
