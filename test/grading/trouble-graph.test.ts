import { describe, expect, it } from "vitest";
import { compareCalls, troubleGraph } from "../../server/grading/trouble-graph.js";
import { STATUS_CLIENT_TIMEOUT, STATUS_OK } from "../../server/sim/span-status.js";
import { SpanTable } from "../../server/sim/span-table.js";

interface CallFact {
  readonly request: number;
  readonly site: number;
  readonly startUs: number;
  readonly durationMs: number;
  readonly failed?: boolean;
  readonly attempt?: number;
}

function tableOf(calls: readonly CallFact[]): SpanTable {
  const table = new SpanTable(1_000);
  for (const call of calls) {
    const row = table.reserve();
    const chunk = table.chunkAt(row);
    chunk.request[row] = call.request;
    chunk.site[row] = call.site;
    chunk.startUs[row] = call.startUs;
    chunk.durationUs[row] = call.durationMs * 1_000;
    chunk.status[row] = call.failed === true ? STATUS_CLIENT_TIMEOUT : STATUS_OK;
    chunk.attempt[row] = call.attempt ?? 0;
  }
  return table;
}

/** Site 0 is a server span, 1 order → payment, 2 payment → provider. */
const edgeOfSite = [
  undefined,
  { from: "order", to: "payment", operation: "POST /payments" },
  { from: "payment", to: "provider", operation: "POST /charges" },
  { from: "payment", to: "provider", operation: "GET /status" },
];

function hurtRatios(world: readonly CallFact[], twin: readonly CallFact[]): Record<string, number> {
  const edges = compareCalls({ world: tableOf(world), twin: tableOf(twin), edgeOfSite, fromUs: 0, toUs: 1_000 });
  return Object.fromEntries(edges.map((edge) => [`${edge.from}>${edge.to}`, edge.hurtRatio]));
}

describe("comparison of calls", () => {
  it("finds nothing between a world and itself", () => {
    const calls = [
      { request: 1, site: 1, startUs: 10, durationMs: 60 },
      { request: 1, site: 2, startUs: 11, durationMs: 50 },
    ];
    expect(hurtRatios(calls, calls)).toEqual({ "order>payment": 0, "payment>provider": 0 });
  });

  it("counts a call as hurt when it failed, was much slower, or was never made by the twin", () => {
    const twin = [
      { request: 1, site: 2, startUs: 10, durationMs: 50 },
      { request: 2, site: 2, startUs: 20, durationMs: 50 },
      { request: 3, site: 2, startUs: 30, durationMs: 50 },
    ];
    const world = [
      { request: 1, site: 2, startUs: 10, durationMs: 2_000 },
      { request: 2, site: 2, startUs: 20, durationMs: 51 },
      { request: 3, site: 2, startUs: 30, durationMs: 50, failed: true },
      { request: 3, site: 2, startUs: 40, durationMs: 50, attempt: 1 },
    ];
    expect(hurtRatios(world, twin)).toEqual({ "payment>provider": 0.75 });
  });

  it("names the kind of call that was hurt most, and says nothing of a twin that never made it", () => {
    const quick = [1, 2, 3].map((request) => ({ request, site: 2, startUs: 10, durationMs: 50 }));
    const added = [1, 2, 3].map((request) => ({ request, site: 3, startUs: 20, durationMs: 49 }));
    const [edge] = compareCalls({
      world: tableOf([...quick, ...added]),
      twin: tableOf(quick),
      edgeOfSite,
      fromUs: 0,
      toUs: 1_000,
    });
    expect(edge).toEqual({
      from: "payment",
      to: "provider",
      operation: "GET /status",
      hurtRatio: 1,
      latencyMsP99: 49,
      errorRatio: 0,
    });
  });

  it("leaves out calls outside the window and spans that are not calls", () => {
    const world = [
      { request: 1, site: 0, startUs: 10, durationMs: 900 },
      { request: 1, site: 1, startUs: 2_000, durationMs: 900 },
    ];
    expect(hurtRatios(world, [])).toEqual({});
  });
});

describe("trouble graph", () => {
  const edge = (from: string, to: string, hurtRatio: number) => ({
    from,
    to,
    operation: "GET /",
    hurtRatio,
    latencyMsP99: 0,
    latencyMsP99Twin: 0,
    errorRatio: 0,
    errorRatioTwin: 0,
  });

  it("counts hops from the cause to its callers along hurt edges only", () => {
    const graph = troubleGraph([
      edge("order", "payment", 0.4),
      edge("payment", "provider", 0.9),
      edge("web", "order", 0.3),
      edge("cart", "provider", 0.001),
    ]);
    expect(Object.fromEntries(graph.hopsFrom("provider"))).toEqual({ provider: 0, payment: 1, order: 2, web: 3 });
  });

  it("ends on a cycle", () => {
    const graph = troubleGraph([edge("a", "b", 1), edge("b", "a", 1)]);
    expect(Object.fromEntries(graph.hopsFrom("a"))).toEqual({ a: 0, b: 1 });
  });
});
