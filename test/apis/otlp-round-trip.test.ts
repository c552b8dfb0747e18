/** Out as OTLP and in again, in both encodings: the same samples, the same lines, the same spans. */
import { beforeAll, describe, expect, test } from "vitest";
import { encodeMetricsData, metricsData } from "../../server/apis/otlp/metrics.js";
import { StartTimes } from "../../server/apis/otlp/start-times.js";
import { STALE_MARKER } from "../../server/telemetry/metric-reader.js";
import type { World } from "../../server/world/world.js";
import { attributesOf, decodeOtlp, readLogs, readMetrics, readSpans, seriesKey } from "../fixtures/otlp-reader.js";
import { askApi, jsonOf, smallWorld } from "../fixtures/small-world.js";

let world: World;
beforeAll(() => {
  world = smallWorld(-120);
});

type Signal = "metrics" | "logs" | "traces";
type Json = Readonly<Record<string, unknown>>;

function read(signal: Signal, encoding: string, parameters: Readonly<Record<string, string>>): Json {
  const accept = encoding === "protobuf" ? "application/x-protobuf" : "";
  const answer = askApi(world, "otlp", `v1/${signal}`, { accept, parameters });
  expect(answer.httpStatus).toBe(200);
  return encoding === "protobuf" ? decodeOtlp(signal, answer.body as Uint8Array) : (jsonOf(answer) as Json);
}

const window = (seconds: number) => {
  const end = Math.floor(world.nowUs / 1e6);
  return { start: String(end - seconds), end: String(end) };
};

describe.each(["json", "protobuf"])("%s", (encoding) => {
  test("samples: every one of the window with its labels, its time and its value", () => {
    const { start, end } = window(120);
    const { samples, starts, exemplars } = readMetrics(read("metrics", encoding, { start, end }));
    const expected = prometheusSamples(start, end);
    expect(expected.size).toBeGreaterThan(200);
    expect([...expected].filter(([key, value]) => samples.get(key) === undefined && value.size > 0)).toEqual([]);
    for (const [key, values] of expected) expect([...(samples.get(key) ?? [])], key).toEqual([...values]);
    expect(samples.size).toBe(expected.size);
    expect(starts.length).toBeGreaterThan(100);
    expect(starts.filter(({ startMs, timeMs }) => startMs > timeMs)).toEqual([]);
    expect(exemplars.length).toBeGreaterThan(10);
    const found = exemplars.at(-1);
    const traces = world.queries.trace(String(found?.["traceId"]));
    expect(traces?.spans.some(({ spanId }) => spanId === found?.["spanId"])).toBe(true);
  });

  test("lines: every one of the window with its severity, its ids and its attributes", () => {
    const { start, end } = window(25);
    const lines = readLogs(read("logs", encoding, { start, end }));
    const { lines: expected, total } = world.queries.logs({
      fromUs: Number(start) * 1e6,
      toUs: Number(end) * 1e6 - 1,
      offset: 0,
      limit: 1_000,
    });
    expect(total).toBeGreaterThan(100);
    expect(lines.length).toBe(total);
    const textOf = ({
      timeUs,
      message,
      spanId = "",
      level,
      service,
      instance,
      attributes,
    }: Omit<(typeof lines)[number], "traceId">) =>
      JSON.stringify([
        timeUs,
        level,
        service,
        instance,
        message,
        spanId,
        Object.entries(attributes)
          .filter(([name]) => name !== "service.instance.id")
          .sort(),
      ]);
    const texts = new Set(lines.map(textOf));
    for (const { id: _id, ...line } of expected) expect(texts).toContain(textOf({ spanId: undefined, ...line }));
  });

  test("spans: every one of the window with its parent, its times, its attributes and events", () => {
    const { start, end } = window(20);
    const spans = readSpans(read("traces", encoding, { start, end }));
    expect(spans.length).toBeGreaterThan(100);
    for (const { span, resource } of spans.slice(0, 60)) {
      const trace = world.queries.trace(String(span["traceId"]));
      const expected = trace?.spans.find(({ spanId }) => spanId === span["spanId"]);
      expect(span).toMatchObject({
        name: expected?.name,
        startTimeUnixNano: `${String(expected?.startUs)}000`,
        endTimeUnixNano: `${String((expected?.startUs ?? 0) + (expected?.durationUs ?? 0))}000`,
      });
      expect(span["parentSpanId"]).toBe(expected?.parentSpanId);
      expect(resource["service.name"]).toBe(expected?.service);
      expect(resource["service.instance.id"]).toBe(expected?.instance);
      expect({ ...resource, ...attributesOf(span) }).toMatchObject(expected?.attributes ?? { missing: true });
    }
  });
});

/** The same window as Prometheus's own interface has it, but for what is told as the resource. */
function prometheusSamples(start: string, end: string): Map<string, Map<number, number>> {
  const seconds = Number(end) - Number(start);
  // A range of an instant query is open at its start and closed at its end; scrapes are never on a whole second here.
  const query = `{__name__=~".+",__name__!="target_info"}[${String(seconds)}s]`;
  const { body } = world.queries.prometheus("query", { query: [query], time: [String(Number(end) - 0.001)] });
  const { result } = (body as { data: { result: { metric: Json; values: [number, string][] }[] } }).data;
  return new Map(
    result.map(({ metric, values }) => [
      seriesKey(metric),
      new Map(values.map(([time, text]) => [Math.round(time * 1e3), Number(text.replace("+Inf", "Infinity"))])),
    ]),
  );
}

describe("points that the small world has none of", () => {
  const form = (type: string) => ({
    model: world.model,
    descriptions: new Map([["x", { name: "x", type, unit: "s", help: "" }]]),
    starts: new StartTimes(() => 500),
    aheadMs: 0,
  });
  const series = (labels: Record<string, string>, values: number[], ref = 1) => ({
    ref,
    labels: { job: "a", instance: "a-1", ...labels },
    timesMs: values.map((_, at) => 1_000 * (at + 1)),
    values,
    exemplars: [],
  });
  const pointsOf = (type: string, ...given: ReturnType<typeof series>[]) => {
    const data = metricsData(given, form(type));
    expect(decodeOtlp("metrics", encodeMetricsData(data))).toMatchObject({ resourceMetrics: [{}] });
    const metric = data.resourceMetrics[0]?.scopeMetrics[0]?.metrics[0];
    return (metric?.summary ?? metric?.sum ?? metric?.gauge)?.dataPoints;
  };

  test("a summary keeps its quantiles", () => {
    const points = pointsOf(
      "summary",
      series({ __name__: "x", quantile: "0.5" }, [0.25]),
      series({ __name__: "x", quantile: "0.99" }, [4]),
      series({ __name__: "x_sum" }, [10]),
      series({ __name__: "x_count" }, [7]),
    );
    expect(points).toMatchObject([
      {
        count: "7",
        sum: 10,
        quantileValues: [
          { quantile: 0.5, value: 0.25 },
          { quantile: 0.99, value: 4 },
        ],
      },
    ]);
  });

  test("a counter that fell began anew after the sample before", () => {
    const starts = pointsOf("counter", series({ __name__: "x" }, [5, 6, 2, 3]))?.map(
      (point) => point.startTimeUnixNano,
    );
    expect(starts).toEqual(["500000000", "500000000", "2000000000", "2000000000"]);
  });

  test("numbers that are none, and the end of a series", () => {
    const points = pointsOf("gauge", series({ __name__: "x" }, [NaN, Infinity, STALE_MARKER]));
    expect(points?.map((point) => ("asDouble" in point ? point.asDouble : undefined))).toEqual([
      "NaN",
      "Infinity",
      undefined,
    ]);
    expect(points?.[2]).toMatchObject({ flags: 1 });
  });
});
