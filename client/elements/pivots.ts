/** Where one can go from a value on the screen, keeping its context. Pure: the menu element draws what this returns. */
import type { UrlValues } from "../state/url-state.js";

export interface PivotSubject {
  /** Name of the field or label that the value has: `service`, `trace_id`, `http.route`, `version`. */
  readonly field: string;
  readonly value: string;
  /** The service that the value was seen on, and when, where known. */
  readonly service?: string | undefined;
  readonly atUs?: number | undefined;
  readonly traceId?: string | undefined;
}

export interface PivotItem {
  readonly title: string;
  readonly icon: string;
  readonly view: string;
  readonly values: UrlValues;
}

const MINUTE_US = 60_000_000;
const SERVICE_FIELDS: ReadonlySet<string> = new Set(["service", "job", "service.name", "service_name"]);
const TRACE_FIELDS: ReadonlySet<string> = new Set(["trace_id", "traceId", "trace"]);

/** Links for the subject, most specific first. Include, exclude, copy and pin are the menu's own. */
export function pivotItems(subject: PivotSubject): readonly PivotItem[] {
  const traceId = TRACE_FIELDS.has(subject.field) ? subject.value : subject.traceId;
  const service = SERVICE_FIELDS.has(subject.field) ? subject.value : subject.service;
  return [
    ...(traceId === undefined ? [] : traceItems(traceId)),
    ...(service === undefined ? [] : serviceItems(service, subject.atUs)),
    ...(subject.atUs === undefined ? [] : timeItems(subject.atUs)),
  ];
}

function traceItems(traceId: string): readonly PivotItem[] {
  return [
    { title: "Open the trace", icon: "waterfall", view: "trace", values: { trace: traceId } },
    { title: "Logs of the trace", icon: "lines", view: "logs", values: { trace: traceId } },
  ];
}

function serviceItems(service: string, atUs: number | undefined): readonly PivotItem[] {
  const around = atUs === undefined ? {} : aroundMinute(atUs);
  const suffix = atUs === undefined ? "" : ", ±1 min";
  return [
    { title: `Logs of ${service}${suffix}`, icon: "lines", view: "logs", values: { services: service, ...around } },
    { title: `Traces of ${service}${suffix}`, icon: "waterfall", view: "traces", values: { service, ...around } },
    { title: `Dashboard of ${service}`, icon: "grid", view: "dashboards", values: { service } },
    {
      title: `Metrics of ${service}`,
      icon: "chart",
      view: "metrics",
      values: { query: `{job="${service}"}`, tab: "table" },
    },
    { title: `${service} on the map`, icon: "map", view: "map", values: { node: service } },
    { title: `Changes of ${service}`, icon: "diff", view: "changes", values: { target: service } },
  ];
}

const timeItems = (atUs: number): readonly PivotItem[] => [
  { title: "All logs ±1 min", icon: "clock", view: "logs", values: aroundMinute(atUs) },
];

const aroundMinute = (atUs: number): UrlValues => ({
  from: String(Math.round(atUs - MINUTE_US)),
  to: String(Math.round(atUs + MINUTE_US)),
});
