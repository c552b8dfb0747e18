import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { SPAN_STATUSES } from "../../server/sim/span-status.js";
import { SPAN_CHUNK_MASK, SPAN_OPEN, SpanTable } from "../../server/sim/span-table.js";
import { isTraceKept } from "../../server/sim/observability/head-sampling.js";
import type { SpanSource } from "../../server/telemetry/sources.js";
import { TraceStore } from "../../server/telemetry/trace-store.js";
import type { TraceSearchRequest } from "../../server/wire/telemetry.js";
import {
  CART,
  CART_TO_STORE,
  EDGE,
  EDGE_TO_CART,
  IDENTITY,
  MODEL,
  addSpan,
  buildWorld,
  spanSource,
} from "./synthetic-world.js";

const storeOf = (recent: SpanSource, sampleRatio = 1): TraceStore =>
  new TraceStore({ model: MODEL, identity: IDENTITY, recent, sampleRatio });

const EVERYTHING = { fromUs: 0, toUs: 1e15, limit: 1_000, order: "newest" as const };

interface PlainSpan {
  readonly request: number;
  readonly startUs: number;
  readonly durationUs: number;
  readonly component: string;
  readonly name: string;
  readonly failed: boolean;
  readonly attributes: Readonly<Record<string, string | number | boolean>>;
}

function plainSpans(source: SpanSource): PlainSpan[] {
  const { table } = source;
  return Array.from({ length: table.rows }, (_, row) => {
    const chunk = table.chunkAt(row);
    const at = row & SPAN_CHUNK_MASK;
    const site = MODEL.sites[chunk.site[at] ?? 0];
    return {
      request: chunk.request[at] ?? 0,
      startUs: chunk.startUs[at] ?? 0,
      durationUs: chunk.durationUs[at] ?? 0,
      component: site?.component ?? "",
      name: site?.name ?? "",
      failed: SPAN_STATUSES[chunk.status[at] ?? 0]?.failed === true,
      attributes: source.attributes(row),
    };
  }).filter(({ durationUs }) => durationUs !== SPAN_OPEN);
}

function obviouslyMatches(span: PlainSpan, request: TraceSearchRequest): boolean {
  return (
    span.startUs >= request.fromUs &&
    span.startUs <= request.toUs &&
    (request.service === undefined || span.component === request.service) &&
    (request.operation === undefined || span.name === request.operation) &&
    span.durationUs >= (request.minDurationUs ?? 0) &&
    span.durationUs <= (request.maxDurationUs ?? Infinity) &&
    (request.status === undefined || span.failed === (request.status === "error")) &&
    (request.attributes ?? []).every(({ name, operator, value }) => {
      const actual = name === "service.name" ? span.component : span.attributes[name];
      return (actual !== undefined && String(actual) === value) === (operator === "=");
    })
  );
}

const search: fc.Arbitrary<TraceSearchRequest> = fc.record(
  {
    fromUs: fc.integer({ min: 900_000, max: 1_600_000 }),
    toUs: fc.integer({ min: 900_000, max: 1_600_000 }),
    service: fc.constantFrom("edge", "cart", "mailer", "absent"),
    operation: fc.constantFrom("POST /cart", "SELECT prices", "mails process"),
    minDurationUs: fc.integer({ min: 0, max: 6_000 }),
    maxDurationUs: fc.integer({ min: 0, max: 6_000 }),
    status: fc.constantFrom("ok" as const, "error" as const),
    attributes: fc.subarray(
      [
        { name: "http.route", operator: "=" as const, value: "/price" },
        { name: "app.user.id", operator: "!=" as const, value: "user-2" },
        { name: "error.type", operator: "=" as const, value: "500" },
        { name: "service.name", operator: "!=" as const, value: "edge" },
      ],
      { maxLength: 2 },
    ),
    limit: fc.nat(12),
    order: fc.constantFrom("newest" as const, "slowest" as const),
  },
  { requiredKeys: ["fromUs", "toUs", "limit", "order", "minDurationUs"] },
);

describe("a search", () => {
  const history = buildWorld({ requests: 12, segment: 0, seed: 5 }).spans;
  const recent = buildWorld({ requests: 15, fromUs: 1_000_000 + 11 * 20_000, firstRequest: 100, seed: 9 }).spans;
  const spans = [...plainSpans(history), ...plainSpans(recent)];

  it("finds the traces that a look at every span finds", () => {
    fc.assert(
      fc.property(search, fc.constantFrom(1, 0.5), (request, sampleRatio) => {
        const store = storeOf(recent, sampleRatio);
        store.attachHistory(history);
        const matching = spans.filter(
          (span) => isTraceKept(span.request, sampleRatio) && obviouslyMatches(span, request),
        );
        const requests = new Set(matching.map((span) => span.request));
        const answer = store.search(request);
        expect(answer.total).toBe(requests.size);
        expect(answer.traces).toHaveLength(Math.min(request.limit, requests.size));
        const rank = (number: number): number =>
          request.order === "slowest"
            ? (spans.find((span) => span.request === number)?.durationUs ?? 0)
            : Math.max(...matching.filter((span) => span.request === number).map(({ startUs }) => startUs));
        const ranks = [...requests].map(rank).sort((a, b) => b - a);
        expect(answer.traces.map(({ traceId }) => rank(parseInt(traceId, 16)))).toEqual(ranks.slice(0, request.limit));
      }),
      { numRuns: 400 },
    );
  });

  it("summarizes each trace by its root", () => {
    const { spans: source } = buildWorld({ requests: 1, seed: 3 });
    const [root] = plainSpans(source);
    expect(storeOf(source).search(EVERYTHING).traces).toEqual([
      {
        traceId: IDENTITY.traceId(0),
        rootService: "edge",
        rootName: "POST /cart",
        startUs: 1_000_000,
        durationUs: root?.durationUs,
        spanCount: 6,
        errorCount: 0,
        services: ["edge", "cart", "mailer"],
      },
    ]);
  });

  it("says which limit it met", () => {
    expect(() => storeOf(recent).search({ ...EVERYTHING, limit: 1_001 })).toThrow(
      /traces of one search exceeded: 1001, allowed 1000/,
    );
    const store = new TraceStore({ model: MODEL, identity: IDENTITY, recent, sampleRatio: 1, examinedLimit: 5 });
    const attributes = [{ name: "app.user.id", operator: "=" as const, value: "nobody" }];
    expect(() => store.search({ ...EVERYTHING, attributes })).toThrow(
      /spans examined by one search exceeded: more than 5/,
    );
  });
});

describe("one trace", () => {
  const table = new SpanTable(100);
  const root = addSpan(table, { startUs: 100, durationUs: 900, request: 7, site: EDGE, status: 4 });
  const first = addSpan(table, {
    startUs: 110,
    durationUs: 300,
    request: 7,
    site: EDGE_TO_CART,
    parent: root,
    status: 5,
  });
  const server = addSpan(table, { startUs: 120, request: 7, site: CART, parent: first, instance: 1 });
  const second = addSpan(table, {
    startUs: 500,
    durationUs: 300,
    request: 7,
    site: EDGE_TO_CART,
    parent: root,
    status: 5,
    attempt: 1,
  });
  addSpan(table, { startUs: 510, durationUs: 20, request: 8, site: CART, instance: 1 });

  it("has its finished spans with ids, events and messages; the open one is missing", () => {
    const trace = storeOf(spanSource(table)).trace(IDENTITY.traceId(7));
    expect(trace?.complete).toBe(false);
    expect(trace?.spans.map(({ spanId }) => spanId)).toEqual(
      [root, first, second].map((row) => IDENTITY.spanId(1, row)),
    );
    expect(trace?.spans[2]).toEqual({
      spanId: IDENTITY.spanId(1, second),
      parentSpanId: IDENTITY.spanId(1, root),
      service: "edge",
      instance: "edge-0",
      version: "v1",
      name: "POST",
      kind: "client",
      startUs: 500,
      durationUs: 300,
      status: "error",
      statusMessage: "deadline exceeded while waiting for the answer",
      attributes: {
        "server.address": "cart",
        "app.user.id": "user-0",
        "http.response.status_code": 0,
        "error.type": "timeout",
        "error.message": "deadline exceeded while waiting for the answer",
      },
      events: [
        { timeUs: 500, name: "retry", attributes: { "retry.attempt": 1 } },
        {
          timeUs: 800,
          name: "exception",
          attributes: {
            "exception.type": "timeout",
            "exception.message": "deadline exceeded while waiting for the answer",
          },
        },
      ],
    });
  });

  it("becomes complete when its last span ends", () => {
    table.chunkAt(server).durationUs[server] = 2_000;
    const trace = storeOf(spanSource(table)).trace(IDENTITY.traceId(7));
    expect(trace?.complete).toBe(true);
    expect(trace?.spans).toHaveLength(4);
  });

  it("is unknown when its id is foreign, or the collector dropped it", () => {
    expect(storeOf(spanSource(table)).trace("zz")).toBeUndefined();
    expect(storeOf(spanSource(table)).trace(IDENTITY.traceId(99))).toBeUndefined();
    expect(storeOf(spanSource(table), 0).trace(IDENTITY.traceId(7))).toBeUndefined();
  });
});

describe("the vocabulary", () => {
  it("names what has run, and learns", () => {
    const table = new SpanTable(100);
    addSpan(table, { startUs: 1, durationUs: 5, request: 1, site: CART });
    const open = addSpan(table, { startUs: 2, request: 2, site: CART_TO_STORE });
    const store = storeOf(spanSource(table));
    expect(store.vocabulary().services).toEqual([{ service: "cart", operations: ["POST /price"] }]);
    expect(store.vocabulary().attributes).not.toContain("db.system.name");
    table.chunkAt(open).durationUs[open] = 9;
    expect(store.vocabulary().services).toEqual([{ service: "cart", operations: ["POST /price", "SELECT prices"] }]);
    expect(store.vocabulary().attributes).toContain("db.system.name");
  });
});

describe("head sampling", () => {
  it.each([0, 0.1, 0.5, 1])("keeps about its share: %d", (ratio) => {
    let kept = 0;
    for (let request = 0; request < 20_000; request++) if (isTraceKept(request * 32_768, ratio)) kept++;
    expect(Math.abs(kept / 20_000 - ratio)).toBeLessThan(0.015);
  });
});
