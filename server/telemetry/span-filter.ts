/**
 * The conditions of a trace search on one span, in the order in which they are cheap: by column (duration),
 * by site and status (service, operation, known attributes), and only then by rendering the span's attributes.
 */
import { LimitError } from "../base/limit-error.js";
import { SPAN_STATUSES } from "../sim/span-status.js";
import { SPAN_OPEN, type SpanChunk } from "../sim/span-table.js";
import type { FieldFilter, TraceSearchRequest } from "../wire/telemetry.js";
import { isKnownAttribute, knownAttribute } from "./known-attributes.js";
import type { SpanPlace } from "../topology/model-types.js";
import type { Attributes, SpanSource, TelemetryModel } from "./sources.js";
import { beginsTrace } from "./span-sight.js";

/** Spans that one search may render because of an attribute. Some 3 µs each. */
export const SPANS_EXAMINED_LIMIT = 500_000;

const SERVICE_ATTRIBUTE = "service.name";
const INSTANCE_ATTRIBUTE = "service.instance.id";

export class SpanFilter {
  /** By site and status: 1 where all that these decide holds. */
  readonly #verdicts: Uint8Array;
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
    this.#verdicts = Uint8Array.from(
      model.sites.flatMap((site) =>
        SPAN_STATUSES.map((_, status) => (holdsFor(request, conditions, site, status) ? 1 : 0)),
      ),
    );
    this.#minDurationUs = request.minDurationUs ?? 0;
    // An open span has the greatest duration of all, so this bound leaves it out as well.
    this.#maxDurationUs = Math.min(request.maxDurationUs ?? SPAN_OPEN - 1, SPAN_OPEN - 1);
    this.#undecided = model.sites.map((site) => conditions.filter(({ name }) => !isKnown(site, name)));
    this.#rootsOnly = isUnconditional(request);
  }

  /** What the columns say; true may still be refused by `matchesAttributes`. */
  matchesColumns(source: SpanSource, chunk: SpanChunk, at: number, row: number): boolean {
    const durationUs = chunk.durationUs[at];
    if (durationUs < this.#minDurationUs || durationUs > this.#maxDurationUs) return false;
    if (this.#verdicts[chunk.site[at] * SPAN_STATUSES.length + chunk.status[at]] === 0) return false;
    return !this.#rootsOnly || beginsTrace(source, row);
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

function holdsFor(
  request: TraceSearchRequest,
  conditions: readonly FieldFilter[],
  site: SpanPlace,
  status: number,
): boolean {
  if (request.service !== undefined && request.service !== site.component) return false;
  if (request.operation !== undefined && request.operation !== site.name) return false;
  if (request.status !== undefined && SPAN_STATUSES[status].failed !== (request.status === "error")) return false;
  const decided = conditions.filter(({ name }) => isKnown(site, name));
  return decided.every((condition) => holds(condition, known(site, status, condition.name)));
}

/** Known attributes, and the service itself under its name as a resource attribute. */
const isKnown = (site: SpanPlace, name: string): boolean => name === SERVICE_ATTRIBUTE || isKnownAttribute(site, name);

const known = (site: SpanPlace, status: number, name: string): string | undefined =>
  name === SERVICE_ATTRIBUTE ? site.component : knownAttribute(site, status, name);

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
