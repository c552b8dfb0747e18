import { describe, expect, it } from "vitest";
import { DIAGNOSIS_POINTS, gradeDiagnosis, type Answer, type DiagnosisInput } from "../../server/grading/diagnosis.js";
import { troubleGraph } from "../../server/grading/trouble-graph.js";

const edge = (from: string, to: string, hurtRatio = 0.5) => ({
  from,
  to,
  operation: "GET /",
  hurtRatio,
  latencyMsP99: 900,
  latencyMsP99Twin: 60,
  errorRatio: 0.2,
  errorRatioTwin: 0,
});

/** edge → gateway → order → payment → provider, trouble comes up from the provider. */
const trouble = troubleGraph([
  edge("edge", "gateway"),
  edge("gateway", "order"),
  edge("order", "payment"),
  edge("payment", "provider"),
]);

const truth = { component: "provider", faultClass: "dependency/slow", trigger: undefined, onsetUs: 1_000_000_000 };
const path = [
  { from: "payment", to: "provider" },
  { from: "payment", to: "order" },
  { from: "gateway", to: "order" },
  { from: "edge", to: "gateway" },
];

function points(answer: Partial<Answer>, overrides: Partial<DiagnosisInput> = {}): Record<string, number> {
  const parts = gradeDiagnosis({
    answer: { ...truth, ...answer },
    causes: [truth],
    alertingComponent: "gateway",
    trouble,
    changeKinds: new Map([
      ["cart-deploy", "deploy"],
      ["order-deploy", "deploy"],
      ["dark-mode", "flag"],
    ]),
    scrapeIntervalUs: 15_000_000,
    ...overrides,
  });
  return Object.fromEntries(parts.map((part) => [part.id, part.points / part.pointsMax]));
}

describe("diagnosis", () => {
  it("gives all points for the truth", () => {
    const parts = gradeDiagnosis({
      answer: { ...truth, path },
      causes: [truth],
      alertingComponent: "gateway",
      trouble,
      changeKinds: new Map(),
      scrapeIntervalUs: 15_000_000,
    });
    expect(parts.reduce((sum, part) => sum + part.points, 0)).toBeCloseTo(DIAGNOSIS_POINTS, 9);
  });

  it("takes the drawn path as F1, whatever the direction of a line", () => {
    expect(points({ path }).path).toBe(1);
    expect(points({ path: path.slice(0, 2) }).path).toBeCloseTo((2 * 2) / (2 + 4), 9);
    expect(points({ path: [...path, { from: "edge", to: "cart" }] }).path).toBeCloseTo((2 * 4) / (5 + 4), 9);
    expect(points({ path: [] }).path).toBe(0);
    expect(points({}).path).toBe(0);
  });

  it("counts calls that were hardly hurt neither for nor against, and those beside the way as wrong", () => {
    const graph = troubleGraph([edge("payment", "provider"), edge("order", "payment", 0.05), edge("cart", "store")]);
    const drawn = [{ from: "payment", to: "provider" }];
    expect(points({ path: drawn }, { trouble: graph }).path).toBe(1);
    expect(points({ path: [...drawn, { from: "order", to: "payment" }] }, { trouble: graph }).path).toBe(1);
    expect(points({ path: [...drawn, { from: "cart", to: "store" }] }, { trouble: graph }).path).toBeCloseTo(2 / 3, 9);
  });

  it("shares the weight of the path out where the trouble stayed at home", () => {
    const parts = points({}, { trouble: troubleGraph([]), alertingComponent: "provider" });
    expect(Object.keys(parts)).not.toContain("path");
    expect(Object.values(parts)).toEqual([1, 1, 1, 1]);
  });

  it("falls off with hops along the trouble, and the alerting component is worth nothing", () => {
    const symptom = Math.exp(-3);
    expect(points({ component: "payment" }).component).toBeCloseTo((Math.exp(-1) - symptom) / (1 - symptom), 9);
    expect(points({ component: "gateway" }).component).toBe(0);
  });

  it("gives nothing for a component that the trouble did not reach", () => {
    expect(points({ component: "cart" }).component).toBe(0);
  });

  it("uses e^−d where the symptom is the cause", () => {
    expect(points({ component: "payment" }, { alertingComponent: "provider" }).component).toBeCloseTo(Math.exp(-1), 9);
  });

  it("gives 0.3 for another change of the right kind, 0 for one of another kind, 1 for the right one", () => {
    const causes = [{ ...truth, trigger: "order-deploy" }];
    expect(points({ trigger: "order-deploy" }, { causes }).trigger).toBe(1);
    expect(points({ trigger: "cart-deploy" }, { causes }).trigger).toBeCloseTo(0.3, 9);
    expect(points({ trigger: "dark-mode" }, { causes }).trigger).toBe(0);
    expect(points({ trigger: "cart-deploy" }).trigger).toBe(0);
  });

  it("falls by e for each tolerance that the onset is off", () => {
    expect(points({ onsetUs: truth.onsetUs + 60_000_000 }).onset).toBeCloseTo(Math.exp(-1), 9);
    expect(points({ onsetUs: truth.onsetUs + 60_000_000 }, { scrapeIntervalUs: 60_000_000 }).onset).toBeCloseTo(
      Math.exp(-0.5),
      9,
    );
  });
});
