/**
 * What pages about a Prometheus ask besides: one scrape pool's configuration and what relabelling makes of a target, its
 * blocks, its own metrics as structured JSON, its notifications; and what it refuses, being read only. Source:
 * prometheus/web/api/v1/api.go and its OpenAPI description.
 */
import { METADATA_BY_NAME } from "../../alerting/scraped-metadata.js";
import { MICROS_PER_MS } from "../../base/time.js";
import { BadParameter, first } from "../../query/promql/http-parameters.js";
import { formatDurationMs } from "../../query/promql/literals.js";
import { compileRegex } from "../../query/promql/matcher.js";
import type { MetricMetadata } from "../../sim/metric-sink.js";
import type { Labels } from "../../telemetry/metric-reader.js";
import { type ApiAnswer, type ApiRequest, jsonAnswer, textAnswer } from "../api.js";
import type { ApiWorld } from "../api-world.js";
import { LatestSamples } from "./latest-samples.js";

/** The section of the configuration file that is about one job. */
export function scrapeSection(job: string, { model }: ApiWorld): readonly string[] {
  const { scrapeInterval, scrapeTimeout, sampleLimit, targetLimit } = model.topology.plant;
  return [
    `job_name: ${job}`,
    "honor_timestamps: true",
    `scrape_interval: ${formatDurationMs(scrapeInterval / MICROS_PER_MS)}`,
    `scrape_timeout: ${formatDurationMs(scrapeTimeout / MICROS_PER_MS)}`,
    "metrics_path: /metrics",
    "scheme: http",
    ...(sampleLimit === 0 ? [] : [`sample_limit: ${String(sampleLimit)}`]),
    ...(targetLimit === undefined ? [] : [`target_limit: ${String(targetLimit)}`]),
  ];
}

export function scrapePoolConfig(request: ApiRequest, world: ApiWorld): unknown {
  return { yaml: `${scrapeSection(poolOf(request, world), world).join("\n")}\n` };
}

/** No pool relabels: there is no step. */
export function relabelSteps(request: ApiRequest, world: ApiWorld): unknown {
  poolOf(request, world);
  const text = first(request.parameters, "labels");
  if (text === undefined) throw new BadParameter("no labels parameter provided");
  try {
    JSON.parse(text);
  } catch (error) {
    throw new BadParameter(`labels must be valid JSON: ${error instanceof Error ? error.message : ""}`);
  }
  return { steps: [] };
}

function poolOf({ parameters }: ApiRequest, { model }: ApiWorld): string {
  const pool = first(parameters, "scrapePool");
  if (pool === undefined) throw new BadParameter("no scrapePool parameter provided");
  if (!model.targets.some(({ job }) => job === pool)) throw new BadParameter(`scrape pool "${pool}" not found`);
  return pool;
}

/** All samples are in the head: no block has been written. */
export const blocks = (): unknown => ({ blocks: [] });

export const notifications = (): unknown => [];

interface Family {
  readonly name: string;
  readonly help: string;
  readonly type: string;
  readonly metric: unknown[];
}

/** Names of the values of each type, in the JSON form of its messages. */
const VALUE_NAMES: Readonly<Partial<Record<MetricMetadata["type"], string>>> = { counter: "counter", gauge: "gauge" };

/** What the metrics server exposes of itself; `metric_name_pattern` chooses names. */
export function selfMetrics(request: ApiRequest, { model, metrics, nowUs }: ApiWorld): unknown {
  const { metricsServer } = model.topology.plant;
  const wanted = nameTest(first(request.parameters, "metric_name_pattern"));
  const samples = new LatestSamples(metrics, nowUs / MICROS_PER_MS);
  const families = new Map<string, Family>();
  for (const ref of metrics.select([{ name: "job", operator: "=", value: metricsServer }])) {
    const { __name__: name, job: _job, instance: _instance, ...rest } = metrics.labels(ref) as Record<string, string>;
    const entry = METADATA_BY_NAME.get(name);
    const sample = samples.of(ref);
    const valueName = entry === undefined ? undefined : VALUE_NAMES[entry.type];
    if (entry === undefined || valueName === undefined || sample === undefined || !wanted(name)) continue;
    const family = families.get(name) ?? { name, help: entry.help, type: entry.type.toUpperCase(), metric: [] };
    family.metric.push({ ...labelPairs(rest), [valueName]: { value: sample.value } });
    families.set(name, family);
  }
  return [...families.values()].sort((a, b) => (a.name < b.name ? -1 : 1));
}

function labelPairs(labels: Labels): { readonly label?: readonly object[] } {
  const pairs = Object.entries(labels).map(([name, value]) => ({ name, value }));
  return pairs.length === 0 ? {} : { label: pairs };
}

function nameTest(pattern: string | undefined): (name: string) => boolean {
  if (pattern === undefined) return () => true;
  const anchored = `^(?:${pattern})$`;
  const compiled = compileRegex(anchored, anchored);
  if (!compiled.ok) throw new BadParameter(`invalid metric_name_pattern: ${compiled.error}`);
  return (name) => compiled.value.matcher(name).find();
}

/** Addresses at which a Prometheus takes samples or orders when it was started so; this one was not. */
export const REFUSED: ReadonlyMap<string, () => ApiAnswer> = new Map([
  ["admin/tsdb/delete_series", adminDisabled],
  ["admin/tsdb/clean_tombstones", adminDisabled],
  ["admin/tsdb/snapshot", adminDisabled],
  [
    "write",
    () => textAnswer("remote write receiver needs to be enabled with --web.enable-remote-write-receiver\n", 404),
  ],
  [
    "otlp/v1/metrics",
    () => textAnswer("otlp write receiver needs to be enabled with --web.enable-otlp-receiver\n", 404),
  ],
]);

function adminDisabled(): ApiAnswer {
  return jsonAnswer({ status: "error", errorType: "unavailable", error: "admin APIs disabled" }, 503);
}
