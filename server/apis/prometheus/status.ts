/**
 * What a Prometheus says of itself, for the simulated one: its configuration and flags as the scenario declares them, its
 * build, its head block. Source: prometheus/web/api/v1/api.go, serveConfig, serveFlags, serveRuntimeInfo, serveTSDBStatus.
 */
import { MICROS_PER_MS } from "../../base/time.js";
import { formatDurationMs } from "../../query/promql/literals.js";
import { DEFAULT_QUERY_LIMITS } from "../../query/promql/limits.js";
import { BadParameter, first } from "../../query/promql/http-parameters.js";
import { retentionOf } from "../../topology/retention.js";
import type { ApiRequest } from "../api.js";
import type { ApiWorld } from "../api-world.js";
import { clientTime } from "./clock.js";
import { LatestSamples } from "./latest-samples.js";
import { scrapeSection } from "./server-pages.js";

/** The version whose language and interfaces are spoken. */
const VERSION = "3.14.0";

const shortDuration = (us: number): string => formatDurationMs(us / MICROS_PER_MS);

export function config(_request: ApiRequest, world: ApiWorld): unknown {
  const { model } = world;
  const { scrapeInterval, scrapeTimeout, ruleInterval } = model.topology.plant;
  const jobs = [...new Set(model.targets.map(({ job }) => job))].sort();
  const yaml = [
    "global:",
    `  scrape_interval: ${shortDuration(scrapeInterval)}`,
    `  scrape_timeout: ${shortDuration(scrapeTimeout)}`,
    `  evaluation_interval: ${shortDuration(ruleInterval)}`,
    "alerting:",
    "  alertmanagers:",
    "  - api_version: v2",
    "    static_configs:",
    "    - targets:",
    "      - alertmanager:9093",
    "rule_files:",
    "- /etc/prometheus/rules.yml",
    "scrape_configs:",
    ...jobs.flatMap((job) => scrapeSection(job, world).map((line, at) => (at === 0 ? `- ${line}` : `  ${line}`))),
    "storage:",
    "  exemplars:",
    "    max_exemplars: 100000",
    "",
  ].join("\n");
  return { yaml };
}

export function flags(_request: ApiRequest, { model }: ApiWorld): unknown {
  const { lookbackMs, samplesMax, timeMsMax } = DEFAULT_QUERY_LIMITS;
  return {
    "config.file": "/etc/prometheus/prometheus.yml",
    "enable-feature": "exemplar-storage",
    "query.lookback-delta": formatDurationMs(lookbackMs),
    "query.max-samples": String(samplesMax),
    "query.timeout": formatDurationMs(timeMsMax),
    "storage.tsdb.path": "/prometheus",
    "storage.tsdb.retention.time": shortDuration(retentionOf(model.topology.plant, "metrics").warmUs),
    "web.listen-address": "0.0.0.0:9090",
  };
}

export function buildInfo(): unknown {
  return { version: VERSION, revision: "simulated", branch: "main", buildUser: "", buildDate: "", goVersion: "" };
}

export function runtimeInfo({ clockAheadMs }: ApiRequest, { model, dataFromUs, nowUs }: ApiWorld): unknown {
  const start = clientTime(dataFromUs / MICROS_PER_MS, clockAheadMs);
  return {
    startTime: start,
    CWD: "/prometheus",
    hostname: model.topology.plant.metricsServer,
    serverTime: clientTime(nowUs / MICROS_PER_MS, clockAheadMs),
    reloadConfigSuccess: true,
    lastConfigTime: start,
    corruptionCount: 0,
    goroutineCount: 0,
    GOMAXPROCS: 1,
    GOMEMLIMIT: model.topology.plant.memoryLimitBytes,
    GOGC: "75",
    GODEBUG: "",
    storageRetention: shortDuration(retentionOf(model.topology.plant, "metrics").warmUs),
  };
}

export const walReplay = (): unknown => ({ min: 0, max: 0, current: 0 });

export const alertmanagers = (): unknown => ({
  activeAlertmanagers: [{ url: "http://alertmanager:9093/api/v2/alerts" }],
  droppedAlertmanagers: [],
});

/** Which optional parts there are, by area. */
export const features = (): unknown => ({
  api: {
    query_warnings: true,
    query_stats: false,
    label_values_match: true,
    time_range_series: true,
    exclude_alerts: true,
  },
  promql: {
    at_modifier: true,
    negative_offset: true,
    subqueries: true,
    bool: true,
    group_left: true,
    group_right: true,
    on: true,
    ignoring: true,
    offset: true,
    experimental_functions: false,
    native_histograms: false,
  },
  rules: { keep_firing_for: true },
  tsdb: { exemplars: true, native_histograms: false },
});

const STATISTICS_MAX = 10_000;
const STATISTICS_DEFAULT = 10;

interface Statistic {
  readonly name: string;
  readonly value: number;
}

/** Series that have a sample now, by name, label and pair; memory is the bytes of label values. */
export function tsdb({ parameters, clockAheadMs }: ApiRequest, { metrics, nowUs }: ApiWorld): unknown {
  const limit = limitOf(first(parameters, "limit"));
  const nowMs = nowUs / MICROS_PER_MS;
  const samples = new LatestSamples(metrics, nowMs);
  const byName = new Map<string, number>();
  const byPair = new Map<string, number>();
  const values = new Map<string, Set<string>>();
  let series = 0;
  let minTime = Infinity;
  for (const ref of metrics.select([{ name: "__name__", operator: "!=", value: "" }])) {
    const sample = samples.of(ref);
    if (sample === undefined) continue;
    series++;
    minTime = Math.min(minTime, sample.timeMs);
    for (const [name, value] of Object.entries(metrics.labels(ref))) {
      if (name === "__name__") count(byName, value);
      count(byPair, `${name}=${value}`);
      const known = values.get(name);
      if (known === undefined) values.set(name, new Set([value]));
      else known.add(value);
    }
  }
  const ofLabels = (measure: (texts: ReadonlySet<string>) => number): readonly Statistic[] =>
    greatest(new Map([...values].map(([name, texts]) => [name, measure(texts)])), limit);
  return {
    headStats: {
      numSeries: series,
      numLabelPairs: byPair.size,
      chunkCount: series,
      minTime: series === 0 ? 0 : Math.floor(minTime + clockAheadMs),
      maxTime: Math.floor(nowMs + clockAheadMs),
    },
    seriesCountByMetricName: greatest(byName, limit),
    labelValueCountByLabelName: ofLabels((texts) => texts.size),
    memoryInBytesByLabelName: ofLabels((texts) => [...texts].reduce((sum, text) => sum + text.length, 0)),
    seriesCountByLabelValuePair: greatest(byPair, limit),
  };
}

function limitOf(text: string | undefined): number {
  if (text === undefined) return STATISTICS_DEFAULT;
  if (!/^[1-9]\d*$/.test(text)) throw new BadParameter("limit must be a positive number");
  if (Number(text) > STATISTICS_MAX) throw new BadParameter(`limit must not exceed ${String(STATISTICS_MAX)}`);
  return Number(text);
}

function count(counts: Map<string, number>, key: string): void {
  counts.set(key, (counts.get(key) ?? 0) + 1);
}

function greatest(counts: ReadonlyMap<string, number>, limit: number): readonly Statistic[] {
  return [...counts]
    .map(([name, value]) => ({ name, value }))
    .sort((a, b) => b.value - a.value || (a.name < b.name ? -1 : 1))
    .slice(0, limit);
}
