/**
 * Answers of the log view: pages of lines, the histogram of levels and the most frequent field values. Lines are kept as
 * facts (see sim/log-table.ts) and rendered when they are shown or when a filter cannot be decided without.
 */
import { LimitError } from "../base/limit-error.js";
import type { LogContext, LogContextRequest } from "../wire/logs.js";
import type {
  LogFields,
  LogHistogram,
  LogHistogramRequest,
  LogLevel,
  LogLine,
  LogPage,
  LogPageRequest,
  LogsRequest,
  MissingLines,
  TimeWindow,
} from "../wire/telemetry.js";
import { contextOf } from "./log-context.js";
import { FieldTally } from "./log-fields.js";
import { LogFilter } from "./log-filter.js";
import { foldLines, LOG_FOLD_LINES, type FoldedRow } from "./log-fold.js";
import { LogLines } from "./log-lines.js";
import { totalOf, visitNewest, visitOldest, type VisitRow } from "./log-positions.js";
import type { LineQuery, LogReader } from "./log-reader.js";
import { LogRenderer } from "./log-renderer.js";
import {
  firstLineAfter,
  firstLineFrom,
  LOG_LINES_EXAMINED_LIMIT,
  LogSearch,
  type MatchRange,
  type SearchMatches,
} from "./log-search.js";
import { LOG_LEVELS, levelPlaces } from "../topology/log-levels.js";
import type { LogSource, SpanIdentity, TelemetryModel } from "./sources.js";

/** Lines of one page. */
export const LOG_PAGE_LIMIT = 1_000;
/** Buckets of one histogram. */
export const LOG_BUCKET_LIMIT = 2_000;
/** Newest lines that `fields` looks at. */
export const LOG_FIELDS_EXAMINED = 5_000;
/** Characters of a message that a page shows; the line by itself has them all. */
export const LOG_MESSAGE_SHOWN = 16_384;
/** Searches whose matches are kept: a few tabs and their histograms. At most 4 bytes a line each. */
const REMEMBERED_SEARCHES = 12;

export interface LogStoreOptions {
  readonly model: TelemetryModel;
  readonly identity: SpanIdentity;
  readonly recent: LogSource;
  readonly examinedLimit?: number;
  /** Makes a query in LogQL ready; throws for what is none. */
  readonly compileQuery?: (query: string) => LineQuery;
  /** A clock that only rises, for searches that stop after a while; undefined where there is none. */
  readonly clockMs?: () => number | undefined;
}

/** A search with what its lines become. */
interface Remembered {
  readonly search: LogSearch;
  readonly query: LineQuery | undefined;
}

/** Rows of one list in which equal lines are one. */
interface FoldedList {
  readonly key: string;
  readonly rows: readonly FoldedRow[];
  readonly lines: number;
}

export class LogStore {
  readonly renderer: LogRenderer;
  readonly #options: LogStoreOptions;
  /** The history, where it is there, before the recent part. */
  #sources: readonly LogSource[];
  readonly #searches = new Map<string, Remembered>();
  readonly #lines: LogLines;
  #folded: FoldedList | undefined;

  constructor(options: LogStoreOptions) {
    this.#options = options;
    this.renderer = new LogRenderer(options.model, options.identity);
    this.#sources = [options.recent];
    this.#lines = new LogLines(this.renderer, () => this.#sources);
  }

  /** The same lines for the query language. */
  get reader(): LogReader {
    return this.#lines;
  }

  attachHistory(history: LogSource): void {
    this.#sources = [history, ...this.#sources];
  }

  /** The tables of lines, in order of time, for whoever takes out all of them; `lineAt` renders one. */
  get sources(): readonly LogSource[] {
    return this.#sources;
  }

  lineAt(source: LogSource, row: number): LogLine {
    return this.renderer.line(source, row);
  }

  /** Lines `offset` to `offset + limit` of the list. */
  page(request: LogPageRequest): LogPage {
    checkLimit("log lines of one page", LOG_PAGE_LIMIT, request.limit);
    const matches = this.matches(request, request.order === "oldest");
    const searched = searchedOf(matches);
    const { offset, limit } = request;
    if (request.fold !== undefined) return { ...this.#foldedPage(request, matches), ...searched };
    const total = totalOf(matches.ranges);
    const lines: LogLine[] = [];
    const { query } = this.#remembered(request);
    visitOf(request)(matches.ranges, offset, Math.min(total, offset + limit), (source, row) =>
      lines.push(shortened(this.#line(source, row, query))),
    );
    return { total, offset, lines, ...searched };
  }

  #foldedPage(request: LogPageRequest, { ranges, decided }: SearchMatches): LogPage {
    const { fromUs, toUs, order, fold = "exact", offset, limit } = request;
    const of = totalOf(ranges);
    const lines = Math.min(of, LOG_FOLD_LINES);
    const key = JSON.stringify([keyOf(request), fromUs, toUs, order, fold, of, decided]);
    if (this.#folded?.key !== key) {
      const visitAll = (visit: VisitRow): void => visitOf(request)(ranges, 0, lines, visit);
      this.#folded = { key, rows: foldLines(this.renderer, fold, visitAll), lines };
    }
    const { rows } = this.#folded;
    const { query } = this.#remembered(request);
    return {
      total: rows.length,
      offset,
      lines: rows.slice(offset, offset + limit).map(({ source, row, repeats, toUs: repeatsToUs }) => ({
        ...shortened(this.#line(source, row, query)),
        ...(repeats > 1 ? { repeats, repeatsToUs } : {}),
      })),
      foldedFrom: { lines, of },
    };
  }

  #line(source: LogSource, row: number, query: LineQuery | undefined): LogLine {
    const line = this.renderer.line(source, row);
    if (query?.hasStages !== true) return line;
    const { text, labels } = this.#lines.outcome(query, source, row);
    return { ...line, message: text, attributes: { ...line.attributes, ...labels } };
  }

  /** At most `limit` of the matching lines, evenly spread, newest first. */
  sample(request: LogsRequest, limit: number): { readonly total: number; readonly lines: readonly LogLine[] } {
    const { ranges } = this.matches(request);
    const { query } = this.#remembered(request);
    const total = totalOf(ranges);
    const lines: LogLine[] = [];
    const take = (source: LogSource, row: number): unknown => lines.push(this.#line(source, row, query));
    if (total <= limit) visitNewest(ranges, 0, total, take);
    else {
      for (let index = 0; index < limit; index++) {
        const position = Math.floor((index * total) / limit);
        visitNewest(ranges, position, position + 1, take);
      }
    }
    return { total, lines };
  }

  /** Counts by level in equal steps from `fromUs` on; the last bucket may reach beyond `toUs`. */
  histogram(request: LogHistogramRequest): LogHistogram {
    checkLimit("buckets of one log histogram", LOG_BUCKET_LIMIT, request.buckets);
    const bucketCount = Math.max(1, Math.floor(request.buckets));
    const stepUs = stepOf(request, bucketCount);
    const counts = new Uint32Array(bucketCount * LOG_LEVELS.length);
    const levelOf = levelPlaces(this.renderer.model.logTemplates);
    const matches = this.matches(request);
    for (const range of matches.ranges) countLevels(range, request.fromUs, stepUs, levelOf, counts);
    const buckets = Array.from({ length: bucketCount }, (_, i) => ({
      fromUs: request.fromUs + i * stepUs,
      counts: levelCounts(counts, i * LOG_LEVELS.length),
    }));
    const missing = this.#missing(request);
    return { stepUs, buckets, ...searchedOf(matches), ...(missing === undefined ? {} : { missing }) };
  }

  /** Values of each field over the newest matching lines, most frequent first; fields by how many lines have them. */
  fields(request: LogsRequest): LogFields {
    const matches = this.matches(request);
    const total = totalOf(matches.ranges);
    const examined = Math.min(total, LOG_FIELDS_EXAMINED);
    const tally = new FieldTally();
    const { query } = this.#remembered(request);
    visitNewest(matches.ranges, 0, examined, (source, row) => {
      const template = this.renderer.template(source, row);
      tally.add("level", template.level);
      tally.add("service", template.component);
      tally.add("instance", this.renderer.instanceName(source, row, template));
      const attributes = this.renderer.attributes(source, row, template);
      for (const name in attributes) tally.add(name, String(attributes[name]));
      if (query?.hasStages !== true) return;
      const { labels } = this.#lines.outcome(query, source, row);
      for (const name in labels) tally.add(name, labels[name]);
    });
    return { total, examined, fields: tally.fields(), ...searchedOf(matches) };
  }

  /** One field of a line as text, as the filters know it. */
  fieldOf(source: LogSource, row: number, name: string): string | undefined {
    const template = this.renderer.template(source, row);
    if (name === "level") return template.level;
    if (name === "service") return template.component;
    const attribute = this.renderer.attribute(source, row, name);
    return attribute === undefined ? this.renderer.field(source, row, name) : String(attribute);
  }

  /** Lines of the same process around a line; undefined where there is no such line. */
  context(request: LogContextRequest): LogContext | undefined {
    checkLimit("log lines around a line", LOG_PAGE_LIMIT, request.before + request.after);
    return contextOf(request, this.#sources, this.#lines, this.renderer);
  }

  /** Rows that match, as many as there is time for. */
  matches(request: LogsRequest, oldestFirst = false): SearchMatches {
    const { fromUs, toUs, sliceMs } = request;
    return this.#remembered(request).search.matches(this.#sources, {
      fromUs,
      toUs,
      oldestFirst,
      goOn: this.#pace(sliceMs),
    });
  }

  /** One stretch at least, so that a search comes to its end however often it is stopped. */
  #pace(sliceMs: number | undefined): () => boolean {
    const clock = this.#options.clockMs ?? (() => undefined);
    const begun = clock();
    // The clock is looked at in any case: it ends what nobody waits for any more.
    if (sliceMs === undefined || begun === undefined) return () => (clock(), true);
    let isFirst = true;
    return () => {
      if (!isFirst) return (clock() ?? 0) - begun < sliceMs;
      isFirst = false;
      return true;
    };
  }

  /** What of the window's lines is not there; undefined where nothing can be lost. */
  #missing({ fromUs, toUs }: TimeWindow): MissingLines | undefined {
    if (this.#sources.every(({ shipping }) => shipping === undefined)) return undefined;
    const counts = { "on-its-way": 0, shipped: 0, lost: 0, "sampled-out": 0 };
    for (const source of this.#sources) {
      if (source.shipping === undefined) continue;
      const to = firstLineAfter(source, toUs);
      for (let row = firstLineFrom(source, fromUs); row < to; row++) counts[source.shipping.fateOf(row)]++;
    }
    return { dropped: counts.lost, sampledOut: counts["sampled-out"], delayed: counts["on-its-way"] };
  }

  /** The search with this filter, remembered or new; the least recently used one is forgotten. */
  #remembered(request: LogsRequest): Remembered {
    const edition = this.#sources.map(({ shipping }) => shipping?.edition ?? 0).join("-");
    const key = `${edition} ${keyOf(request)}`;
    const found = this.#searches.get(key) ?? this.#newSearch(request);
    this.#searches.delete(key);
    this.#searches.set(key, found);
    const oldest = this.#searches.keys().next();
    if (this.#searches.size > REMEMBERED_SEARCHES && oldest.done !== true) this.#searches.delete(oldest.value);
    return found;
  }

  #newSearch(request: LogsRequest): Remembered {
    const { compileQuery, examinedLimit = LOG_LINES_EXAMINED_LIMIT } = this.#options;
    const query = request.query === undefined ? undefined : compileQuery?.(request.query);
    const decider = query === undefined ? new LogFilter(request, this.renderer) : this.#lines.decider(query);
    return { search: new LogSearch(decider, examinedLimit), query };
  }
}

function keyOf(request: LogsRequest): string {
  const { levels = [], services = [], text = "", traceId = "", fields = [], query } = request;
  if (query !== undefined) return query;
  return JSON.stringify([
    levels,
    services,
    text,
    traceId,
    fields.map(({ name, operator, value }) => [name, operator, value]),
  ]);
}

const visitOf = ({ order }: LogPageRequest): typeof visitNewest => (order === "oldest" ? visitOldest : visitNewest);

/** Steps that cover the window with so many buckets. */
export const stepOf = ({ fromUs, toUs }: TimeWindow, buckets: number): number =>
  Math.max(1, Math.ceil((toUs - fromUs + 1) / buckets));

/** The share that a search has looked at, where it is not done. */
export const searchedOf = ({ rows, decided }: SearchMatches): { readonly searched?: number } =>
  decided < rows ? { searched: decided / rows } : {};

function shortened(line: LogLine): LogLine {
  const { length } = line.message;
  if (length <= LOG_MESSAGE_SHOWN) return line;
  return { ...line, message: line.message.slice(0, LOG_MESSAGE_SHOWN), messageCharacters: length };
}

function checkLimit(name: string, allowed: number, asked: number): void {
  if (asked > allowed) throw new LimitError(name, allowed, asked, "Ask for less at a time.");
}

function countLevels(
  range: MatchRange,
  fromUs: number,
  stepUs: number,
  levelOf: Uint8Array,
  counts: Uint32Array,
): void {
  const { timeUs, template } = range.source.table;
  for (let i = 0; i < range.count; i++) {
    const row = range.rowAt(i);
    counts[Math.floor((timeUs[row] - fromUs) / stepUs) * LOG_LEVELS.length + levelOf[template[row]]]++;
  }
}

function levelCounts(counts: Uint32Array, from: number): Readonly<Record<LogLevel, number>> {
  return { debug: counts[from], info: counts[from + 1], warn: counts[from + 2], error: counts[from + 3] };
}
