import { describe, expect, test } from "vitest";
import { narrow } from "../../../../client/panels/compare/attribute-query.js";
import {
  beforeAfterCompare,
  boxCompare,
  compareRequestOf,
  isBeforeAfter,
  slowCompare,
  traceqlOf,
} from "../../../../client/state/compare-url.js";
import { degreeOf } from "../../../../client/panels/compare/effect-words.js";
import type { AttributeOrigin, ComparedBin, CompareSignal } from "../../../../server/wire/compare.js";

const SHARED = { fromUs: 1_000, toUs: 9_000 };
const SUBJECT = { signal: "traces", query: '{ name = "a" }' } as const;

function requestOf(values: Readonly<Record<string, string | undefined>>): ReturnType<typeof compareRequestOf> {
  return compareRequestOf((name) => values[name], SHARED, 10);
}

test("a box is held against all that the chart shows", () => {
  const request = requestOf(boxCompare(SUBJECT, { fromUs: 2_000, toUs: 3_000, minimum: 5 }));
  expect(request?.selection).toEqual({ window: { fromUs: 2_000, toUs: 3_000 }, query: SUBJECT.query, minimum: 5 });
  expect(request?.baseline).toEqual({ window: SHARED, query: SUBJECT.query });
});

test("before and after are of one length and do not overlap", () => {
  const request = requestOf(beforeAfterCompare(SUBJECT, 6_000_000, { fromUs: 1_000_000, toUs: 9_000_000 }));
  expect(request?.baseline.window).toEqual({ fromUs: 3_000_000, toUs: 5_999_999 });
  expect(request?.selection.window).toEqual({ fromUs: 6_000_000, toUs: 9_000_000 });
});

test("the slowest are a quantile of the selection alone", () => {
  const request = requestOf(slowCompare(SUBJECT));
  expect([request?.selection.fromQuantile, request?.baseline.fromQuantile]).toEqual([0.95, undefined]);
});

test("metrics without a query are no question, broken filters none either", () => {
  expect(requestOf({ signal: "metrics" })).toBeUndefined();
  expect(requestOf({ signal: "logs", lf: "{" })?.selection.logs).toBeUndefined();
});

test("a trace search is written as TraceQL", () => {
  const text = traceqlOf({
    ...SHARED,
    service: "edge",
    minDurationUs: 1_000,
    status: "error",
    attributes: [{ name: "http.route", operator: "!=", value: '/a"b' }],
  });
  expect(text).toBe(
    '{ resource.service.name = "edge" && status = error && duration >= 1000us && .http.route != "/a\\"b" }',
  );
});

const BIN: ComparedBin = { label: "x", value: "x", selection: 1, baseline: 0 };
const RANGE: ComparedBin = { label: "3 – 9", fromNumber: 3, toNumber: 9, selection: 1, baseline: 0 };
const span = (name: string): AttributeOrigin => ({ kind: "field", scope: "span", name });
const label: AttributeOrigin = { kind: "field", scope: "label", name: "job" };

interface NarrowCase {
  readonly signal: CompareSignal;
  readonly query: string;
  readonly origin: AttributeOrigin;
  readonly bin: ComparedBin;
  readonly operator: "=" | "!=";
  readonly result: string | undefined;
}

const CASES: readonly NarrowCase[] = [
  { signal: "traces", query: "", origin: span("a.b"), bin: BIN, operator: "=", result: '{ span.a.b = "x" }' },
  { signal: "traces", query: "{ status = error }", origin: span("n"), bin: RANGE, operator: "=", result: "{ status = error && span.n >= 3 && span.n <= 9 }" },
  { signal: "spans", query: "{ true } >> { }", origin: span("n"), bin: RANGE, operator: "!=", result: "{ (span.n < 3 || span.n > 9) } >> { }" },
  { signal: "traces", query: "", origin: { kind: "served-by", service: "s", name: "service.version" }, bin: BIN, operator: "=", result: '{ } >> { resource.service.name = "s" && resource.service.version = "x" }' },
  { signal: "traces", query: "", origin: { kind: "calls", service: "s", operation: "o" }, bin: RANGE, operator: "=", result: undefined },
  { signal: "metrics", query: "sum(rate(a_total[1m]))", origin: label, bin: BIN, operator: "=", result: 'sum(rate(a_total{job="x"}[1m]))' },
  { signal: "metrics", query: 'a{le="1"}', origin: label, bin: BIN, operator: "!=", result: 'a{le="1",job!="x"}' },
  { signal: "logs", query: '{level="error"}', origin: { kind: "field", scope: "log", name: "http.route" }, bin: BIN, operator: "=", result: '{level="error"} | http_route="x"' },
  { signal: "logs", query: '{level="error"}', origin: { kind: "pattern" }, bin: BIN, operator: "!=", result: '{level="error"} !> "x"' },
]; // prettier-ignore

describe("one value as a condition", () => {
  test.each(CASES)("$signal $query $operator $bin.label", ({ signal, query, origin, bin, operator, result }) => {
    expect(narrow(signal, { query }, { origin, bin, operator })?.query).toBe(result);
  });

  test("the log view's filter takes fields", () => {
    const origin: AttributeOrigin = { kind: "field", scope: "log", name: "service" };
    const narrowed = narrow("logs", { query: "", logs: { text: "t" } }, { origin, bin: BIN, operator: "=" });
    expect(narrowed).toEqual({ query: "", logs: { text: "t", services: ["x"] } });
  });
});

test("two sides that meet are a before and an after, at the instant asked for", () => {
  const values = beforeAfterCompare({ signal: "traces", query: "" }, 60e6, { fromUs: 0, toUs: 100e6 });
  const read = (name: string): string | undefined => values[name];
  expect([isBeforeAfter(read, undefined), isBeforeAfter(read, 60e6), isBeforeAfter(read, 61e6)]).toEqual([
    true,
    true,
    false,
  ]);
  const apart = (name: string): string | undefined => (name === "bt" ? "30000000" : values[name]);
  expect(isBeforeAfter(apart, undefined)).toBe(false);
  expect(isBeforeAfter(() => undefined, undefined)).toBe(false);
});

test("degrees of difference have names", () => {
  expect([0, 0.01, 0.2, 0.9].map(degreeOf)).toEqual([
    "no difference beyond chance",
    "barely different",
    "different",
    "hardly overlapping",
  ]);
});
