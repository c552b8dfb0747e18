/**
 * Attributes that a span's site and status fix, so that a filter on them needs no rendering: the static ones of the
 * site, and what the table of statuses says about a failure (see sim/span-status.ts).
 */
import { type Failure, failureOf } from "../sim/failure-words.js";
import { SPAN_STATUSES, type SpanStatus } from "../sim/span-status.js";
import type { SpanSiteInfo } from "./sources.js";

/** Attributes that a failed span has and no other. */
const OF_FAILURES: ReadonlyMap<string, (failure: Failure, status: SpanStatus) => string | undefined> = new Map<
  string,
  (failure: Failure, status: SpanStatus) => string | undefined
>([
  ["error.type", (_, { errorType }) => errorType],
  ["error.message", ({ message }) => message],
  ["exception.type", ({ type, stacktrace }) => (stacktrace === undefined ? undefined : type)],
  ["exception.stacktrace", ({ stacktrace }) => stacktrace],
]);

/** The status that a caller saw; spans of calls over HTTP have it unless nobody answered. */
const HTTP_STATUS = "http.response.status_code";
const HTTP_METHOD = "http.request.method";

const isOverHttp = ({ attributes }: SpanSiteInfo): boolean => Object.hasOwn(attributes, HTTP_METHOD);

/** Whether the value of attribute `name` of a span with this site (or its absence) is known without the span. */
export function isKnownAttribute(site: SpanSiteInfo, name: string): boolean {
  if (name === HTTP_STATUS) return isOverHttp(site);
  return OF_FAILURES.has(name) || Object.hasOwn(site.attributes, name);
}

/** The value of a known attribute; undefined when such spans do not have it. */
export function knownAttribute(site: SpanSiteInfo, status: number, name: string): string | undefined {
  const { failed, httpStatus } = SPAN_STATUSES[status];
  if (name === HTTP_STATUS) return httpStatus === 0 ? undefined : String(httpStatus);
  const ofFailure = OF_FAILURES.get(name);
  if (ofFailure === undefined) return site.attributes[name];
  return failed ? ofFailure(failureOf(site, SPAN_STATUSES[status]), SPAN_STATUSES[status]) : undefined;
}

/** All values that such spans have for certain. */
export function knownValues(site: SpanSiteInfo, status: number): readonly string[] {
  const { failed, errorType, httpStatus } = SPAN_STATUSES[status];
  return [
    ...Object.values(site.attributes),
    ...(isOverHttp(site) && httpStatus !== 0 ? [String(httpStatus)] : []),
    ...(failed ? [errorType, ...failureValues(site, status)] : []),
  ];
}

function failureValues(site: SpanSiteInfo, status: number): readonly string[] {
  const { message, type, stacktrace } = failureOf(site, SPAN_STATUSES[status]);
  return stacktrace === undefined ? [message] : [message, type, stacktrace];
}
