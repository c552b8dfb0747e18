import { describe, expect, it } from "vitest";
import { storyCharts } from "../../server/grading/story-charts.js";
import type { TroubleEdge, TruthCause } from "../../server/wire/debrief.js";
import { loadScenario } from "../scenarios/play.js";

const { topology } = loadScenario("checkout-errors");

const cause = (component: string, faultClass: string): TruthCause => ({
  component,
  faultClass,
  onsetUs: 0,
  description: "",
});

const edge = (from: string, to: string): TroubleEdge => ({
  from,
  to,
  operation: "GET /",
  hurtRatio: 1,
  latencyMsP99: 0,
  latencyMsP99Twin: 0,
  errorRatio: 0,
  errorRatioTwin: 0,
});

const titles = (causes: readonly TruthCause[], trouble: readonly TroubleEdge[]): readonly string[] =>
  storyCharts(causes, trouble, topology).map(({ title }) => title);

describe("story charts", () => {
  it("begin with what customers felt and go on to the calls of the cause, each once", () => {
    const shown = titles([cause("payment-provider", "dependency/slow")], [edge("payment", "payment-provider")]);
    expect(shown.slice(0, 2)).toEqual(["Failed requests at the edge", "Slowest one in a hundred at the edge"]);
    expect(shown.slice(2)).toEqual(["Calls from payment to payment-provider"]);
  });

  it("show the external party even where no edge was hurt enough to be listed", () => {
    expect(titles([cause("payment-provider", "dependency/slow")], [])).toContain("Calls to payment-provider");
  });

  it("show the metrics server, one line a chart, where sight was lost", () => {
    const charts = storyCharts([cause("cart", "telemetry/label-cardinality")], [edge("prometheus", "cart")], topology);
    expect(charts).toHaveLength(6);
    for (const { query } of charts.slice(2)) expect(query).not.toContain(" by ");
  });

  it("ask stores by their namespace", () => {
    const charts = storyCharts(
      [cause("inventory", "database/n-plus-one")],
      [edge("inventory", "catalogue-db")],
      topology,
    );
    expect(charts.some(({ query }) => query.includes('job="inventory",db_namespace="catalogue-db"'))).toBe(true);
  });
});
