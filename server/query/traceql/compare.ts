/**
 * `compare({…})`: which values of which attributes the selected spans have, and the others. Counts by attribute, value
 * and step, the most frequent values of each attribute, and totals for each attribute.
 * Source: grafana/tempo/pkg/traceql/engine_metrics_compare.go.
 */
import type { MetricsFunction, Value } from "./ast.js";
import type { SpanContext } from "./compile-field.js";
import type { MetricsSeries } from "./metrics-series.js";
import { keyOf, valueOf } from "./values.js";

type Side = "baseline" | "selection";

interface Counted {
  readonly value: Value;
  readonly counts: Float64Array;
  total: number;
}

const NS_PER_US = 1_000;

/** Of an attribute, values beyond these are counted in its total alone. */
const VALUES_MAX = 10_000;

const INTRINSICS = ["name", "kind", "status", "statusMessage"] as const;

export class Comparison {
  /** Side and attribute to values. */
  readonly #values: Readonly<Record<Side, Map<string, Map<string, Counted>>>> = {
    baseline: new Map(),
    selection: new Map(),
  };
  readonly #totals: Readonly<Record<Side, Map<string, Float64Array>>> = { baseline: new Map(), selection: new Map() };

  constructor(
    readonly call: Extract<MetricsFunction, { kind: "compare" }>,
    readonly steps: number,
  ) {}

  sinkFor(context: SpanContext): { add(row: number, step: number): void } {
    const { selection, fromNs = -Infinity, toNs = Infinity } = this.call;
    const { columns, facts } = context;
    const test = context.test(selection.condition);
    return {
      add: (row, step) => {
        const startNs = columns.startUs(row) * NS_PER_US;
        const side = startNs >= fromNs && startNs < toNs && test(row) ? "selection" : "baseline";
        const shape = columns.shapeOf(columns.shape(row));
        for (const name of INTRINSICS) this.#count(side, name, shapeValue(name, shape[name]), step);
        this.#count(side, "rootName", valueOf(facts.rootName(row)), step);
        this.#count(side, "rootServiceName", valueOf(facts.rootService(row)), step);
        const { span, resource } = context.detail(row);
        for (const name in resource) this.#count(side, `resource.${name}`, valueOf(resource[name]), step);
        for (const name in span) this.#count(side, `span.${name}`, valueOf(span[name]), step);
      },
    };
  }

  series(): readonly MetricsSeries[] {
    return (["baseline", "selection"] as const).flatMap((side) => [...this.#tops(side), ...this.#totalsOf(side)]);
  }

  #count(side: Side, name: string, value: Value, step: number): void {
    const totals = getOrMake(this.#totals[side], name, () => new Float64Array(this.steps));
    totals[step]++;
    const values = getOrMake(this.#values[side], name, () => new Map<string, Counted>());
    const key = keyOf(value);
    if (values.size >= VALUES_MAX && !values.has(key)) return;
    const counted = getOrMake(values, key, () => ({ value, counts: new Float64Array(this.steps), total: 0 }));
    counted.counts[step]++;
    counted.total++;
  }

  #tops(side: Side): readonly MetricsSeries[] {
    return [...this.#values[side]].flatMap(([name, values]) =>
      [...values.values()]
        .sort((a, b) => b.total - a.total || (keyOf(a.value) < keyOf(b.value) ? -1 : 1))
        .slice(0, this.call.topN)
        .map(({ value, counts }) => seriesOf(side, name, value, counts)),
    );
  }

  #totalsOf(side: Side): readonly MetricsSeries[] {
    return [...this.#totals[side]].map(([name, counts]) => seriesOf(`${side}_total`, name, { type: "nil" }, counts));
  }
}

function seriesOf(type: string, name: string, value: Value, values: Float64Array): MetricsSeries {
  return {
    labels: [
      ["__meta_type", { type: "string", value: type }],
      [name, value],
    ],
    values,
    exemplars: [],
  };
}

function shapeValue(name: (typeof INTRINSICS)[number], value: string): Value {
  return name === "kind" || name === "status" ? ({ type: name, value } as Value) : { type: "string", value };
}

function getOrMake<Key, Held>(map: Map<Key, Held>, key: Key, make: () => Held): Held {
  let held = map.get(key);
  if (held === undefined) map.set(key, (held = make()));
  return held;
}
