/**
 * Answers of the log view: pages of lines, the histogram of levels and the most frequent field values. Lines are kept as
 * facts (see sim/log-table.ts) and rendered when they are shown or when a filter cannot be decided without.
 */
import { LimitError } from "../base/limit-error.js";
import type {
  LogFields,
  LogHistogram,
  LogHistogramRequest,
  LogLevel,
  LogLine,
  LogPage,
  LogPageRequest,
  LogsRequest,
} from "../wire/telemetry.js";
import { LogFilter } from "./log-filter.js";
import { LogLines } from "./log-lines.js";
import type { LogReader } from "./log-reader.js";
import { LogRenderer } from "./log-renderer.js";
import { LOG_LINES_EXAMINED_LIMIT, LogSearch, type MatchRange } from "./log-search.js";
import type { LogSource, SpanIdentity, TelemetryModel } from "./sources.js";

/** Lines of one page. */
export const LOG_PAGE_LIMIT = 1_000;
/** Buckets of one histogram. */
export const LOG_BUCKET_LIMIT = 2_000;
/** Newest lines that `fields` looks at, and values that it lists of each field. */
export const LOG_FIELDS_EXAMINED = 5_000;
export const LOG_FIELD_VALUES = 12;
/** Searches whose matches are kept: a few tabs and their histograms. At most 4 bytes a line each. */
const REMEMBERED_SEARCHES = 12;

export interface LogStoreOptions {
  readonly model: TelemetryModel;
  readonly identity: SpanIdentity;
  readonly recent: LogSource;
  readonly examinedLimit?: number;
}

export class LogStore {
  readonly #renderer: LogRenderer;
  readonly #examinedLimit: number;
  /** The history, where it is there, before the recent part. */
  #sources: readonly LogSource[];
  readonly #searches = new Map<string, LogSearch>();
  /** The same lines for the query language. */
  readonly reader: LogReader;

  constructor(options: LogStoreOptions) {
    this.#renderer = new LogRenderer(options.model, options.identity);
    this.#examinedLimit = options.examinedLimit ?? LOG_LINES_EXAMINED_LIMIT;
    this.#sources = [options.recent];
    this.reader = new LogLines(this.#renderer, () => this.#sources);
  }

  attachHistory(history: LogSource): void {
    this.#sources = [history, ...this.#sources];
  }

  /** The tables of lines, in order of time, for whoever takes out all of them; `lineAt` renders one. */
  get sources(): readonly LogSource[] {
    return this.#sources;
  }

  lineAt(source: LogSource, row: number): LogLine {
    return this.#renderer.line(source, row);
  }

  /** Lines `offset` to `offset + limit`, newest first. */
  page(request: LogPageRequest): LogPage {
    checkLimit("log lines of one page", LOG_PAGE_LIMIT, request.limit);
    const ranges = this.#ranges(request);
    const total = totalOf(ranges);
    const lines: LogLine[] = [];
    const until = Math.min(total, request.offset + request.limit);
    newestFirst(ranges, request.offset, until, (source, row) => lines.push(this.#renderer.line(source, row)));
    return { total, offset: request.offset, lines };
  }

  /** At most `limit` of the matching lines, evenly spread, newest first. */
  sample(request: LogsRequest, limit: number): { readonly total: number; readonly lines: readonly LogLine[] } {
    const ranges = this.#ranges(request);
    const total = totalOf(ranges);
    const lines: LogLine[] = [];
    const take = (source: LogSource, row: number): unknown => lines.push(this.#renderer.line(source, row));
    if (total <= limit) newestFirst(ranges, 0, total, take);
    else {
      for (let index = 0; index < limit; index++) {
        const position = Math.floor((index * total) / limit);
        newestFirst(ranges, position, position + 1, take);
      }
    }
    return { total, lines };
  }

  /** Counts by level in equal steps from `fromUs` on; the last bucket may reach beyond `toUs`. */
  histogram(request: LogHistogramRequest): LogHistogram {
    checkLimit("buckets of one log histogram", LOG_BUCKET_LIMIT, request.buckets);
    const bucketCount = Math.max(1, Math.floor(request.buckets));
    const stepUs = Math.max(1, Math.ceil((request.toUs - request.fromUs + 1) / bucketCount));
    const counts = new Uint32Array(bucketCount * LEVELS.length);
    const levelOf = Uint8Array.from(this.#renderer.model.logTemplates, ({ level }) => LEVELS.indexOf(level));
    for (const range of this.#ranges(request)) countLevels(range, request.fromUs, stepUs, levelOf, counts);
    const buckets = Array.from({ length: bucketCount }, (_, i) => ({
      fromUs: request.fromUs + i * stepUs,
      counts: levelCounts(counts, i * LEVELS.length),
    }));
    return { stepUs, buckets };
  }

  /** Values of each field over the newest matching lines, most frequent first; fields by how many lines have them. */
  fields(request: LogsRequest): LogFields {
    const ranges = this.#ranges(request);
    const total = totalOf(ranges);
    const examined = Math.min(total, LOG_FIELDS_EXAMINED);
    const tally = new Map<string, Map<string, number>>();
    newestFirst(ranges, 0, examined, (source, row) => {
      const template = this.#renderer.template(source, row);
      count(tally, "level", template.level);
      count(tally, "service", template.component);
      count(tally, "instance", this.#renderer.instanceName(source, row, template));
      const attributes = this.#renderer.attributes(source, row, template);
      for (const name in attributes) count(tally, name, String(attributes[name]));
    });
    return {
      total,
      examined,
      fields: [...tally].map(fieldOf).sort((a, b) => b.lines - a.lines || byText(a.name, b.name)),
    };
  }

  #ranges(request: LogsRequest): readonly MatchRange[] {
    return this.#search(request).ranges(this.#sources, request.fromUs, request.toUs);
  }

  /** The search with this filter, remembered or new; the least recently used one is forgotten. */
  #search(request: LogsRequest): LogSearch {
    const { levels = [], services = [], text = "", traceId = "", fields = [] } = request;
    const key = JSON.stringify([
      levels,
      services,
      text,
      traceId,
      fields.map(({ name, operator, value }) => [name, operator, value]),
    ]);
    const search =
      this.#searches.get(key) ?? new LogSearch(new LogFilter(request, this.#renderer), this.#examinedLimit);
    this.#searches.delete(key);
    this.#searches.set(key, search);
    const oldest = this.#searches.keys().next();
    if (this.#searches.size > REMEMBERED_SEARCHES && oldest.done !== true) this.#searches.delete(oldest.value);
    return search;
  }
}

const LEVELS: readonly LogLevel[] = ["debug", "info", "warn", "error"];

function checkLimit(name: string, allowed: number, asked: number): void {
  if (asked > allowed) throw new LimitError(name, allowed, asked, "Ask for less at a time.");
}

const totalOf = (ranges: readonly MatchRange[]): number => ranges.reduce((sum, range) => sum + range.count, 0);

/** Visits the lines at positions from ≤ position < to of all ranges together, newest first; the later range wins a tie. */
function newestFirst(
  ranges: readonly MatchRange[],
  from: number,
  to: number,
  visit: (source: LogSource, row: number) => void,
): void {
  if (from >= to) return;
  const newer = ranges[ranges.length - 1];
  const older = ranges.length > 1 ? ranges[0] : { ...newer, count: 0 };
  let fromNewer = takenFromNewer(older, newer, from);
  let fromOlder = from - fromNewer;
  for (let position = from; position < to; position++) {
    const takesNewer =
      fromOlder === older.count ||
      (fromNewer < newer.count && timeBack(newer, fromNewer) >= timeBack(older, fromOlder));
    if (takesNewer) visit(newer.source, rowBack(newer, fromNewer++));
    else visit(older.source, rowBack(older, fromOlder++));
  }
}

/** How many of the newest `position` lines are of the newer range. The history overlaps it by the requests in flight at the cut. */
function takenFromNewer(older: MatchRange, newer: MatchRange, position: number): number {
  let low = Math.max(0, position - older.count);
  let high = Math.min(position, newer.count);
  while (low < high) {
    const middle = (low + high + 1) >>> 1;
    const left = position - middle;
    if (left === older.count || timeBack(newer, middle - 1) >= timeBack(older, left)) low = middle;
    else high = middle - 1;
  }
  return low;
}

const rowBack = (range: MatchRange, index: number): number => range.rowAt(range.count - 1 - index);
const timeBack = (range: MatchRange, index: number): number => range.source.table.timeUs[rowBack(range, index)];

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
    counts[Math.floor((timeUs[row] - fromUs) / stepUs) * LEVELS.length + levelOf[template[row]]]++;
  }
}

function levelCounts(counts: Uint32Array, from: number): Readonly<Record<LogLevel, number>> {
  return { debug: counts[from], info: counts[from + 1], warn: counts[from + 2], error: counts[from + 3] };
}

function count(tally: Map<string, Map<string, number>>, name: string, value: string): void {
  let values = tally.get(name);
  if (values === undefined) tally.set(name, (values = new Map<string, number>()));
  values.set(value, (values.get(value) ?? 0) + 1);
}

function fieldOf([name, tally]: [string, Map<string, number>]): LogFields["fields"][number] {
  const values = [...tally].map(([value, times]) => ({ value, count: times }));
  values.sort((a, b) => b.count - a.count || byText(a.value, b.value));
  const lines = values.reduce((sum, value) => sum + value.count, 0);
  return { name, lines, values: values.slice(0, LOG_FIELD_VALUES) };
}

const byText = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);
