/** What the collector, the log agents and the stores behind them answer when they are scraped. */
import type { Model } from "../../topology/model-types.js";
import type { Profiler } from "../profiler.js";
import { LINE_OVER_STREAMS, LINE_RATE_LIMITED, LINE_TOO_LONG, LINE_TOO_OLD } from "./fates.js";
import type { Observability } from "./observability.js";

/** A line of JSON with its labels, about. */
const BYTES_PER_LINE = 400;

/** Fills the values of a target. */
export type PlantGauge = readonly [target: number, fill: (values: Float64Array) => void];

export function plantGauges(model: Model, observability: Observability): readonly PlantGauge[] {
  const { collector, shipper, logStore, traceStore, profileStore } = model.plant;
  const gauges: PlantGauge[] = [];
  if (collector !== undefined) gauges.push([collector.target, collectorGauge(model, observability)]);
  if (shipper !== undefined) gauges.push([shipper.target, shipperGauge(model, observability)]);
  if (logStore !== undefined) gauges.push([logStore.target, logStoreGauge(model, observability)]);
  if (traceStore !== undefined) gauges.push([traceStore.target, traceStoreGauge(model, observability)]);
  if (profileStore !== undefined)
    gauges.push([profileStore.target, profileStoreGauge(model, observability.state.profiler)]);
  return gauges;
}

function collectorGauge(model: Model, { collector }: Observability): (values: Float64Array) => void {
  const { collector: target } = model.plant;
  if (target === undefined || collector === undefined) return () => undefined;
  const { metrics } = target;
  const { valuesFrom } = model.targets[target.target];
  return (values) => {
    const { counts, spec } = collector;
    values[valuesFrom + metrics.accepted] = counts.accepted;
    values[valuesFrom + metrics.refusedByReceiver] = counts.refusedByReceiver;
    values[valuesFrom + metrics.refusedByMemory] = counts.refusedByMemory;
    values[valuesFrom + metrics.queueSize] = collector.queueSize;
    values[valuesFrom + metrics.queueCapacity] = spec.queueCapacity;
    values[valuesFrom + metrics.sent] = counts.sent;
    values[valuesFrom + metrics.enqueueFailed] = counts.enqueueFailed;
    values[valuesFrom + metrics.sendFailed] = counts.sendFailed;
    values[valuesFrom + metrics.leftOut] = counts.leftOut;
    for (const { policy, kept, dropped } of metrics.policies) {
      values[valuesFrom + kept] = counts[policy];
      values[valuesFrom + dropped] = counts.tracesKept + counts.tracesDropped - counts[policy];
    }
    values[valuesFrom + metrics.tracesOnMemory] = collector.waitingTraces;
    values[valuesFrom + metrics.tracesKept] = counts.tracesKept;
    values[valuesFrom + metrics.tracesDropped] = counts.tracesDropped;
    values[valuesFrom + metrics.droppedTooEarly] = counts.droppedTooEarly;
  };
}

function shipperGauge(model: Model, { shipper }: Observability): (values: Float64Array) => void {
  const { shipper: target } = model.plant;
  if (target === undefined || shipper === undefined) return () => undefined;
  const { metrics } = target;
  const { valuesFrom } = model.targets[target.target];
  return (values) => {
    for (const { index, instancesFrom, instancesMax } of model.services) {
      const sum = (column: Float64Array | Int32Array): number => {
        let total = 0;
        for (let at = instancesFrom; at < instancesFrom + instancesMax; at++) total += column[at];
        return total;
      };
      const [full, refused] = [sum(shipper.lost), sum(shipper.refused)];
      const { shipped, bufferFull, refused: refusals, sampledOut, bufferedBytes } = metrics;
      values[valuesFrom + shipped[index]] = sum(shipper.shipped);
      values[valuesFrom + sampledOut[index]] = sum(shipper.sampledOut);
      values[valuesFrom + bufferFull[index]] = full;
      values[valuesFrom + refusals[index]] = refusals === bufferFull ? full + refused : refused;
      if (bufferedBytes.length > 0) values[valuesFrom + bufferedBytes[index]] = sum(shipper.buffered) * BYTES_PER_LINE;
    }
  };
}

/** In the order of LOG_DISCARD_REASONS. */
const DISCARD_FATES = [LINE_RATE_LIMITED, LINE_TOO_LONG, LINE_TOO_OLD, LINE_OVER_STREAMS];

function logStoreGauge(model: Model, { shipper }: Observability): (values: Float64Array) => void {
  const { logStore: target } = model.plant;
  const limits = shipper?.limits;
  if (target === undefined || shipper === undefined || limits === undefined) return () => undefined;
  const { metrics } = target;
  const { valuesFrom } = model.targets[target.target];
  return (values) => {
    DISCARD_FATES.forEach((fate, reason) => {
      values[valuesFrom + metrics.discardedLines[reason]] = limits.lines[fate];
      values[valuesFrom + metrics.discardedBytes[reason]] = limits.bytes[fate];
    });
    const sum = (column: Float64Array): number => column.reduce((total, count) => total + count, 0);
    values[valuesFrom + metrics.linesReceived] = sum(shipper.shipped) + sum(shipper.refused);
    values[valuesFrom + metrics.streams] = limits.streams;
  };
}

function traceStoreGauge(model: Model, { collector }: Observability): (values: Float64Array) => void {
  const { traceStore: target } = model.plant;
  if (target === undefined || collector === undefined) return () => undefined;
  const { discarded, received } = target.metrics;
  const { valuesFrom } = model.targets[target.target];
  return (values) => {
    values[valuesFrom + discarded] = collector.discarded;
    values[valuesFrom + received] = collector.stored;
  };
}

function profileStoreGauge(model: Model, profiler: Profiler): (values: Float64Array) => void {
  const { profileStore: target } = model.plant;
  if (target === undefined) return () => undefined;
  const { valuesFrom } = model.targets[target.target];
  return (values) => {
    values[valuesFrom + target.metrics.discarded] = profiler.discarded;
  };
}
