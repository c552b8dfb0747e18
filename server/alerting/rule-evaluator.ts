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
  evaluateInstants,
  type InstantGrid,
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
import { ForeseeableRules } from "./foreseeable-rules.js";
import { RuleQueries } from "./rule-queries.js";
import { queryOffsetMs } from "./rule-series.js";
import { TemplateFault } from "../query/logql/template-syntax.js";
import type { TemplateScene } from "./template-functions.js";

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
  /**
   * What a rule of a group reads, where that is not `reader`. A rule of which it says nothing is one whose data has not come
   * yet: the server evaluates it, but what it finds is not known.
   */
  readonly readerOf?: (group: string, rule: RuleSpec) => MetricReader | undefined;
  readonly append: AppendSample;
  /** Between two evaluations of groups that do not say it. */
  readonly intervalMs?: number;
  /** Hears of each alerting rule whose evaluation went well. */
  readonly evaluated?: (one: EvaluatedRule) => void;
  readonly limits?: QueryLimits;
  /** Where the expressions were prepared already. */
  readonly queries?: RuleQueries;
  /** What the server had counted before, by group. */
  readonly counted?: Readonly<Record<string, EvaluationCounts>>;
  /** Labels of series that somebody else writes into what rules read, evaluation by evaluation. */
  readonly writtenBeside?: readonly Labels[];
  /** For templates: labels that the metrics server puts on all that leaves it, and its address. */
  readonly externalLabels?: Labels;
  readonly externalUrl?: string;
}

/** Of the rules of a group together, since the beginning. */
export interface EvaluationCounts {
  readonly evaluations: number;
  readonly failures: number;
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
  readonly reader: MetricReader | undefined;
  /** What it goes by now; `spec` has what it began with. */
  expression: string;
  query: PreparedQuery;
  /** Of the query: what it gives at instants to come. */
  ahead: Lookahead | undefined;
  readonly alerting: AlertingRule | undefined;
  /** Series that the last evaluation wrote; those that are missing in the next one become stale. */
  written: Map<string, Labels>;
  lastEvaluationMs: number;
  evaluationTookMs: number;
  missed: number;
  error: string | undefined;
  readonly history: { readonly atUs: number; readonly state: RuleState }[];
  firing: Map<string, LabelSet>;
}

interface Lookahead {
  readonly grid: InstantGrid;
  readonly at: (step: number) => readonly VectorSample[];
}

interface RunningGroup {
  readonly name: string;
  readonly intervalMs: number;
  readonly limit: number;
  readonly queryOffsetMs: number;
  readonly rules: readonly RunningRule[];
  nextMs: number;
  evaluations: number;
  failures: number;
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
  /** What the last evaluation took the metrics server. */
  readonly evaluationTookMs: number;
  readonly error: string | undefined;
}

export interface RuleGroupStatus extends EvaluationCounts {
  readonly name: string;
  /** 0: as often as the metrics server evaluates rules. */
  readonly intervalMs: number;
  /** 0: none. */
  readonly limit: number;
  readonly rules: readonly RuleStatus[];
}

interface IterationDetail {
  /** Expressions of alerting rules that somebody has changed. */
  readonly changed?: Readonly<Record<string, string>>;
  /** What all rules that were due took the metrics server together. */
  readonly tookMs?: number;
}

interface EvaluationInstant {
  readonly atMs: number;
  /** What the queries look at. */
  readonly queryMs: number;
}

export class RuleEvaluator {
  private readonly groups: readonly RunningGroup[];
  private readonly queries: RuleQueries;
  private readonly transitionList: AlertTransition[] = [];
  private foreseeable: ForeseeableRules | undefined;

  constructor(private readonly options: RuleEvaluatorOptions) {
    this.queries = options.queries ?? new RuleQueries();
    this.groups = options.groups.map((group) => ({
      name: group.name,
      intervalMs: parseDurationMs(group.interval ?? "0s") ?? 0,
      limit: group.limit ?? 0,
      queryOffsetMs: queryOffsetMs(group),
      rules: group.rules.map((rule) => this.running(rule, group)),
      nextMs: -Infinity,
      evaluations: options.counted?.[group.name]?.evaluations ?? 0,
      failures: options.counted?.[group.name]?.failures ?? 0,
    }));
  }

  private running(written: RuleSpec, group: RuleGroupSpec): RunningRule {
    const prepared = this.queries.of(written);
    if (!prepared.ok)
      throw new RangeError(
        `rule ${written.alert ?? written.record ?? ""} was not checked: ${prepared.error[0]?.message ?? ""}`,
      );
    const spec = group.labels === undefined ? written : { ...written, labels: { ...group.labels, ...written.labels } };
    const { reader, readerOf } = this.options;
    return {
      spec,
      reader: readerOf === undefined ? reader : readerOf(group.name, spec),
      expression: spec.expr,
      query: prepared.value,
      ahead: undefined,
      alerting: spec.alert === undefined ? undefined : new AlertingRule(spec, this.options.externalLabels),
      written: new Map(),
      lastEvaluationMs: 0,
      evaluationTookMs: 0,
      missed: 0,
      error: undefined,
      history: [],
      firing: new Map(),
    };
  }

  /**
   * Evaluates for the instants to come what can be: every scrape up to the last of them is there. It changes nothing but
   * how long the iterations take.
   */
  lookAhead(grid: InstantGrid): void {
    const { groups, writtenBeside = [], limits = DEFAULT_QUERY_LIMITS } = this.options;
    const foreseeable = (this.foreseeable ??= new ForeseeableRules(groups, writtenBeside));
    for (const group of this.groups) {
      for (const rule of group.rules) {
        const { query, reader } = rule;
        rule.ahead = undefined;
        if (reader === undefined || group.intervalMs > grid.stepMs || query.movingDurations) continue;
        if (!foreseeable.includes(query.expr)) continue;
        const own = { ...grid, startMs: grid.startMs - group.queryOffsetMs };
        try {
          rule.ahead = { grid: own, at: evaluateInstants(query, reader, own, limits) };
        } catch (error) {
          // What cannot be answered at one instant is found out at that one.
          if (!isOfQuery(error)) throw error;
        }
      }
    }
  }

  /**
   * One iteration of all groups that are due at `atMs`; `ran` false: it was due and the server was busy. Instants ascend.
   */
  iterate(atMs: number, ran: boolean, { changed = {}, tookMs = 0 }: IterationDetail = {}): void {
    const due = this.groups.filter(({ nextMs }) => atMs >= nextMs);
    // A rule costs the metrics server as much as every other.
    const tookEachMs =
      tookMs /
      Math.max(
        1,
        due.reduce((count, { rules }) => count + rules.length, 0),
      );
    for (const group of due) {
      group.nextMs = atMs + group.intervalMs;
      for (const rule of group.rules) {
        this.adopt(rule, changed[rule.spec.alert ?? ""] ?? rule.spec.expr);
        if (ran) group.evaluations++;
        if (rule.reader === undefined) continue;
        if (ran) this.evaluate(group, rule, atMs, tookEachMs);
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
    rule.ahead = undefined;
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

  private evaluate(group: RunningGroup, rule: RunningRule, atMs: number, tookMs: number): void {
    rule.lastEvaluationMs = atMs;
    rule.evaluationTookMs = tookMs;
    const queryMs = atMs - group.queryOffsetMs;
    try {
      const samples = foreseen(rule, queryMs) ?? this.samples(rule, rule.query, queryMs);
      rule.error =
        rule.alerting === undefined
          ? this.record(group, rule, samples, queryMs)
          : this.alert(group, rule, rule.alerting, samples, { atMs, queryMs });
    } catch (error) {
      if (!isOfQuery(error)) throw error;
      rule.error = error.message;
      this.write(rule, new Map(), queryMs);
    }
    if (rule.error !== undefined) group.failures++;
  }

  private samples({ reader }: RunningRule, query: PreparedQuery, atMs: number): readonly VectorSample[] {
    if (reader === undefined) return [];
    return samplesOf(evaluateInstant(query, reader, atMs, this.options.limits ?? DEFAULT_QUERY_LIMITS));
  }

  /** Where the templates of an evaluation stand. */
  private scene(rule: RunningRule, atMs: number): TemplateScene {
    return {
      externalUrl: this.options.externalUrl ?? "",
      atMs,
      query: (expression) => {
        const prepared = prepareQuery(expression);
        if (!prepared.ok) throw new TemplateFault(`error calling query: ${prepared.error[0]?.message ?? ""}`);
        try {
          return this.samples(rule, prepared.value, atMs).map(({ labels, value }) => ({
            labels: labels.toLabels(),
            value,
          }));
        } catch (error) {
          if (!isOfQuery(error)) throw error;
          throw new TemplateFault(`error calling query: ${error.message}`);
        }
      },
    };
  }

  private record(
    group: RunningGroup,
    rule: RunningRule,
    samples: readonly VectorSample[],
    queryMs: number,
  ): string | undefined {
    if (group.limit > 0 && samples.length > group.limit)
      return `exceeded limit of ${String(group.limit)} with ${String(samples.length)} series`;
    const written = new Map<string, { labels: Labels; value: number }>();
    for (const { labels, value } of samples) {
      const named = labels.with({ ...rule.spec.labels, __name__: rule.spec.record ?? "" });
      if (written.has(named.key)) return "vector contains metrics with the same labelset after applying rule labels";
      written.set(named.key, { labels: named.toLabels(), value });
    }
    this.write(rule, written, queryMs);
    return undefined;
  }

  private alert(
    group: RunningGroup,
    rule: RunningRule,
    alerting: AlertingRule,
    samples: readonly VectorSample[],
    { atMs, queryMs }: EvaluationInstant,
  ): string | undefined {
    const limit = Math.min(group.limit === 0 ? Infinity : group.limit, ALERTS_PER_RULE_MAX);
    const updated = alerting.update(samples, { atMs, limit, scene: this.scene(rule, queryMs) });
    if (!updated.ok) {
      if (alerting.alerts.length === 0) this.write(rule, new Map(), queryMs);
      return updated.error;
    }
    const written = new Map<string, { labels: Labels; value: number }>();
    for (const alert of alerting.alerts) {
      const state = alert.labels.with({ __name__: "ALERTS", alertstate: alert.state });
      const since = alert.labels.with({ __name__: "ALERTS_FOR_STATE" });
      written.set(state.key, { labels: state.toLabels(), value: 1 });
      written.set(since.key, { labels: since.toLabels(), value: Math.floor(alert.activeAtMs / 1000) });
    }
    this.write(rule, written, queryMs);
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

function foreseen({ ahead }: RunningRule, atMs: number): readonly VectorSample[] | undefined {
  if (ahead === undefined) return undefined;
  const { startMs, stepMs, steps } = ahead.grid;
  const step = (atMs - startMs) / stepMs;
  return Number.isInteger(step) && step >= 0 && step < steps ? ahead.at(step) : undefined;
}

const isOfQuery = (error: unknown): error is Error =>
  error instanceof Error && (error.name === "QueryError" || error.name === "LimitError");

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
      ...(rule.spec.labels === undefined ? {} : { labels: rule.spec.labels }),
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
