/** Tempo's, Jaeger's and Zipkin's APIs over a small world: they agree with one another, with the trace view and the metrics. */
import { beforeAll, describe, expect, test } from "vitest";
import { ProtobufReader } from "../../server/apis/protobuf/protobuf-reader.js";
import type { World } from "../../server/world/world.js";
import { askApi, jsonOf, smallWorld } from "../fixtures/small-world.js";

let world: World;
let seconds: { readonly start: string; readonly end: string };

beforeAll(() => {
  world = smallWorld(-420);
  seconds = { start: String(Math.floor(world.nowUs / 1e6) - 60), end: String(Math.floor(world.nowUs / 1e6)) };
});

const ask = (api: string, path: string, parameters: Record<string, string> = {}, given: object = {}): unknown =>
  jsonOf(askApi(world, api, path, { parameters, ...given }));
const statusOf = (api: string, path: string, parameters: Record<string, string> = {}): number =>
  askApi(world, api, path, { parameters }).httpStatus;
const textOf = (api: string, path: string, parameters: Record<string, string> = {}): unknown =>
  askApi(world, api, path, { parameters }).body;

interface TempoTrace {
  readonly traceID: string;
  readonly rootServiceName: string;
  readonly startTimeUnixNano: string;
  readonly durationMs: number;
  readonly spanSets: readonly { readonly matched: number; readonly spans: readonly { readonly spanID: string }[] }[];
  readonly serviceStats: Readonly<Record<string, { readonly spanCount: number }>>;
}
const search = (parameters: Record<string, string>): readonly TempoTrace[] =>
  (ask("tempo", "api/search", { ...seconds, ...parameters }) as { readonly traces: readonly TempoTrace[] }).traces;

interface Series {
  readonly series: readonly {
    readonly promLabels: string;
    readonly samples: readonly { readonly timestampMs: string; readonly value: number }[];
  }[];
}

/** The newest trace that is whole. */
function anyTrace(): { readonly id: string; readonly view: NonNullable<ReturnType<World["queries"]["trace"]>> } {
  for (const { traceID } of search({ q: "{}" })) {
    const view = world.queries.trace(traceID);
    if (view?.complete === true && view.spans.length > 2) return { id: traceID, view };
  }
  throw new Error("no trace is whole");
}

describe("Tempo", () => {
  test("finds what the trace view finds", () => {
    const window = { fromUs: Number(seconds.start) * 1e6, toUs: Number(seconds.end) * 1e6 };
    const view = world.queries.traces({ ...window, limit: 1_000, order: "newest" });
    const found = search({ q: "{ nestedSetParent < 0 }", limit: "1000" });
    expect(found.length).toBeGreaterThan(10);
    expect(found.map(({ traceID }) => traceID).sort()).toEqual(view.traces.map(({ traceId }) => traceId).sort());
    const [first] = found;
    const summary = view.traces.find(({ traceId }) => traceId === first?.traceID);
    expect(first?.rootServiceName).toBe(summary?.rootService);
    expect(Object.values(first?.serviceStats ?? {}).reduce((sum, { spanCount }) => sum + spanCount, 0)).toBe(
      summary?.spanCount,
    );
  });

  test("search by tags and durations is the same as by the language", () => {
    const ids = (parameters: Record<string, string>): string[] =>
      search({ ...parameters, limit: "500" }).map(({ traceID }) => traceID);
    const byTags = ids({ tags: 'service.name=shop span.kind="server"', minDuration: "1ms" });
    expect(byTags.length).toBeGreaterThan(0);
    expect(byTags).toEqual(ids({ q: '{ .service.name = "shop" && kind = server && traceDuration >= 1ms }' }));
    expect(textOf("tempo", "api/search", { tags: "a b" })).toMatch(/^invalid tags/);
  });

  test("spans per spanset, limits and mistakes", () => {
    const [trace] = search({ q: '{ resource.service.name = "shop" }', spss: "1", limit: "1" });
    expect(trace?.spanSets[0]?.spans).toHaveLength(1);
    expect(trace?.spanSets[0]?.matched).toBeGreaterThan(0);
    expect(textOf("tempo", "api/search", { q: "{ .a < }" })).toBe(
      "invalid TraceQL query: parse error at line 1, col 8: syntax error: unexpected }",
    );
    expect(statusOf("tempo", "api/search", { q: "{ .a < }" })).toBe(400);
    expect(statusOf("tempo", "api/search", { limit: "x" })).toBe(400);
    expect(statusOf("tempo", "api/search", { start: "20", end: "10" })).toBe(400);
    expect(statusOf("tempo", "api/nothing")).toBe(404);
    expect(textOf("tempo", "api/echo")).toBe("echo");
  });

  test("one trace in both versions, in JSON and in Protocol Buffers", () => {
    const { id, view } = anyTrace();
    interface Batches {
      readonly scopeSpans: readonly {
        readonly spans: readonly { readonly name: string; readonly spanId: string; readonly kind: string }[];
      }[];
    }
    const first = ask("tempo", `api/traces/${id}`) as { readonly batches: readonly Batches[] };
    const second = ask("tempo", `api/v2/traces/${id}`) as { readonly trace: { readonly resourceSpans: unknown } };
    expect(second.trace.resourceSpans).toEqual(first.batches);
    const spans = first.batches.flatMap(({ scopeSpans }) => scopeSpans.flatMap((scope) => scope.spans));
    const hex = spans.map(({ spanId }) => Buffer.from(spanId, "base64").toString("hex"));
    expect(hex.sort()).toEqual(view.spans.map(({ spanId }) => spanId).sort());
    expect(spans.every(({ kind }) => /^SPAN_KIND_[A-Z]+$/.test(kind))).toBe(true);
    const bytes = askApi(world, "tempo", `api/traces/${id}`, { accept: "application/protobuf" }).body as Uint8Array;
    expect(
      decodedSpans(bytes)
        .map(({ spanId }) => spanId)
        .sort(),
    ).toEqual(hex);
    expect(statusOf("tempo", `api/traces/${"0".repeat(31)}1`)).toBe(404);
    expect(statusOf("tempo", "api/traces/xyz")).toBe(400);
  });

  test("tags and their values", () => {
    const { scopes } = ask("tempo", "api/v2/search/tags") as {
      readonly scopes: readonly { readonly name: string; readonly tags: readonly string[] }[];
    };
    expect(scopes.map(({ name }) => name)).toEqual(["resource", "span", "event", "intrinsic"]);
    expect(scopes[0]?.tags).toContain("service.name");
    const values = (path: string, parameters = {}): unknown =>
      (ask("tempo", path, parameters) as { readonly tagValues: unknown }).tagValues;
    const services = values("api/v2/search/tag/resource.service.name/values") as { readonly value: string }[];
    expect(services.map(({ value }) => value)).toEqual(
      world.queries.traceVocabulary().services.map(({ service }) => service),
    );
    expect(values("api/search/tag/service.name/values")).toEqual(services.map(({ value }) => value));
    expect(values("api/v2/search/tag/status/values")).toContainEqual({ type: "keyword", value: "ok" });
    expect(values("api/v2/search/tag/status/values", { q: "{ status = error }" })).not.toContainEqual({
      type: "keyword",
      value: "ok",
    });
    expect(values("api/v2/search/tag/span.user.id/values", { limit: "5" })).toHaveLength(5);
    expect(statusOf("tempo", "api/v2/search/tag/no such/values")).toBe(400);
  });

  test("rates of server spans are those of the request counters, where nothing is sampled away", () => {
    const end = Math.floor(Number(seconds.end) / 30) * 30 - 15;
    const window = { start: String(end - 60), end: String(end) };
    const { series } = ask("tempo", "api/metrics/query_range", {
      q: '{ kind = server && resource.service.name = "shop" } | count_over_time()',
      ...window,
      step: "15s",
    }) as Series;
    const counted = series[0]?.samples.reduce((sum, { value }) => sum + value, 0) ?? 0;
    expect(counted).toBeGreaterThan(50);
    const spans = world.queries.traces({ fromUs: 0, toUs: world.nowUs, limit: 1, order: "newest" });
    expect(spans.sampleRatio).toBe(1);
    const { data } = ask("prometheus", "api/v1/query", {
      query: 'sum(increase(http_server_request_duration_seconds_count{job="shop"}[60s]))',
      time: String(end),
    }) as { readonly data: { readonly result: readonly { readonly value: readonly [number, string] }[] } };
    // A span counts when it begins, the counter when it ends, and at scrapes only.
    expect(Number(data.result[0]?.value[1]) / counted).toBeGreaterThan(0.8);
    expect(Number(data.result[0]?.value[1]) / counted).toBeLessThan(1.25);
  });

  test("metrics at an instant, with steps that stand on their multiples, and mistakes", () => {
    const instant = ask("tempo", "api/metrics/query", { q: "{} | rate() by (kind)", ...seconds }) as {
      readonly series: readonly { readonly promLabels: string; readonly value: number }[];
    };
    expect(instant.series.map(({ promLabels }) => promLabels)).toContain('{kind="server"}');
    const range = ask("tempo", "api/metrics/query_range", { q: "{} | rate()", ...seconds, step: "7" }) as Series;
    expect(range.series[0]?.samples.every(({ timestampMs }) => Number(timestampMs) % 7_000 === 0)).toBe(true);
    expect(textOf("tempo", "api/metrics/query_range", { q: "{}" })).toBe("not a metrics query");
    expect(statusOf("tempo", "api/metrics/query_range", { q: "{} | rate()", step: "0" })).toBe(400);
    expect(() => textOf("tempo", "api/metrics/query_range", { q: "{} | rate()", step: "1ms", since: "1h" })).toThrow(
      /limit of steps per query exceeded/,
    );
  });

  test("a client whose clock is ahead gets its own times", () => {
    const ahead = { clockAheadMs: 86_400_000 };
    const times = { start: String(Number(seconds.start) + 86_400), end: String(Number(seconds.end) + 86_400) };
    const { traces } = ask("tempo", "api/search", { q: "{}", ...times }, ahead) as { readonly traces: TempoTrace[] };
    const plain = search({ q: "{}" });
    expect(traces.map(({ traceID }) => traceID)).toEqual(plain.map(({ traceID }) => traceID));
    expect(BigInt(traces[0]?.startTimeUnixNano ?? 0) - BigInt(plain[0]?.startTimeUnixNano ?? 0)).toBe(
      86_400_000_000_000n,
    );
  });
});

interface DecodedSpan {
  readonly traceId: string;
  readonly spanId: string;
  readonly parentSpanId: string;
  readonly name: string;
  readonly startUs: number;
  readonly durationUs: number;
  readonly attributes: Readonly<Record<string, string | number | boolean>>;
}

/** Spans of TracesData, read field by field. */
function decodedSpans(bytes: Uint8Array): DecodedSpan[] {
  const spans: DecodedSpan[] = [];
  const each = (reader: ProtobufReader, fields: Record<number, (reader: ProtobufReader) => void>): void => {
    while (reader.next()) (fields[reader.field] ?? ((other: ProtobufReader) => other.skip()))(reader);
  };
  const hex = (reader: ProtobufReader): string => Buffer.from(reader.raw()).toString("hex");
  const attribute = (reader: ProtobufReader): [string, string | number | boolean] => {
    let key = "";
    let value: string | number | boolean = "";
    each(reader.message(), {
      1: (field) => (key = field.string()),
      2: (field) =>
        each(field.message(), {
          1: (any) => (value = any.string()),
          2: (any) => (value = any.varint() !== 0n),
          3: (any) => (value = any.int()),
          4: (any) => (value = any.double()),
        }),
    });
    return [key, value];
  };
  const span = (reader: ProtobufReader): DecodedSpan => {
    const found = { traceId: "", spanId: "", parentSpanId: "", name: "", startUs: 0, durationUs: 0 };
    const attributes: Record<string, string | number | boolean> = {};
    each(reader.message(), {
      1: (field) => (found.traceId = hex(field)),
      2: (field) => (found.spanId = hex(field)),
      4: (field) => (found.parentSpanId = hex(field)),
      5: (field) => (found.name = field.string()),
      7: (field) => (found.startUs = Number(field.fixed64() / 1_000n)),
      8: (field) => (found.durationUs = Number(field.fixed64() / 1_000n) - found.startUs),
      9: (field) => {
        const [key, value] = attribute(field);
        attributes[key] = value;
      },
    });
    return { ...found, attributes };
  };
  each(new ProtobufReader(bytes), {
    1: (resource) =>
      each(resource.message(), { 2: (scope) => each(scope.message(), { 2: (one) => spans.push(span(one)) }) }),
  });
  return spans;
}

test("spans that went out as OTLP are the spans of the trace view", () => {
  const { id, view } = anyTrace();
  const bytes = askApi(world, "tempo", `api/traces/${id}`, { accept: "application/protobuf" }).body as Uint8Array;
  const byId = (a: { readonly spanId: string }, b: { readonly spanId: string }): number =>
    a.spanId < b.spanId ? -1 : 1;
  const isResource = (name: string): boolean => name.startsWith("service.");
  expect(decodedSpans(bytes).sort(byId)).toEqual(
    [...view.spans].sort(byId).map((span) => ({
      traceId: id,
      spanId: span.spanId,
      parentSpanId: span.parentSpanId ?? "",
      name: span.name,
      startUs: span.startUs,
      durationUs: span.durationUs,
      attributes: Object.fromEntries(Object.entries(span.attributes).filter(([name]) => !isResource(name))),
    })),
  );
});

describe("Jaeger", () => {
  interface Frame<Data> {
    readonly data: Data;
    readonly total: number;
    readonly errors: readonly { readonly code: number; readonly msg: string }[] | null;
  }
  interface JaegerSpan {
    readonly spanID: string;
    readonly processID: string;
    readonly startTime: number;
    readonly references: readonly { readonly spanID: string }[];
    readonly tags: readonly { readonly key: string; readonly value: unknown }[];
  }
  interface JaegerTrace {
    readonly traceID: string;
    readonly spans: readonly JaegerSpan[];
    readonly processes: Readonly<Record<string, { readonly serviceName: string }>>;
  }
  const data = (path: string, parameters: Record<string, string> = {}): unknown =>
    (ask("jaeger", path, parameters) as Frame<unknown>).data;
  const micros = (): Record<string, string> => ({ start: `${seconds.start}000000`, end: `${seconds.end}000000` });

  test("services and operations", () => {
    const [vocabulary] = world.queries.traceVocabulary().services;
    const service = vocabulary?.service ?? "";
    expect(data("api/services") as string[]).toContain(service);
    expect(data(`api/services/${service}/operations`)).toEqual(vocabulary?.operations);
    const operations = data("api/operations", { service, spanKind: "server" }) as { readonly name: string }[];
    expect(operations.length).toBeGreaterThan(0);
    expect(ask("jaeger", "api/v3/services")).toEqual({ services: data("api/services") });
    expect(ask("jaeger", "api/v3/operations", { service, spanKind: "server" })).toEqual({ operations });
  });

  test("traces by service, operation, tags and duration; one by its id", () => {
    const found = data("api/traces", { service: "shop", ...micros(), limit: "20" }) as JaegerTrace[];
    expect(found).toHaveLength(20);
    for (const { spans, processes } of found) {
      expect(spans.some(({ processID }) => processes[processID]?.serviceName === "shop")).toBe(true);
    }
    const { id, view } = anyTrace();
    const [one] = data(`api/traces/${id}`) as JaegerTrace[];
    expect(one?.spans.map(({ spanID }) => spanID)).toEqual(view.spans.map(({ spanId }) => spanId));
    expect(one?.spans.map(({ references }) => references[0]?.spanID)).toEqual(
      view.spans.map(({ parentSpanId }) => parentSpanId),
    );
    const user = view.spans.map(({ attributes }) => attributes["user.id"]).find((value) => value !== undefined);
    const service = view.spans.find(({ attributes }) => attributes["user.id"] !== undefined)?.service ?? "";
    const tags = JSON.stringify({ "user.id": user });
    const ofUser = (data("api/traces", { service, tags, ...micros() }) as JaegerTrace[]).map(({ traceID }) => traceID);
    expect(ofUser).toContain(id);
    const slow = data("api/traces", { service, minDuration: "10m", ...micros() }) as JaegerTrace[];
    expect(slow).toEqual([]);
  });

  test("mistakes, in its frame", () => {
    const errors = (path: string, parameters = {}): unknown => (ask("jaeger", path, parameters) as Frame<null>).errors;
    expect(errors("api/traces")).toEqual([{ code: 400, msg: "parameter 'service' is required" }]);
    expect(errors(`api/traces/${"0".repeat(31)}1`)).toEqual([{ code: 404, msg: "trace not found" }]);
    expect(errors("api/traces", { service: "a", tags: "{" })).toMatchObject([{ code: 400 }]);
    expect(errors("api/traces", { service: "a", minDuration: "2s", maxDuration: "1s" })).toMatchObject([{ code: 400 }]);
    expect(statusOf("jaeger", "api/v3/traces")).toBe(400);
  });

  test("who calls whom, as Zipkin counts it", () => {
    const lookback = "60000";
    const endTs = `${seconds.end}000`;
    const links = data("api/dependencies", { endTs, lookback }) as {
      readonly parent: string;
      readonly child: string;
      readonly callCount: number;
    }[];
    const zipkin = ask("zipkin", "api/v2/dependencies", { endTs, lookback }) as { readonly errorCount?: number }[];
    expect(zipkin.map(({ errorCount: _, ...link }) => link)).toEqual(links);
    for (const { callCount } of links) expect(callCount).toBeGreaterThan(0);
  });

  test("the monitoring page: latencies, calls, errors", () => {
    const parameters = { service: "shop", endTs: `${seconds.end}000`, lookback: "60000", step: "15000" };
    interface Family {
      readonly name: string;
      readonly metrics: readonly {
        readonly labels: readonly { readonly name: string; readonly value: string }[];
        readonly metricPoints: readonly { readonly gaugeValue: { readonly doubleValue: number } }[];
      }[];
    }
    const calls = ask("jaeger", "api/metrics/calls", parameters) as Family;
    expect(calls.name).toBe("service_call_rate");
    expect(calls.metrics[0]?.labels).toEqual([{ name: "service_name", value: "shop" }]);
    expect(calls.metrics[0]?.metricPoints).toHaveLength(4);
    const latencies = ask("jaeger", "api/metrics/latencies", {
      ...parameters,
      quantile: ".9",
      groupByOperation: "true",
    }) as Family;
    expect(latencies.name).toBe("service_operation_latencies");
    expect(latencies.metrics[0]?.metricPoints[0]?.gaugeValue.doubleValue).toBeGreaterThan(0.1);
    const errors = ask("jaeger", "api/metrics/errors", parameters) as Family;
    for (const { gaugeValue } of errors.metrics[0]?.metricPoints ?? []) {
      expect(gaugeValue.doubleValue).toBeGreaterThanOrEqual(0);
      expect(gaugeValue.doubleValue).toBeLessThanOrEqual(1);
    }
    expect(data("api/metrics/minstep")).toBe(5_000);
    expect(statusOf("jaeger", "api/metrics/calls")).toBe(400);
  });

  test("version 3: traces as OTLP, and their summaries", () => {
    const times = {
      "query.startTimeMin": new Date(Number(seconds.start) * 1_000).toISOString(),
      "query.start_time_max": new Date(Number(seconds.end) * 1_000).toISOString(),
      "query.serviceName": "shop",
      "query.searchDepth": "3",
    };
    interface Spans {
      readonly result: {
        readonly resourceSpans: readonly {
          readonly scopeSpans: readonly { readonly spans: readonly { readonly traceId: string }[] }[];
        }[];
      };
    }
    const { result } = ask("jaeger", "api/v3/traces", times) as Spans;
    const spans = result.resourceSpans.flatMap(({ scopeSpans }) => scopeSpans.flatMap((scope) => scope.spans));
    const { summaries } = ask("jaeger", "api/v3/trace-summaries", times) as {
      readonly summaries: readonly { readonly traceId: string; readonly spanCount: number }[];
    };
    expect(summaries).toHaveLength(3);
    for (const { traceId, spanCount } of summaries) {
      expect(spans.filter((span) => span.traceId === traceId)).toHaveLength(spanCount);
    }
    expect(statusOf("jaeger", `api/v3/traces/${summaries[0]?.traceId ?? ""}`)).toBe(200);
  });
});

describe("Zipkin", () => {
  interface ZipkinSpan {
    readonly traceId: string;
    readonly id: string;
    readonly parentId?: string;
    readonly tags: Readonly<Record<string, string>>;
  }

  test("names, in lower case", () => {
    expect(ask("zipkin", "api/v2/services")).toContain("shop");
    const spans = ask("zipkin", "api/v2/spans", { serviceName: "shop" }) as string[];
    expect(spans.length).toBeGreaterThan(0);
    expect(spans).toEqual(spans.map((name) => name.toLowerCase()).sort());
    expect(Array.isArray(ask("zipkin", "api/v2/remoteServices", { serviceName: "shop" }))).toBe(true);
    expect(ask("zipkin", "api/v2/autocompleteKeys")).toEqual([]);
    expect(statusOf("zipkin", "api/v2/spans")).toBe(400);
  });

  test("traces, and one by its id", () => {
    const found = ask("zipkin", "api/v2/traces", {
      serviceName: "SHOP",
      lookback: "60000",
      limit: "4",
    }) as ZipkinSpan[][];
    expect(found).toHaveLength(4);
    const { id, view } = anyTrace();
    const one = ask("zipkin", `api/v2/trace/${id}`) as ZipkinSpan[];
    expect(one.map((span) => span.id)).toEqual(view.spans.map(({ spanId }) => spanId));
    const name = (ask("zipkin", "api/v2/spans", { serviceName: "shop" }) as string[])[0] ?? "";
    const byName = ask("zipkin", "api/v2/traces", {
      serviceName: "shop",
      spanName: name,
      minDuration: "1",
    }) as unknown[];
    expect(byName.length).toBeGreaterThan(0);
    const many = ask("zipkin", "api/v2/traceMany", { traceIds: `${id},${found[0]?.[0]?.traceId ?? ""}` }) as unknown[];
    expect(many.length).toBeGreaterThan(0);
    expect(statusOf("zipkin", `api/v2/trace/${"0".repeat(31)}1`)).toBe(404);
    expect(statusOf("zipkin", "api/v2/trace/xyz")).toBe(400);
    expect(statusOf("zipkin", "api/v2/traces", { maxDuration: "5" })).toBe(400);
  });
});
