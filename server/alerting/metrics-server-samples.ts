/**
 * What the metrics server tells of its rules and of its storage, under the names of the real one: the figures that follow
 * the engine and are not counted in it. Read with the evaluation of rules, as Alertmanager's (see alert-pipeline.ts).
 */
import type { Labels } from "../telemetry/metric-reader.js";
import type { RuleGroupStatus } from "./rule-evaluator.js";

/** Where Prometheus says that its rules are. */
export const RULE_FILE = "/etc/prometheus/rules.yml";

/** The metrics server as a target, and what is known of its storage. */
export interface MetricsServerTarget {
  readonly labels: Labels;
  readonly retentionMs: number;
  /** Time of the oldest sample that was ever there. */
  readonly beganMs: number;
}

export interface OwnSample {
  readonly labels: Labels;
  readonly value: number;
}

const EVALUATIONS = "prometheus_rule_evaluations_total";
const FAILURES = "prometheus_rule_evaluation_failures_total";
const LOWEST = "prometheus_tsdb_lowest_timestamp_seconds";
const RETENTION = "prometheus_tsdb_retention_limit_seconds";

/** Names of all that is told here. */
export const METRICS_SERVER_OWN = [EVALUATIONS, FAILURES, LOWEST, RETENTION] as const;

export function metricsServerSamples(
  { labels, retentionMs, beganMs }: MetricsServerTarget,
  groups: readonly RuleGroupStatus[],
  atMs: number,
): readonly OwnSample[] {
  const sample = (name: string, value: number, more: Labels = {}): OwnSample => ({
    labels: { __name__: name, ...more, ...labels },
    value,
  });
  return [
    ...groups.flatMap(({ name, evaluations, failures }) => {
      const group = { rule_group: `${RULE_FILE};${name}` };
      return [sample(EVALUATIONS, evaluations, group), sample(FAILURES, failures, group)];
    }),
    sample(LOWEST, Math.max(beganMs, atMs - retentionMs) / 1_000),
    sample(RETENTION, retentionMs / 1_000),
  ];
}
