import { expect, test } from "vitest";
import { compareLines } from "../../../server/query/compare/compare-lines.js";
import { compareSamples } from "../../../server/query/compare/compare-samples.js";
import { compareSpans } from "../../../server/query/compare/compare-spans.js";
import type { CompareAnswer, CompareRefusal, CompareSet } from "../../../server/wire/compare.js";
import { MetricMemory } from "../../fixtures/metric-memory.js";
import { SpanMemory, type MemorySpan } from "../../fixtures/span-memory.js";

const WINDOW = { fromUs: 0, toUs: 100_000_000 };

/** Requests of which every fifth has a large basket, one call for each item of it, and a slow answer. */
function baskets(): SpanMemory {
  const memory = new SpanMemory();
  for (let request = 0; request < 200; request++) {
    const items = request % 5 === 0 ? 30 + (request % 7) : 1 + (request % 3);
    const startUs = request * 100_000;
    const traceId = `t${String(request)}`;
    const span = (spanId: string, rest: Partial<MemorySpan>): MemorySpan => ({
      traceId,
      spanId,
      name: "POST /checkout",
      startUs,
      durationUs: items * 20_000 + 40_000,
      kind: "server",
      status: "ok",
      resource: { "service.name": "edge" },
      ...rest,
    });
    memory.push(
      span("root", { attributes: { "app.cart.items": items, "user.id": `u-${String(request)}` } }),
      span("reserve", {
        parentSpanId: "root",
        name: "POST /reservations",
        startUs: startUs + 10_000,
        durationUs: items * 20_000 + 10_000,
        resource: { "service.name": "inventory", "service.version": request < 100 ? "1" : "2" },
      }),
      ...Array.from({ length: items }, (_, item) =>
        span(`q${String(item)}`, {
          parentSpanId: "reserve",
          name: "SELECT stock",
          kind: "client",
          startUs: startUs + 10_000 + item * 20_000,
          durationUs: 20_000,
          resource: { "service.name": "inventory" },
        }),
      ),
    );
  }
  return memory;
}

function compared(answer: CompareAnswer | CompareRefusal): CompareAnswer {
  if (answer.kind === "refused") throw new Error(answer.message);
  return answer;
}

test("slow requests against fast ones: basket size and calls for each item come first, the duration they were chosen by last", () => {
  const set: CompareSet = { window: WINDOW, query: "" };
  const answer = compared(
    compareSpans(
      baskets(),
      { signal: "traces", selection: { ...set, minimum: 500_000 }, baseline: set, sample: 1_000 },
      undefined,
    ),
  );
  expect(answer.selection).toEqual({ total: 40, examined: 40 });
  expect(answer.baseline).toEqual({ total: 160, examined: 160 });
  const ids = answer.attributes.map(({ id }) => id);
  expect(new Set(ids.slice(0, 3))).toEqual(
    new Set(["span.app.cart.items", "calls: inventory SELECT stock", "own-time: inventory SELECT stock"]),
  );
  expect(answer.attributes.find(({ id }) => id === "span.user.id")?.difference).toBe(0);
  expect(answer.attributes.at(-1)).toMatchObject({ id: "duration", byDefinition: true });
  const calls = answer.attributes.find(({ id }) => id === "calls: inventory SELECT stock");
  expect(calls?.numbers).toMatchObject({ superiority: 1, baseline: { p50: 2 } });
});

test("own time is what the calls below leave of a span", () => {
  const set: CompareSet = { window: WINDOW, query: "" };
  const answer = compared(
    compareSpans(
      baskets(),
      { signal: "traces", selection: { ...set, minimum: 500_000 }, baseline: set, sample: 1_000 },
      undefined,
    ),
  );
  const own = answer.attributes.find(({ id }) => id === "own-time: inventory POST /reservations");
  expect(own?.numbers?.selection).toMatchObject({ p10: 10_000, p90: 10_000 });
});

test("before against after a deploy: the version of the service below comes first", () => {
  const answer = compared(
    compareSpans(
      baskets(),
      {
        signal: "traces",
        selection: { window: { fromUs: 10_000_000, toUs: 20_000_000 }, query: "" },
        baseline: { window: { fromUs: 0, toUs: 9_999_999 }, query: "" },
        sample: 1_000,
      },
      undefined,
    ),
  );
  expect(answer.attributes[0]).toMatchObject({
    id: "served-by: inventory service.version",
    strongest: { label: "2", value: "2" },
  });
});

test("a query that does not parse is refused with its side and place", () => {
  const refused = compareSpans(
    baskets(),
    {
      signal: "spans",
      selection: { window: WINDOW, query: "{ name = }" },
      baseline: { window: WINDOW, query: "" },
      sample: 10,
    },
    undefined,
  );
  expect(refused).toMatchObject({ kind: "refused", side: "selection", diagnostics: [{ line: 1, column: 10 }] });
});

test("parts of an aggregate are compared by the labels that it sums away", () => {
  const memory = new MetricMemory();
  for (let second = 0; second <= 400; second += 10) {
    for (const instance of ["a", "b"]) {
      const isBroken = instance === "b" && second > 200;
      memory.append({ __name__: "errors_total", instance }, second * 1_000, isBroken ? second * 10 : second);
    }
  }
  const query = "sum(rate(errors_total[1m]))";
  const answer = compared(
    compareSamples(
      memory,
      {
        signal: "metrics",
        selection: { window: { fromUs: 280e6, toUs: 400e6 }, query },
        baseline: { window: { fromUs: 60e6, toUs: 180e6 }, query },
        sample: 100,
      },
      undefined,
    ),
  );
  expect(answer.comparedQuery).toBe("rate(errors_total[1m])");
  const instance = answer.attributes.find(({ id }) => id === "instance");
  expect(instance?.strongest).toMatchObject({ label: "b" });
  expect(instance?.strongest?.cohensH).toBeGreaterThan(0.5);
  const values = answer.attributes.find(({ id }) => id === "value")?.bins ?? [];
  expect(values.reduce((sum, { selection }) => sum + selection, 0)).toBe(answer.selection.total);
});

test("of buckets each counts what it holds beyond the one below", () => {
  const memory = new MetricMemory();
  for (const [le, value] of [["0.1", 6], ["1", 9], ["+Inf", 10]] as const) memory.append({ __name__: "seconds_bucket", le }, 10_000, value); // prettier-ignore
  const set = { window: { fromUs: 10e6, toUs: 10e6 }, query: "seconds_bucket" };
  const answer = compared(
    compareSamples(
      memory,
      { signal: "metrics", selection: { ...set, minimum: 1 }, baseline: set, sample: 100 },
      undefined,
    ),
  );
  const bins = answer.attributes.find(({ id }) => id === "le")?.bins ?? [];
  expect(bins.map(({ label, selection, baseline }) => [label, selection, baseline]).sort()).toEqual([
    ["+Inf", 1, 0],
    ["0.1", 0, 6],
    ["1", 3, 0],
  ]);
});

test("log lines: what is in the selection is not in the baseline, and patterns are found", () => {
  const line = (id: number, level: string, message: string): object => ({
    id: String(id),
    timeUs: id,
    level,
    service: "payment",
    instance: "payment-1",
    message,
    attributes: { attempt: id },
  });
  const errors = Array.from({ length: 60 }, (_, id) => line(id, "error", `call ${String(id)} failed: timeout`));
  const others = Array.from({ length: 60 }, (_, id) => line(1_000 + id, "info", `paid order ${String(id)}`));
  const store = {
    sample: ({ levels }: { readonly levels?: readonly string[] }) => {
      const lines = levels === undefined ? [...errors, ...others] : errors;
      return { total: lines.length, lines };
    },
  } as unknown as Parameters<typeof compareLines>[0];
  const answer = compared(
    compareLines(
      store,
      {
        signal: "logs",
        selection: { window: WINDOW, query: "", logs: { levels: ["error"] } },
        baseline: { window: WINDOW, query: "" },
        sample: 500,
      },
      undefined,
    ),
  );
  expect(answer.baseline).toEqual({ total: 60, examined: 60 });
  expect(answer.attributes.find(({ id }) => id === "pattern")?.strongest?.label).toBe("call <_> failed: timeout");
  expect(answer.attributes.find(({ id }) => id === "level")?.byDefinition).toBe(true);
  expect(answer.attributes.find(({ id }) => id === "service")?.difference).toBe(0);
});
