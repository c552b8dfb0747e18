import { describe, expect, it } from "vitest";
import type { MemorySpan } from "../fixtures/span-memory.js";
import { createStore } from "./traceql-adapter.js";

const MS = 1_000;
const span = (
  traceId: string,
  spanId: string,
  parentSpanId: string | undefined,
  service: string,
  name: string,
  startMs: number,
  durationMs: number,
  more: object = {},
): MemorySpan => ({
  traceId,
  spanId,
  ...(parentSpanId === undefined ? {} : { parentSpanId }),
  name,
  startUs: startMs * MS,
  durationUs: durationMs * MS,
  resource: { "service.name": service },
  ...more,
});

const store = createStore();
store.push(
  span("a1", "01", undefined, "edge", "POST /cart", 1_000, 50, {
    kind: "server",
    status: "error",
    statusMessage: "no",
  }),
  span("a1", "02", "01", "edge", "POST", 1_010, 30, { kind: "client", attributes: { retries: 2, host: "cart" } }),
  span("a1", "03", "02", "cart", "price", 1_015, 20, {
    kind: "server",
    attributes: { retries: 0, cached: false },
    events: [{ name: "exception", timeUs: 1_020 * MS, attributes: { "exception.type": "500" } }],
    links: [{ traceId: "ff", spanId: "fe" }],
  }),
  span("a1", "04", "01", "edge", "render", 1_041, 5, { kind: "internal" }),
  span("b2", "05", undefined, "edge", "GET /", 2_000, 10, { kind: "server", status: "ok", attributes: { share: 0.5 } }),
  span("b2", "06", "05", "cart", "price", 2_001, 8, { kind: "server", attributes: { retries: 1, cached: true } }),
);

const found = (text: string): string[] =>
  store
    .query(text, { spansPerSpanset: 0 })
    .traces.flatMap(({ spanSets }) => spanSets.map(({ spans }) => spans.map(({ spanID }) => spanID.slice(1)).join("")));

describe("spans that a query finds, by spanset, newest trace first", () => {
  it.each<[string, string[]]>([
    ["{}", ["56", "1234"]],
    ['{ name = "price" }', ["6", "3"]],
    ['{ resource.service.name = "cart" && duration > 10ms }', ["3"]],
    ['{ .service.name = "edge" }', ["5", "124"]],
    ["{ status = error }", ["1"]],
    ['{ status = unset && statusMessage = "" && kind = internal }', ["4"]],
    ["{ span.retries >= 1 }", ["6", "2"]],
    ["{ .retries != 2 }", ["6", "3"]],
    ["{ .retries = nil }", ["5", "14"]],
    ["{ nil = nil }", []],
    ["{ nil != nil || .retries = 1 }", ["6"]],
    ["{ .retries != nil && !.cached }", ["3"]],
    ["{ .cached }", ["6"]],
    ["{ !.cached }", ["3"]],
    ["{ .share = .5 || .share > 1 }", ["5"]],
    ['{ .retries = "2" }', []],
    ['{ .retries > "1" || name > "pr" }', ["6", "34"]],
    ['{ name =~ "P.*" }', ["12"]],
    ['{ name =~ "OST" }', []],
    ['{ .host !~ "x|y" }', ["2"]],
    ["{ .retries * 2 + 1 = 5 }", ["2"]],
    ["{ duration > 1s / 60 && -.retries < 0 }", ["2"]],
    ["{ parent = nil }", ["5", "1"]],
    ["{ parent.kind = client }", ["3"]],
    ["{ parent.duration > duration * 1.6 }", ["24"]],
    ["{ parent.retries = 2 || parent.resource.service.name = `cart` }", ["3"]],
    ["{ childCount = 2 }", ["1"]],
    ["{ nestedSetParent < 0 }", ["5", "1"]],
    ["{ nestedSetParent = 1 && nestedSetRight - nestedSetLeft = 3 }", ["2"]],
    ["{ traceDuration = 50ms && rootName = `POST /cart` && kind = server }", ["13"]],
    ["{ rootServiceName = `edge` && span:id = `06` && trace:id = `b2` && span:parentID = `05` }", ["6"]],
    ["{ event:name = `exception` && event.exception.type = `500` && event:timeSinceStart = 5ms }", ["3"]],
    ["{ link:traceID = `ff` && link:spanID = `fe` }", ["3"]],
    ["{ kind = client } || { .cached }", ["6", "2"]],
    ["{ kind = client } && { status = error }", ["12"]],
    ["{ kind = client } && { .cached }", []],
    ["{ status = error } > { true }", ["24"]],
    ["{ status = error } >> { true }", ["234"]],
    ["{ name = `price` } < { true }", ["5", "2"]],
    ["{ name = `price` } << { true }", ["5", "12"]],
    ["{ kind = client } ~ { true }", ["4"]],
    ["{ kind = client } !> { true }", ["56", "124"]],
    ["{ kind = client } !< { true }", ["56", "234"]],
    ["{ kind = client } !>> { kind = server }", ["56", "1"]],
    ["{ kind = client } !~ { parent != nil }", ["6", "23"]],
    ["{ status = error } &> { kind = client }", ["12"]],
    ["{ name = `price` } &<< { status = error }", ["13"]],
    ["{ kind = client } &~ { true }", ["24"]],
    ["{} | count() > 3", ["1234"]],
    ["{ kind = server } | avg(duration) = 35ms", ["13"]],
    ["{} | max(.retries) - min(.retries) = 2", ["1234"]],
    ["{} | sum(duration) / count() < 10ms", ["56"]],
    ["{} | by(resource.service.name)", ["5", "6", "124", "3"]],
    ["{} | by(resource.service.name) | count() > 1", ["124"]],
    ["{} | by(resource.service.name) | { kind = server } | coalesce()", ["56", "13"]],
    ["count() = 2 | { .cached }", ["6"]],
    ["({} | count() > 3) && ({ kind = server } | { duration < 30ms })", ["1234"]],
    ["({ kind = server } | count()) + ({ kind = client } | count()) = 3", ["123"]],
  ])("%s", (text, expected) => {
    expect(found(text)).toEqual(expected);
  });
});

describe("answers", () => {
  it("has Tempo's form", () => {
    const { traces, metrics } = store.query("{ span.retries > 1 } | avg(duration) > 1ms | select(.host, status)");
    expect(traces).toEqual([
      {
        traceID: "a1",
        rootServiceName: "edge",
        rootTraceName: "POST /cart",
        startTimeUnixNano: "1000000000",
        durationMs: 50,
        serviceStats: { edge: { spanCount: 3, errorCount: 1 }, cart: { spanCount: 1 } },
        spanSet: traces[0]?.spanSets[0],
        spanSets: [
          {
            matched: 1,
            attributes: [{ key: "avg(duration)", value: { stringValue: "30ms" } }],
            spans: [
              {
                spanID: "02",
                name: "POST",
                startTimeUnixNano: "1010000000",
                durationNanos: "30000000",
                attributes: [
                  { key: "retries", value: { intValue: "2" } },
                  { key: "host", value: { stringValue: "cart" } },
                  { key: "status", value: { stringValue: "unset" } },
                ],
              },
            ],
          },
        ],
      },
    ]);
    expect(metrics).toMatchObject({ inspectedTraces: 1 });
  });

  it("says what is wrong, with its place", () => {
    expect(store.parse("{ .a < }")).toEqual({
      ok: false,
      error: "parse error at line 1, col 8: syntax error: unexpected }",
      line: 1,
      column: 8,
    });
    expect(() => store.query("{ 1 = `a` }")).toThrow("binary operations must operate on the same type");
    expect(store.parse("{.a=1}")).toEqual({ ok: true, printed: "{ .a = 1 }" });
  });
});

describe("series", () => {
  const values = (text: string): Record<string, (number | string)[]> =>
    Object.fromEntries(
      store
        .metrics(text, { startUs: 999_000, endUs: 2_999_000, stepUs: 1_000_000 })
        .series.map(({ promLabels, samples }) => [
          promLabels,
          samples.map(({ timestampMs, value }) => (timestampMs === "1999" ? value : `later ${String(value)}`)),
        ]),
    );

  it.each<[string, Record<string, (number | string)[]>]>([
    ["{} | count_over_time()", { '{__name__="count_over_time"}': [4, "later 2"] }],
    [
      "{} | rate() by (resource.service.name)",
      { '{"resource.service.name"="cart"}': [1, "later 1"], '{"resource.service.name"="edge"}': [3, "later 1"] },
    ],
    ["{ name = `price` } | max_over_time(duration)", { '{__name__="max_over_time"}': [0.02, "later 0.008"] }],
    [
      "{ } | sum_over_time(.retries) by (.cached)",
      { '{".cached"="false"}': [0], '{".cached"="nil"}': [2], '{".cached"="true"}': ["later 1"] },
    ],
    ["{} | avg_over_time(span.retries) > .9", { '{__name__="avg_over_time"}': [1, "later 1"] }],
    ["{ kind = server } | min_over_time(duration) by (name) | bottomk(1)", { '{name="price"}': [0.02, "later 0.008"] }],
    ["{} | count_over_time() by (name) | topk(1)", { '{name="GET /"}': ["later 1"], '{name="POST /cart"}': [1] }],
    ["{} | histogram_over_time(span.retries)", { '{__bucket="2.0"}': [1, "later 0"] }],
    ["{} | sum_over_time(.absent) by (name)", {}],
    [
      "{ kind = server } | quantile_over_time(duration, 1) by (resource.service.name)",
      {
        '{p="1.0", "resource.service.name"="cart"}': [2 ** 25 / 1e9, `later ${String(2 ** 23 / 1e9)}`],
        '{p="1.0", "resource.service.name"="edge"}': [2 ** 26 / 1e9, `later ${String(2 ** 24 / 1e9)}`],
      },
    ],
    ["({ status = error } | rate()) / ({} | rate())", { '{__name__="(rate / rate)"}': [0.25, "later 0"] }],
    ["{ kind = server } >> { kind = server } | count_over_time()", { '{__name__="count_over_time"}': [1, "later 1"] }],
  ])("%s", (text, expected) => {
    expect(values(text)).toEqual(expected);
  });

  it("finds quantiles within powers of two", () => {
    const [series] = store.metrics("{ kind = server } | quantile_over_time(duration, .5)", {
      startUs: 0,
      endUs: 3_000_000,
      stepUs: 3_000_000,
    }).series;
    expect(series?.promLabels).toBe('{p="0.5"}');
    // 8 and 10 ms, 20 ms, 50 ms: half of them lie up to 2^24 ns.
    expect(series?.samples[0]?.value).toBeCloseTo(2 ** 24 / 1e9, 12);
  });

  it("compares the selected spans with the others", () => {
    const { series } = store.metrics("{ kind = server } | compare({ status = error }, 1)", {
      startUs: 0,
      endUs: 3_000_000,
      stepUs: 3_000_000,
    });
    const of = (labels: string): number | undefined =>
      series.find(({ promLabels }) => promLabels === labels)?.samples[0]?.value;
    expect(of('{__meta_type="selection", name="POST /cart"}')).toBe(1);
    expect(of('{__meta_type="baseline", name="price"}')).toBe(2);
    expect(of('{__meta_type="baseline_total", "resource.service.name"="nil"}')).toBe(3);
    expect(series.filter(({ promLabels }) => promLabels.includes('"baseline", name='))).toHaveLength(1);
  });
});
