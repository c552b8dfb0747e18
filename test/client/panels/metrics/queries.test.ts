import { describe, expect, test } from "vitest";
import { prepareQuery } from "../../../../server/query/promql/query.js";
import { costliestRow, explainRows } from "../../../../client/panels/metrics/explain-rows.js";
import type { ExplainNode } from "../../../../client/panels/metrics/explain-rows.js";
import {
  chosenMetrics,
  keptOrder,
  declaredUnit,
  histogramUnit,
  firstQuery,
  heatmapQuery,
  matchedLabel,
} from "../../../../client/panels/metrics/metric-list.js";
import { tracesIn } from "../../../../client/panels/metrics/heatmap-answer.js";
import { applyFix } from "../../../../client/elements/query-fix.js";
import { fixOf } from "../../../../client/panels/metrics/query-fixes.js";
import { remarksOn } from "../../../../client/panels/metrics/query-lint.js";
import { readQueries, withRow, withoutRow, writeQueries } from "../../../../client/panels/metrics/query-set.js";
import { rangeUsOf, seriesFrom, usualBand } from "../../../../client/panels/metrics/query-answers.js";

const METRICS = [
  { name: "requests_total", type: "counter", unit: "", help: "" },
  { name: "memory_bytes", type: "gauge", unit: "By", help: "" },
  { name: "latency_seconds", type: "histogram", unit: "s", help: "" },
] as const;

describe("queries in the address", () => {
  const url = (text: string) => {
    const parameters = new URLSearchParams(text);
    return { get: (name: string) => parameters.get(name) ?? undefined };
  };

  test("rows, their letters, and those that are left out", () => {
    expect(readQueries(url("query=up&query-c=down&off=C"))).toEqual([
      { letter: "A", text: "up", shown: true },
      { letter: "C", text: "down", shown: false },
    ]);
    expect(readQueries(url(""))).toEqual([{ letter: "A", text: "", shown: true }]);
  });

  test("writing and reading give the same; removing A moves the next one up", () => {
    const rows = withRow(withRow([{ letter: "A", text: "a", shown: true }], "b"), "c");
    const values = writeQueries(rows);
    expect(readQueries({ get: (name) => values[name] })).toEqual(rows);
    expect(withoutRow(rows, "A").map(({ letter, text }) => letter + text)).toEqual(["Ab", "Cc"]);
    expect(withoutRow([{ letter: "A", text: "a", shown: true }], "A")).toEqual([
      { letter: "A", text: "", shown: true },
    ]);
  });

  test("six at most", () => {
    let rows = readQueries(url("query=up"));
    for (let turn = 0; turn < 9; turn += 1) rows = withRow(rows, "x");
    expect(rows.map(({ letter }) => letter).join("")).toBe("ABCDEF");
  });
});

describe("fixes", () => {
  /** Each is refused by the server as it is, and taken after the fix. */
  test.each([
    ["sum by (job) (rate(up[5m])", "sum by (job) (rate(up[5m]))"],
    ["histogram_quantil(0.9, up)", "histogram_quantile(0.9, up)"],
    ["rate(up)", "rate(up[5m])"],
    ['rate(up{job="a"})', 'rate(up{job="a"}[5m])'],
    ["rate(sum(up))", "rate(sum(up)[5m:])"],
    ["sum by job (up)", "sum by (job) (up)"],
    ["up{job=order}", 'up{job="order"}'],
    ['up{job="order"', 'up{job="order"}'],
    ["sum(up))", "sum(up)"],
    ["rate(sum(up)[5m])", "rate(sum(up)[5m:])"],
    ['up{job~"a"}', 'up{job=~"a"}'],
    ["up and 1", "up and vector(1)"],
    ["quantile(up, up)", "quantile(scalar(up), up)"],
  ])("%s", (query, mended) => {
    const refused = prepareQuery(query);
    expect(refused.ok).toBe(false);
    if (refused.ok) return;
    const [diagnostic] = refused.error;
    const fix = diagnostic === undefined ? undefined : fixOf(diagnostic, query);
    expect(fix === undefined ? undefined : applyFix(query, fix)).toBe(mended);
    expect(prepareQuery(mended).ok).toBe(true);
  });

  test("no fix where there is no single one", () => {
    const refused = prepareQuery("up +");
    const [diagnostic] = refused.ok ? [] : refused.error;
    expect(diagnostic === undefined ? "none" : fixOf(diagnostic, "up +")).toBeUndefined();
  });
});

describe("remarks on habits", () => {
  test.each([
    ["requests_total", "rate(requests_total[1m])"],
    ['requests_total{job="a"}', 'rate(requests_total{job="a"}[1m])'],
    ["rate(memory_bytes[5m])", "deriv(memory_bytes[5m])"],
    [
      "histogram_quantile(0.9, sum(rate(latency_seconds_bucket[5m])))",
      "histogram_quantile(0.9, sum by (le) (rate(latency_seconds_bucket[5m])))",
    ],
    [
      "histogram_quantile(0.9, sum by (job) (rate(latency_seconds_bucket[5m])))",
      "histogram_quantile(0.9, sum by (le, job) (rate(latency_seconds_bucket[5m])))",
    ],
    ["rate(requests_total[15s])", "rate(requests_total[1m])"],
    ['up{job=~"order"}', 'up{job="order"}'],
    ["rate(request_total[5m])", "rate(requests_total[5m])"],
    ["sum by (memory_byte) (memory_byte)", "sum by (memory_byte) (memory_bytes)"],
    ["rate(latency_second_count[5m])", "rate(latency_seconds_count[5m])"],
  ])("%s", (query, mended) => {
    const [remark] = remarksOn(query, METRICS);
    expect(remark?.fix === undefined ? undefined : applyFix(query, remark.fix)).toBe(mended);
    expect(prepareQuery(mended).ok).toBe(true);
    expect(remarksOn(mended, METRICS)).toEqual([]);
  });

  test("a rate of a sum is remarked on; good queries are not", () => {
    expect(remarksOn("rate(sum(requests_total)[5m:])", METRICS)).toHaveLength(1);
    for (const metric of METRICS) expect(remarksOn(firstQuery(metric), METRICS)).toEqual([]);
    for (const other of ["ALERTS", "job:requests_totals:rate5m", 'up{requests_totals="memory_byte"}', "time()"])
      expect(remarksOn(other, METRICS)).toEqual([]);
  });
});

describe("metrics", () => {
  const summary = (name: string, type: "gauge" | "counter", score: number | undefined) => ({
    name,
    type,
    unit: "",
    help: "help",
    series: name.length,
    jobs: [],
    measure: "value" as const,
    values: [],
    ...(score === undefined ? {} : { change: { score, job: "j", measure: "value" as const, before: 1, now: 2 } }),
  });
  const all = [summary("b", "gauge", 2), summary("aa", "counter", undefined), summary("c", "gauge", 5)];

  test.each([
    [{ text: "", type: undefined, sort: "changed" as const }, ["c", "b", "aa"]],
    [{ text: "", type: undefined, sort: "name" as const }, ["aa", "b", "c"]],
    [{ text: "", type: "gauge", sort: "series" as const }, ["b", "c"]],
    [{ text: "a", type: undefined, sort: "name" as const }, ["aa"]],
  ])("filter %j", (filter, names) => {
    expect(chosenMetrics(all, filter).map(({ name }) => name)).toEqual(names);
  });

  test("first queries of one service are PromQL", () => {
    for (const metric of METRICS) {
      expect(prepareQuery(firstQuery(metric, "order")).ok).toBe(true);
      expect(firstQuery(metric, "order")).toContain('{job="order"}');
    }
  });

  test("the heatmap of a quantile reads its selector", () => {
    const query = heatmapQuery('histogram_quantile(0.9, sum by (le) (rate(latency_seconds_bucket{job="a"}[1m])))', 20);
    expect(query).toBe('sum by (le) (rate(latency_seconds_bucket{job="a"}[60s])) * 20');
    expect(heatmapQuery("up", 20)).toBeUndefined();
    expect(matchedLabel('x_bucket{job="a", http_route="/c"}', "http_route")).toBe("/c");
  });

  test("a box in it leads to the traces that it holds", () => {
    const box = { fromUs: 1, toUs: 2, low: 0.25, high: Infinity, count: 3 };
    expect(tracesIn(box, 'x_bucket{job="a", http_route="/c"}')).toMatchObject({
      service: "a",
      f: "http.route=/c",
      min: "250000us",
      max: undefined,
      from: "1",
    });
  });

  test.each([
    ["memory_bytes", "By"],
    ["sum(memory_bytes)", "By"],
    ["histogram_quantile(0.9, rate(latency_seconds_bucket[1m]))", "s"],
    ["memory_bytes / memory_bytes", undefined],
    ["rate(requests_total[1m])", undefined],
  ])("declared unit of %s is %s", (query, unit) => {
    expect(declaredUnit(query, METRICS)).toBe(unit);
  });

  test("what is usual: nine of ten values of the hour before", () => {
    const values = Float64Array.from({ length: 21 }, (_, index) => index);
    const before = [{ name: "a (1 h before)", timesUs: values, values }];
    expect(usualBand(before, "a")).toEqual({ low: 1, high: 19 });
    expect(usualBand(before, "b")).toBeUndefined();
  });

  test.each([
    ["up", 0],
    ['sum(rate(a_total[1m])) / sum(rate(b_total{x="[9h]"}[5m]))', 300],
    ["max_over_time(rate(a_total[1m])[10m:30s])", 660],
    ["rate(a_total[90s])", 90],
  ])("%s looks back %i s", (query, seconds) => {
    expect(rangeUsOf(query)).toBe(seconds * 1e6);
  });

  test("the hour before begins where its ranges are filled", () => {
    const timesUs = Float64Array.of(10, 20, 30);
    const young = { name: "a", timesUs, values: Float64Array.of(0.1, 0.8, 1) };
    const [cut] = seriesFrom([young, { ...young, timesUs: Float64Array.of(1, 2, 3) }], 30);
    expect(cut).toMatchObject({ timesUs: Float64Array.of(30), values: Float64Array.of(1) });
    expect(seriesFrom([young], 5)).toEqual([young]);
  });
});

test("an order that is kept puts what is new behind", () => {
  const metrics = ["c", "new", "a", "b"].map((name) => ({ name }) as never);
  expect(keptOrder(metrics, ["a", "b", "gone", "c"]).map(({ name }) => name)).toEqual(["a", "b", "c", "new"]);
});

describe("explain rows", () => {
  const leaf = (text: string, from: number, timeMs: number): ExplainNode => ({
    kind: "vector-selector",
    text,
    from,
    to: from + text.length,
    series: 3,
    samples: 10,
    timeMs,
    children: [],
  });
  const sum: ExplainNode = { ...leaf("sum by (job) (a)", 0, 6), kind: "aggregate", children: [leaf("a", 14, 5)] };
  const root: ExplainNode = {
    ...leaf("sum by (job) (a) / b", 0, 10),
    kind: "binary",
    children: [sum, leaf("b", 19, 1)],
  };

  test("one row a part, depth first, with what it cost by itself", () => {
    const rows = explainRows({ root, seriesRead: 6, samplesRead: 20, steps: 1 });
    expect(rows.map(({ title, depth, ownMs }) => [title, depth, ownMs])).toEqual([
      ["/", 0, 3],
      ["sum by (job)", 1, 1],
      ["Selector", 2, 5],
      ["Selector", 1, 1],
    ]);
    expect(rows.reduce((total, { ownMs }) => total + ownMs, 0)).toBe(root.timeMs);
    expect(costliestRow(rows)?.text).toBe("a");
  });
});

test("a heatmap's bands have the unit of the histogram, not that of the rate of its buckets", () => {
  const query = "sum by (le) (rate(http_server_request_duration_seconds_bucket[1m]))";
  expect(histogramUnit(query, METRICS)).toBe("s");
  expect(histogramUnit("sum by (le) (rate(payload_bytes_bucket[1m]))", [])).toBe("By");
});
