/**
 * Where one can go from a value on the screen, keeping its context. Pure: the menu element draws what this returns. The
 * time of the page comes along unless the value has one of its own; then it is a minute to either side of it.
 */
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

export type PivotGroup = "trace" | "service" | "value" | "time" | "compare";

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
/** Fields whose values are no conditions: they are the thing itself, or a measure of it. */
const BARE_FIELDS: ReadonlySet<string> = new Set(["time", "timestamp", "message", "span_id", "value", "duration"]);

/** Links for the subject, most specific first. Include, exclude, copy and pin are the menu's own. */
export function pivotItems(subject: PivotSubject): readonly PivotItem[] {
  const traceId = TRACE_FIELDS.has(subject.field) ? subject.value : subject.traceId;
  const service = SERVICE_FIELDS.has(subject.field) ? subject.value : subject.service;
  return [
    ...(traceId === undefined || traceId === "" ? [] : traceItems(traceId)),
    ...valueItems(subject, service),
    ...(service === undefined || service === "" ? [] : serviceItems(service, subject.atUs)),
    ...(subject.atUs === undefined ? [] : timeItems(subject.atUs)),
    ...compareItems(subject, service),
  ];
}

function traceItems(traceId: string): readonly PivotItem[] {
  const group = "trace";
  return [
    { group, title: "Open the trace", icon: "waterfall", view: "trace", values: { trace: traceId } },
    { group, title: "Logs of the trace", icon: "lines", view: "logs", values: { trace: traceId } },
  ];
}

/** Other traces and lines with the same value; of a version also the deploy that brought it. */
function valueItems({ field, value, atUs }: PivotSubject, service: string | undefined): readonly PivotItem[] {
  if (value === "" || BARE_FIELDS.has(field) || TRACE_FIELDS.has(field) || SERVICE_FIELDS.has(field)) return [];
  const group = "value";
  const isVersion = VERSION_FIELDS.has(field);
  const around = atUs === undefined ? {} : aroundMinute(atUs);
  const name = isVersion ? "service.version" : field;
  const filter = `${name}=${/^[^\s"\\]+$/.test(value) ? value : `"${value.replace(/["\\]/g, "\\$&")}"`}`;
  const ofService = isVersion && service !== undefined;
  return [
    ...(ofService
      ? [
          {
            group,
            title: `The deploy of ${service} ${value}`,
            icon: "diff",
            view: "changes",
            values: { target: service, text: value },
          } as const,
        ]
      : []),
    {
      group,
      title: `Traces with ${shortened(value)}`,
      icon: "waterfall",
      view: "traces",
      values: { f: filter, ...(ofService ? { service } : {}), ...around },
    },
    {
      group,
      title: `Logs with ${shortened(value)}`,
      icon: "lines",
      view: "logs",
      values:
        field === "level"
          ? { level: value, ...around }
          : { f: filter, ...(ofService ? { services: service } : {}), ...around },
    },
  ];
}

const shortened = (value: string): string => (value.length > 28 ? `${value.slice(0, 27)}…` : value);

function serviceItems(service: string, atUs: number | undefined): readonly PivotItem[] {
  const group = "service";
  const around = atUs === undefined ? {} : aroundMinute(atUs);
  const suffix = atUs === undefined ? "" : ", ±1 min";
  const named = shortened(service);
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
function compareItems({ field, value }: PivotSubject, service: string | undefined): readonly PivotItem[] {
  if (value === "" || BARE_FIELDS.has(field) || TRACE_FIELDS.has(field)) return [];
  const isOfService = SERVICE_FIELDS.has(field);
  const name = VERSION_FIELDS.has(field)
    ? "resource.service.version"
    : isOfService
      ? "resource.service.name"
      : `.${field}`;
  const scope = isOfService || service === undefined ? "" : `resource.service.name = ${quoted(service)}`;
  const selection = [
    scope,
    `${name} = ${/^-?\d+(\.\d+)?$/.test(value) && !VERSION_FIELDS.has(field) ? value : quoted(value)}`,
  ];
  return [
    {
      group: "compare",
      title: `Compare ${shortened(value)} with the others`,
      icon: "compare",
      view: "compare",
      values: valueCompare(
        { signal: "spans", query: scope === "" ? "" : `{ ${scope} }` },
        `{ ${selection.filter((part) => part !== "").join(" && ")} }`,
      ),
    },
  ];
}

const quoted = (text: string): string => `"${text.replace(/["\\]/g, "\\$&")}"`;

const aroundMinute = (atUs: number): { readonly from: string; readonly to: string } => ({
  from: String(Math.round(atUs - MINUTE_US)),
  to: String(Math.round(atUs + MINUTE_US)),
});
