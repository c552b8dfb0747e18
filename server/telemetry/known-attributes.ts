/**
 * Attributes that a span's site and status fix, so that a filter on them needs no rendering: the static ones of the
 * site, and what the table of statuses says about a failure (see sim/span-status.ts).
 */
import { FAILURE_ATTRIBUTES, failureAttribute, failureAttributes } from "../sim/failure-words.js";
import { SPAN_STATUSES } from "../sim/span-status.js";
import type { SpanPlace } from "../topology/model-types.js";

const isOfFailure = (name: string): name is (typeof FAILURE_ATTRIBUTES)[number] =>
  (FAILURE_ATTRIBUTES as readonly string[]).includes(name);

/** The status that a caller saw; spans of calls over HTTP have it unless nobody answered. */
const HTTP_STATUS = "http.response.status_code";
const HTTP_METHOD = "http.request.method";

const isOverHttp = ({ attributes }: SpanPlace): boolean => Object.hasOwn(attributes, HTTP_METHOD);

/** Whether the value of attribute `name` of a span with this site (or its absence) is known without the span. */
export function isKnownAttribute(site: SpanPlace, name: string): boolean {
  if (name === HTTP_STATUS) return isOverHttp(site);
  return isOfFailure(name) || Object.hasOwn(site.attributes, name);
}

/** The value of a known attribute; undefined when such spans do not have it. */
export function knownAttribute(site: SpanPlace, status: number, name: string): string | undefined {
  const { failed, httpStatus } = SPAN_STATUSES[status];
  if (name === HTTP_STATUS) return httpStatus === 0 ? undefined : String(httpStatus);
  if (!isOfFailure(name)) return site.attributes[name];
  return failed ? failureAttribute(site, SPAN_STATUSES[status], name) : undefined;
}

/** All values that such spans have for certain. */
export function knownValues(site: SpanPlace, status: number): readonly string[] {
  const { failed, httpStatus } = SPAN_STATUSES[status];
  return [
    ...Object.values(site.attributes),
    ...(isOverHttp(site) && httpStatus !== 0 ? [String(httpStatus)] : []),
    ...(failed ? Object.values(failureAttributes(site, SPAN_STATUSES[status])) : []),
  ];
}
