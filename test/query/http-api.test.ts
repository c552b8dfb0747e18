import { describe, expect, it } from "vitest";
import { answerPrometheus, QueryCache, type PrometheusSource } from "../../server/query/promql/http-api.js";
import { memoryOf } from "../fixtures/metric-memory.js";

const reader = memoryOf(`load 15s
  up{job="cart", instance="a"} 1x40
  requests_total{job="cart", code="200"} 0+15x40
  requests_total{job="cart", code="500"} 0+3x40
  requests_total{job="pay", code="200"} 0+15x40
  latency_bucket{job="cart", le="+Inf"} 0+1x40`);
reader.appendExemplar(
  { __name__: "latency_bucket", job: "cart", le: "+Inf" },
  { labels: { trace_id: "4bf92f3577b34da6a3ce929d0e0e4736" }, value: 0.07, timestampMs: 300_123 },
);

const source: PrometheusSource = {
  reader,
  metadata: [{ name: "requests_total", type: "counter", help: "Requests.", unit: "" }],
  nowMs: 600_000,
  queries: new QueryCache(),
};

const ask = (
  endpoint: string,
  parameters: Record<string, string | string[]> = {},
): { httpStatus: number; body: unknown } =>
  answerPrometheus(
    source,
    endpoint,
    Object.fromEntries(Object.entries(parameters).map(([name, value]) => [name, [value].flat()])),
  );

const ok = (data: unknown): unknown => ({ httpStatus: 200, body: { status: "success", data } });

describe("query_explain", () => {
  const query = "sum by (job) (rate(requests_total[1m])) / 2";

  it("says what each part of a query gives and costs", () => {
    let now = 0;
    const answer = answerPrometheus({ ...source, clockMs: () => now++ }, "query_explain", { query: [query] });
    const part = (text: string, kind: string, series: number, samples: number, children: unknown[]) =>
      expect.objectContaining({ text, kind, series, samples, children }) as unknown;
    const range = part("requests_total[1m]", "matrix-selector", 3, 15, []);
    const rate = part("rate(requests_total[1m])", "call", 3, 15, [range]);
    const sum = part("sum by (job) (rate(requests_total[1m]))", "aggregate", 2, 15, [rate]);
    const root = part(query, "binary", 2, 15, [sum, part("2", "number", 1, 0, [])]);
    expect(answer).toEqual(ok({ root, seriesRead: 3, samplesRead: 15, steps: 1 }));
  });

  it("is about a range where one is given, with errors as for a query", () => {
    const range = { start: "0", end: "600", step: "15" };
    expect(ask("query_explain", { query: "requests_total[5m]" })).toMatchObject({
      body: { data: { root: { kind: "matrix-selector", samples: 60 } } },
    });
    expect(ask("query_explain", { query, ...range })).toMatchObject({ body: { data: { steps: 41 } } });
    expect(ask("query_explain", { query: "sum(" }).httpStatus).toBe(400);
  });

  it("ends when the client's time is over", () => {
    let now = 0;
    const slow = { ...source, clockMs: () => (now += 400) };
    expect(answerPrometheus(slow, "query", { query: [query], timeout: ["1s"] })).toMatchObject({
      httpStatus: 503,
      body: { errorType: "timeout" },
    });
  });
});

describe("query", () => {
  it("answers a vector at now", () => {
    expect(ask("query", { query: "up" })).toEqual(
      ok({
        resultType: "vector",
        result: [{ metric: { __name__: "up", instance: "a", job: "cart" }, value: [600, "1"] }],
      }),
    );
  });

  it("answers scalars, strings and ranges", () => {
    expect(ask("query", { query: "1/0", time: "12.5" })).toEqual(ok({ resultType: "scalar", result: [12.5, "+Inf"] }));
    expect(ask("query", { query: '"s"', time: "1970-01-01T00:01:00.5Z" })).toEqual(
      ok({ resultType: "string", result: [60.5, "s"] }),
    );
    expect(ask("query", { query: "up[30s]", time: "60" })).toEqual(
      ok({
        resultType: "matrix",
        result: [
          {
            metric: { __name__: "up", instance: "a", job: "cart" },
            values: [
              [45, "1"],
              [60, "1"],
            ],
          },
        ],
      }),
    );
  });

  it("sees nothing later than now", () => {
    expect(ask("query", { query: "time()", time: "9999" })).toEqual(ok({ resultType: "scalar", result: [600, "600"] }));
  });

  it("carries remarks beside the data", () => {
    expect(ask("query", { query: "count(rate(up[1m]))" }).body).toMatchObject({
      infos: [
        'PromQL info: metric might not be a counter, name does not end in _total/_sum/_count/_bucket: "up" (1:12)',
      ],
    });
  });

  it("says where a query is wrong, to people and to programs", () => {
    const answer = ask("query", { query: "sum by(" });
    expect(answer.httpStatus).toBe(400);
    expect(answer.body).toMatchObject({
      status: "error",
      errorType: "bad_data",
      error: 'invalid parameter "query": 1:8: parse error: unclosed left parenthesis',
      diagnostics: [{ from: 7, to: 7, hint: "add )" }],
    });
    expect(ask("query").body).toMatchObject({
      error: 'invalid parameter "query": 1:1: parse error: no expression found in input',
    });
  });

  it("answers 422 where the data do not allow an answer", () => {
    const answer = ask("query", { query: "up * on (job) requests_total" });
    expect(answer).toMatchObject({
      httpStatus: 422,
      body: { errorType: "execution", diagnostics: [{ from: 0, line: 1 }] },
    });
  });
});

describe("query_range", () => {
  it("answers a matrix, cut off at now", () => {
    expect(ask("query_range", { query: 'requests_total{code="500"}', start: "570", end: "700", step: "15" })).toEqual(
      ok({
        resultType: "matrix",
        result: [
          {
            metric: { __name__: "requests_total", code: "500", job: "cart" },
            values: [
              [570, "114"],
              [585, "117"],
              [600, "120"],
            ],
          },
        ],
      }),
    );
  });

  it.each([
    [
      { step: "0" },
      'invalid parameter "step": zero or negative query resolution step widths are not accepted. Try a positive integer',
    ],
    [{ step: "x" }, 'invalid parameter "step": cannot parse "x" to a valid duration'],
    [{ start: "x" }, 'invalid parameter "start": cannot parse "x" to a valid timestamp'],
    [{ end: "0" }, 'invalid parameter "end": end timestamp must not be before start time'],
    [
      { step: "1ms" },
      "exceeded maximum resolution of 11,000 points per timeseries. Try decreasing the query resolution (?step=XX)",
    ],
    [
      { query: "up[5m]" },
      'invalid parameter "query": invalid expression type "range vector" for range query, must be Scalar or instant Vector',
    ],
  ])("refuses %j", (changed, error) => {
    expect(ask("query_range", { query: "up", start: "100", end: "200", step: "15s", ...changed })).toMatchObject({
      httpStatus: 400,
      body: { errorType: "bad_data", error },
    });
  });

  it("says where a range vector stands that is no answer over a range", () => {
    const { body } = ask("query_range", { query: " up[5m]", start: "100", end: "200", step: "15s" });
    expect(body).toMatchObject({ diagnostics: [{ from: 1, to: 7, line: 1, column: 2 }] });
  });
});

describe("metadata endpoints", () => {
  it("lists series, labels and values", () => {
    expect(ask("series", { "match[]": "up" })).toEqual(ok([{ __name__: "up", instance: "a", job: "cart" }]));
    expect(ask("series", { "match[]": ["up", 'requests_total{code="500"}'] }).body).toMatchObject({
      data: { length: 2 },
    });
    expect(ask("series", { "match[]": "up", start: "700", end: "800" })).toEqual(ok([]));
    expect(ask("labels")).toEqual(ok(["__name__", "code", "instance", "job", "le"]));
    expect(ask("labels", { "match[]": "up" })).toEqual(ok(["__name__", "instance", "job"]));
    expect(ask("label/job/values")).toEqual(ok(["cart", "pay"]));
    expect(ask("label/job/values", { "match[]": "up" })).toEqual(ok(["cart"]));
    expect(ask("label/__name__/values", { limit: "1" })).toEqual({
      httpStatus: 200,
      body: { status: "success", data: ["latency_bucket"], warnings: ["results truncated due to limit"] },
    });
  });

  it("refuses what Prometheus refuses", () => {
    expect(ask("series").body).toEqual({
      status: "error",
      errorType: "bad_data",
      error: "no match[] parameter provided",
    });
    expect(ask("label/0bad/values").body).toEqual({
      status: "error",
      errorType: "bad_data",
      error: 'invalid label name: "0bad"',
    });
    expect(ask("nope").httpStatus).toBe(404);
  });

  it("describes metrics", () => {
    const entry = { requests_total: [{ type: "counter", help: "Requests.", unit: "" }] };
    expect(ask("metadata")).toEqual(ok(entry));
    expect(ask("metadata", { metric: "up" })).toEqual(ok({}));
  });

  it("gives the exemplars of all series in an expression", () => {
    const query = "histogram_quantile(0.9, rate(latency_bucket[5m]))";
    expect(ask("query_exemplars", { query, start: "0", end: "600" })).toEqual(
      ok([
        {
          seriesLabels: { __name__: "latency_bucket", job: "cart", le: "+Inf" },
          exemplars: [{ labels: { trace_id: "4bf92f3577b34da6a3ce929d0e0e4736" }, value: "0.07", timestamp: 300.123 }],
        },
      ]),
    );
  });

  it("parses and formats", () => {
    expect(ask("format_query", { query: "sum(rate(up[5m]))by(job)" })).toEqual(ok("sum by (job) (rate(up[5m]))"));
    expect(ask("parse_query", { query: "-up" })).toMatchObject({
      body: { data: { type: "unaryExpr", op: "-", expr: { type: "vectorSelector", name: "up" } } },
    });
  });
});
