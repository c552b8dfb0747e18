import { describe, expect, test } from "vitest";
import { hopsToCause, markMap, troubledPart } from "../../../client/charts/debrief-graph.js";
import { judgePath } from "../../../client/charts/path-verdicts.js";
import { timelineRows, writeOffset } from "../../../client/charts/debrief-timeline.js";
import { impactSeries, impactTotals, impactWindow } from "../../../client/charts/impact-curves.js";
import { nearestCause, pointsMin, scoreBar, verdicts } from "../../../client/panels/debrief/score-summary.js";
import { incidentWindow } from "../../../client/panels/debrief/incident-window.js";
import { pinnedCharts, storySeries } from "../../../client/panels/debrief/story-series.js";
import { storyMarkers } from "../../../client/panels/debrief/story-markers.js";
import type { TimelineEntry, TroubleEdge } from "../../../server/wire/debrief.js";

const MINUTE_US = 60_000_000;

describe("impact curves", () => {
  const curves = {
    unit: "x",
    stepUs: MINUTE_US / 2,
    fromUs: 1_000,
    mine: [4, 2],
    untouched: [4, 6],
    par: [4, 0],
    twin: [],
  };

  test("are summed over time and compared with par", () => {
    expect(impactTotals(curves)).toEqual({ hurt: { mine: 3, untouched: 5, par: 2, twin: 0 }, savedRatio: 2 / 3 });
    expect(impactTotals({ ...curves, par: [4, 6] }).savedRatio).toBeUndefined();
  });

  test("are drawn where there are any, at the middle of each step", () => {
    const series = impactSeries(curves);
    expect(series.map(({ world }) => world)).toEqual(["mine", "untouched", "par"]);
    expect([...(series[0]?.timesUs ?? [])]).toEqual([1_000 + MINUTE_US / 4, 1_000 + (MINUTE_US * 3) / 4]);
    expect(impactWindow(curves)).toEqual({ fromUs: 1_000, toUs: 1_000 + MINUTE_US });
  });
});

test("the incident's window ends with the run's telemetry, at the submission", () => {
  const impact = { unit: "x", stepUs: MINUTE_US, fromUs: 0, mine: [1, 1, 1, 1], untouched: [], par: [], twin: [] };
  const submitted: TimelineEntry = { atUs: 2 * MINUTE_US, kind: "submission", title: "" };
  const causes = [{ component: "psp", faultClass: "dependency/slow", onsetUs: MINUTE_US, description: "" }];
  expect(incidentWindow({ causes, impact, timeline: [submitted] }).toUs).toBe(2 * MINUTE_US);
  expect(incidentWindow({ causes, impact, timeline: [] }).toUs).toBe(4 * MINUTE_US);
});

describe("answer and truth on the map", () => {
  const trouble = (from: string, to: string): TroubleEdge => ({
    from,
    to,
    operation: "POST /checkout",
    hurtRatio: 0.5,
    latencyMsP99: 2_000,
    latencyMsP99Twin: 60,
    errorRatio: 0,
    errorRatioTwin: 0,
  });
  const map = {
    nodes: ["edge", "order", "payment", "cart", "search"].map((id) => ({ id, title: id, kind: "service" as const })),
    edges: [
      { from: "edge", to: "order" },
      { from: "order", to: "payment" },
      { from: "edge", to: "cart" },
      { from: "edge", to: "search" },
    ],
  };
  const graph = markMap(map, {
    causes: ["psp"],
    answer: "cart",
    trouble: [trouble("order", "payment"), trouble("payment", "psp")],
  });

  test("marks nodes and edges, and adds what only the truth knows", () => {
    expect(graph.nodes.find(({ id }) => id === "psp")).toMatchObject({ isCause: true, isTroubled: true });
    expect(graph.nodes.find(({ id }) => id === "cart")).toMatchObject({ isAnswer: true, isTroubled: false });
    expect(graph.edges.filter((edge) => edge.trouble).map(({ from, to }) => `${from}>${to}`)).toEqual([
      "order>payment",
      "payment>psp",
    ]);
  });

  test("leaves out what the trouble did not touch", () => {
    expect(
      troubledPart(graph)
        .nodes.map(({ id }) => id)
        .sort(),
    ).toEqual(["cart", "edge", "order", "payment", "psp"]);
  });

  test("judges the learner's path: lines have no direction, seldom hurt calls are free, what hangs together with no cause is none", () => {
    const edges = [
      trouble("order", "payment"),
      trouble("payment", "psp"),
      { ...trouble("edge", "order"), hurtRatio: 0.02 },
      trouble("elsewhere", "nowhere"),
    ];
    const path = [
      { from: "psp", to: "payment" },
      { from: "edge", to: "order" },
      { from: "cart", to: "search" },
    ];
    const verdicts = judgePath(path, edges, ["psp"]).map(({ from, to, verdict }) => `${verdict} ${from}>${to}`);
    expect(verdicts).toEqual(["right payment>psp", "missed order>payment", "wrong cart>search", "free edge>order"]);
    const marked = markMap(map, { causes: ["psp"], answer: "psp", trouble: edges, path });
    const cart = marked.edges.find(({ verdict }) => verdict === "wrong");
    expect(cart).toMatchObject({ drawn: true, trouble: undefined });
    expect(troubledPart(marked).nodes.map(({ id }) => id)).toEqual(expect.arrayContaining(["cart", "search"]));
  });

  test("asks for the way from the cause to its callers only, as the grading does", () => {
    const hurt = [trouble("prometheus", "cart"), trouble("prometheus", "edge")];
    const verdicts = judgePath([{ from: "prometheus", to: "cart" }], hurt, ["cart"]);
    expect(verdicts.map(({ to, verdict }) => `${verdict} ${to}`)).toEqual(["right cart"]);
  });

  test("counts the hops from the answer to the cause", () => {
    expect(hopsToCause(graph)).toBe(4);
    expect(hopsToCause(markMap(map, { causes: ["cart"], answer: "cart", trouble: [] }))).toBe(0);
    expect(hopsToCause(markMap(map, { causes: ["nowhere"], answer: "cart", trouble: [] }))).toBeUndefined();
  });
});

describe("the time line", () => {
  const look = (minute: number, view: string): TimelineEntry => ({
    atUs: minute * MINUTE_US,
    kind: "look",
    title: `Looked at ${view}`,
    reference: { view, search: `m=${String(minute)}`, window: { fromUs: 0, toUs: 1 } },
  });

  test("puts looks at one view together, keeps the last of them, and measures from the onset", () => {
    const entries = [look(3, "logs"), look(2, "logs"), look(9, "logs"), look(10, "map")];
    const rows = timelineRows(entries, { onsetUs: 4 * MINUTE_US, hidden: [] });
    expect(rows.map(({ looks, reference }) => [looks, reference?.search])).toEqual([
      [2, "m=3"],
      [1, "m=9"],
      [1, "m=10"],
    ]);
    expect(rows[0]?.sinceOnsetUs).toBe(-2 * MINUTE_US);
    expect(timelineRows(entries, { onsetUs: undefined, hidden: ["look"] })).toEqual([]);
  });

  test("measures between seconds as clocks show them", () => {
    const rows = timelineRows([{ ...look(1, "logs"), atUs: MINUTE_US + 100_000 }], { onsetUs: 900_000, hidden: [] });
    expect(rows[0]?.sinceOnsetUs).toBe(MINUTE_US);
  });

  test("writes offsets", () => {
    expect([writeOffset(125_000_000), writeOffset(-30_000_000)]).toEqual(["+2:05", "−0:30"]);
  });
});

describe("the score", () => {
  test("is drawn from zero, to either side where it can be lost", () => {
    expect(scoreBar(6, 8)).toEqual({ start: 0, width: 0.75, zero: 0 });
    expect(scoreBar(-5, 10, -10)).toEqual({ start: 0.25, width: 0.25, zero: 0.5 });
    expect(pointsMin({ id: "forecast", pointsMax: 10 })).toBe(-10);
  });

  const submission = { component: "cart", faultClass: "dependency/slow", onsetUs: 0, confidence: 1, sentence: "" };
  const causes = [
    { component: "psp", faultClass: "dependency/slow", onsetUs: 50_000_000, description: "" },
    { component: "cart", faultClass: "database/n-plus-one", trigger: "d1", onsetUs: 90_000_000, description: "" },
  ];

  test("lays the answer beside the nearest cause", () => {
    expect(nearestCause({ submission, causes })?.component).toBe("cart");
    const same = (text: string): string => text;
    const rows = verdicts(
      { submission, causes, trouble: [] },
      { component: same, faultClass: same, change: same, clock: String, duration: String, share: String },
    );
    expect(rows.map(({ question, agrees }) => [question, agrees])).toEqual([
      ["Component", true],
      ["Fault class", false],
      ["Trigger", false],
      ["Onset", false],
      ["Scope", undefined],
      ["Confidence", false],
    ]);
    expect(rows[2]).toMatchObject({ answered: "None", truth: "d1" });
    expect(rows[3]?.note).toBe("90000000 early");
    expect(rows[4]?.truth).toBe("nobody who called it");
  });

  test("names in what the callers were hurt most, not all of their calls", () => {
    const same = (text: string): string => text;
    const words = { component: same, faultClass: same, change: same, clock: String, duration: String, share: String };
    const hurt = (to: string, operation: string, hurtRatio: number): TroubleEdge => ({
      from: "edge",
      to,
      operation,
      hurtRatio,
      latencyMsP99: 0,
      errorRatio: 0,
    });
    const trouble = [hurt("web", "GET /", 0.1), hurt("order", "POST /checkout", 0.9)];
    const scope = verdicts({ submission, causes, trouble }, words)[4];
    expect(scope?.truth).toBe("had nobody acted: edge (0.9 of POST /checkout to order)");
  });
});

test("a story chart lays the twin over the run, dashed and under the same name", () => {
  const timesUs = Float64Array.of(1, 2);
  const values = Float64Array.of(0.5, Number.NaN);
  const mine = ["", "order"].map((name) => ({ name, timesUs, values }));
  const series = storySeries(mine, mine, "Errors");
  expect(series.map(({ name, dashed }) => [name, dashed ?? false])).toEqual([
    ["Errors", false],
    ["order", false],
    ["Errors (twin)", true],
    ["order (twin)", true],
  ]);
});

test("a lone series has the chart's name, one of a lone label that label's value", () => {
  const series = (name: string) => ({ name, timesUs: new Float64Array(), values: new Float64Array() });
  const long = series('prometheus_tsdb_head_series{instance="prometheus:9090"}');
  expect(storySeries([long], [long], "Series").map(({ name }) => name)).toEqual(["Series", "Series (twin)"]);
  const routes = ['{http_route="/checkout"}', '{http_route="/search"}', '{a="1", b="2"}'].map(series);
  expect(storySeries(routes, [], "x").map(({ name }) => name)).toEqual(["/checkout", "/search", '{a="1", b="2"}']);
});

test("queries that were pinned become charts, each once", () => {
  const exhibit = (id: string, view: string, search: string) => ({
    id,
    title: id,
    note: "",
    pinnedAtUs: 0,
    frozen: { kind: "facts" as const, facts: [] },
    reference: { view, search, window: { fromUs: 0, toUs: 1 } },
  });
  const charts = pinnedCharts([
    exhibit("a", "metrics", "query=rate(x_total%5B1m%5D)&from=now-15m"),
    exhibit("b", "metrics", "query=rate(x_total%5B1m%5D)"),
    exhibit("c", "metrics", ""),
    exhibit("d", "logs", "query=x"),
  ]);
  expect(charts).toEqual([{ title: "a", caption: "rate(x_total[1m])", query: "rate(x_total[1m])", unit: "/s" }]);
});

test("story charts are marked with the onset, changes, alerts that fired and actions, by time", () => {
  const plan = {
    summary: "Rolled back",
    touches: [],
    durationUs: 0,
    sideEffects: [],
    destructive: false,
    watchQuery: "",
    watchTitle: "",
  };
  const change = { target: "cart", author: "", description: "", diff: "", canRollBack: true, state: "live" as const };
  const rule = {
    group: "",
    expr: "",
    forSeconds: 0,
    severity: "",
    state: "firing" as const,
    lastEvaluationUs: 0,
    missedEvaluations: 0,
    alerts: [],
  };
  const markers = storyMarkers({
    causes: [{ component: "psp", faultClass: "dependency/slow", onsetUs: 20, description: "" }],
    changes: [{ ...change, id: "c1", kind: "deploy", atUs: 10, title: "cart 2" }],
    alerts: {
      rules: [
        {
          ...rule,
          name: "Errors",
          history: [
            { atUs: 30, state: "pending" },
            { atUs: 40, state: "firing" },
          ],
        },
      ],
    },
    actions: [{ id: "a1", action: { kind: "rollback", change: "c1" }, plan, atUs: 50, completesAtUs: 60 }],
  });
  expect(markers.map(({ atUs, kind, title }) => [atUs, kind, title])).toEqual([
    [10, "deploy", "cart 2"],
    [20, "fault", "dependency/slow in psp"],
    [40, "alert", "Errors fires"],
    [50, "action", "Rolled back"],
  ]);
});
