import { describe, expect, test, vi } from "vitest";
import { parser } from "@prometheus-io/lezer-promql";
import { CompletionClient } from "../../../../client/panels/metrics/completion-client.js";
import { exemplarSelector, firstQuery, searchMetrics } from "../../../../client/panels/metrics/metric-list.js";
import { readHistory, withQuery } from "../../../../client/panels/metrics/query-history.js";
import { stripSegments } from "../../../../client/panels/alerts/history-strip.js";
import { readPrometheusBody, valueOf } from "../../../../client/net/prometheus.js";
import { rangeQuery, seriesName, slowestPerSlice, stepSecondsOf } from "../../../../client/net/range-query.js";
import type { RunQueries } from "../../../../client/net/api.js";

function isPromql(query: string): boolean {
  let whole = true;
  parser.parse(query).iterate({
    enter: ({ type }) => {
      if (type.isError) whole = false;
    },
  });
  return whole;
}

describe("metric list", () => {
  const metric = {
    name: "http_server_request_duration_seconds",
    type: "histogram",
    unit: "s",
    help: "Duration of requests.",
  } as const;

  test("searches all words in name and help", () => {
    expect(searchMetrics([metric], "http duration REQUESTS")).toEqual([metric]);
    expect(searchMetrics([metric], "cpu")).toEqual([]);
  });

  test("first queries are PromQL, and the histogram's has exemplars", () => {
    for (const type of ["counter", "gauge", "histogram"] as const)
      expect(isPromql(firstQuery({ ...metric, type }))).toBe(true);
    expect(exemplarSelector(firstQuery(metric))).toBe("http_server_request_duration_seconds_bucket");
    expect(exemplarSelector("up")).toBeUndefined();
  });
});

test("the query history has each query once, newest first", () => {
  expect(withQuery(["b", "a"], "a")).toEqual(["a", "b"]);
  expect(readHistory({ getItem: () => "nonsense" }, "r")).toEqual([]);
});

describe("completion", () => {
  const ask = vi.fn((endpoint: string) =>
    endpoint === "labels"
      ? Promise.reject(new Error("busy"))
      : Promise.resolve({ data: ["up"], warnings: [], infos: [] }),
  );
  const client = new CompletionClient({ prometheus: ask } as unknown as RunQueries, () => 0);

  test("asks once for the same thing and turns a failure into no completions", async () => {
    expect(await client.metricNames()).toEqual(["up"]);
    expect(await client.metricNames()).toEqual(["up"]);
    expect(ask).toHaveBeenCalledTimes(1);
    expect(await client.labelNames("up")).toEqual([]);
  });

  test("narrows by the metric and the labels that are there", async () => {
    const job = { name: "job", value: "order", matchesEmpty: () => false };
    await client.labelValues("instance", "up", [job, { ...job, name: "instance" }]);
    expect(ask).toHaveBeenLastCalledWith("label/instance/values", { "match[]": ['up{job="order"}'] });
  });
});

test("an alert's states become segments of the window", () => {
  const history = [
    { atUs: 0, state: "inactive" },
    { atUs: 40, state: "pending" },
    { atUs: 60, state: "firing" },
  ] as const;
  const segments = stripSegments(history, { fromUs: 20, toUs: 120 }, 100);
  expect(segments.map(({ state, left, width }) => [state, left, width])).toEqual([
    ["inactive", 0, 0.2],
    ["pending", 0.2, 0.2],
    ["firing", 0.4, 0.4],
  ]);
});

describe("Prometheus answers", () => {
  test("an error keeps the server's diagnostics", () => {
    const diagnostic = { severity: "error", message: "x", from: 0, to: 1, line: 1, column: 1 };
    expect(
      readPrometheusBody(
        { status: "error", errorType: "bad_data", error: "parse error", diagnostics: [diagnostic] },
        400,
      ),
    ).toEqual({
      ok: false,
      error: { code: "bad-query", message: "parse error", diagnostics: [diagnostic] },
    });
    expect(readPrometheusBody(undefined, 502).ok).toBe(false);
  });

  test("values may be infinite", () => {
    expect([valueOf("1.5"), valueOf("+Inf"), valueOf("-Inf"), valueOf("NaN")]).toEqual([
      1.5,
      Infinity,
      -Infinity,
      Number.NaN,
    ]);
  });

  test("series are named by their labels or by a legend", () => {
    expect(seriesName({ __name__: "up", job: "a" })).toBe('up{job="a"}');
    expect(seriesName({ job: "a" }, "{{job}} {{missing}}!")).toBe("a !");
  });
});

describe("range queries", () => {
  test("a step has whole multiples of five seconds and at most 300 points", () => {
    expect([stepSecondsOf({ fromUs: 0, toUs: 900e6 }), stepSecondsOf({ fromUs: 0, toUs: 3_600e6 })]).toEqual([5, 15]);
  });

  test("instants stand on multiples of the step, so that a moving window keeps its points", async () => {
    const prometheus = vi.fn(() =>
      Promise.resolve({
        data: { resultType: "matrix", result: [{ metric: { job: "a" }, values: [[10, "1"]] }] },
        warnings: ["w"],
        infos: [],
      }),
    );
    const answer = await rangeQuery(
      { prometheus } as unknown as RunQueries,
      { query: "up", window: { fromUs: 1_003_000_000, toUs: 1_903_200_000 } },
      new AbortController().signal,
    );
    expect(prometheus.mock.calls.map((call: readonly unknown[]) => call.slice(0, 2))).toMatchObject([
      ["query_range", { query: "up", start: 1_000, end: 1_904, step: 5 }],
    ]);
    expect(answer.series[0]).toMatchObject({
      name: '{job="a"}',
      timesUs: Float64Array.of(10e6),
      values: Float64Array.of(1),
    });
    expect(answer.warnings).toEqual(["w"]);
  });

  test("exemplars spread over the window, the slowest of each slice", () => {
    const exemplars = [
      { atUs: 1, value: 1, traceId: "a" },
      { atUs: 2, value: 3, traceId: "b" },
      { atUs: 599, value: 2, traceId: "c" },
      { atUs: 700, value: 9, traceId: "d" },
    ];
    expect(slowestPerSlice(exemplars, { fromUs: 0, toUs: 600 }).map(({ traceId }) => traceId)).toEqual(["b", "c"]);
  });
});
