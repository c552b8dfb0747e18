/**
 * info(): series enriched with the data labels of info series (`target_info` unless a matcher on the name says otherwise)
 * that have the same identifying labels. Source of the semantics: prometheus/promql/info.go.
 */
import type { LabelMatcher } from "../../telemetry/metric-reader.js";
import type { Call, VectorSelector } from "./ast.js";
import { RowCollector } from "./binary.js";
import { QueryError } from "./errors.js";
import { ABSENT, type VectorFrame } from "./frame.js";
import { METRIC_NAME, type LabelSet } from "./label-set.js";
import { compileMatcher, matchesEmpty } from "./matcher.js";

const IDENTIFYING_LABELS: ReadonlySet<string> = new Set(["instance", "job"]);
const DEFAULT_INFO: LabelMatcher = { name: METRIC_NAME, operator: "=", value: "target_info" };
const ANY_INFO: LabelMatcher = { name: METRIC_NAME, operator: "=~", value: ".+_info" };

/** Which info series are asked for, and which of their labels. */
export interface InfoRequest {
  /** The same text for the same request. */
  readonly key: string;
  readonly nameMatchers: readonly LabelMatcher[];
  readonly dataMatchers: readonly LabelMatcher[];
  /** Whether a series is an info series itself, which is left as it is. */
  readonly isInfo: (labels: LabelSet) => boolean;
}

/** What the second argument of info() says; an empty list where there is none. */
export function infoRequest(matchers: readonly LabelMatcher[]): InfoRequest {
  const named = matchers.filter(({ name }) => name === METRIC_NAME);
  // Who only says what is not meant means the other info metrics.
  const positive = named.some(({ operator }) => operator === "=" || operator === "=~");
  const nameMatchers = named.length === 0 ? [DEFAULT_INFO] : positive ? named : [ANY_INFO, ...named];
  const tests = nameMatchers.map(compileMatcher);
  return {
    key: JSON.stringify(matchers),
    nameMatchers,
    dataMatchers: matchers.filter(({ name }) => name !== METRIC_NAME),
    isInfo: (labels) =>
      (named.length > 0 || matchers.length === 0) &&
      tests.every((test) => test.ok && test.value(labels.get(METRIC_NAME))),
  };
}

/** The selector behind a request, for the node of the call. */
export function infoSelector({ from, to }: Call, { nameMatchers, dataMatchers }: InfoRequest): VectorSelector {
  const matchers = [...nameMatchers, ...dataMatchers];
  return { kind: "vector-selector", name: undefined, matchers, offsetMs: 0, at: undefined, from, to };
}

export interface InfoJoin {
  readonly expr: Call;
  readonly base: VectorFrame;
  /** Values are the times of the samples. */
  readonly info: VectorFrame;
  readonly wanted: InfoRequest;
  readonly steps: number;
}

/** The join. Errors: info series that contradict each other, series that become the same. */
export function joinInfo(join: InfoJoin): VectorFrame {
  const { base, steps } = join;
  const bySignature = groupInfo(join.info.labelSets);
  const out: Output = { collector: new RowCollector(steps), taken: new Map() };
  const mustMatch = join.wanted.dataMatchers.some((matcher) => !matchesEmpty(matcher));
  base.labelSets.forEach((labels, row) => {
    const metrics = join.wanted.isInfo(labels) ? undefined : bySignature.get(signatureOf(labels));
    const enriched = new Map<string, LabelSet>();
    for (let step = 0; step < steps; step++) {
      const value = base.values[row * steps + step];
      if (value === ABSENT) continue;
      const chosen = newestAt(join, metrics ?? [], step);
      if (chosen.length === 0 && mustMatch && !join.wanted.isInfo(labels)) continue;
      const key = chosen.join(",");
      const result = enriched.get(key) ?? enrich(join, labels, chosen);
      enriched.set(key, result);
      put(join, out, result, step, value);
    }
  });
  return out.collector.frame();
}

interface Output {
  readonly collector: RowCollector;
  readonly taken: Map<Float64Array, Uint8Array>;
}

function put(
  { expr, steps }: InfoJoin,
  { collector, taken }: Output,
  labels: LabelSet,
  step: number,
  value: number,
): void {
  const row = collector.row(labels);
  const at = taken.get(row) ?? new Uint8Array(steps);
  if (at[step] === 1) throw new QueryError("vector cannot contain metrics with the same labelset", expr);
  at[step] = 1;
  taken.set(row, at);
  row[step] = value;
}

const signatureOf = (labels: LabelSet): string => labels.keep(IDENTIFYING_LABELS).key;

/** Rows of info series by what they identify, those of one metric together. */
function groupInfo(labelSets: readonly LabelSet[]): Map<string, number[][]> {
  const groups = new Map<string, Map<string, number[]>>();
  labelSets.forEach((labels, row) => {
    const signature = signatureOf(labels);
    const metrics = groups.get(signature) ?? new Map<string, number[]>();
    groups.set(signature, metrics);
    const name = labels.get(METRIC_NAME);
    const rows = metrics.get(name);
    if (rows === undefined) metrics.set(name, [row]);
    else rows.push(row);
  });
  return new Map([...groups].map(([signature, metrics]) => [signature, [...metrics.values()]]));
}

/** Of each info metric the row whose sample is the newest at a step. */
function newestAt({ expr, info, steps }: InfoJoin, metrics: readonly (readonly number[])[], step: number): number[] {
  const chosen: number[] = [];
  for (const rows of metrics) {
    let newest = -1;
    for (const row of rows) {
      const time = info.values[row * steps + step];
      if (time === ABSENT) continue;
      const best = newest < 0 ? -Infinity : info.values[newest * steps + step];
      if (time === best) {
        throw new QueryError(
          `found duplicate series for info metric: existing ${info.labelSets[newest].toString()} @ ${String(best * 1000)}, new ${info.labelSets[row].toString()} @ ${String(time * 1000)}`,
          expr,
        );
      }
      if (time > best) newest = row;
    }
    if (newest >= 0) chosen.push(newest);
  }
  return chosen;
}

/** The labels with the data labels of the chosen info rows that they do not have themselves. */
function enrich({ expr, info, wanted }: InfoJoin, labels: LabelSet, chosen: readonly number[]): LabelSet {
  const asked = new Set(wanted.dataMatchers.map(({ name }) => name));
  const added = new Map<string, string>();
  for (const row of chosen) {
    for (const [name, value] of Object.entries(info.labelSets[row].toLabels())) {
      if (name === METRIC_NAME || (asked.size > 0 && !asked.has(name))) continue;
      const other = added.get(name);
      if (other !== undefined && other !== value) throw new QueryError(`conflicting label: ${name}`, expr);
      if (labels.get(name) === "") added.set(name, value);
    }
  }
  return added.size === 0 ? labels : labels.with(Object.fromEntries(added));
}
