/**
 * Tests of rules: series that are written down, rules evaluated over them step by step, and what then fires or is
 * recorded compared with what is expected. The sentences are promtool's. Source: prometheus/cmd/promtool/unittest.go.
 */
import { formatDurationMs } from "../../query/promql/literals.js";
import { DEFAULT_QUERY_LIMITS, type QueryLimits } from "../../query/promql/limits.js";
import { quote } from "../../query/promql/literals.js";
import { evaluateInstant, prepareQuery } from "../../query/promql/query.js";
import { MetricStore } from "../../telemetry/metric-store.js";
import type { Labels } from "../../telemetry/metric-reader.js";
import type { RuleGroupSpec } from "../../topology/types.js";
import { RuleEvaluator } from "../rule-evaluator.js";
import { parseMetric, parseValues } from "./series-notation.js";
import type { RuleTestFile, RuleTestGroup } from "./test-file.js";

/** Evaluations of one test. */
const STEPS_MAX = 100_000;
/**
 * Values need not be the same to the last bit, which `fuzzy_compare` would have to ask for elsewhere: rates of Prometheus 2
 * and 3 differ there, and files for either shall pass.
 */
const RELATIVE_DIFFERENCE_MAX = 2 ** -48;

/** What is wrong, a sentence each; empty when all is as expected. `groups` have passed checkRuleGroups. */
export function runRuleTests(file: RuleTestFile, groups: readonly RuleGroupSpec[]): readonly string[] {
  const order = (name: string): number => Math.max(0, file.group_eval_order.indexOf(name));
  const ordered = [...groups]
    .sort((one, other) => order(one.name) - order(other.name))
    // Tests evaluate all groups at each step.
    .map(({ interval: _, ...group }) => group);
  return file.tests.flatMap((test) => new TestRun(file, test, ordered).problems());
}

interface InputSeries {
  readonly labels: Labels;
  readonly values: readonly (number | undefined)[];
  next: number;
}

class TestRun {
  private readonly store = new MetricStore({ exemplarOf: () => undefined });
  private readonly stepMs: number;
  private readonly limits: QueryLimits;
  private readonly rules: RuleEvaluator;
  private readonly found: string[] = [];
  private series: InputSeries[] = [];

  constructor(
    file: RuleTestFile,
    private readonly test: RuleTestGroup,
    groups: readonly RuleGroupSpec[],
  ) {
    this.stepMs = file.evaluation_interval;
    this.limits = { ...DEFAULT_QUERY_LIMITS, subqueryStepMs: this.stepMs };
    this.rules = new RuleEvaluator({
      groups,
      intervalMs: this.stepMs,
      reader: this.store,
      append: (labels, timeMs, value) => this.store.append(labels, timeMs, value),
      limits: this.limits,
      externalLabels: test.external_labels,
      externalUrl: test.external_url,
    });
  }

  problems(): readonly string[] {
    const { alert_rule_test: alerts, promql_expr_test: expressions, name } = this.test;
    const nameless = alerts.find(({ alertname }) => alertname === "");
    if (nameless !== undefined) {
      const where = name === "" ? "" : ` in ${name}`;
      return [
        `an item under alert_rule_test${where} misses required attribute alertname at eval_time ${formatDurationMs(nameless.eval_time)}`,
      ];
    }
    const wrong = this.readSeries();
    if (wrong !== undefined) return [wrong];
    const endMs = Math.max(0, ...[...alerts, ...expressions].map(({ eval_time: at }) => at));
    if (endMs / this.stepMs > STEPS_MAX) return [`a test may have ${String(STEPS_MAX)} evaluations`];
    if (!this.play(endMs)) return this.found;
    for (const expression of expressions) this.checkExpression(expression);
    return this.found;
  }

  /** What is wrong with the series, if anything. */
  private readSeries(): string | undefined {
    for (const { series, values } of this.test.input_series) {
      const labels = parseMetric(series);
      if (!labels.ok) return labels.error;
      const read = parseValues(values);
      if (!read.ok) return read.error;
      this.series.push({ labels: labels.value, values: read.value, next: 0 });
    }
    return undefined;
  }

  /** Evaluates step by step; false where a rule could not be evaluated, which ends the test. */
  private play(endMs: number): boolean {
    for (let atMs = 0; atMs <= endMs; atMs += this.stepMs) {
      this.load(atMs);
      this.rules.iterate(atMs, true);
      if (!this.checkErrors(atMs)) return false;
      this.checkAlerts(atMs);
    }
    return true;
  }

  /** Samples up to `toMs`: rules see nothing later. */
  private load(toMs: number): void {
    const intervalMs = this.test.interval ?? this.stepMs;
    for (const one of this.series)
      for (; one.next < one.values.length && one.next * intervalMs <= toMs; one.next++) {
        const value = one.values[one.next];
        if (value !== undefined) this.store.append(one.labels, one.next * intervalMs, value);
      }
  }

  private checkErrors(atMs: number): boolean {
    const failed = this.rules.status().flatMap(({ rules }) => rules.filter(({ error }) => error !== undefined));
    for (const { spec, error } of failed)
      this.found.push(
        `    rule: ${spec.alert ?? spec.record ?? ""}, time: ${formatDurationMs(atMs)}, err: ${error ?? ""}`,
      );
    return failed.length === 0;
  }

  /** Compares what fires with what was expected before the next evaluation. */
  private checkAlerts(atMs: number): void {
    const due = this.test.alert_rule_test
      .filter(({ eval_time: at }) => at >= atMs && at < atMs + this.stepMs)
      .sort((one, other) => one.eval_time - other.eval_time);
    for (const { alertname, eval_time: at, exp_alerts: wanted } of due) {
      const expected = wanted
        .map(({ exp_labels: labels, exp_annotations: annotations }) => ({
          labels: { ...labels, alertname },
          annotations,
        }))
        .sort(byText);
      const got = this.firing(alertname);
      if (alertsText(expected) === alertsText(got)) continue;
      const title = this.test.name === "" ? "" : `    name: ${this.test.name},\n`;
      this.found.push(
        `${title}    alertname: ${alertname}, time: ${formatDurationMs(at)}, \n` +
          `        exp:${indent(alertsText(expected), 12)}, \n        got:${indent(alertsText(got), 12)}`,
      );
    }
  }

  private firing(alertname: string): readonly ShownAlert[] {
    return this.rules
      .status()
      .flatMap(({ rules }) => rules.flatMap(({ alerting }) => (alerting?.name === alertname ? alerting.alerts : [])))
      .filter(({ state }) => state === "firing")
      .map(({ labels, annotations }) => ({ labels: labels.toLabels(), annotations }))
      .sort(byText);
  }

  private checkExpression({ expr, eval_time: at, exp_samples: wanted }: ExpressionTest): void {
    const head = `    expr: ${quote(expr)}, time: ${formatDurationMs(at)},`;
    const got = this.evaluate(expr, at);
    if (typeof got === "string") {
      this.found.push(`${head} err: ${got}`);
      return;
    }
    const expected: ShownSample[] = [];
    for (const { labels: text, value } of wanted) {
      const labels = parseMetric(text);
      if (!labels.ok) {
        this.found.push(`${head} err: labels ${quote(text)}: ${labels.error}`);
        return;
      }
      expected.push({ labels: labels.value, value });
    }
    expected.sort(byLabels);
    if (same(expected, got)) return;
    this.found.push(`${head}\n        exp: ${samplesText(expected)}\n        got: ${samplesText(got)}`);
  }

  /** The samples, or what is wrong. */
  private evaluate(expr: string, atMs: number): ShownSample[] | string {
    const prepared = prepareQuery(expr);
    if (!prepared.ok) {
      const [first] = prepared.error;
      return `${String(first.line)}:${String(first.column)}: parse error: ${first.message}`;
    }
    try {
      const result = evaluateInstant(prepared.value, this.store, atMs, this.limits);
      if (result.kind === "scalar") return [{ labels: {}, value: result.value }];
      if (result.kind !== "vector") return "rule result is not a vector or scalar";
      return result.samples.map(({ labels, value }) => ({ labels: labels.toLabels(), value })).sort(byLabels);
    } catch (error) {
      if (error instanceof Error && (error.name === "QueryError" || error.name === "LimitError")) return error.message;
      throw error;
    }
  }
}

function same(expected: readonly ShownSample[], got: readonly ShownSample[]): boolean {
  if (expected.length !== got.length) return false;
  return expected.every(({ labels, value }, index) => {
    const other = got[index];
    return labelsText(labels) === labelsText(other.labels) && sameValue(value, other.value);
  });
}

function sameValue(one: number, other: number): boolean {
  if (one === other || (Number.isNaN(one) && Number.isNaN(other))) return true;
  return Math.abs(one - other) <= RELATIVE_DIFFERENCE_MAX * Math.abs(one);
}

type ExpressionTest = RuleTestGroup["promql_expr_test"][number];

interface ShownAlert {
  readonly labels: Labels;
  readonly annotations: Labels;
}

interface ShownSample {
  readonly labels: Labels;
  readonly value: number;
}

const byLabels = (one: ShownSample, other: ShownSample): number => compareSets(one.labels, other.labels);
const byText = (one: ShownAlert, other: ShownAlert): number =>
  compareSets(one.labels, other.labels) || compareSets(one.annotations, other.annotations);

/** By names and values in turn. */
function compareSets(one: Labels, other: Labels): number {
  const [left, right] = [one, other].map((labels) => Object.keys(labels).sort());
  for (let at = 0; at < Math.min(left.length, right.length); at++) {
    if (left[at] !== right[at]) return left[at] < right[at] ? -1 : 1;
    if (one[left[at]] !== other[right[at]]) return one[left[at]] < other[right[at]] ? -1 : 1;
  }
  return left.length - right.length;
}

const labelsText = (labels: Labels): string =>
  `{${Object.keys(labels)
    .sort()
    .map((name) => `${name}=${quote(labels[name])}`)
    .join(", ")}}`;

/** Lines but the first moved to the right. */
const indent = (text: string, spaces: number): string => text.replaceAll("\n", `\n${" ".repeat(spaces)}`);

function alertsText(alerts: readonly ShownAlert[]): string {
  if (alerts.length === 0) return "[]";
  const one = ({ labels, annotations }: ShownAlert, index: number): string =>
    `${String(index)}:${indent(`\nLabels:${labelsText(labels)}\nAnnotations:${labelsText(annotations)}`, 2)}`;
  return `[\n${alerts.map(one).join(",\n")}\n]`;
}

const samplesText = (samples: readonly ShownSample[]): string =>
  samples.length === 0
    ? "nil"
    : samples.map(({ labels, value }) => `${labelsText(labels)} ${exponentText(value)}`).join(", ");

/** As Go's format `E` writes it: `1E-03`. */
function exponentText(value: number): string {
  if (Number.isNaN(value)) return "NaN";
  if (!Number.isFinite(value)) return value > 0 ? "+Inf" : "-Inf";
  const [digits, exponent] = value.toExponential().split("e");
  const power = Number(exponent);
  return `${digits}E${power < 0 ? "-" : "+"}${String(Math.abs(power)).padStart(2, "0")}`;
}
