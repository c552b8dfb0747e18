/**
 * The ledger of an objective: what its budget is, what was spent, when and by whom, and when it is gone at the rates of
 * several windows. Everything is asked of the metrics that were kept; windows that reach behind them have no figures.
 */
import { MICROS_PER_MS } from "../base/time.js";
import type { Expr } from "../query/promql/ast.js";
import { formatDurationMs, parseDurationMs } from "../query/promql/literals.js";
import { parsePromql } from "../query/promql/parse.js";
import { printExpr } from "../query/promql/print.js";
import { evaluateInstant, evaluateRange, prepareQuery } from "../query/promql/query.js";
import type { LabelMatcher, Labels, MetricReader } from "../telemetry/metric-reader.js";
import { alertName, BURN_PAIRS, errorRatioQuery, REMAINING_METRIC, SLO_WINDOWS } from "../topology/slo-rules.js";
import type { SloSpec } from "../topology/types.js";
import type { SloAlertPair, SloDimension, SloLedger, SloWindow } from "../wire/alerting.js";
import type { AlertRule } from "../wire/telemetry.js";
import { exhaustion } from "./slo.js";

const MS_PER_MINUTE = 60_000;
const MS_PER_DAY = 86_400_000;
/** Points of the course, at most. */
const COURSE_POINTS = 60;
/** Labels, and values of one, that a ledger lists. */
const DIMENSIONS_MAX = 8;
const ROWS_MAX = 20;

/** Time that the ledger's samples cover, and where it ends. */
interface Span {
  readonly fromMs: number;
  readonly nowMs: number;
}

interface Events {
  readonly bad: number;
  readonly total: number;
}

/** What the pairs of windows are judged by. */
interface Seen {
  readonly windows: readonly SloWindow[];
  /** The whole time that has data, which stands for windows that reach behind it, as it does in a rule's own query. */
  readonly known: { readonly us: number; readonly burnRate: number | undefined };
  readonly rules: readonly AlertRule[];
}

/** @param rules alerting rules as they stand, for the states of those that watch the objectives */
export function sloLedgers(
  slos: readonly SloSpec[],
  reader: MetricReader,
  { fromMs, nowMs }: Span,
  rules: readonly AlertRule[],
): readonly SloLedger[] {
  return slos.map((slo) => {
    const begin = Math.max(fromMs, nowMs - slo.window / MICROS_PER_MS);
    return new Ledger(slo, reader, { fromMs: begin, nowMs }).answer(rules);
  });
}

class Ledger {
  private readonly windowMs: number;
  private readonly budget: number;

  constructor(
    private readonly slo: SloSpec,
    private readonly reader: MetricReader,
    private readonly span: Span,
  ) {
    this.windowMs = slo.window / MICROS_PER_MS;
    this.budget = 1 - slo.objective;
  }

  answer(rules: readonly AlertRule[]): SloLedger {
    const { slo, span } = this;
    const { id, title, objective, service = "", description = "", budgetUsedBefore: spentBefore } = slo;
    const knownMs = wholeMinutes(span.nowMs - span.fromMs);
    const { bad, total } = this.events(knownMs);
    const allowed = knownMs === 0 ? 0 : (total * this.budget * this.windowMs) / knownMs;
    const spentKnown = shareOf(bad, allowed);
    const left = 1 - spentBefore - spentKnown;
    const windows = SLO_WINDOWS.map((window) => this.window(window, left, allowed));
    const known = { us: knownMs * MICROS_PER_MS, burnRate: this.burnRate({ bad, total }) };
    return {
      id,
      title,
      service,
      description,
      objective,
      windowDays: this.windowMs / MS_PER_DAY,
      fromUs: span.fromMs * MICROS_PER_MS,
      toUs: span.nowMs * MICROS_PER_MS,
      total,
      bad,
      allowed,
      spentBefore,
      spentKnown,
      left,
      ...this.recordedLeft(),
      windows,
      pairs: BURN_PAIRS.map((pair) => this.pair(pair, { windows, known, rules })),
      dimensions: this.dimensions(knownMs, allowed),
      course: this.course(knownMs, 1 - spentBefore, spentKnown),
      errorRatioQuery: errorRatioQuery(slo, "5m"),
    };
  }

  private recordedLeft(): Pick<SloLedger, "recordedLeft"> {
    const query = `${REMAINING_METRIC}{sloth_id=${JSON.stringify(this.slo.id)}}`;
    const recorded = this.instant(query, 0).at(0);
    return recorded === undefined ? {} : { recordedLeft: { query, value: recorded.value } };
  }

  /** How many times as fast as the objective allows these events spend the budget; undefined without events. */
  private burnRate({ bad, total }: Events): number | undefined {
    return total > 0 ? bad / total / this.budget : undefined;
  }

  /** @param allowed bad events of the whole budget */
  private window(window: string, left: number, allowed: number): SloWindow {
    const ms = parseDurationMs(window) ?? Infinity;
    const windowUs = ms * MICROS_PER_MS;
    const { nowMs, fromMs } = this.span;
    if (ms > nowMs - fromMs) return { window, windowUs };
    const events = this.events(ms);
    const burnRate = this.burnRate(events);
    if (burnRate === undefined) return { window, windowUs };
    const exhaustedAtMs = exhaustion(left, burnRate, nowMs, this.windowMs);
    return {
      window,
      windowUs,
      errorRatio: events.bad / events.total,
      burnRate,
      spent: shareOf(events.bad, allowed),
      ...(exhaustedAtMs === undefined ? {} : { exhaustedAtUs: Math.round(exhaustedAtMs) * MICROS_PER_MS }),
    };
  }

  private pair(
    { long, short, rate, severity }: (typeof BURN_PAIRS)[number],
    { windows, known, rules }: Seen,
  ): SloAlertPair {
    const alert = alertName(this.slo);
    const [longWindow, shortWindow] = [long, short].map((name) => windows.find(({ window }) => window === name));
    const isKnown = (window: SloWindow | undefined): boolean => window !== undefined && window.windowUs <= known.us;
    const rateOf = (window: SloWindow | undefined): number | undefined =>
      isKnown(window) ? window?.burnRate : known.burnRate;
    const [longRate, shortRate] = [rateOf(longWindow), rateOf(shortWindow)];
    const watching = rules.find(
      ({ group, name, labels }) =>
        group === `sloth-slo-alerts-${this.slo.id}` && name === alert && labels?.["sloth_severity"] === severity,
    );
    return {
      alert,
      severity,
      long,
      short,
      rate,
      ...(longRate === undefined ? {} : { longRate }),
      ...(shortRate === undefined ? {} : { shortRate }),
      ...(isKnown(longWindow) ? {} : { coveredUs: known.us }),
      ...(watching === undefined ? {} : { state: watching.state }),
    };
  }

  /** Events of the time that ends now. */
  private events(ms: number): Events {
    if (ms <= 0) return { bad: 0, total: 0 };
    const count = (query: string): number =>
      (this.instant(query, ms).reduce((sum, { value }) => sum + value, 0) * ms) / 1_000;
    const total = count(this.slo.totalQuery);
    return { total, bad: total > 0 ? Math.max(0, count(this.slo.errorQuery)) : 0 };
  }

  private instant(query: string, ms: number): readonly { readonly labels: Labels; readonly value: number }[] {
    const prepared = prepareQuery(query.replaceAll("$window", formatDurationMs(ms)));
    if (!prepared.ok) return [];
    const result = evaluateInstant(prepared.value, this.reader, this.span.nowMs);
    if (result.kind === "scalar") return [{ labels: {}, value: result.value }];
    if (result.kind !== "vector") return [];
    return result.samples
      .filter(({ value }) => Number.isFinite(value))
      .map(({ labels, value }) => ({ labels: labels.toLabels(), value }));
  }

  private course(knownMs: number, before: number, spentKnown: number): SloLedger["course"] {
    const stepMs = Math.max(MS_PER_MINUTE, wholeMinutes(knownMs / COURSE_POINTS));
    const steps = Math.floor(knownMs / stepMs);
    const { nowMs } = this.span;
    if (steps < 1) return [{ atUs: nowMs * MICROS_PER_MS, left: before - spentKnown }];
    const startMs = nowMs - (steps - 1) * stepMs;
    const bad = this.range(this.slo.errorQuery, startMs, stepMs, steps);
    const total = this.range(this.slo.totalQuery, startMs, stepMs, steps);
    const burns = bad.map((value, step) =>
      total[step] > 0 ? Math.max(0, value) / total[step] / this.budget : undefined,
    );
    // Windows of single steps extrapolate a little differently from the whole: the sum is made to agree with it.
    const sum = burns.reduce<number>((spent, burn, step) => spent + (burn === undefined ? 0 : burn * total[step]), 0);
    let spent = 0;
    const first = { atUs: (startMs - stepMs) * MICROS_PER_MS, left: before };
    return [
      first,
      ...burns.map((burnRate, step) => {
        spent += sum > 0 && burnRate !== undefined ? (burnRate * total[step] * spentKnown) / sum : 0;
        const atUs = (startMs + step * stepMs) * MICROS_PER_MS;
        return { atUs, left: before - spent, ...(burnRate === undefined ? {} : { burnRate }) };
      }),
    ];
  }

  /** Sums over all series at each step, of windows as long as one. */
  private range(query: string, startMs: number, stepMs: number, steps: number): readonly number[] {
    const sums = new Array<number>(steps).fill(0);
    const prepared = prepareQuery(query.replaceAll("$window", formatDurationMs(stepMs)));
    if (!prepared.ok) return sums;
    const result = evaluateRange(prepared.value, this.reader, startMs, this.span.nowMs, stepMs);
    if (result.kind !== "matrix") return sums;
    for (const { timesMs, values } of result.series)
      timesMs.forEach((timeMs, at) => {
        if (Number.isFinite(values[at])) sums[Math.round((timeMs - startMs) / stepMs)] += values[at];
      });
    return sums;
  }

  private dimensions(knownMs: number, allowed: number): readonly SloDimension[] {
    if (knownMs <= 0) return [];
    return this.labels()
      .map((label) => this.dimension(label, knownMs, allowed))
      .filter(({ rows }) => rows.length > 1)
      .slice(0, DIMENSIONS_MAX);
  }

  private dimension(label: string, knownMs: number, allowed: number): SloDimension {
    const rows = new Map<string, { bad: number; total: number }>();
    const add = (query: string, field: "bad" | "total"): void => {
      const grouped = groupedQuery(query.replaceAll("$window", formatDurationMs(knownMs)), label);
      for (const { labels, value } of this.instant(grouped, knownMs)) {
        const name = Object.hasOwn(labels, label) ? labels[label] : "";
        const row = rows.get(name) ?? { bad: 0, total: 0 };
        row[field] += Math.max(0, value * knownMs) / 1_000;
        rows.set(name, row);
      }
    };
    add(this.slo.totalQuery, "total");
    add(this.slo.errorQuery, "bad");
    return {
      label,
      rows: [...rows]
        .filter(([name, { bad, total }]) => name !== "" || bad > 0 || total > 0)
        .map(([value, { bad, total }]) => ({ value, bad, total, spent: shareOf(bad, allowed) }))
        .sort((one, other) => other.bad - one.bad || other.total - one.total || (one.value < other.value ? -1 : 1))
        .slice(0, ROWS_MAX),
    };
  }

  /** Labels by which the events differ: those of the series that the objective counts, but for what it fixes itself. */
  private labels(): readonly string[] {
    const selectors = [this.slo.errorQuery, this.slo.totalQuery].flatMap((query) => {
      const parsed = parsePromql(query.replaceAll("$window", "5m"));
      return parsed.ok ? selectorsIn(parsed.value) : [];
    });
    const fixed = (name: string): boolean =>
      selectors.every((matchers) => matchers.some((one) => one.name === name && one.operator === "="));
    const names = new Set(selectors.flatMap((matchers) => this.reader.labelNames(matchers)));
    return [...names].filter((name) => !NOT_A_DIMENSION.has(name) && !fixed(name)).sort();
  }
}

const NOT_A_DIMENSION: ReadonlySet<string> = new Set(["__name__", "le"]);

/** Of the budget: what windows and parts have spent adds up, whatever the traffic of each was. */
const shareOf = (bad: number, allowed: number): number => (allowed > 0 ? bad / allowed : 0);

const wholeMinutes = (ms: number): number => Math.floor(ms / MS_PER_MINUTE) * MS_PER_MINUTE;

/** Matchers of all selectors of an expression. */
function selectorsIn(expr: Expr): readonly (readonly LabelMatcher[])[] {
  switch (expr.kind) {
    case "vector-selector":
      return [expr.matchers];
    case "matrix-selector":
      return [expr.selector.matchers];
    case "call":
      return expr.args.flatMap(selectorsIn);
    case "binary":
      return [expr.left, expr.right].flatMap(selectorsIn);
    case "number":
    case "string":
      return [];
    default:
      return selectorsIn(expr.expr);
  }
}

/** The query with a further label in all that it adds up, so that its parts can be told apart. */
export function groupedQuery(query: string, label: string): string {
  const parsed = parsePromql(query);
  return parsed.ok ? printExpr(grouped(parsed.value, label)) : query;
}

function grouped(expr: Expr, label: string): Expr {
  switch (expr.kind) {
    case "aggregate": {
      const inner = { ...expr, expr: grouped(expr.expr, label) };
      if (expr.without) return { ...inner, grouping: expr.grouping.filter((name) => name !== label) };
      return expr.grouping.includes(label) ? inner : { ...inner, grouping: [...expr.grouping, label] };
    }
    case "binary": {
      const { matching } = expr;
      const labels = matching.on
        ? [...new Set([...matching.labels, label])]
        : matching.labels.filter((name) => name !== label);
      return {
        ...expr,
        left: grouped(expr.left, label),
        right: grouped(expr.right, label),
        matching: { ...matching, labels },
      };
    }
    case "call":
      return { ...expr, args: expr.args.map((argument) => grouped(argument, label)) };
    case "paren":
    case "unary":
    case "subquery":
      return { ...expr, expr: grouped(expr.expr, label) };
    default:
      return expr;
  }
}
