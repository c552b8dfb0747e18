import { describe, expect, test } from "vitest";
import { cohensH, differenceRows, effectWord, hedgesG, shareRows } from "../../../../client/panels/traces/set-rows.js";
import type { OperationShare, TraceSetFigures } from "../../../../server/wire/traces.js";

const operation = (name: string, figures: Partial<OperationShare>): OperationShare => ({
  service: name.split("/")[0] ?? "",
  name: name.split("/")[1] ?? "",
  kind: "server",
  traces: 10,
  spans: 10,
  errors: 0,
  selfUs: 0,
  criticalUs: 0,
  durationUsP50: 1,
  durationUsP95: 2,
  logSelfMean: 5,
  logSelfVariance: 1,
  exampleTraceId: `of ${name}`,
  exampleSpanId: "",
  ...figures,
});

const set = (operations: readonly OperationShare[]): TraceSetFigures => ({
  kind: "found",
  total: 10,
  examined: 10,
  criticalUs: operations.reduce((sum, { criticalUs }) => sum + criticalUs, 0),
  operations,
});

const SET = set([
  operation("db/select", { criticalUs: 600, spans: 30 }),
  operation("web/get", { criticalUs: 300, errors: 5 }),
  operation("web/post", { criticalUs: 100 }),
]);

describe("critical path of a set", () => {
  test("by operation, with what falls on one trace", () => {
    const [first, second] = shareRows(SET, "operation");
    expect(first).toMatchObject({
      service: "db",
      name: "select",
      share: 0.6,
      criticalUsPerTrace: 60,
      spansPerTrace: 3,
    });
    expect(second).toMatchObject({ name: "get", errorRatio: 0.5 });
  });

  test("by service, whose example is that of its largest operation", () => {
    const rows = shareRows(SET, "service");
    expect(rows.map(({ service, share }) => [service, share])).toEqual([
      ["db", 0.6],
      ["web", 0.4],
    ]);
    expect(rows[1]).toMatchObject({
      name: undefined,
      errors: 5,
      exampleTraceId: "of web/get",
      durationUsP50: undefined,
    });
  });
});

describe("two sets", () => {
  test("the largest difference of own time comes first; what is on one side only is told", () => {
    const other = set([operation("db/select", { selfUs: 1_000 }), operation("old/get", { selfUs: 200 })]);
    const rows = differenceRows(
      set([operation("db/select", { selfUs: 5_000 }), operation("new/get", { selfUs: 50 })]),
      other,
    );
    expect(rows.map(({ service, selfUsDifference }) => [service, selfUsDifference])).toEqual([
      ["db", 400],
      ["old", -20],
      ["new", 5],
    ]);
    expect(rows[1]).toMatchObject({ selection: undefined, effect: undefined });
    expect(rows[2]).toMatchObject({ baseline: undefined, effect: undefined });
  });

  test("effect sizes are those of the books", () => {
    const one = { spans: 10, logSelfMean: 6, logSelfVariance: 0.9 };
    // Two groups of ten with variance 1 and means a standard deviation apart: g = d · (1 − 3 / (4 · 18 − 1)).
    expect(hedgesG(one, { ...one, logSelfMean: 5 })).toBeCloseTo(1 - 3 / 71, 10);
    expect(hedgesG(one, { ...one, spans: 1 })).toBeUndefined();
    expect(cohensH(0.5, 0.5)).toBe(0);
    expect(cohensH(1, 0)).toBeCloseTo(Math.PI, 10);
    expect([0.1, -0.3, 0.6, -2].map(effectWord)).toEqual(["none", "small", "medium", "large"]);
  });
});
