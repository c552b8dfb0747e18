/** What the collector and the log agents answer when they are scraped. */
import type { Model } from "../../topology/model-types.js";
import type { Observability } from "./observability.js";

/** A line of JSON with its labels, about. */
const BYTES_PER_LINE = 400;

/** Fills the values of a target. */
export type PlantGauge = readonly [target: number, fill: (values: Float64Array) => void];

export function plantGauges(model: Model, observability: Observability): readonly PlantGauge[] {
  const { collector, shipper } = model.plant;
  const gauges: PlantGauge[] = [];
  if (collector !== undefined) gauges.push([collector.target, collectorGauge(model, observability)]);
  if (shipper !== undefined) gauges.push([shipper.target, shipperGauge(model, observability)]);
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
      values[valuesFrom + metrics.shipped[index]] = sum(shipper.shipped);
      values[valuesFrom + metrics.dropped[index]] = sum(shipper.lost);
      values[valuesFrom + metrics.bufferedBytes[index]] = sum(shipper.buffered) * BYTES_PER_LINE;
    }
  };
}
