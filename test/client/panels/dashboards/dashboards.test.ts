import { readFileSync, readdirSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { prepareQuery } from "../../../../server/query/promql/query.js";
import { boardsOf, chosenBoard, hasComponent, rowsFor } from "../../../../client/panels/dashboards/board-list.js";
import { GRID_COLUMNS, panelSpans } from "../../../../client/panels/dashboards/layout.js";
import { logPanelQuery } from "../../../../client/panels/dashboards/log-panel-query.js";
import { readDashboard } from "../../../../client/panels/dashboards/model.js";
import type { DashboardModel } from "../../../../client/panels/dashboards/model.js";
import { changesFor } from "../../../../client/panels/dashboards/overrides.js";
import { askScrapeSeconds } from "../../../../client/panels/dashboards/scrape-interval.js";
import { readOwnBoards, writeOwnBoards } from "../../../../client/panels/dashboards/own-boards.js";
import { figuresOf, tableCells } from "../../../../client/panels/dashboards/panel-figures.js";
import { reduceValues } from "../../../../client/panels/dashboards/reduce.js";
import { colorOf, stepOf } from "../../../../client/panels/dashboards/thresholds.js";
import { unitOf } from "../../../../client/panels/dashboards/units.js";
import {
  chosenValues,
  filtered,
  interpolate,
  labelValuesQuery,
  listValues,
  metricsIn,
} from "../../../../client/panels/dashboards/variables.js";

const FOLDER = "scenarios/dashboards";
const FILES = readdirSync(FOLDER).map((file) => ({ json: readFileSync(`${FOLDER}/${file}`, "utf8") }));
const TIMES = { stepSeconds: 5, rangeSeconds: 900, scrapeSeconds: 15 };

function modelOf(json: string): DashboardModel {
  const { model, problem } = readDashboard(json);
  if (model === undefined) throw new Error(problem);
  return model;
}

describe("dashboards of the scenarios", () => {
  const models = FILES.map(({ json }) => modelOf(json));
  const panels = models.flatMap(({ rows }) => rows.flatMap((row) => row.panels));

  test("every query is PromQL once the variables are filled in", () => {
    const values = new Map([
      ["job", ["order"]],
      ["service", ["order", "cart"]],
      ["quantile", ["0.99"]],
      ["window", ["5m"]],
    ]);
    const asked = panels.flatMap(({ targets }) => targets).filter(({ language }) => language === "promql");
    const refused = asked
      .map(({ query }) => interpolate(query, values, TIMES))
      .filter((query) => !prepareQuery(query).ok);
    expect(refused).toEqual([]);
    expect(asked.length).toBeGreaterThan(60);
  });

  test("every kind of component has one, and so has whoever chose none", () => {
    const boards = boardsOf(FILES, []);
    for (const kind of ["service", "store", "cache", "queue", "external", "plant"]) {
      const board = chosenBoard(boards, undefined, kind);
      expect(board === undefined ? kind : hasComponent(board)).toBe(true);
    }
    expect(chosenBoard(boards, undefined, undefined)?.model.tags).toContain("overview");
    expect(chosenBoard(boards, "red", "service")?.model.uid).toBe("firedrill-red");
  });

  test("a consumer of messages shows no requests; all panels while its metrics are not known", () => {
    const red = models.find(({ uid }) => uid === "firedrill-red")?.rows ?? [];
    const consumer = rowsFor(red, new Set(["messaging_process_duration_seconds_count"]));
    expect(consumer.map(({ title }) => title)).toEqual(["Messages"]);
    expect(rowsFor(red, undefined).flatMap((row) => row.panels)).toHaveLength(red.flatMap((row) => row.panels).length);
  });
});

/** In the shape of what Grafana's "Export" saves, with forms of older and newer versions. */
const EXPORTED = readFileSync("test/client/panels/dashboards/exported.json", "utf8");

describe("a dashboard as Grafana exports it", () => {
  const model = modelOf(EXPORTED);
  const panels = model.rows.flatMap((row) => row.panels);
  const named = (title: string) => panels.find((panel) => panel.title === title);

  test("rows, closed ones with their panels inside, and panels in the order of their places", () => {
    expect(model.rows.map(({ title, collapsed, panels: inside }) => [title, collapsed, inside.length])).toEqual([
      ["", false, 2],
      ["Details", true, 2],
    ]);
    expect(model.rows[0]?.panels.map(({ title }) => title)).toEqual(["Availability", "Requests by code"]);
  });

  test("kinds by their newer names; what is not drawn keeps its name", () => {
    expect(named("Requests by code")).toMatchObject({ type: "timeseries", stacked: true, unit: "reqps" });
    expect(named("Share of zones")?.type).toBe("piechart");
  });

  test("thresholds, units, legends, calculations, overrides", () => {
    expect(named("Availability")).toMatchObject({ unit: "percentunit", calculation: "mean", decimals: 2 });
    expect(stepOf(named("Availability")?.thresholds ?? [], 0.97)?.level).toBe("warning");
    expect(stepOf(named("Availability")?.thresholds ?? [], 0.5)?.level).toBe("critical");
    const overrides = named("Requests by code")?.overrides ?? [];
    expect(changesFor(overrides, "5xx", "A")).toMatchObject({
      color: "var(--severity-critical)",
      displayName: "failed",
    });
    expect(changesFor(overrides, "4xx", "A")).toMatchObject({ dashed: true });
    expect(changesFor(overrides, "200", "A")).toEqual({});
  });

  test("variables; data sources are none, for the run has one of each", () => {
    expect(model.variables.map(({ name, type, multi, includeAll }) => [name, type, multi, includeAll])).toEqual([
      ["instance", "query", true, true],
      ["interval", "interval", false, false],
    ]);
  });

  test.each([
    ["no JSON", "{", /no JSON/],
    ["no dashboard", "[1]", /no panels/],
    ["nothing", "", /no JSON/],
  ])("%s is said to be none", (_, json, problem) => {
    expect(readDashboard(json).problem).toMatch(problem);
  });
});

describe("variables in queries", () => {
  const values = new Map([
    ["one", ['a"b']],
    ["many", ["a.b", "c"]],
  ]);

  test.each([
    ['{x="$one"}', '{x="a\\"b"}'],
    ['{x=~"$many"}', '{x=~"(a\\\\.b|c)"}'],
    ["${many:csv} ${many:pipe} [[many:raw]]", "a.b,c a.b|c a.b,c"],
    ["rate(x[$__rate_interval])", "rate(x[60s])"],
    ["$__interval $__range ${__range_s}", "5s 900s 900"],
    ["$unknown", "$unknown"],
  ])("%s", (template, expected) => {
    expect(interpolate(template, values, TIMES)).toBe(expected);
  });

  test("a long step makes a longer range of rates", () => {
    expect(interpolate("$__rate_interval", new Map(), { ...TIMES, stepSeconds: 120 })).toBe("135s");
  });

  test("label_values, with and without a selector", () => {
    expect(labelValuesQuery('label_values(up{job="a"}, instance)')).toEqual({
      label: "instance",
      selector: 'up{job="a"}',
    });
    expect(labelValuesQuery("label_values(job)")).toEqual({ label: "job", selector: undefined });
    expect(labelValuesQuery("query_result(up)")).toBeUndefined();
  });

  const variable = (rest: object) => ({
    name: "v",
    label: "v",
    type: "query" as const,
    query: "",
    multi: false,
    includeAll: false,
    allValue: "",
    regex: "",
    initial: [],
    hidden: false,
    ...rest,
  });

  test.each([
    ["the first where nothing is chosen", {}, undefined, ["a"]],
    ["where the dashboard begins", { initial: ["b"] }, undefined, ["b"]],
    ["what the address asks for", {}, "b", ["b"]],
    ["all", { includeAll: true, multi: true }, undefined, ["a", "b"]],
    ["all as the dashboard has it", { includeAll: true, allValue: ".+" }, "$__all", [".+"]],
    ["several", { multi: true }, "a,b", ["a", "b"]],
    ["what is gone and was asked for", {}, "z", ["z"]],
  ])("%s", (_, rest, wanted, expected) => {
    expect(chosenValues(variable(rest), ["a", "b"], wanted)).toEqual(expected);
  });

  test("lists and patterns", () => {
    expect(listValues("1m, 5m,One : 1")).toEqual(["1m", "5m", "1"]);
    expect(filtered(["a-1", "b-2"], "/^(a)-/")).toEqual(["a"]);
    expect(filtered(["a"], "(")).toEqual(["a"]);
  });

  test.each([
    ['sum by (job) (rate(http_count{x="y_z"}[1m])) / on (job) max(up)', ["http_count", "up"]],
    ["time() - start_seconds", ["start_seconds"]],
    ["a and b unless c", ["a", "b", "c"]],
  ])("metrics in %s", (query, names) => {
    expect(metricsIn(query)).toEqual(names);
  });
});

describe("figures", () => {
  const series = (name: string, labels: Record<string, string>, ...values: readonly number[]) => ({
    name,
    labels,
    refId: "A",
    timesUs: Float64Array.from(values, (_, index) => index),
    values: Float64Array.from(values),
  });
  const panel = modelOf(EXPORTED).rows[0]?.panels[0];
  if (panel === undefined) throw new Error("the fixture has a first panel");

  test("gaps are no values; nothing at all is said to be nothing", () => {
    const found = figuresOf(panel, [series("a", {}, 0.9, Number.NaN, 1), series("b", {}, Number.NaN)]);
    expect(found.map(({ text }) => text)).toEqual(["95 %", "no data"]);
  });

  test.each([
    ["lastNotNull", 2],
    ["mean", 2],
    ["max", 3],
    ["sum", 6],
    ["nonsense", 2],
  ])("%s", (calculation, expected) => {
    expect(reduceValues([1, 3, Number.NaN, 2], calculation)).toBe(expected);
  });

  test("a table has a column a label and the highest first", () => {
    const cells = tableCells(panel, [series("a", { zone: "x" }, 0.1), series("b", { zone: "y" }, 0.5)]);
    expect(cells).toEqual({
      columns: ["zone", "Value"],
      rows: [
        { labels: ["y"], value: "50 %" },
        { labels: ["x"], value: "10 %" },
      ],
    });
  });

  test("colours and units", () => {
    expect([colorOf("dark-red").level, colorOf("#abc").color, colorOf("nonsense").color]).toEqual([
      "critical",
      "#abc",
      "var(--ink)",
    ]);
    expect(["percentunit", "reqps", "short", "currency:EUR"].map(unitOf)).toEqual(["ratio", "/s", "", "EUR"]);
  });
});

describe("lines of panels", () => {
  const panels = modelOf(FILES[0]?.json ?? "").rows.flatMap((row) => row.panels);

  test.each([300, 700, 1_000, 1_400, 2_400])("every line is filled at %d px", (width) => {
    const spans = panelSpans(panels, width);
    expect(spans).toHaveLength(panels.length);
    expect(spans.reduce((sum, span) => sum + span, 0) % GRID_COLUMNS).toBe(0);
    if (width < 400) expect(new Set(spans)).toEqual(new Set([GRID_COLUMNS]));
  });
});

describe("logs of a panel", () => {
  test.each([
    ['{service_name=~"a|b", level="error"}', { services: ["a", "b"], levels: ["error"], text: "" }],
    ['{job="a"} |= "time out" |= `x`', { services: ["a"], levels: [], text: '"time out" x' }],
    ['{service_name=~"(a\\\\-b|c)"}', { services: ["a-b", "c"], levels: [], text: "" }],
    ['{job="a"} | json | status > 500', undefined],
    ['rate({job="a"}[1m])', undefined],
    ['{pod="x"}', undefined],
  ])("%s", (query, expected) => {
    expect(logPanelQuery(query)).toEqual(expected);
  });
});

test.each([
  ["20", 15],
  ["30", 10],
  ["5", 60],
  [undefined, 15],
])("the scrape interval of a plant with %s samples in five minutes is %i s", async (samples, wanted) => {
  const result = samples === undefined ? [] : [{ metric: {}, value: [300, samples] }];
  const prometheus = () => Promise.resolve({ data: { resultType: "vector", result }, warnings: [], infos: [] });
  expect(await askScrapeSeconds({ prometheus }, 300_000_000, new AbortController().signal)).toBe(wanted);
});

describe("dashboards of one's own", () => {
  test("are kept; one of the same uid stands for the system's; too many are refused", () => {
    const kept = new Map<string, string>();
    const storage = {
      getItem: (key: string) => kept.get(key) ?? null,
      setItem: (key: string, value: string) => void kept.set(key, value),
    };
    expect(writeOwnBoards(storage, [EXPORTED])).toBeUndefined();
    expect(readOwnBoards(storage)).toEqual([EXPORTED]);
    const mine = (FILES[0]?.json ?? "").replace(/"title": "[^"]*"/, '"title": "Mine"');
    const boards = boardsOf(FILES, [mine]);
    expect(boards).toHaveLength(FILES.length);
    expect(boards.filter(({ own }) => own).map(({ model }) => model.title)).toEqual(["Mine"]);
    expect(writeOwnBoards(storage, ["x".repeat(1_000_001)])).toMatch(/no room/);
  });
});
