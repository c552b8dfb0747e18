/** The traces view's questions over spans given by hand, and over a small world beside its other trace queries. */
import { beforeAll, describe, expect, test } from "vitest";
import { exploreTraces } from "../../../server/query/traces/explore.js";
import { traceSetFigures } from "../../../server/query/traces/set-figures.js";
import { evenly } from "../../../server/query/traces/trace-set.js";
import type { TraceExploreRequest, TracesFound, TraceSetFigures } from "../../../server/wire/traces.js";
import type { World } from "../../../server/world/world.js";
import { SpanMemory } from "../../fixtures/span-memory.js";
import { smallWorld } from "../../fixtures/small-world.js";

const MS = 1_000;
const S = 1_000_000;

/** A line is `trace span parent service/name start+duration [!]`, times in ms. */
function memoryOf(text: string): SpanMemory {
  const memory = new SpanMemory();
  for (const line of text.trim().split("\n")) {
    const [traceId = "", spanId = "", parent = "", what = "", times = "", failed] = line.trim().split(/\s+/);
    const [service = "", name = ""] = what.split("/");
    const [start = 0, duration = 0] = times.split("+").map(Number);
    memory.push({
      traceId,
      spanId,
      ...(parent === "-" ? {} : { parentSpanId: parent }),
      name,
      startUs: start * MS,
      durationUs: duration * MS,
      kind: name === "consume" ? "consumer" : "server",
      status: failed === "!" ? "error" : "ok",
      resource: { "service.name": service },
    });
  }
  return memory;
}

const REQUEST: TraceExploreRequest = {
  fromUs: 0,
  toUs: 60 * S,
  query: "{}",
  order: "newest",
  limit: 10,
  columns: 60,
  rows: 12,
};

const MEMORY = memoryOf(`
  aa 1 - web/GET 1000+100
  aa 2 1 cart/price 1010+80
  aa 3 2 mail/consume 9000+50
  bb 4 - web/GET 5000+2000 !
  bb 5 4 cart/price 5100+300
  cc 6 - web/POST 30000+10
  dd 7 99 cart/price 40000+400
`);

const explore = (changes: Partial<TraceExploreRequest>): TracesFound => {
  const answer = exploreTraces(MEMORY, { ...REQUEST, ...changes }, { sampleRatio: 1 });
  if (answer.kind === "wrong") throw new Error(answer.findings[0]?.message);
  return answer;
};
const ids = (changes: Partial<TraceExploreRequest>): string =>
  explore(changes)
    .traces.map(({ traceId }) => traceId)
    .join(" ");

describe("exploring traces", () => {
  test.each([
    ["newest", "dd cc bb aa"],
    ["oldest", "aa bb cc dd"],
    ["slowest", "bb dd aa cc"],
    ["fastest", "cc aa dd bb"],
    ["spans", "aa bb dd cc"],
    ["errors", "bb dd cc aa"],
    ["spread", "aa bb cc dd"],
  ] as const)("in order: %s", (order, expected) => {
    expect(ids({ order })).toBe(expected);
  });

  test("by the query, the window and the duration of the trace, which is that of its root", () => {
    expect(ids({ query: '{ resource.service.name = "cart" && duration > 200ms }' })).toBe("dd bb");
    expect(ids({ query: "{ status = error } && { duration < 1s }" })).toBe("bb");
    expect(ids({ fromUs: 20 * S, toUs: 35 * S })).toBe("cc");
    // aa has a message that is consumed eight seconds later: nobody waited for it.
    expect(ids({ minDurationUs: 100 * MS, maxDurationUs: 500 * MS })).toBe("dd aa");
  });

  test("figures are of all that match, not of the page", () => {
    const { figures, traces } = explore({ limit: 1 });
    expect(traces).toHaveLength(1);
    expect(figures).toMatchObject({ total: 4, failed: 1, durationUsMax: 2_000 * MS, durationUsP50: 400 * MS });
    expect(figures.perSecond).toBeCloseTo(4 / 60);
  });

  test("a sketch has the spans as thousandths of the trace, with service and failure", () => {
    const [trace] = explore({ query: "{ status = error }" }).traces;
    expect(trace?.services).toEqual(["web", "cart"]);
    expect(trace?.sketch).toEqual([0, 1_000, 0, 1, 50, 150, 1, 0]);
  });

  test("what cannot be read is said, with its place", () => {
    const answer = exploreTraces(MEMORY, { ...REQUEST, query: "{ status = }" }, { sampleRatio: 1 });
    expect(answer).toMatchObject({ kind: "wrong", findings: [{ line: 1, column: 12 }] });
  });
});

test("the time of a set goes to the operations that held it up", () => {
  const figures = traceSetFigures(MEMORY, { fromUs: 0, toUs: 8 * S, query: "{}" }) as TraceSetFigures;
  expect(figures).toMatchObject({ total: 2, examined: 2, criticalUs: 2_100 * MS });
  const rows = figures.operations.map((row) => [
    `${row.service}/${row.name}`,
    row.spans,
    row.errors,
    row.criticalUs / MS,
  ]);
  expect(rows).toEqual([
    ["web/GET", 2, 1, 1_720],
    ["cart/price", 2, 0, 380],
    ["mail/consume", 1, 0, 0],
  ]);
  expect(figures.operations[0]).toMatchObject({
    traces: 2,
    selfUs: 1_720 * MS,
    exampleTraceId: "bb",
    exampleSpanId: "4",
  });
});

test("an even choice begins, goes on and ends everywhere alike", () => {
  expect(evenly(3, 5)).toEqual([0, 1, 2]);
  expect(evenly(10, 5)).toEqual([1, 3, 5, 7, 9]);
});

describe("over a world", () => {
  let world: World;
  let window: { readonly fromUs: number; readonly toUs: number };

  beforeAll(() => {
    world = smallWorld(-420);
    window = { fromUs: world.nowUs - 60 * S, toUs: world.nowUs };
  });

  const ask = (changes: Partial<TraceExploreRequest> = {}): TracesFound => {
    const answer = world.queries.exploreTraces({
      ...REQUEST,
      ...window,
      query: "{ nestedSetParent < 0 }",
      limit: 1_000,
      ...changes,
    });
    if (answer.kind === "wrong") throw new Error(answer.findings[0]?.message);
    return answer;
  };

  test("finds and describes what the search by conditions does", () => {
    const found = ask();
    const searched = world.queries.traces({ ...window, limit: 1_000, order: "newest" });
    expect(found.figures.total).toBe(searched.total);
    const plain = found.traces.map(({ sketch, services, ...summary }) => [
      summary.traceId,
      { ...summary, services: [...services].sort(), has: sketch.length > 0 },
    ]);
    const other = searched.traces.map((summary) => [
      summary.traceId,
      { ...summary, services: [...summary.services].sort(), has: true },
    ]);
    expect(Object.fromEntries(plain)).toEqual(Object.fromEntries(other));
  });

  test("the heatmap holds every trace once, and a cell what the same bounds find", () => {
    const { heatmap, figures } = ask();
    const cells = Array.from({ length: heatmap.cells.length / 4 }, (_, at) => heatmap.cells.slice(4 * at, 4 * at + 4));
    expect(cells.reduce((sum, [, , count = 0]) => sum + count, 0)).toBe(figures.total);
    expect(cells.reduce((sum, [, , , failed = 0]) => sum + failed, 0)).toBe(figures.failed);
    for (const row of new Set(cells.map(([, cellRow = 0]) => cellRow))) {
      const minDurationUs = Math.ceil(heatmap.durationUsMin * heatmap.ratio ** row);
      const maxDurationUs = Math.ceil(heatmap.durationUsMin * heatmap.ratio ** (row + 1)) - 1;
      const inRow = cells.filter(([, cellRow]) => cellRow === row).reduce((sum, [, , count = 0]) => sum + count, 0);
      expect(ask({ minDurationUs, maxDurationUs }).figures.total).toBe(inRow);
    }
  });

  test("sees nothing after now", () => {
    expect(ask({ fromUs: world.nowUs + 1, toUs: world.nowUs + 60 * S }).figures.total).toBe(0);
  });
});
