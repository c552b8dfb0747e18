/**
 * Figures of sets of traces as rows: what carries the critical path of one set, and how two sets differ. Effect sizes:
 * Hedges' g of the logarithm of own time (Hedges 1981), which the count of calls does not move, and Cohen's h of the share
 * of failures (Cohen 1988). Pure.
 */
import type { OperationShare, TraceSetFigures } from "../../../server/wire/traces.js";

export interface ShareRow {
  readonly key: string;
  readonly service: string;
  /** Undefined where rows are services. */
  readonly name: string | undefined;
  readonly kind: string | undefined;
  /** Of all critical paths together, 0 to 1. */
  readonly share: number;
  readonly criticalUsPerTrace: number;
  readonly selfUsPerTrace: number;
  readonly spansPerTrace: number;
  readonly errorRatio: number;
  readonly spans: number;
  readonly errors: number;
  /** Undefined where several operations stand in one row. */
  readonly durationUsP50: number | undefined;
  readonly durationUsP95: number | undefined;
  readonly exampleTraceId: string;
  readonly exampleSpanId: string;
}

/** One row for each operation or for each service, the largest share first. */
export function shareRows(figures: TraceSetFigures, by: "operation" | "service"): readonly ShareRow[] {
  const groups = new Map<string, OperationShare[]>();
  for (const operation of figures.operations) {
    const key = by === "service" ? operation.service : keyOf(operation);
    const group = groups.get(key);
    if (group === undefined) groups.set(key, [operation]);
    else group.push(operation);
  }
  return [...groups].map(([key, group]) => shareRow(key, group, figures)).sort((a, b) => b.share - a.share);
}

const keyOf = ({ service, name, kind }: Pick<OperationShare, "service" | "name" | "kind">): string =>
  `${service}\n${name}\n${kind}`;

function shareRow(key: string, group: readonly OperationShare[], figures: TraceSetFigures): ShareRow {
  const [largest] = [...group].sort((a, b) => b.criticalUs - a.criticalUs);
  const only = group.length === 1 ? group[0] : undefined;
  const sum = (value: (one: OperationShare) => number): number => group.reduce((total, one) => total + value(one), 0);
  const traces = Math.max(1, figures.examined);
  const criticalUs = sum((one) => one.criticalUs);
  const spans = sum(({ spans: count }) => count);
  const errors = sum(({ errors: count }) => count);
  return {
    key,
    service: largest?.service ?? "",
    name: key.includes("\n") ? largest?.name : undefined,
    kind: key.includes("\n") ? largest?.kind : undefined,
    share: figures.criticalUs === 0 ? 0 : criticalUs / figures.criticalUs,
    criticalUsPerTrace: criticalUs / traces,
    selfUsPerTrace: sum((one) => one.selfUs) / traces,
    spansPerTrace: spans / traces,
    errorRatio: spans === 0 ? 0 : errors / spans,
    spans,
    errors,
    durationUsP50: only?.durationUsP50,
    durationUsP95: only?.durationUsP95,
    exampleTraceId: largest?.exampleTraceId ?? "",
    exampleSpanId: largest?.exampleSpanId ?? "",
  };
}

/** One operation in both sets; undefined on the side where it does not occur. */
export interface DifferenceRow {
  readonly key: string;
  readonly service: string;
  readonly name: string;
  readonly kind: string;
  readonly selection: ShareRow | undefined;
  readonly baseline: ShareRow | undefined;
  /** Own time in a trace, selection less baseline. */
  readonly selfUsDifference: number;
  /** Hedges' g of ln own time of a call; undefined where one side has none, or a single one. */
  readonly effect: number | undefined;
  /** Cohen's h of the shares of failed calls. */
  readonly errorEffect: number;
}

/** The largest difference of own time first. */
export function differenceRows(selection: TraceSetFigures, baseline: TraceSetFigures): readonly DifferenceRow[] {
  const ofBaseline = new Map(baseline.operations.map((operation) => [keyOf(operation), operation]));
  const ofSelection = new Map(selection.operations.map((operation) => [keyOf(operation), operation]));
  const keys = new Set([...ofSelection.keys(), ...ofBaseline.keys()]);
  const rows = [...keys].map((key): DifferenceRow => {
    const one = ofSelection.get(key);
    const other = ofBaseline.get(key);
    const selected = one && shareRow(key, [one], selection);
    const usual = other && shareRow(key, [other], baseline);
    const { service = "", name = "", kind = "" } = one ?? other ?? {};
    return {
      key,
      service,
      name,
      kind,
      selection: selected,
      baseline: usual,
      selfUsDifference: (selected?.selfUsPerTrace ?? 0) - (usual?.selfUsPerTrace ?? 0),
      effect: one && other && hedgesG(one, other),
      errorEffect: cohensH(selected?.errorRatio ?? 0, usual?.errorRatio ?? 0),
    };
  });
  return rows.sort((a, b) => Math.abs(b.selfUsDifference) - Math.abs(a.selfUsDifference));
}

type Sample = Pick<OperationShare, "spans" | "logSelfMean" | "logSelfVariance">;

/** Standardised difference of means with the correction for small samples. */
export function hedgesG(one: Sample, other: Sample): number | undefined {
  const degrees = one.spans + other.spans - 2;
  if (one.spans < 2 || other.spans < 2) return undefined;
  // Variances come over n; those of samples are over n − 1.
  const pooled = (one.spans * one.logSelfVariance + other.spans * other.logSelfVariance) / degrees;
  const difference = one.logSelfMean - other.logSelfMean;
  if (pooled === 0) return difference === 0 ? 0 : undefined;
  return (difference / Math.sqrt(pooled)) * (1 - 3 / (4 * degrees - 1));
}

export const cohensH = (one: number, other: number): number =>
  2 * Math.asin(Math.sqrt(one)) - 2 * Math.asin(Math.sqrt(other));

/** Cohen's names for sizes of d and h. */
export function effectWord(effect: number): string {
  const size = Math.abs(effect);
  if (size < 0.2) return "none";
  if (size < 0.5) return "small";
  return size < 0.8 ? "medium" : "large";
}
