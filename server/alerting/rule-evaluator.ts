/**
 * Rule groups as the metrics server of a world runs them: recording rules write series, alerting rules keep their state and
 * write `ALERTS` and `ALERTS_FOR_STATE`. When an iteration comes and whether the server found time for it is decided
 * elsewhere; a missed one changes nothing here, which is how a rule goes blind. Source: prometheus/rules/group.go, Eval.
 */
import { MICROS_PER_MS } from "../base/time.js";
import { LabelSet } from "../query/promql/label-set.js";
import { DEFAULT_QUERY_LIMITS, type QueryLimits } from "../query/promql/limits.js";
import { parseDurationMs } from "../query/promql/literals.js";
import {
  evaluateInstant,
  prepareQuery,
  type PreparedQuery,
  type QueryResult,
  type VectorSample,
} from "../query/promql/query.js";
import { STALE_MARKER, type Labels, type MetricReader } from "../telemetry/metric-reader.js";
import type { RuleGroupSpec, RuleSpec } from "../topology/types.js";
import type { AlertRule, AlertsAnswer } from "../wire/telemetry.js";
import { AlertingRule, type RuleState } from "./alerting-rule.js";
import type { EvaluatedRule } from "./alertmanager/alert-sender.js";

/** Takes one sample of a recorded series; times of one series ascend. */
export type AppendSample = (labels: Labels, timeMs: number, value: number) => void;

/** Alerts that one rule may have at a time; more are an error of the rule, as Prometheus's `limit`. */
export const ALERTS_PER_RULE_MAX = 10_000;

/** State changes that are kept for one rule; older ones go first. */
export const HISTORY_MAX = 1_000;

/** Transitions that are kept over all rules; older ones go first. */
export const TRANSITIONS_MAX = 10_000;

export interface RuleEvaluatorOptions {
  /** Groups that have passed checkRuleGroups. */
  readonly groups: readonly RuleGroupSpec[];
  readonly reader: MetricReader;
  readonly append: AppendSample;
  /** Between two evaluations of groups that do not say it. */
  readonly intervalMs?: number;
  /** Hears of each alerting rule whose evaluation went well. */
  readonly evaluated?: (one: EvaluatedRule) => void;
  readonly limits?: QueryLimits;
}

/** An alert that began to fire or ceased to, for who wants to be told. */
export interface AlertTransition {
  readonly atMs: number;
  readonly group: string;
  readonly rule: string;
  readonly labels: Labels;
  readonly state: "firing" | "resolved";
}

interface RunningRule {
  readonly spec: RuleSpec;
  /** What it goes by now; `spec` has what it began with. */
  expression: string;
  query: PreparedQuery;
  readonly alerting: AlertingRule | undefined;
  /** Series that the last evaluation wrote; those that are missing in the next one become stale. */
  written: Map<string, Labels>;
  lastEvaluationMs: number;
  missed: number;
  error: string | undefined;
  readonly history: { readonly atUs: number; readonly state: RuleState }[];
  firing: Map<string, LabelSet>;
}

interface RunningGroup {
  readonly name: string;
  readonly intervalMs: number;
  readonly rules: readonly RunningRule[];
  nextMs: number;
}

/** A rule as it stands: what pages about rules show. */
export interface RuleStatus {
  readonly spec: RuleSpec;
  /** What it goes by now; `spec` has what it began with. */
  readonly expression: string;
  /** Undefined for a recording rule. */
  readonly alerting: AlertingRule | undefined;
  /** 0: never. */
  readonly lastEvaluationMs: number;
  readonly error: string | undefined;
}

export interface RuleGroupStatus {
  readonly name: string;
  /** 0: as often as the metrics server evaluates rules. */
  readonly intervalMs: number;
  readonly rules: readonly RuleStatus[];
}

export class RuleEvaluator {
  private readonly groups: readonly RunningGroup[];
  private readonly transitionList: AlertTransition[] = [];

  constructor(private readonly options: RuleEvaluatorOptions) {
    this.groups = options.groups.map((group) => ({
      name: group.name,
      intervalMs: parseDurationMs(group.interval ?? "0s") ?? 0,
      rules: group.rules.map(running),
      nextMs: -Infinity,
    }));
  }

  /**
   * One iteration of all groups that are due at `atMs`; `ran` false: it was due and the server was busy. Instants ascend.
   * `changed` has the expressions of alerting rules that somebody has changed.
   */
  iterate(atMs: number, ran: boolean, changed: Readonly<Record<string, string>> = {}): void {
    for (const group of this.groups) {
      if (atMs < group.nextMs) continue;
      group.nextMs = atMs + group.intervalMs;
      for (const rule of group.rules) {
        this.adopt(rule, changed[rule.spec.alert ?? ""] ?? rule.spec.expr);
        if (ran) this.evaluate(group, rule, atMs);
        else rule.missed++;
      }
    }
  }

  /** Makes the rule go by another expression from now on; one that cannot be read leaves the rule as it was. */
  private adopt(rule: RunningRule, expression: string): void {
    if (rule.expression === expression) return;
    const prepared = prepareQuery(expression);
    if (!prepared.ok) return;
    rule.expression = expression;
    rule.query = prepared.value;
  }

  /** Alerts that began or ceased to fire, in order of time. */
  get transitions(): readonly AlertTransition[] {
    return this.transitionList;
  }

  /** Alerting rules with their alerts, in file order. */
  alerts(): AlertsAnswer {
    return { rules: this.groups.flatMap((group) => group.rules.flatMap((rule) => answerOf(group, rule))) };
  }

  /** All groups with all their rules, in file order. */
  status(): readonly RuleGroupStatus[] {
    return this.groups;
  }

  private evaluate(group: RunningGroup, rule: RunningRule, atMs: number): void {
    rule.lastEvaluationMs = atMs;
    try {
      const samples = samplesOf(
        evaluateInstant(rule.query, this.options.reader, atMs, this.options.limits ?? DEFAULT_QUERY_LIMITS),
      );
      rule.error =
        rule.alerting === undefined
          ? this.record(rule, samples, atMs)
          : this.alert(group, rule, rule.alerting, samples, atMs);
    } catch (error) {
      if (!(error instanceof Error) || (error.name !== "QueryError" && error.name !== "LimitError")) throw error;
      rule.error = error.message;
      this.write(rule, new Map(), atMs);
    }
  }

  private record(rule: RunningRule, samples: readonly VectorSample[], atMs: number): string | undefined {
    const written = new Map<string, { labels: Labels; value: number }>();
    for (const { labels, value } of samples) {
      const named = labels.with({ ...rule.spec.labels, __name__: rule.spec.record ?? "" });
      if (written.has(named.key)) return "vector contains metrics with the same labelset after applying rule labels";
      written.set(named.key, { labels: named.toLabels(), value });
    }
    this.write(rule, written, atMs);
    return undefined;
  }

  private alert(
    group: RunningGroup,
    rule: RunningRule,
    alerting: AlertingRule,
    samples: readonly VectorSample[],
    atMs: number,
  ): string | undefined {
    if (samples.length > ALERTS_PER_RULE_MAX) {
      return `exceeded limit of ${String(ALERTS_PER_RULE_MAX)} with ${String(samples.length)} alerts`;
    }
    const updated = alerting.update(samples, atMs);
    if (!updated.ok) return updated.error;
    const written = new Map<string, { labels: Labels; value: number }>();
    for (const alert of alerting.alerts) {
      const state = alert.labels.with({ __name__: "ALERTS", alertstate: alert.state });
      const since = alert.labels.with({ __name__: "ALERTS_FOR_STATE" });
      written.set(state.key, { labels: state.toLabels(), value: 1 });
      written.set(since.key, { labels: since.toLabels(), value: Math.floor(alert.activeAtMs / 1000) });
    }
    this.write(rule, written, atMs);
    this.note(group, rule, alerting, atMs);
    this.options.evaluated?.({
      rule: alerting,
      expression: rule.expression,
      atMs,
      intervalMs: group.intervalMs === 0 ? (this.options.intervalMs ?? 0) : group.intervalMs,
    });
    return undefined;
  }

  /** Appends the samples, and ends the series that were written before and are not now. */
  private write(
    rule: RunningRule,
    samples: ReadonlyMap<string, { readonly labels: Labels; readonly value: number }>,
    atMs: number,
  ): void {
    for (const [key, labels] of rule.written) if (!samples.has(key)) this.options.append(labels, atMs, STALE_MARKER);
    rule.written = new Map();
    for (const [key, { labels, value }] of samples) {
      this.options.append(labels, atMs, value);
      rule.written.set(key, labels);
    }
  }

  private note(group: RunningGroup, rule: RunningRule, alerting: AlertingRule, atMs: number): void {
    const { state } = alerting;
    if ((rule.history.at(-1)?.state ?? "inactive") !== state) {
      rule.history.push({ atUs: atMs * MICROS_PER_MS, state });
      if (rule.history.length > HISTORY_MAX) rule.history.shift();
    }
    const firing = new Map(
      alerting.alerts.filter((alert) => alert.state === "firing").map((alert) => [alert.labels.key, alert.labels]),
    );
    const tell = (labels: LabelSet, change: "firing" | "resolved"): void => {
      if (this.transitionList.length >= TRANSITIONS_MAX) this.transitionList.shift();
      this.transitionList.push({
        atMs,
        group: group.name,
        rule: alerting.name,
        labels: labels.toLabels(),
        state: change,
      });
    };
    for (const [key, labels] of firing) if (!rule.firing.has(key)) tell(labels, "firing");
    for (const [key, labels] of rule.firing) if (!firing.has(key)) tell(labels, "resolved");
    rule.firing = firing;
  }
}

function running(spec: RuleSpec): RunningRule {
  const prepared = prepareQuery(spec.expr);
  if (!prepared.ok)
    throw new RangeError(
      `rule ${spec.alert ?? spec.record ?? ""} was not checked: ${prepared.error[0]?.message ?? ""}`,
    );
  return {
    spec,
    expression: spec.expr,
    query: prepared.value,
    alerting: spec.alert === undefined ? undefined : new AlertingRule(spec),
    written: new Map(),
    lastEvaluationMs: 0,
    missed: 0,
    error: undefined,
    history: [],
    firing: new Map(),
  };
}

function samplesOf(result: QueryResult): readonly VectorSample[] {
  if (result.kind === "vector") return result.samples;
  return result.kind === "scalar" ? [{ labels: LabelSet.EMPTY, value: result.value }] : [];
}

function answerOf(group: RunningGroup, rule: RunningRule): AlertRule[] {
  const { alerting } = rule;
  if (alerting === undefined) return [];
  return [
    {
      group: group.name,
      name: alerting.name,
      expr: rule.expression,
      forSeconds: alerting.forMs / 1000,
      severity: rule.spec.labels?.["severity"] ?? "none",
      state: alerting.state,
      lastEvaluationUs: rule.lastEvaluationMs * MICROS_PER_MS,
      missedEvaluations: rule.missed,
      ...(rule.error === undefined ? {} : { error: rule.error }),
      alerts: alerting.alerts.map((alert) => ({
        labels: alert.labels.toLabels(),
        annotations: alert.annotations,
        state: alert.state,
        activeSinceUs: alert.activeAtMs * MICROS_PER_MS,
        ...(alert.firedAtMs === undefined ? {} : { firingSinceUs: alert.firedAtMs * MICROS_PER_MS }),
        value: alert.value,
      })),
      history: [...rule.history],
    },
  ];
}
