/**
 * Where one can go from a value on the screen, keeping its context. Pure: the menu element draws what this returns. The
 * time of the page comes along unless the value has one of its own; then it is a minute to either side of it.
 */
import { shortened } from "../charts/readable-text.js";
import type { UrlValues } from "../state/url-state.js";
import { beforeAfterCompare, valueCompare } from "../state/compare-url.js";

export interface PivotSubject {
  /** Name of the field or label that the value has: `service`, `trace_id`, `http.route`, `version`, `time`. */
  readonly field: string;
  readonly value: string;
  /** The service that the value was seen on, and when, where known. */
  readonly service?: string | undefined;
  readonly atUs?: number | undefined;
  readonly traceId?: string | undefined;
}

export interface PivotItem {
  /** Items of one group stand together. */
  readonly group: PivotGroup;
  readonly title: string;
  readonly icon: string;
  readonly view: string;
  readonly values: UrlValues;
}

export type PivotGroup = "trace" | "thing" | "service" | "value" | "time" | "compare";

/** Room before and after an instant for a comparison. */
const COMPARE_US = 300_000_000;
const MINUTE_US = 60_000_000;
const SERVICE_FIELDS: ReadonlySet<string> = new Set([
  "service",
  "job",
  "service.name",
  "service_name",
  "component",
  "target",
]);
const TRACE_FIELDS: ReadonlySet<string> = new Set(["trace_id", "traceId", "trace"]);
const VERSION_FIELDS: ReadonlySet<string> = new Set(["version", "service.version", "service_version"]);
const PROCESS_FIELDS: ReadonlySet<string> = new Set(["instance", "pod", "process", "service.instance.id"]);
const SPAN_NAME_FIELDS: ReadonlySet<string> = new Set(["name", "operation", "span_name"]);
/** Fields whose values are no conditions: they are the thing itself, or a measure of it. */
const BARE_FIELDS: ReadonlySet<string> = new Set([
  ...["time", "timestamp", "message", "span_id", "value", "duration"],
  ...["alert", "alertname", "change", "node", "zone", "probe", "page", "objective", "function"],
]);

/** Labels of metrics that are attributes of spans and lines, where putting dots for underscores would not say it. */
const LABEL_NAMES: ReadonlyMap<string, string> = new Map([
  ["http_route", "http.route"],
  ["http_request_method", "http.request.method"],
  ["http_response_status_code", "http.response.status_code"],
  ["server_address", "server.address"],
  ["db_namespace", "db.namespace"],
  ["db_operation_name", "db.operation.name"],
  ["error_type", "error.type"],
  ["messaging_destination_name", "messaging.destination.name"],
]);

/** What spans and lines call a field of any view. */
function attributeOf(field: string): string {
  if (VERSION_FIELDS.has(field)) return "service.version";
  return PROCESS_FIELDS.has(field) ? "service.instance.id" : (LABEL_NAMES.get(field) ?? field);
}

/** `cart-1` of `cart-1:9464`: metrics name a process with the port that they are read at. */
const processName = (value: string): string => value.replace(/:\d+$/, "");

const bareValue = ({ field, value }: PivotSubject): string => (PROCESS_FIELDS.has(field) ? processName(value) : value);

/** Links for the subject, most specific first. Include, exclude, copy and pin are the menu's own. */
export function pivotItems(subject: PivotSubject): readonly PivotItem[] {
  const traceId = TRACE_FIELDS.has(subject.field) ? subject.value : subject.traceId;
  const service = SERVICE_FIELDS.has(subject.field) ? subject.value : subject.service;
  return [
    ...(traceId === undefined || traceId === "" ? [] : traceItems(traceId)),
    ...thingItems(subject, service),
    ...valueItems(subject, service),
    ...(service === undefined || service === "" ? [] : serviceItems(service, subject.atUs)),
    ...(subject.atUs === undefined ? [] : timeItems(subject.atUs)),
    ...compareItems(subject, service),
  ];
}

/** What `b` compares from a value. */
export const compareItem = (subject: PivotSubject): PivotItem | undefined =>
  pivotItems(subject).find(({ group }) => group === "compare") ??
  pivotItems(subject).find(({ view }) => view === "compare");

type ThingRow = readonly [title: string, icon: string, view: string, values: UrlValues];

/** The view that is about such a thing: its alert, change, process, probe. */
const THINGS: Readonly<Record<string, (value: string, service: string | undefined) => readonly ThingRow[]>> = {
  alert: (rule) => [["The alert", "bell", "alerts", { rule }]],
  alertname: (rule) => [["The alert", "bell", "alerts", { rule }]],
  change: (change) => [["The change", "diff", "changes", { change }]],
  node: (node) => [["Processes on", "service", "health", { find: node }]],
  zone: (zone) => [["Processes in", "service", "health", { zone }]],
  probe: (probe) => [["The probe", "clock", "synthetics", { probe }]],
  page: (page) => [["Page views of", "panel", "rum", { page }]],
  function: (name, service) => [
    ["Callers and callees of", "flame", "profiles", { service, form: "sandwich", fn: name }],
  ],
  db_namespace: (node) => [["On the map:", "map", "map", { node }]],
  server_address: (node) => [["On the map:", "map", "map", { node }]],
};

const processRows = (process: string, service: string | undefined): readonly ThingRow[] => [
  ["Health of", "service", "health", { find: process }],
  ["Profiles of", "flame", "profiles", { service: service ?? process.replace(/-[a-z0-9]+$/, ""), instance: process }],
];

function thingItems(subject: PivotSubject, service: string | undefined): readonly PivotItem[] {
  const { field, atUs } = subject;
  const value = bareValue(subject);
  if (value === "") return [];
  const things = Object.hasOwn(THINGS, field) ? THINGS[field]?.(value, service) : undefined;
  const rows = PROCESS_FIELDS.has(field) ? processRows(value, service) : (things ?? []);
  const around = atUs === undefined ? {} : aroundMinute(atUs);
  return rows.map(([title, name, view, values]) => ({
    group: "thing",
    title: `${title} ${nameOf(value)}`,
    icon: name,
    view,
    values: { ...values, ...around },
  }));
}

function traceItems(traceId: string): readonly PivotItem[] {
  const group = "trace";
  return [
    { group, title: "Open the trace", icon: "waterfall", view: "trace", values: { trace: traceId } },
    { group, title: "Logs of the trace", icon: "lines", view: "logs", values: { trace: traceId } },
  ];
}

/** Other traces and lines with the same value; of a version also the deploy that brought it. */
function valueItems(subject: PivotSubject, service: string | undefined): readonly PivotItem[] {
  const { field, atUs } = subject;
  const value = bareValue(subject);
  if (value === "" || BARE_FIELDS.has(field) || TRACE_FIELDS.has(field) || SERVICE_FIELDS.has(field)) return [];
  const around = atUs === undefined ? {} : aroundMinute(atUs);
  const isVersion = VERSION_FIELDS.has(field);
  const ofService = (isVersion || SPAN_NAME_FIELDS.has(field)) && service !== undefined ? service : undefined;
  const filter = `${attributeOf(field)}=${/^[^\s"\\]+$/.test(value) ? value : `"${value.replace(/["\\]/g, "\\$&")}"`}`;
  const item = (title: string, name: string, view: string, values: UrlValues): PivotItem => ({
    group: "value",
    title,
    icon: name,
    view,
    values,
  });
  const named = nameOf(value);
  const scope = (name: string): UrlValues => (ofService === undefined ? {} : { [name]: ofService });
  if (SPAN_NAME_FIELDS.has(field))
    return [item(`Traces with ${named}`, "waterfall", "traces", { operation: value, ...scope("service"), ...around })];
  if (field === "status")
    return [item(`Traces that are ${named}`, "waterfall", "traces", { status: value, ...around })];
  return [
    ...(isVersion && service !== undefined
      ? [item(`The deploy of ${service} ${value}`, "diff", "changes", { target: service, text: value })]
      : []),
    item(`Traces with ${named}`, "waterfall", "traces", { f: filter, ...scope("service"), ...around }),
    item(
      `Logs with ${named}`,
      "lines",
      "logs",
      field === "level" ? { level: value, ...around } : { f: filter, ...scope("services"), ...around },
    ),
  ];
}

const NAME_CHARACTERS = 28;
const nameOf = (value: string): string => shortened(value, NAME_CHARACTERS);

function serviceItems(service: string, atUs: number | undefined): readonly PivotItem[] {
  const group = "service";
  const around = atUs === undefined ? {} : aroundMinute(atUs);
  const suffix = atUs === undefined ? "" : ", ±1 min";
  const named = nameOf(service);
  return [
    {
      group,
      title: `Logs of ${named}${suffix}`,
      icon: "lines",
      view: "logs",
      values: { services: service, ...around },
    },
    { group, title: `Traces of ${named}${suffix}`, icon: "waterfall", view: "traces", values: { service, ...around } },
    {
      group,
      title: `Dashboard of ${named}${suffix}`,
      icon: "grid",
      view: "dashboards",
      values: { service, ...around },
    },
    {
      group,
      title: `Metrics of ${named}`,
      icon: "chart",
      view: "metrics",
      values: { query: `{job="${service}"}`, tab: "table", ...around },
    },
    {
      group,
      title: `Profiles of ${named}${suffix}`,
      icon: "flame",
      view: "profiles",
      values: { service, ...around },
    },
    { group, title: `${named} on the map`, icon: "map", view: "map", values: { node: service } },
    { group, title: `Changes of ${named}`, icon: "diff", view: "changes", values: { target: service } },
  ];
}

/** Everything at this time: logs, with the traces beside them. */
const timeItems = (atUs: number): readonly PivotItem[] => {
  const around = aroundMinute(atUs);
  return [
    {
      group: "time",
      title: "Everything ±1 min: logs and traces",
      icon: "clock",
      view: "logs",
      values: { ...around, split: "traces" },
    },
    { group: "time", title: "The map ±1 min", icon: "map", view: "map", values: around },
    {
      group: "time",
      title: "Compare before and after",
      icon: "compare",
      view: "compare",
      values: beforeAfterCompare({ signal: "traces", query: "" }, atUs, {
        fromUs: atUs - COMPARE_US,
        toUs: atUs + COMPARE_US,
      }),
    },
  ];
};

/** Spans with the value against those without. */
function compareItems(subject: PivotSubject, service: string | undefined): readonly PivotItem[] {
  const { field } = subject;
  const value = bareValue(subject);
  if (value === "" || BARE_FIELDS.has(field) || TRACE_FIELDS.has(field)) return [];
  if (field === "level") return [levelComparison(value)];
  const isOfService = SERVICE_FIELDS.has(field);
  const scope = isOfService || service === undefined ? "" : `resource.service.name = ${quoted(service)}`;
  const condition = `${spanNameOf(field)} = ${spanLiteral(field, value)}`;
  return [
    {
      group: "compare",
      title: `Compare ${nameOf(value)} with the others`,
      icon: "compare",
      view: "compare",
      values: valueCompare(
        { signal: "spans", query: scope === "" ? "" : `{ ${scope} }` },
        `{ ${[scope, condition].filter((part) => part !== "").join(" && ")} }`,
      ),
    },
  ];
}

/** Only lines have a level. */
const levelComparison = (level: string): PivotItem => ({
  group: "compare",
  title: `Compare ${level} with all lines`,
  icon: "compare",
  view: "compare",
  values: { signal: "logs", lf: JSON.stringify({ levels: [level] }), blf: "{}" },
});

/** A field as TraceQL names it. */
function spanNameOf(field: string): string {
  if (SERVICE_FIELDS.has(field)) return "resource.service.name";
  if (VERSION_FIELDS.has(field)) return "resource.service.version";
  if (SPAN_NAME_FIELDS.has(field)) return "name";
  return field === "status" ? "status" : `.${attributeOf(field)}`;
}

/** Versions look like numbers and are none; states are words of the language. */
const spanLiteral = (field: string, value: string): string =>
  field === "status" || (/^-?\d+(\.\d+)?$/.test(value) && !VERSION_FIELDS.has(field)) ? value : quoted(value);

const quoted = (text: string): string => `"${text.replace(/["\\]/g, "\\$&")}"`;

const aroundMinute = (atUs: number): { readonly from: string; readonly to: string } => ({
  from: String(Math.round(atUs - MINUTE_US)),
  to: String(Math.round(atUs + MINUTE_US)),
});
