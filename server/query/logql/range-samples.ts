/**
 * Lines to samples: what a range aggregation counts of each line, under the labels that the query can tell apart.
 * Labels that nothing asks for are not looked up, so that a count of lines by a stream's labels renders nothing.
 * Source: grafana/loki pkg/logql/log/metrics_extraction.go, parser_hints.go, pkg/logql/syntax/extractor.go.
 */
import type { Result } from "../../base/result.js";
import { utf8Length } from "../../base/utf8.js";
import type { LineView, LogReader } from "../../telemetry/log-reader.js";
import { LabelSet } from "../promql/label-set.js";
import type { Conversion, Grouping, RangeAggregation } from "./ast.js";
import type { ParserHints } from "./field-parsers.js";
import { compileLabelFilter, labelsOfFilter } from "./label-filter.js";
import type { LogqlBudget } from "./limits.js";
import { ERROR_LABEL, LineState, PRESERVE_ERROR_LABEL } from "./line-state.js";
import { compileStages, labelsOfStages } from "./pipeline.js";
import { QueryFailure } from "./problem.js";
import { parseBytes, parseGoDuration, parseGoFloat } from "./units.js";

/** Samples of one series, in order of time. */
export interface SampleSeries {
  readonly labels: LabelSet;
  readonly timesUs: number[];
  readonly values: number[];
}

export interface SampleWindow {
  readonly reader: LogReader;
  readonly budget: LogqlBudget;
  /** The start is not part of it. */
  readonly fromUs: number;
  readonly toUs: number;
}

/** `outer`: the grouping of a sum right around the aggregation, which may be done at once. */
export function collectSamples(
  expr: RangeAggregation,
  outer: Grouping | undefined,
  { reader, budget, fromUs, toUs }: SampleWindow,
): SampleSeries[] {
  const { selector, unwrap } = expr.range;
  const plan = labelPlan(expr, outer);
  const pipeline = compileStages(selector.stages, hintsOf(expr, plan));
  const valueOf = sampleValue(expr);
  const line = new LineState();
  const table = new SeriesTable(plan, reader);
  const isBare = selector.stages.every(({ kind }) => kind === "line-filter") && unwrap === undefined;
  const counted = budget.scanCount();
  const visit = (view: LineView): boolean => {
    if (view.timeUs <= fromUs) return true;
    line.enter(view, reader.streamLabels(view.stream));
    if (!pipeline.process(line)) return true;
    const value = valueOf(line);
    if (value === undefined) return true;
    budget.addSample();
    if (!isBare || !plan.ofStream) budget.addLine();
    const series = table.seriesOf(view, line, isBare);
    series.timesUs.push(view.timeUs);
    series.values.push(value);
    return true;
  };
  const { matchers } = selector;
  reader.scan({ matchers, fromUs, toUs, tests: pipeline.tests, newestFirst: false }, visit, counted);
  budget.addLines(counted.lines);
  return table.all().map((series) => withoutErrors(expr, series));
}

interface LabelPlan {
  readonly grouping: Grouping | undefined;
  /** No label can matter. */
  readonly noLabels: boolean;
  /** Whether the labels of the result are among those of the stream. */
  readonly ofStream: boolean;
}

/** Labels that every line of the plant has from its stream are known by its number. */
function labelPlan(expr: RangeAggregation, outer: Grouping | undefined): LabelPlan {
  if (expr.operator === "absent_over_time") return { grouping: undefined, noLabels: true, ofStream: true };
  const own = expr.grouping ?? outer;
  const noLabels = own !== undefined && !own.without && own.labels.length === 0;
  const { unwrap } = expr.range;
  // What is unwrapped is a value now and no label.
  const grouping =
    unwrap !== undefined && (own === undefined || own.without)
      ? { without: true, labels: [...(own?.labels ?? []), unwrap.label] }
      : own;
  return { grouping, noLabels, ofStream: noLabels || (grouping !== undefined && !grouping.without) };
}

function hintsOf(expr: RangeAggregation, { grouping, noLabels }: LabelPlan): ParserHints {
  const { selector, unwrap } = expr.range;
  const asked = [
    ...labelsOfStages(selector.stages),
    ...(unwrap === undefined ? [] : [unwrap.label, ...unwrap.filters.flatMap(labelsOfFilter)]),
    ...(noLabels ? [] : (grouping?.labels ?? [])),
  ];
  const preserveError = asked.includes(ERROR_LABEL);
  if (noLabels && asked.length === 0) return { noLabels: true, wanted: undefined, preserveError };
  const isLimited = noLabels || (grouping !== undefined && !grouping.without && grouping.labels.length > 0);
  // A label under its second name is as good as under its first, and formatted ones may come of any.
  const isPlain = selector.stages.every(({ kind }) => !REWRITING.has(kind)) && !preserveError;
  return { noLabels: false, wanted: isLimited && isPlain ? new Set(asked) : undefined, preserveError };
}

const REWRITING: ReadonlySet<string> = new Set(["line-format", "label-format", "unpack", "keep", "drop", "distinct"]);

const CONVERSIONS: Readonly<Record<Conversion, (text: string) => Result<number, string>>> = {
  none: parseGoFloat,
  bytes: parseBytes,
  duration: seconds,
  duration_seconds: seconds,
};

function seconds(text: string): Result<number, string> {
  const nanos = parseGoDuration(text);
  return nanos.ok ? { ok: true, value: nanos.value / 1e9 } : nanos;
}

const BYTES: ReadonlySet<string> = new Set(["bytes_over_time", "bytes_rate"]);

/** The value of a line; undefined for a line that counts for nothing. */
function sampleValue(expr: RangeAggregation): (line: LineState) => number | undefined {
  const { unwrap } = expr.range;
  if (unwrap === undefined) return BYTES.has(expr.operator) ? (line) => utf8Length(line.line) : () => 1;
  const convert = CONVERSIONS[unwrap.conversion];
  const filters = unwrap.filters.map((filter) => compileLabelFilter(filter, unwrap));
  return (line) => {
    const text = line.get(unwrap.label) ?? "";
    if (text === "") return undefined;
    const value = convert(text);
    if (!value.ok) line.fail("SampleExtractionErr", value.error);
    if (!filters.every((filter) => filter(line))) return undefined;
    return value.ok ? value.value : 0;
  };
}

/** Series under construction. */
class SeriesTable {
  readonly #series = new Map<string, SampleSeries>();
  readonly #byStream: (SampleSeries | undefined)[] = [];

  constructor(
    private readonly plan: LabelPlan,
    private readonly reader: LogReader,
  ) {}

  all(): SampleSeries[] {
    return [...this.#series.values()];
  }

  seriesOf(view: LineView, line: LineState, isBare: boolean): SampleSeries {
    const { grouping, noLabels } = this.plan;
    if (line.error !== "") return this.#of(LabelSet.of(line.labels()));
    if (noLabels) return this.#of(LabelSet.EMPTY);
    if (isBare && this.#isDecidedByStream(view.stream)) {
      return (this.#byStream[view.stream] ??= this.#of(LabelSet.of(pick(line, grouping?.labels ?? []))));
    }
    if (grouping === undefined) return this.#of(LabelSet.of(line.labels()));
    if (!grouping.without) return this.#of(LabelSet.of(pick(line, grouping.labels)));
    return this.#of(LabelSet.of(line.labels()).without(new Set(grouping.labels)));
  }

  /** Whether all that the grouping names is in the labels of the stream. */
  #isDecidedByStream(stream: number): boolean {
    const { grouping, ofStream } = this.plan;
    if (!ofStream || grouping === undefined) return false;
    const labels = this.reader.streamLabels(stream);
    return grouping.labels.every((name) => Object.hasOwn(labels, name));
  }

  #of(labels: LabelSet): SampleSeries {
    let series = this.#series.get(labels.key);
    if (series === undefined) this.#series.set(labels.key, (series = { labels, timesUs: [], values: [] }));
    return series;
  }
}

function pick(line: LineState, names: readonly string[]): Record<string, string> {
  return Object.fromEntries(names.map((name) => [name, line.get(name) ?? ""]));
}

/** A metric must not have errors in it unless they were asked for. */
function withoutErrors(expr: RangeAggregation, series: SampleSeries): SampleSeries {
  const error = series.labels.get(ERROR_LABEL);
  if (error === "" || series.labels.get(PRESERVE_ERROR_LABEL) === "true") return series;
  throw new QueryFailure(
    `pipeline error: '${error}' for series: '${series.labels.toString()}'.\n` +
      `Use a label filter to intentionally skip this error. (e.g | __error__!="${error}").\n` +
      `To skip all potential errors you can match empty errors.(e.g __error__="")\n` +
      'The label filter can also be specified after unwrap. (e.g | unwrap latency | __error__="" )\n',
    expr,
  );
}
