/**
 * A comparison as it stands in the URL, and the ways from a view to one: a box on a chart, before against after an
 * instant, the slowest against the rest. `signal`, `q` and `bq` (queries of selection and baseline; alike where `bq` is
 * left out), `sf`/`st` and `bf`/`bt` (windows; the shared one where left out), `smin`/`smax`, `bmin`/`bmax` (bands),
 * `slow` (quantile), `lf`/`blf` (filters of the log view, as JSON).
 */
import type { CompareLogFilter, CompareRequest, CompareSet, CompareSignal } from "../../server/wire/compare.js";
import type { LogsRequest, TimeWindow, TraceSearchRequest } from "../../server/wire/telemetry.js";
import type { UrlValues } from "./url-state.js";

const SIGNALS: readonly CompareSignal[] = ["traces", "spans", "logs", "metrics"];

type Read = (name: string) => string | undefined;

/** The comparison of the address; undefined where it names none. */
export function compareRequestOf(read: Read, shared: TimeWindow, sample: number): CompareRequest | undefined {
  const signal = SIGNALS.find((name) => name === (read("signal") ?? "traces")) ?? "traces";
  const query = read("q") ?? "";
  if (signal === "metrics" && query === "") return undefined;
  return {
    signal,
    sample,
    selection: setOf(read, shared, {
      query,
      from: "sf",
      to: "st",
      least: "smin",
      most: "smax",
      filter: "lf",
      slow: "slow",
    }),
    baseline: setOf(read, shared, {
      query: read("bq") ?? query,
      from: "bf",
      to: "bt",
      least: "bmin",
      most: "bmax",
      filter: read("blf") === undefined ? "lf" : "blf",
      slow: undefined,
    }),
  };
}

interface SetNames {
  readonly query: string;
  readonly from: string;
  readonly to: string;
  readonly least: string;
  readonly most: string;
  readonly filter: string;
  readonly slow: string | undefined;
}

function setOf(read: Read, shared: TimeWindow, names: SetNames): CompareSet {
  const minimum = numberOf(read(names.least));
  const maximum = numberOf(read(names.most));
  const fromQuantile = names.slow === undefined ? undefined : numberOf(read(names.slow));
  const logs = filterOf(read(names.filter));
  return {
    window: { fromUs: numberOf(read(names.from)) ?? shared.fromUs, toUs: numberOf(read(names.to)) ?? shared.toUs },
    query: names.query,
    ...(minimum !== undefined && { minimum }),
    ...(maximum !== undefined && { maximum }),
    ...(fromQuantile !== undefined && fromQuantile > 0 && fromQuantile < 1 && { fromQuantile }),
    ...(logs !== undefined && { logs }),
  };
}

function numberOf(text: string | undefined): number | undefined {
  const number = text === undefined || text.trim() === "" ? NaN : Number(text);
  return Number.isFinite(number) ? number : undefined;
}

function filterOf(text: string | undefined): CompareLogFilter | undefined {
  if (text === undefined) return undefined;
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === "object" && value !== null ? value : undefined;
  } catch {
    return undefined;
  }
}

/** What two sets are made of when a view asks for a comparison. */
export interface CompareSubject {
  readonly signal: CompareSignal;
  readonly query: string;
  readonly logs?: CompareLogFilter;
}

/** Dispatched by a chart for a stretch of time that is to be compared with the rest; bubbles to the page. */
export const BOX_COMPARE = "box-compare";

export interface BoxCompareDetail extends TimeWindow {
  readonly minimum?: number;
  readonly maximum?: number;
  /** What the view shows where undefined. */
  readonly subject: CompareSubject | undefined;
}

const subjectValues = ({ signal, query, logs }: CompareSubject): UrlValues => ({
  signal,
  q: query === "" ? undefined : query,
  lf: logs === undefined ? undefined : JSON.stringify(logs),
});

/** What a box on a chart holds against all else that the chart shows. `UrlState.open("compare", …)` takes the values. */
export function boxCompare(
  subject: CompareSubject,
  box: TimeWindow & { readonly minimum?: number; readonly maximum?: number },
): UrlValues {
  return {
    ...subjectValues(subject),
    sf: String(Math.round(box.fromUs)),
    st: String(Math.round(box.toUs)),
    smin: box.minimum === undefined ? undefined : String(box.minimum),
    smax: box.maximum === undefined ? undefined : String(box.maximum),
  };
}

/** What came after an instant against as much before it, within the window. */
export function beforeAfterCompare(subject: CompareSubject, atUs: number, window: TimeWindow): UrlValues {
  const length = Math.max(1_000_000, Math.min(atUs - window.fromUs, window.toUs - atUs));
  return {
    ...subjectValues(subject),
    sf: String(Math.round(atUs)),
    st: String(Math.round(atUs + length)),
    bf: String(Math.round(atUs - length)),
    bt: String(Math.round(atUs - 1)),
  };
}

/** Whether the two sides meet: at `atUs` where that is given. */
export function isBeforeAfter(read: Read, atUs: number | undefined): boolean {
  const [from, until] = [numberOf(read("sf")), numberOf(read("bt"))];
  return from !== undefined && until === from - 1 && (atUs === undefined || from === Math.round(atUs));
}

/** The slowest against the rest. */
export const slowCompare = (subject: CompareSubject, quantile = 0.95): UrlValues => ({
  ...subjectValues(subject),
  slow: String(quantile),
});

/** One value of a field against all others. */
export const valueCompare = (subject: CompareSubject, selection: string): UrlValues => ({
  ...subjectValues({ ...subject, query: selection }),
  bq: subject.query,
});

/** What one version of a service answered against what another one did. */
export function versionsCompare(service: string, before: string, after: string): UrlValues {
  const of = (version: string): string =>
    `{ resource.service.name = ${quote(service)} && resource.service.version = ${quote(version)} && kind = server }`;
  return { signal: "spans", q: of(after), bq: of(before), lf: undefined };
}

/** The conditions of the trace search as TraceQL. */
export function traceqlOf(request: Omit<TraceSearchRequest, "limit" | "order">): string {
  const { service, operation, status, minDurationUs, maxDurationUs, attributes = [] } = request;
  const conditions = [
    ...(service === undefined ? [] : [`resource.service.name = ${quote(service)}`]),
    ...(operation === undefined ? [] : [`name = ${quote(operation)}`]),
    ...(status === undefined ? [] : [`status = ${status}`]),
    ...(minDurationUs === undefined ? [] : [`duration >= ${String(minDurationUs)}us`]),
    ...(maxDurationUs === undefined ? [] : [`duration <= ${String(maxDurationUs)}us`]),
    ...attributes.map(({ name, operator, value }) => `.${name} ${operator} ${literal(value)}`),
  ];
  return conditions.length === 0 ? "" : `{ ${conditions.join(" && ")} }`;
}

/** A log view's request as the filter of a set. */
export function logFilterOf(request: LogsRequest): CompareLogFilter {
  const { levels, services, text, traceId, fields } = request;
  return {
    ...(levels !== undefined && { levels }),
    ...(services !== undefined && { services }),
    ...(text !== undefined && { text }),
    ...(traceId !== undefined && { traceId }),
    ...(fields !== undefined && { fields }),
  };
}

export const quote = (text: string): string => `"${text.replace(/["\\]/g, "\\$&").replace(/\n/g, "\\n")}"`;

const literal = (value: string): string => (/^-?\d+(\.\d+)?$/.test(value) ? value : quote(value));
