/**
 * The figures of Jaeger's monitoring page, from spans: latencies, calls and errors of services, and of their operations.
 * Source: jaegertracing/jaeger, internal/storage/metricstore and its OpenMetrics form in proto/metrics.
 */
import { MICROS_PER_HOUR, MICROS_PER_MS, MICROS_PER_SECOND } from "../../base/time.js";
import { formatRfc3339 } from "../../query/promql/calendar.js";
import type { FieldExpression, MetricsFunction } from "../../query/traceql/ast.js";
import { attribute, filterOf, intrinsic, serviceIs, statusIs } from "../../query/traceql/conditions.js";
import { evaluateMetrics } from "../../query/traceql/metrics.js";
import { type Labels, labelsKey, type MetricsSeries } from "../../query/traceql/metrics-series.js";
import { textOf } from "../../query/traceql/values.js";
import { type ApiRequest, firstParameter } from "../api.js";
import type { ApiWorld } from "../api-world.js";
import { aheadUsOf, BadJaegerRequest, spanKindCondition, wholeParameter } from "./parameters.js";

/** Shortest distance of two points that makes sense. */
export const STEP_MIN_MS = 5_000;

export type Figure = "latencies" | "calls" | "errors";

interface Asked {
  readonly conditions: readonly FieldExpression[];
  readonly byOperation: boolean;
  readonly fromUs: number;
  readonly toUs: number;
  readonly stepUs: number;
}

export function monitorFamily(request: ApiRequest, world: ApiWorld, figure: Figure): unknown {
  const services = (request.parameters["service"] as readonly string[] | undefined) ?? [];
  if (services.length === 0)
    throw new BadJaegerRequest("unable to parse param 'service': please provide at least one service name");
  const asked = readAsked(request, world);
  const quantile = figure === "latencies" ? quantileOf(request) : 0;
  const series = services.flatMap((service) => seriesOf(world, asked, service, figure, quantile));
  const subject = asked.byOperation ? "service & operation" : "service";
  const { name, help } = FAMILIES[figure];
  return {
    name: `service_${asked.byOperation ? "operation_" : ""}${name}`,
    type: "GAUGE",
    help: `${help(quantile)}, grouped by ${subject}`,
    metrics: series.map(({ labels, values }) => ({
      labels: labels.map(([label, value]) => ({ name: LABELS[label] ?? label, value: textOf(value) })),
      metricPoints: [...values].map((value, step) => ({
        gaugeValue: { doubleValue: Number.isNaN(value) ? 0 : value },
        timestamp: formatRfc3339((asked.fromUs + (step + 1) * asked.stepUs + aheadUsOf(request)) / MICROS_PER_MS),
      })),
    })),
  };
}

const LABELS: Readonly<Record<string, string | undefined>> = {
  "resource.service.name": "service_name",
  name: "operation",
};

const FAMILIES: Readonly<Record<Figure, { readonly name: string; readonly help: (quantile: number) => string }>> = {
  latencies: { name: "latencies", help: (quantile) => `${String(quantile)}th quantile latency` },
  calls: { name: "call_rate", help: () => "calls/sec" },
  errors: { name: "error_rate", help: () => "error rate, computed as a fraction of errors/sec over calls/sec" },
};

function readAsked(request: ApiRequest, world: ApiWorld): Asked {
  const endMs = wholeParameter(request, "endTs");
  const lookbackMs = wholeParameter(request, "lookback");
  const toUs = Math.min(endMs === undefined ? world.nowUs : endMs * MICROS_PER_MS - aheadUsOf(request), world.nowUs);
  const kinds = (request.parameters["spanKind"] as readonly string[] | undefined) ?? ["server"];
  return {
    conditions: kinds.slice(0, 1).map(spanKindCondition),
    byOperation: firstParameter(request, "groupByOperation") === "true",
    fromUs: toUs - (lookbackMs === undefined ? MICROS_PER_HOUR : lookbackMs * MICROS_PER_MS),
    toUs,
    stepUs: Math.max(wholeParameter(request, "step") ?? STEP_MIN_MS, STEP_MIN_MS) * MICROS_PER_MS,
  };
}

function quantileOf(request: ApiRequest): number {
  const text = firstParameter(request, "quantile");
  const quantile = Number(text);
  if (text === undefined || !(quantile >= 0 && quantile <= 1)) {
    throw new BadJaegerRequest(
      `unable to parse param 'quantile': strconv.ParseFloat: parsing ${JSON.stringify(text ?? "")}: invalid syntax`,
    );
  }
  return quantile;
}

function seriesOf(
  world: ApiWorld,
  asked: Asked,
  service: string,
  figure: Figure,
  quantile: number,
): readonly Pick<MetricsSeries, "labels" | "values">[] {
  const conditions = [serviceIs(service), ...asked.conditions];
  if (figure === "latencies") {
    const latencies = evaluate(world, asked, conditions, {
      kind: "quantile_over_time",
      of: intrinsic("duration"),
      quantiles: [quantile],
    });
    return latencies.map(({ labels, values }) => ({
      labels: labels.filter(([name]) => name !== "p"),
      values: values.map((seconds) => (seconds * MICROS_PER_SECOND) / MICROS_PER_MS),
    }));
  }
  const calls = evaluate(world, asked, conditions, { kind: "rate" });
  if (figure === "calls") return calls;
  const failed = evaluate(world, asked, [...conditions, statusIs("error")], { kind: "rate" });
  const errors = new Map(failed.map(({ labels, values }) => [labelsKey(labels), values]));
  return calls.map(({ labels, values }) => ({
    labels,
    values: values.map((rate, step) => (rate === 0 ? 0 : (errors.get(labelsKey(labels))?.[step] ?? 0) / rate)),
  }));
}

function evaluate(
  world: ApiWorld,
  { byOperation, fromUs, toUs, stepUs }: Asked,
  conditions: readonly FieldExpression[],
  call: MetricsFunction,
): readonly { readonly labels: Labels; readonly values: Float64Array }[] {
  const by = [attribute("resource", "service.name"), ...(byOperation ? [intrinsic("name")] : [])];
  const query = {
    kind: "metrics" as const,
    stages: [filterOf(conditions)],
    function: call,
    by,
    then: [],
    from: 0,
    to: 0,
  };
  const clock = world.clockMs === undefined ? {} : { clockMs: world.clockMs };
  return evaluateMetrics(world.traces, query, { fromUs, toUs, stepUs, ...clock }).series;
}
