/**
 * One export of a world as a row of batches: of each signal in turn, in the format that was ordered, each kept until the
 * next one is asked for, so that one whose answer was lost on the way can be had again.
 */
import { METADATA_BY_NAME, SCRAPED_METADATA } from "../../alerting/scraped-metadata.js";
import { MICROS_PER_MS } from "../../base/time.js";
import type { ApiWorld } from "../api-world.js";
import { encodeLogsData, logsData } from "../otlp/logs.js";
import { encodeMetricsData, metricsData } from "../otlp/metrics.js";
import type { SeriesSamples } from "../otlp/series-samples.js";
import { encodeTracesData, tracesData } from "../otlp/spans.js";
import { StartTimes } from "../otlp/start-times.js";
import { expositionText } from "../prometheus/exposition-text.js";
import { writeRequest } from "../prometheus/write-request.js";
import { compressSnappy } from "../snappy.js";
import type { BatchHead, FeedBounds, Signal, Taken } from "./batch.js";
import type { ExportMark } from "./export-mark.js";
import { FamilyFeed } from "./family-feed.js";
import type { Format } from "./formats.js";
import { LineFeed } from "./line-feed.js";
import { SampleFeed } from "./sample-feed.js";
import { SpanFeed } from "./span-feed.js";

/** Samples, lines or spans of one batch: some megabytes. */
const ITEMS_MAX = 5_000;

export interface SessionOptions {
  readonly format: Format;
  readonly signals: readonly Signal[];
  readonly bounds: FeedBounds;
  /** Added to all times. */
  readonly aheadMs: number;
  readonly itemsMax?: number;
  /** Of another session that is over: this one goes on where that one had come to. */
  readonly resumed?: ExportMark;
}

export interface Batch {
  readonly head: BatchHead;
  readonly body: string | Uint8Array;
}

type Encoded = Omit<Taken<unknown>, "content"> & { readonly body: string | Uint8Array };
type Feed = (world: ApiWorld) => Encoded;
/** Adds how far one signal has come. */
type Marker = (world: ApiWorld) => Partial<ExportMark>;

export class ExportSession {
  readonly #feeds: readonly { readonly signal: Signal; readonly take: Feed; more: boolean }[];
  readonly #markers: Marker[] = [];
  readonly #starts: StartTimes;
  #dataFromMs = 0;
  #nowUs = -1;
  #turn = 0;
  #last: Batch | undefined;
  #described = false;

  constructor(readonly options: SessionOptions) {
    this.#starts = new StartTimes(() => this.#dataFromMs);
    const feeds: Readonly<Record<Signal, () => Feed>> = {
      metrics: () => this.#metricsFeed(),
      logs: () => this.#logsFeed(),
      traces: () => this.#tracesFeed(),
    };
    this.#feeds = options.signals.map((signal) => ({ signal, take: feeds[signal](), more: true }));
  }

  /** How far it has come with the batch `after`; undefined where that is not the last one. */
  mark(world: ApiWorld, after: number): ExportMark | undefined {
    if (this.#last?.head.sequence !== after) return undefined;
    return Object.assign(
      { format: this.options.format.name },
      ...this.#markers.map((marker) => marker(world)),
    ) as ExportMark;
  }

  /** The batch after the one with the number `after`; undefined where that is neither the last one nor the one before. */
  next(world: ApiWorld, after: number): Batch | undefined {
    const given = this.#last?.head.sequence ?? 0;
    if (this.#last !== undefined && after === given - 1) return this.#last;
    if (after !== given) return undefined;
    // What a feed said about there being more holds for as long as the world's clock stands.
    if (world.nowUs > this.#nowUs) for (const feed of this.#feeds) feed.more = true;
    this.#nowUs = world.nowUs;
    this.#dataFromMs = world.dataFromUs / MICROS_PER_MS;
    return (this.#last = this.#make(world, given + 1));
  }

  /** Asks the signals in turn for one that has something; an empty batch of the last where none has. */
  #make(world: ApiWorld, sequence: number): Batch {
    for (let asked = 1; ; asked++) {
      const feed = this.#feeds[this.#turn];
      this.#turn = (this.#turn + 1) % this.#feeds.length;
      const { body, items, more, untilUs } = feed.take(world);
      feed.more = more;
      if (items === 0 && asked < this.#feeds.length) continue;
      // A slice of time in which nothing was scraped is no end.
      if (items === 0 && more) {
        asked = 0;
        continue;
      }
      return { head: this.#headOf(feed.signal, sequence, { items, untilUs }), body };
    }
  }

  #headOf(
    signal: Signal,
    sequence: number,
    { items, untilUs }: { readonly items: number; readonly untilUs: number },
  ): BatchHead {
    const { format, bounds } = this.options;
    const { contentType, contentEncoding } = format;
    const more = this.#feeds.some((feed) => feed.more);
    return {
      sequence,
      signal,
      items,
      more,
      done: !more && (bounds.untilUs !== Infinity || !format.byTime),
      untilUs,
      contentType,
      ...(contentEncoding === undefined ? {} : { contentEncoding }),
    };
  }

  get #aheadUs(): number {
    return this.options.aheadMs * MICROS_PER_MS;
  }

  get #isText(): boolean {
    return this.options.format.name === "otlp-json";
  }

  get #itemsMax(): number {
    return this.options.itemsMax ?? ITEMS_MAX;
  }

  #metricsFeed(): Feed {
    const { format, bounds, aheadMs } = this.options;
    if (!format.byTime) {
      const feed = new FamilyFeed(bounds, aheadMs, undefined, this.options.resumed?.family);
      this.#markers.push(() => {
        const family = feed.mark();
        return family === undefined ? {} : { family };
      });
      return (world) => {
        const taken = feed.take(world, this.#itemsMax);
        // The mark of the end is for whoever puts the pieces together.
        const body = expositionText(taken.content, SCRAPED_METADATA, "open-metrics").replace(/# EOF\n$/, "");
        return { ...taken, body };
      };
    }
    const feed = new SampleFeed(bounds, this.options.resumed?.samples);
    this.#markers.push((world) => ({ samples: feed.mark(world) }));
    const encode = format.name === "remote-write" ? this.#remoteWrite.bind(this) : this.#otlpMetrics.bind(this);
    return (world) => {
      const taken = feed.take(world, this.#itemsMax);
      return { ...taken, body: taken.items === 0 ? "" : encode(taken.content, world) };
    };
  }

  #otlpMetrics(batch: readonly SeriesSamples[], { model }: ApiWorld): string | Uint8Array {
    const data = metricsData(batch, {
      model,
      descriptions: METADATA_BY_NAME,
      starts: this.#starts,
      aheadMs: this.options.aheadMs,
    });
    return this.#isText ? JSON.stringify(data) : encodeMetricsData(data);
  }

  /** Help and types go along with the first samples. */
  #remoteWrite(batch: readonly SeriesSamples[]): Uint8Array {
    const described = this.#described ? [] : SCRAPED_METADATA;
    this.#described = true;
    return compressSnappy(writeRequest(batch, described, this.options.aheadMs));
  }

  #logsFeed(): Feed {
    const feed = new LineFeed(this.options.bounds, this.options.resumed?.lines);
    this.#markers.push(() => ({ lines: feed.mark() }));
    return (world) => {
      const taken = feed.take(world, this.#itemsMax);
      const data = logsData(taken.content, this.#aheadUs);
      return { ...taken, body: this.#isText ? JSON.stringify(data) : encodeLogsData(data) };
    };
  }

  #tracesFeed(): Feed {
    const feed = new SpanFeed(this.options.bounds, undefined, this.options.resumed?.spans);
    this.#markers.push(() => ({ spans: feed.mark() }));
    return (world) => {
      const taken = feed.take(world, this.#itemsMax);
      const resourceSpans = taken.content.flatMap(({ columns, rows }) => [
        ...tracesData(columns, rows, this.#aheadUs).resourceSpans,
      ]);
      return { ...taken, body: this.#isText ? JSON.stringify({ resourceSpans }) : encodeTracesData({ resourceSpans }) };
    };
  }
}
