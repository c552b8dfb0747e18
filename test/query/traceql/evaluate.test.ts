import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { Query } from "../../../server/query/traceql/ast.js";
import { LimitError } from "../../../server/base/limit-error.js";
import { DEFAULT_TRACEQL_LIMITS } from "../../../server/query/traceql/limits.js";
import { evaluateMetrics } from "../../../server/query/traceql/metrics.js";
import { parseTraceql } from "../../../server/query/traceql/parse.js";
import { searchTraces } from "../../../server/query/traceql/search.js";
import type { SpanReader } from "../../../server/telemetry/span-reader.js";
import { TraceStore } from "../../../server/telemetry/trace-store.js";
import { SpanMemory } from "../../fixtures/span-memory.js";
import { luckOf } from "../../fuzz/fuzz.js";
import { traceqlSubject } from "../../fuzz/traceql.js";
import { buildWorld, IDENTITY, MODEL } from "../../telemetry/synthetic-world.js";
import { Model } from "./model.js";
import { randomSpans } from "./random-spans.js";
import { searchQuery } from "./random-query.js";

const EVERYTHING = { fromUs: 0, toUs: Number.MAX_SAFE_INTEGER, limit: 1_000 };

function stagesOf(text: string): Extract<Query, { kind: "search" }>["stages"] | undefined {
  const parsed = parseTraceql(text);
  return parsed.ok && parsed.value.kind === "search" ? parsed.value.stages : undefined;
}

function found(reader: SpanReader, text: string): readonly (readonly number[])[] {
  const stages = stagesOf(text);
  if (stages === undefined) throw new Error(`${text} is no search`);
  return searchTraces(reader, stages, EVERYTHING).traces.flatMap(({ spansets }) => spansets.map(({ rows }) => rows));
}

const modelOf = (reader: SpanReader): Model => new Model(reader.stretches()[0]!);

describe("what is found is what a look at every span and every pair finds", () => {
  it("in random traces", () => {
    let compared = 0;
    fc.assert(
      fc.property(searchQuery, fc.integer({ min: 1, max: 1_000 }), (text, seed) => {
        const stages = stagesOf(text);
        if (stages === undefined) return;
        compared++;
        const memory = new SpanMemory();
        memory.push(...randomSpans(luckOf(seed)));
        const expected = modelOf(memory).search(stages);
        expect(found(memory, text), text).toEqual(expected);
        const { traces } = searchTraces(memory, stages, { ...EVERYTHING, rowsPerBlock: 1 + (seed % 5) });
        expect(
          traces.flatMap(({ spansets }) => spansets.map(({ rows }) => rows)),
          text,
        ).toEqual(expected);
      }),
      { numRuns: 400 },
    );
    expect(compared).toBeGreaterThan(50);
  });

  const { spans } = buildWorld({ requests: 20, seed: 11 });
  const store = new TraceStore({ model: MODEL, identity: IDENTITY, recent: spans, sampleRatio: 0.6 });
  const model = modelOf(store);

  it.each([
    "{}",
    '{ resource.service.name = "cart" }',
    '{ .service.name != "cart" && duration > 2ms }',
    '{ .http.route = "/price" || status = error }',
    '{ .error.type = "500" && kind = server }',
    "{ .error.type != nil } >> { .error.type = nil }",
    '{ span.app.user.id = "user-3" }',
    '{ .app.user.id !~ "user-[0-4]" && .service.version = "v1" }',
    "{ resource.service.version = `v1` && span.service.version = nil }",
    "{ span.http.response.status_code >= 500 }",
    "{ parent.http.response.status_code = 200 && kind = client }",
    '{ event:name = "exception" } | by(name) | count() >= 1',
    "{ kind = client } | by(resource.service.name) | max(duration) > 3ms",
    '{ statusMessage =~ ".*(error|refused).*" }',
    "{ nestedSetParent < 0 } | count() = 1",
    "{ kind = producer } << { kind = server }",
    "({ kind = client } | count() > 1) &> ({ kind = server } | { status = ok })",
    '{ traceDuration > 5ms && rootServiceName = "edge" && childCount = 2 }',
  ])("in the columns of a store that has a sample: %s", (text) => {
    expect(found(store, text)).toEqual(model.search(stagesOf(text) ?? []));
  });
});

describe("series", () => {
  it("count the spans that a search finds", () => {
    const memory = new SpanMemory();
    memory.push(...randomSpans(luckOf(77)));
    fc.assert(
      fc.property(searchQuery, fc.integer({ min: 1_000, max: 20_000 }), (text, stepUs) => {
        const parsed = parseTraceql(`${text} | count_over_time() by (name)`);
        if (!parsed.ok || parsed.value.kind !== "range") return;
        const { series } = evaluateMetrics(memory, parsed.value.metrics, { fromUs: -1, toUs: 200_000, stepUs });
        const counted = series.reduce((sum, { values }) => sum + values.reduce((a, b) => a + b, 0), 0);
        expect(counted, text).toBe(found(memory, text).reduce((sum, rows) => sum + rows.length, 0));
      }),
      { numRuns: 100 },
    );
  });
});

describe("limits", () => {
  const { spans } = buildWorld({ requests: 1_000, seed: 4 });
  const store = new TraceStore({ model: MODEL, identity: IDENTITY, recent: spans, sampleRatio: 1 });
  const withLimits = (limits: object, text: string, clockMs?: () => number): (() => unknown) => {
    const parsed = parseTraceql(text);
    if (!parsed.ok) throw parsed.error;
    const options = { limits: { ...DEFAULT_TRACEQL_LIMITS, ...limits }, ...(clockMs === undefined ? {} : { clockMs }) };
    const query = parsed.value;
    if (query.kind === "search") return () => searchTraces(store, query.stages, { ...EVERYTHING, ...options });
    return () => evaluateMetrics(store, query.metrics, { fromUs: 0, toUs: 3e7, stepUs: 1e6, ...options });
  };

  it.each<[object, string, RegExp]>([
    [{ spansMax: 100 }, "{}", /^limit of spans per query exceeded: \d+, allowed 100\./],
    [{ spansRenderedMax: 10 }, '{ .app.user.id = "x" }', /spans examined by their attributes exceeded: more than 10/],
    [{ seriesMax: 3 }, "{} | rate() by (span.app.user.id)", /series per query exceeded: more than 3/],
    [{ stepsMax: 10 }, "{} | rate()", /steps per query exceeded: 30, allowed 10/],
  ])("%j: %s", (limits, text, message) => {
    expect(withLimits(limits, text)).toThrow(LimitError);
    expect(withLimits(limits, text)).toThrow(message);
  });

  it("on time", () => {
    let now = 0;
    const clock = (): number => (now += 40);
    expect(withLimits({ timeMsMax: 30 }, '{ .app.user.id = "x" } | rate()', clock)).toThrow(
      /milliseconds per query exceeded: \d+, allowed 30/,
    );
  });
});

it("a thousand random and broken queries are answered or refused with a place", () => {
  const subject = traceqlSubject(() => 0);
  const luck = luckOf(5);
  for (let number = 0; number < 1_000; number++) {
    const outcome = subject.ask(subject.generate(luck).slice(luck.nat(3)));
    if (outcome.kind === "refused") expect(outcome.place).toBeDefined();
  }
});
