/**
 * Rules and Alertmanager over a stretch of a world: the history by itself, and the recent part. Rules of the recent part
 * read only that, because the history comes when the wall clock lets it; those that look further back wait for it. Once
 * it is there all are evaluated from the beginning of the recent part on, recordings and those that waited over all that
 * there is, and both servers go on counting where the history ended. The history has the recordings of rules that look
 * far back, but not their alerts: an hour's figure that is made of its first minutes is a figure of chance.
 */
import { MICROS_PER_MS } from "../base/time.js";
import { AlertPipeline, type PipelineCounts } from "../alerting/alert-pipeline.js";
import { alertmanagerOf } from "../alerting/alertmanager/default-configuration.js";
import { longGroups } from "../alerting/long-groups.js";
import { RuleQueries } from "../alerting/rule-queries.js";
import type { Scenario } from "../scenario/types.js";
import type { Silences } from "../sim/observability/silences.js";
import type { MetricStore } from "../telemetry/metric-store.js";
import type { Model } from "../topology/model-types.js";
import { retentionOf } from "../topology/retention.js";
import type { RuleSpec } from "../topology/types.js";
import { RecentReader } from "./recent-reader.js";

const isAlert = ({ alert }: RuleSpec): boolean => alert !== undefined;

interface WatchedStretch {
  readonly model: Model;
  readonly metrics: MetricStore;
  readonly fromUs: number;
  /** Of the stretch, where another pipeline follows: expressions are parsed once. */
  readonly queries?: RuleQueries;
  readonly silences: () => Pick<Silences, "list">;
  /** What lies before `fromUs`: nothing, or a history that is awaited or there, with what had been counted by then. */
  readonly before: "nothing" | "awaited" | { readonly counted: PipelineCounts | undefined };
}

export function watch({ topology, recent, startsAt, history }: Scenario, stretch: WatchedStretch): AlertPipeline {
  const { plant, ruleGroups } = topology;
  const { metrics, fromUs, before, model, queries = new RuleQueries() } = stretch;
  const { job, instance } = model.targets[model.plant.target];
  // A millisecond earlier, because the start of a window is not part of it.
  const own = new RecentReader(metrics, () => fromUs / MICROS_PER_MS - 1);
  const long = longGroups(ruleGroups, recent / MICROS_PER_MS, queries);
  const readerOf = (group: string, rule: RuleSpec): RecentReader | MetricStore | undefined => {
    if (typeof before === "object") return long.has(group) || !isAlert(rule) ? metrics : own;
    return !long.has(group) || (before === "nothing" && !isAlert(rule)) ? own : undefined;
  };
  return new AlertPipeline({
    groups: ruleGroups,
    queries,
    intervalMs: plant.ruleInterval / MICROS_PER_MS,
    reader: own,
    readerOf,
    append: (labels, timeMs, value) => {
      metrics.append(labels, timeMs, value);
    },
    spec: alertmanagerOf(plant),
    silences: stretch.silences,
    externalUrl: `http://${plant.metricsServer}:9090`,
    ...(plant.alertmanager === undefined ? {} : { target: { job: "alertmanager", instance: "alertmanager:9093" } }),
    startMs: (startsAt - history) / MICROS_PER_MS,
    ...(typeof before === "object" && before.counted !== undefined ? { counted: before.counted } : {}),
    metricsServer: {
      labels: { job, instance },
      retentionMs: retentionOf(plant, "metrics").warmUs / MICROS_PER_MS,
      beganMs: (startsAt - history) / MICROS_PER_MS,
    },
  });
}
