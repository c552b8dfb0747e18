/**
 * Series as the text formats of Prometheus and OpenMetrics: families with their help and type, samples below. Source:
 * prometheus.io/docs/instrumenting/exposition_formats, OpenMetrics 1.0.
 */
import { formatValue } from "../../query/promql/literals.js";
import type { Exemplar, Labels } from "../../telemetry/metric-reader.js";
import type { MetricMetadata } from "../../sim/metric-sink.js";

export const TEXT_TYPE = "text/plain; version=0.0.4; charset=utf-8";
export const OPEN_METRICS_TYPE = "application/openmetrics-text; version=1.0.0; charset=utf-8";

export interface ExposedSample {
  /** With `__name__`. */
  readonly labels: Labels;
  readonly value: number;
  /** Written behind the value where it is given. */
  readonly timeMs?: number;
  readonly exemplar?: Exemplar;
}

/** Families by name; samples of one stand together in their order. */
export function expositionText(
  samples: readonly ExposedSample[],
  metadata: readonly MetricMetadata[],
  format: "text" | "open-metrics",
): string {
  const families = new Map<string, { readonly metadata: MetricMetadata | undefined; readonly lines: string[] }>();
  const byName = new Map(metadata.map((entry) => [entry.name, entry]));
  for (const sample of samples) {
    const { family, entry } = familyOf(sample.labels["__name__"], byName);
    const known = families.get(family);
    const line = sampleLine(sample, format);
    if (known === undefined) families.set(family, { metadata: entry, lines: [line] });
    else known.lines.push(line);
  }
  const blocks = [...families]
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([family, { metadata: entry, lines }]) => [...headOf(family, entry, format), ...lines].join("\n"));
  const end = format === "open-metrics" ? "# EOF\n" : "";
  return blocks.map((block) => `${block}\n`).join("") + end;
}

const SUFFIX = /_(?:bucket|sum|count)$/;

function familyOf(
  name: string,
  byName: ReadonlyMap<string, MetricMetadata>,
): { readonly family: string; readonly entry: MetricMetadata | undefined } {
  const own = byName.get(name);
  if (own !== undefined) return { family: name, entry: own };
  const family = name.replace(SUFFIX, "");
  const entry = byName.get(family);
  return entry?.type === "histogram" ? { family, entry } : { family: name, entry: undefined };
}

function headOf(family: string, entry: MetricMetadata | undefined, format: "text" | "open-metrics"): readonly string[] {
  const type = entry?.type ?? (format === "text" ? "untyped" : "unknown");
  // A counter of OpenMetrics is named without the suffix of its samples.
  const name = format === "open-metrics" && type === "counter" ? family.replace(/_total$/, "") : family;
  const help = entry === undefined || entry.help === "" ? [] : [`# HELP ${name} ${escapeHelp(entry.help)}`];
  return [...help, `# TYPE ${name} ${type}`];
}

function sampleLine({ labels, value, timeMs, exemplar }: ExposedSample, format: "text" | "open-metrics"): string {
  const open = format === "open-metrics";
  const time = timeMs === undefined ? "" : ` ${open ? String(timeMs / 1_000) : String(timeMs)}`;
  const tail = open && exemplar !== undefined ? exemplarText(exemplar) : "";
  return `${labels["__name__"]}${labelText(labels)} ${formatValue(value)}${time}${tail}`;
}

function exemplarText({ labels, value, timestampMs }: Exemplar): string {
  return ` # ${labelText(labels) || "{}"} ${formatValue(value)} ${String(timestampMs / 1_000)}`;
}

function labelText(labels: Labels): string {
  const pairs = Object.entries(labels)
    .filter(([name]) => name !== "__name__")
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([name, value]) => `${name}="${escapeValue(value)}"`);
  return pairs.length === 0 ? "" : `{${pairs.join(",")}}`;
}

const escapeHelp = (text: string): string => text.replaceAll("\\", "\\\\").replaceAll("\n", "\\n");
const escapeValue = (text: string): string => escapeHelp(text).replaceAll('"', '\\"');
