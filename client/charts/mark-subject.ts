/** What the menu of a drawn mark is about: the instant under the pointer, the labels of a series. Pure. */
import type { PivotSubject } from "../elements/pivots.js";
import { formatDateTime } from "./format.js";

export const instantSubject = (atUs: number): PivotSubject => ({
  field: "time",
  value: `${formatDateTime(atUs)} UTC`,
  atUs,
});

const SERVICE_LABELS: readonly string[] = ["job", "service", "service_name"];
/** What tells a series best, where it has it. */
const TELLING: readonly string[] = [
  ...["instance", "pod", "version", "service_version", "http_route", "alertname", "probe", "node", "level"],
  ...["http_response_status_code", "server_address", "db_namespace"],
];
/** Labels that are parts of a figure and no values of anything. */
const SILENT: ReadonlySet<string> = new Set(["__name__", "le", "quantile", ...SERVICE_LABELS]);

/** Of several labels the most telling one, on its service; the service where there is nothing else. */
export function labelsSubject(labels: Readonly<Record<string, string>>): PivotSubject | undefined {
  const serviceLabel = SERVICE_LABELS.find((name) => labels[name] !== undefined);
  const service = serviceLabel === undefined ? undefined : labels[serviceLabel];
  const field =
    TELLING.find((name) => labels[name] !== undefined) ?? Object.keys(labels).find((name) => !SILENT.has(name));
  const value = field === undefined ? undefined : labels[field];
  if (field !== undefined && value !== undefined) return { field, value, service };
  return service === undefined ? undefined : { field: "service", value: service };
}
