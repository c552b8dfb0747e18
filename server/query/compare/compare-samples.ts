/**
 * Samples of a metric against others, by their labels. A label that an aggregate has summed away can tell nothing, so
 * where no band of values was chosen the parts of the aggregate are compared. Weights are the values; of buckets, which
 * count upwards, what each holds beyond the one below it.
 */
import { failure, success, type Result } from "../../base/result.js";
import type { MetricReader } from "../../telemetry/metric-reader.js";
import type { AttributeOrigin, CompareAnswer, CompareRefusal, CompareRequest, CompareSet } from "../../wire/compare.js";
import { withoutParens, type Expr } from "../promql/ast.js";
import type { LabelSet } from "../promql/label-set.js";
import { DEFAULT_QUERY_LIMITS } from "../promql/limits.js";
import { printExpr } from "../promql/print.js";
import { evaluateRange, prepareQuery, type PreparedQuery } from "../promql/query.js";
import { Tally, type AttributeSeed, type Side } from "./tally.js";

/** Instants of one set. */
const STEPS = 20;
const STEP_MS_MIN = 1_000;
const BUCKET_LABEL = "le";
const VALUE: AttributeSeed = { id: "value", origin: { kind: "value" }, title: "value of the samples", absent: "none" };

interface Sample {
  readonly id: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly value: number;
  readonly weight: number;
}

export function compareSamples(
  reader: MetricReader,
  request: CompareRequest,
  clockMs: (() => number) | undefined,
): CompareAnswer | CompareRefusal {
  const isBanded = [request.selection, request.baseline].some(
    ({ minimum, maximum }) => minimum !== undefined || maximum !== undefined,
  );
  const queries = {
    selection: prepared(request.selection, "selection", isBanded),
    baseline: prepared(request.baseline, "baseline", isBanded),
  };
  if (!queries.selection.ok) return queries.selection.error;
  if (!queries.baseline.ok) return queries.baseline.error;
  const stepMs = stepOf(request);
  const options = { ...DEFAULT_QUERY_LIMITS, ...(clockMs === undefined ? {} : { clockMs }) };
  const read = (query: PreparedQuery, set: CompareSet): readonly Sample[] =>
    samplesOf(reader, query, set, { stepMs, isBanded, options });
  const selection = read(queries.selection.value, request.selection);
  const taken = new Set(selection.map(({ id }) => id));
  const baseline = read(queries.baseline.value, request.baseline).filter(({ id }) => !taken.has(id));
  const tally = new Tally();
  const sides: readonly (readonly [Side, readonly Sample[]])[] = [
    ["selection", selection],
    ["baseline", baseline],
  ];
  const seeds = new Map<string, AttributeSeed>();
  for (const [side, samples] of sides) for (const sample of samples) addSample(tally, side, seeds, sample);
  const weights = { selection: weightOf(selection), baseline: weightOf(baseline) };
  const things = { selection: selection.length, baseline: baseline.length };
  const comparedQuery = queries.selection.value.text;
  return {
    kind: "compared",
    things: "samples",
    selection: { total: things.selection, examined: things.selection },
    baseline: { total: things.baseline, examined: things.baseline },
    attributes: tally.ranked({ weights, things }, ({ id }) => isBanded && (id === "value" || id === BUCKET_LABEL)),
    attributesExamined: tally.size,
    ...(comparedQuery === request.selection.query ? {} : { comparedQuery }),
  };
}

const weightOf = (samples: readonly Sample[]): number => samples.reduce((sum, { weight }) => sum + weight, 0);

function addSample(
  tally: Tally,
  side: Side,
  seeds: Map<string, AttributeSeed>,
  { labels, weight, value }: Sample,
): void {
  for (const name in labels) {
    let seed = seeds.get(name);
    if (seed === undefined) {
      const origin: AttributeOrigin = { kind: "field", scope: "label", name };
      seeds.set(name, (seed = { id: name, origin, title: name, absent: "none" }));
    }
    tally.add(side, seed, labels[name], weight);
  }
  tally.add(side, VALUE, value);
}

/** Both sets have the same step, so that an instant of one is an instant of the other. */
function stepOf({ selection, baseline }: CompareRequest): number {
  const length = Math.min(...[selection, baseline].map(({ window }) => window.toUs - window.fromUs)) / 1_000;
  return Math.max(STEP_MS_MIN, Math.ceil(length / STEPS / STEP_MS_MIN) * STEP_MS_MIN);
}

function prepared(
  { query }: CompareSet,
  side: CompareRefusal["side"],
  isBanded: boolean,
): Result<PreparedQuery, CompareRefusal> {
  const whole = prepareQuery(query);
  if (!whole.ok) return failure({ kind: "refused", side, message: whole.error[0].message, diagnostics: whole.error });
  if (whole.value.type !== "vector") {
    const message = "Only a query that gives a vector has labels to compare.";
    const diagnostic = { severity: "error" as const, message, from: 0, to: query.length, line: 1, column: 1 };
    return failure({ kind: "refused", side, message, diagnostics: [diagnostic] });
  }
  if (isBanded) return success(whole.value);
  const parts = prepareQuery(printExpr(partsOf(whole.value.expr)));
  return success(parts.ok && parts.value.type === "vector" ? parts.value : whole.value);
}

/** What is aggregated, down to the series themselves; of two sides the left, which in a ratio is what is looked for. */
function partsOf(expr: Expr): Expr {
  const inner = withoutParens(expr);
  if (inner.kind === "aggregate" && inner.operator !== "count_values") return partsOf(inner.expr);
  if (inner.kind === "unary") return partsOf(inner.expr);
  if (inner.kind === "binary") return partsOf(isNumber(inner.left) ? inner.right : inner.left);
  if (inner.kind === "call" && OVER_VECTORS.has(inner.name)) return partsOf(inner.args[inner.args.length - 1]);
  return inner;
}

const isNumber = (expr: Expr): boolean => withoutParens(expr).kind === "number";
const OVER_VECTORS: ReadonlySet<string> = new Set(["histogram_quantile", "sort", "sort_desc", "abs", "ceil", "floor"]);

interface ReadOptions {
  readonly stepMs: number;
  readonly isBanded: boolean;
  readonly options: Parameters<typeof evaluateRange>[5];
}

function samplesOf(
  reader: MetricReader,
  query: PreparedQuery,
  set: CompareSet,
  { stepMs, isBanded, options }: ReadOptions,
): readonly Sample[] {
  const startMs = Math.ceil(set.window.fromUs / 1_000 / stepMs) * stepMs;
  const endMs = Math.max(startMs, Math.floor(set.window.toUs / 1_000));
  const result = evaluateRange(query, reader, startMs, endMs, stepMs, options);
  if (result.kind !== "matrix") return [];
  const rows = result.series.some(({ labels }) => labels.get(BUCKET_LABEL) !== "")
    ? perBucket(result.series)
    : result.series;
  const isNegative = rows.some(({ values }) => values.some((value) => value < 0));
  const [minimum, maximum] = [set.minimum ?? -Infinity, set.maximum ?? Infinity];
  return rows.flatMap(({ labels, timesMs, values }) => {
    const bucket = labels.get(BUCKET_LABEL);
    const plain = labels.toLabels();
    return [...timesMs].flatMap((timeMs, index): Sample[] => {
      const value = values[index];
      const size = bucket === "" ? value : Number(bucket.replace("+Inf", "Infinity"));
      if (Number.isNaN(value) || size < minimum || size > maximum) return [];
      const weight = (isBanded && bucket === "") || isNegative ? 1 : value;
      if (weight === 0) return [];
      return [{ id: `${labels.key} ${String(timeMs)}`, labels: plain, value, weight }];
    });
  });
}

interface Row {
  readonly labels: LabelSet;
  readonly timesMs: Float64Array;
  readonly values: Float64Array;
}

/** Buckets count all that is below their bound: what each holds beyond the one before. Series without a bound stay away. */
function perBucket(series: readonly Row[]): readonly Row[] {
  const groups = new Map<string, Row[]>();
  const names = new Set([BUCKET_LABEL]);
  for (const row of series) {
    if (row.labels.get(BUCKET_LABEL) === "") continue;
    const key = row.labels.without(names).key;
    const group = groups.get(key) ?? [];
    group.push(row);
    groups.set(key, group);
  }
  const bound = ({ labels }: Row): number => Number(labels.get(BUCKET_LABEL).replace("+Inf", "Infinity"));
  return [...groups.values()].flatMap((group) => {
    const sorted = [...group].sort((one, other) => bound(one) - bound(other));
    return sorted.map((row, index) => (index === 0 ? row : lessBelow(row, sorted[index - 1])));
  });
}

function lessBelow(row: Row, below: Row): Row {
  const before = new Map([...below.timesMs].map((timeMs, index) => [timeMs, below.values[index]]));
  const values = row.values.map((value, index) => Math.max(0, value - (before.get(row.timesMs[index]) ?? 0)));
  return { ...row, values };
}
