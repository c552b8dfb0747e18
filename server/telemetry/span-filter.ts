/**
 * The conditions of a trace search on one span, in the order in which they are cheap: by site (service, operation,
 * static attributes), by column (duration, status), and only then by rendering the span's attributes.
 */
import { LimitError } from "../base/limit-error.js";
import { SPAN_STATUSES } from "../sim/span-status.js";
import { SPAN_OPEN, type SpanChunk } from "../sim/span-table.js";
import type { FieldFilter, TraceSearchRequest } from "../wire/telemetry.js";
import type { Attributes, SpanSiteInfo, SpanSource, TelemetryModel } from "./sources.js";

/** Spans that one search may render because of an attribute. Some 3 µs each. */
export const SPANS_EXAMINED_LIMIT = 500_000;

const INSTANCE_ATTRIBUTE = "service.instance.id";

export class SpanFilter {
  readonly #sites: Uint8Array;
  readonly #statuses: Uint8Array;
  readonly #minDurationUs: number;
  readonly #maxDurationUs: number;
  /** By site: conditions that only the span itself can answer. */
  readonly #undecided: readonly (readonly FieldFilter[])[];
  readonly #rootsOnly: boolean;
  #examined = 0;

  constructor(
    request: TraceSearchRequest,
    readonly model: TelemetryModel,
    readonly examinedLimit = SPANS_EXAMINED_LIMIT,
  ) {
    const conditions = request.attributes ?? [];
    this.#sites = Uint8Array.from(model.sites, (site) => (holdsForSite(request, conditions, site) ? 1 : 0));
    this.#statuses = Uint8Array.from(SPAN_STATUSES, ({ failed }) =>
      request.status === undefined || failed === (request.status === "error") ? 1 : 0,
    );
    this.#minDurationUs = request.minDurationUs ?? 0;
    // An open span has the greatest duration of all, so this bound leaves it out as well.
    this.#maxDurationUs = Math.min(request.maxDurationUs ?? SPAN_OPEN - 1, SPAN_OPEN - 1);
    this.#undecided = model.sites.map((site) =>
      conditions.filter(({ name }) => siteAttribute(site, name) === undefined),
    );
    this.#rootsOnly = isUnconditional(request);
  }

  /** What the columns say; true may still be refused by `matchesAttributes`. */
  matchesColumns(chunk: SpanChunk, at: number): boolean {
    if (this.#sites[chunk.site[at]] === 0) return false;
    const durationUs = chunk.durationUs[at];
    if (durationUs < this.#minDurationUs || durationUs > this.#maxDurationUs) return false;
    if (this.#statuses[chunk.status[at]] === 0) return false;
    return !this.#rootsOnly || chunk.parent[at] < 0;
  }

  /** Throws LimitError when too many spans had to be rendered. */
  matchesAttributes(source: SpanSource, chunk: SpanChunk, at: number, row: number): boolean {
    const conditions = this.#undecided[chunk.site[at]];
    if (conditions.length === 0) return true;
    if (++this.#examined > this.examinedLimit) throw tooManySpans(this.examinedLimit);
    const attributes = source.attributes(row);
    const instance = this.model.instances[chunk.instance[at]].name;
    return conditions.every((condition) => holds(condition, valueOf(attributes, instance, condition.name)));
  }
}

/** Without any condition a trace is found by its root, and by nothing else. */
function isUnconditional(request: TraceSearchRequest): boolean {
  const { service, operation, minDurationUs, maxDurationUs, status, attributes = [] } = request;
  return (
    [service, operation, minDurationUs, maxDurationUs, status].every((condition) => condition === undefined) &&
    attributes.length === 0
  );
}

function holdsForSite(request: TraceSearchRequest, conditions: readonly FieldFilter[], site: SpanSiteInfo): boolean {
  if (request.service !== undefined && request.service !== site.component) return false;
  if (request.operation !== undefined && request.operation !== site.name) return false;
  return conditions.every((condition) => {
    const value = siteAttribute(site, condition.name);
    return value === undefined || holds(condition, value);
  });
}

function siteAttribute(site: SpanSiteInfo, name: string): string | undefined {
  if (name === "service.name") return site.component;
  return Object.hasOwn(site.attributes, name) ? site.attributes[name] : undefined;
}

function valueOf(attributes: Attributes, instance: string, name: string): string | undefined {
  if (Object.hasOwn(attributes, name)) return String(attributes[name]);
  return name === INSTANCE_ATTRIBUTE ? instance : undefined;
}

/** A span without the attribute differs from every value. */
function holds({ operator, value }: FieldFilter, actual: string | undefined): boolean {
  return (actual === value) === (operator === "=");
}

function tooManySpans(limit: number): LimitError {
  return new LimitError(
    "spans examined by one search",
    limit,
    undefined,
    "Narrow the time range, or name a service or an operation.",
  );
}
