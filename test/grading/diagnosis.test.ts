import { describe, expect, it } from "vitest";
import { DIAGNOSIS_POINTS, gradeDiagnosis, type Answer, type DiagnosisInput } from "../../server/grading/diagnosis.js";
import { troubleGraph } from "../../server/grading/trouble-graph.js";

const edge = (from: string, to: string, hurtRatio = 0.5) => ({
  from,
  to,
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
      answer: truth,
      causes: [truth],
      alertingComponent: "gateway",
      trouble,
      changeKinds: new Map(),
      scrapeIntervalUs: 15_000_000,
    });
    expect(parts.reduce((sum, part) => sum + part.points, 0)).toBeCloseTo(DIAGNOSIS_POINTS, 9);
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
