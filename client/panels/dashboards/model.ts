/**
 * A dashboard as it is drawn here, read from Grafana's JSON model. The reader takes what it knows and skips the rest: a
 * file from a real Grafana loads, and what a panel cannot draw it says itself. Pure.
 * Source: grafana.com/docs/grafana/latest/dashboards/build-dashboards/view-dashboard-json-model.
 */
import { readOverrides } from "./overrides.js";
import type { FieldOverride } from "./overrides.js";
import { array, number, record, strings, text } from "./json-values.js";
import type { JsonRecord } from "./json-values.js";
import { readThresholds } from "./thresholds.js";
import type { ThresholdStep } from "./thresholds.js";

export type VariableType = "query" | "custom" | "interval" | "constant" | "textbox";

export interface DashboardVariable {
  readonly name: string;
  readonly label: string;
  readonly type: VariableType;
  /** `label_values(…)` of a query, `a,b` of a list, the value of a constant. */
  readonly query: string;
  readonly multi: boolean;
  readonly includeAll: boolean;
  /** What All stands for; empty is every value. */
  readonly allValue: string;
  readonly regex: string;
  readonly initial: readonly string[];
  readonly hidden: boolean;
}

export interface PanelTarget {
  readonly refId: string;
  readonly query: string;
  readonly legend: string;
  readonly instant: boolean;
  readonly language: "promql" | "logql" | "other";
}

export interface GridPlace {
  readonly x: number;
  readonly y: number;
  readonly w: number;
  readonly h: number;
}

export interface DashboardLink {
  readonly title: string;
  readonly url: string;
}

export interface DashboardPanelModel {
  readonly id: number;
  readonly type: string;
  readonly title: string;
  readonly description: string;
  readonly place: GridPlace;
  readonly targets: readonly PanelTarget[];
  /** Grafana's name of it. */
  readonly unit: string;
  readonly decimals: number | undefined;
  readonly min: number | undefined;
  readonly max: number | undefined;
  readonly noValue: string | undefined;
  readonly thresholds: readonly ThresholdStep[];
  readonly thresholdLines: boolean;
  readonly stacked: boolean;
  readonly logarithmic: boolean;
  /** 0 to 1. */
  readonly fill: number;
  readonly legend: "list" | "table" | "hidden";
  readonly overrides: readonly FieldOverride[];
  /** How many values become one: `lastNotNull`, `mean`, `max` … */
  readonly calculation: string;
  readonly links: readonly DashboardLink[];
  /** Of a text panel. */
  readonly content: string;
}

export interface DashboardRow {
  readonly id: number;
  readonly title: string;
  readonly collapsed: boolean;
  readonly panels: readonly DashboardPanelModel[];
}

export interface DashboardModel {
  readonly uid: string;
  readonly title: string;
  readonly description: string;
  readonly tags: readonly string[];
  readonly variables: readonly DashboardVariable[];
  readonly rows: readonly DashboardRow[];
  readonly links: readonly DashboardLink[];
}

/** Undefined where the text is no JSON or no dashboard; `problem` says why. */
export function readDashboard(
  json: string,
):
  | { readonly model: DashboardModel; readonly problem?: undefined }
  | { readonly model?: undefined; readonly problem: string } {
  let parsed: unknown;
  try {
    parsed = JSON.parse(json);
  } catch (cause) {
    return { problem: `It is no JSON: ${cause instanceof Error ? cause.message : String(cause)}` };
  }
  const outer = record(parsed);
  // What Grafana's API answers has the model under `dashboard`.
  const root = outer["panels"] === undefined && outer["dashboard"] !== undefined ? record(outer["dashboard"]) : outer;
  if (!Array.isArray(root["panels"]) && !Array.isArray(root["rows"])) {
    return { problem: "It has no panels: a dashboard in Grafana's JSON model has a list of that name." };
  }
  return {
    model: {
      uid: text(root["uid"]) ?? `own-${String(hashOf(json))}`,
      title: text(root["title"]) ?? "Untitled",
      description: text(root["description"]) ?? "",
      tags: strings(root["tags"]),
      variables: array(record(root["templating"])["list"]).flatMap(readVariable),
      rows: readRows(root),
      links: readLinks(root["links"]),
    },
  };
}

const VARIABLE_TYPES: readonly VariableType[] = ["query", "custom", "interval", "constant", "textbox"];

/** Data sources and filters are not chosen here: the run has one of each. */
function readVariable(value: unknown): readonly DashboardVariable[] {
  const fields = record(value);
  const name = text(fields["name"]);
  const type = VARIABLE_TYPES.find((known) => known === fields["type"]);
  if (name === undefined || type === undefined) return [];
  const { query } = fields;
  const current = record(fields["current"])["value"];
  return [
    {
      name,
      label: text(fields["label"]) ?? name,
      type,
      query: text(query) ?? text(record(query)["query"]) ?? text(fields["definition"]) ?? "",
      multi: fields["multi"] === true,
      includeAll: fields["includeAll"] === true,
      allValue: text(fields["allValue"]) ?? "",
      regex: text(fields["regex"]) ?? "",
      initial: Array.isArray(current) ? strings(current) : (text(current) ?? "") === "" ? [] : [text(current) ?? ""],
      hidden: fields["hide"] === 2,
    },
  ];
}

/** Panels under the row that stands before them; rows of the old form hold theirs, as closed ones do. */
function readRows(root: JsonRecord): readonly DashboardRow[] {
  const rows: { id: number; title: string; collapsed: boolean; panels: DashboardPanelModel[] }[] = [];
  const open = (id: number, title: string, collapsed: boolean, panels: DashboardPanelModel[]): void => {
    rows.push({ id, title, collapsed, panels });
  };
  for (const [index, old] of array(root["rows"]).entries()) {
    const fields = record(old);
    open(index, text(fields["title"]) ?? "", fields["collapse"] === true, array(fields["panels"]).map(readPanel));
  }
  for (const [index, value] of array(root["panels"]).entries()) {
    const fields = record(value);
    if (fields["type"] === "row") {
      const inner = array(fields["panels"]).map(readPanel);
      open(number(fields["id"]) ?? -index, text(fields["title"]) ?? "", fields["collapsed"] === true, inner);
      continue;
    }
    if (rows.length === 0) open(-1, "", false, []);
    rows.at(-1)?.panels.push(readPanel(value, index));
  }
  return rows.map((row) => ({ ...row, panels: row.panels.sort(byPlace) }));
}

const byPlace = (one: DashboardPanelModel, other: DashboardPanelModel): number =>
  one.place.y - other.place.y || one.place.x - other.place.x;

/** Names that older files have for what is drawn here. */
const TYPE_NAMES: Readonly<Record<string, string>> = { graph: "timeseries", singlestat: "stat", "table-old": "table" };

function readPanel(value: unknown, index: number): DashboardPanelModel {
  const fields = record(value);
  const type = text(fields["type"]) ?? "";
  const config = record(fields["fieldConfig"]);
  const defaults = record(config["defaults"]);
  const custom = record(defaults["custom"]);
  const options = record(fields["options"]);
  const thresholds = record(defaults["thresholds"]);
  const heatmapUnit = text(record(options["yAxis"])["unit"]);
  return {
    id: number(fields["id"]) ?? -index,
    type: TYPE_NAMES[type] ?? type,
    title: text(fields["title"]) ?? "",
    description: text(fields["description"]) ?? "",
    place: readPlace(fields["gridPos"]),
    targets: array(fields["targets"]).flatMap((target, place) => readTarget(target, place, fields)),
    unit:
      text(defaults["unit"]) ??
      heatmapUnit ??
      text(fields["format"]) ??
      text(record(array(fields["yaxes"])[0])["format"]) ??
      "",
    decimals: number(defaults["decimals"]),
    min: number(defaults["min"]),
    max: number(defaults["max"]),
    noValue: text(defaults["noValue"]),
    thresholds: readThresholds(thresholds, number(defaults["min"]) ?? 0, number(defaults["max"]) ?? 100),
    thresholdLines: /line|area|dashed/.test(text(record(custom["thresholdsStyle"])["mode"]) ?? ""),
    stacked: ["normal", "percent"].includes(text(record(custom["stacking"])["mode"]) ?? "") || fields["stack"] === true,
    logarithmic: record(custom["scaleDistribution"])["type"] === "log",
    fill: Math.min(1, Math.max(0, (number(custom["fillOpacity"]) ?? 0) / 100)),
    legend: readLegend(record(options["legend"])),
    overrides: readOverrides(config["overrides"]),
    calculation: strings(record(options["reduceOptions"])["calcs"])[0] ?? text(fields["valueName"]) ?? "lastNotNull",
    links: readLinks(fields["links"]),
    content: text(options["content"]) ?? text(fields["content"]) ?? "",
  };
}

function readLegend(legend: JsonRecord): DashboardPanelModel["legend"] {
  if (legend["showLegend"] === false || legend["displayMode"] === "hidden") return "hidden";
  return legend["displayMode"] === "table" ? "table" : "list";
}

function readPlace(value: unknown): GridPlace {
  const fields = record(value);
  const bounded = (name: string, low: number, high: number, otherwise: number): number =>
    Math.min(high, Math.max(low, number(fields[name]) ?? otherwise));
  return {
    x: bounded("x", 0, 23, 0),
    y: bounded("y", 0, 100_000, 0),
    w: bounded("w", 1, 24, 12),
    h: bounded("h", 1, 100, 8),
  };
}

function readTarget(value: unknown, place: number, panel: JsonRecord): readonly PanelTarget[] {
  const fields = record(value);
  const query = text(fields["expr"]) ?? text(fields["query"]) ?? "";
  if (query.trim() === "" || fields["hide"] === true) return [];
  const source =
    text(record(fields["datasource"])["type"]) ?? text(record(panel["datasource"])["type"]) ?? "prometheus";
  return [
    {
      refId: text(fields["refId"]) ?? String.fromCharCode(65 + place),
      query,
      legend: text(fields["legendFormat"]) ?? "",
      instant: fields["instant"] === true && fields["range"] !== true,
      language: LANGUAGES[source] ?? (text(fields["expr"]) === undefined ? "other" : "promql"),
    },
  ];
}

const LANGUAGES: Readonly<Record<string, PanelTarget["language"]>> = {
  prometheus: "promql",
  mimir: "promql",
  loki: "logql",
};

function readLinks(value: unknown): readonly DashboardLink[] {
  return array(value).flatMap((link): readonly DashboardLink[] => {
    const fields = record(link);
    const url = text(fields["url"]);
    return url === undefined || url === "" ? [] : [{ title: text(fields["title"]) ?? url, url }];
  });
}

function hashOf(json: string): number {
  let hash = 0;
  for (let index = 0; index < json.length; index += 1) hash = (Math.imul(hash, 31) + json.charCodeAt(index)) >>> 0;
  return hash;
}
