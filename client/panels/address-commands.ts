/**
 * Commands of views that need nothing but the address: a key that turns a parameter, steps through the forms of a view, or
 * leads on to another one. Rows by the view's id; what a view does itself stands in `commands.ts` of its folder.
 */
import type { UrlValues } from "../state/url-state.js";
import type { AddressStep, ViewCommand } from "./shell/command.js";

type ReadParameter = (name: string) => string | undefined;

const turned =
  (name: string, value: string, also: UrlValues = {}): AddressStep =>
  (read) => ({ values: { [name]: read(name) === value ? undefined : value, ...also } });

/** From one value to the next; undefined is the address without it. */
const stepped =
  (name: string, values: readonly (string | undefined)[], also: UrlValues = {}): AddressStep =>
  (read) => ({ values: { [name]: values[(values.indexOf(read(name)) + 1) % values.length], ...also } });

const without =
  (...names: readonly string[]): AddressStep =>
  () => ({ values: Object.fromEntries(names.map((name) => [name, undefined])) });

const opened =
  (view: string, values: (read: ReadParameter) => UrlValues = () => ({})): AddressStep =>
  (read) => ({ view, values: values(read) });

type Row = readonly [verb: string, keys: readonly string[], title: string, help: string, step: AddressStep];

const ROWS: Readonly<Record<string, readonly Row[]>> = {
  brief: [
    [
      "alert",
      ["f"],
      "The alert",
      "The rule that paged, with its states",
      opened("alerts", () => ({ state: "firing" })),
    ],
    ["map", ["w"], "Where it hurts", "The map with only what is worse", opened("map", () => ({ only: "errors" }))],
  ],
  alerts: [
    [
      "firing",
      ["f"],
      "Only what fires",
      "Rules that fire, or all again",
      turned("state", "firing", { show: undefined }),
    ],
    [
      "form",
      ["v"],
      "Next list",
      "Rules, groups, messages, silences",
      stepped("show", [undefined, "groups", "messages", "silences"]),
    ],
  ],
  slo: [
    ["failed", ["f"], "Failed requests", "Traces with errors", opened("traces", () => ({ status: "error" }))],
    ["alerts", ["a"], "Alerts of objectives", "The rules that watch the budgets", opened("alerts")],
  ],
  dashboards: [
    ["overview", ["o"], "Overview", "All components at a glance", without("service", "board")],
    ["rows", ["r"], "Open all rows", "As the dashboard was saved", without("closed")],
  ],
  metrics: [
    [
      "form",
      ["v"],
      "Next form",
      "Graph, stacked, table, heatmap",
      stepped("tab", [undefined, "stacked", "table", "heatmap"], { browse: undefined }),
    ],
    ["before", ["a"], "Hour before", "The same an hour earlier, dashed", turned("before", "1")],
    ["scale", ["o"], "Logarithmic axis", "Or linear again", turned("scale", "log")],
    ["browse", ["G"], "All metrics", "The grid of everything there is", turned("browse", "1")],
  ],
  traces: [
    [
      "form",
      ["v"],
      "Next form",
      "List, critical path of all, another set",
      stepped("tab", [undefined, "path", "difference"]),
    ],
    [
      "failed",
      ["f"],
      "Only failed ones",
      "Traces with a failed span, or all",
      turned("status", "error", { sel: undefined }),
    ],
    ["slowest", ["s"], "Slowest first", "Or the newest again", turned("order", "slowest")],
    ["table", ["d"], "Durations as a table", "In place of the heatmap", turned("form", "table")],
  ],
  trace: [
    [
      "form",
      ["v"],
      "Next form",
      "Waterfall, flame, where the time went",
      stepped("form", [undefined, "flame", "table"]),
    ],
    ["logs", ["L"], "Logs of the trace", "Or the chosen span again", turned("pane", "logs")],
  ],
  profiles: [
    [
      "form",
      ["v"],
      "Next form",
      "Both, flame, table, callers and callees",
      stepped("form", [undefined, "flame", "table", "sandwich"]),
    ],
    [
      "kind",
      ["k"],
      "Next kind",
      "Processors, memory, locks, wall clock",
      stepped("type", [undefined, "alloc", "lock", "wall"]),
    ],
    [
      "order",
      ["o"],
      "By time",
      "Frames in the order of time, or the heaviest left",
      turned("order", "time", { zoom: undefined }),
    ],
    [
      "before",
      ["a"],
      "Against the time before",
      "What has grown and what has shrunk",
      turned("base", "before", { zoom: undefined }),
    ],
  ],
  compare: [
    ["slow", ["s"], "Slowest against the rest", "The slowest 5 % of what the selection finds", turned("slow", "0.95")],
    ["whole", ["w"], "Whole window", "Both sets over all of the time range", without("sf", "st", "bf", "bt")],
    ["bands", ["d"], "Any duration", "No bounds for either set", without("smin", "smax", "bmin", "bmax")],
  ],
  map: [
    ["form", ["v"], "Next form", "Map, tree, table", stepped("form", [undefined, "tree", "table"])],
    ["worse", ["w"], "Only what is worse", "Or everything again", turned("only", "errors")],
    ["before", ["a"], "Against the time before", "In place of the hour before", turned("vs", "prev")],
    [
      "group",
      ["u"],
      "Next grouping",
      "None, by team, by kind",
      stepped("group", [undefined, "team", "kind"], { node: undefined, edge: undefined }),
    ],
  ],
  changes: [
    ["window", ["w"], "Only in the time range", "Or all of the history", turned("span", "window")],
    ["deploys", ["d"], "Only deploys", "Or every kind again", turned("kinds", "deploy")],
    ["flags", ["f"], "Only flags", "Or every kind again", turned("kinds", "flag")],
  ],
  health: [
    ["unwell", ["w"], "Only what is not well", "Or every process again", turned("only", "unwell")],
    ["all", ["a"], "All processes", "Without search, zone and filter", without("find", "zone", "only")],
  ],
  telemetry: [
    [
      "scrapes",
      ["f"],
      "Failed scrapes",
      "Targets that do not answer the metrics server, as a table",
      opened("metrics", () => ({ query: "up == 0", tab: "table" })),
    ],
  ],
  synthetics: [
    ["all", ["a"], "All probes", "From all regions", without("probe", "region")],
    [
      "failed",
      ["f"],
      "Failed requests of probes",
      "Those that left a trace",
      opened("traces", () => ({ status: "error", f: "user_agent.synthetic.type=test" })),
    ],
  ],
  rum: [
    [
      "by",
      ["v"],
      "Next grouping",
      "Page, region, device, version, language",
      stepped("by", [undefined, "region", "device", "version", "locale"]),
    ],
    ["all", ["a"], "All page views", "Without filters", without("page", "region", "device", "version", "locale")],
  ],
};

export const addressCommands = (view: string): readonly ViewCommand[] =>
  (Object.hasOwn(ROWS, view) ? (ROWS[view] ?? []) : []).map(([verb, keys, title, help, step]) => ({
    id: `${view}.${verb}`,
    keys,
    title,
    help,
    step,
  }));
