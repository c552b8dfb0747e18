/**
 * The counts of all series of all targets, in one flat array: what happened is counted here as it happens. Buckets are
 * counted one by one; exposition (exposition.ts) makes them cumulative and decides what is shown.
 */
import type { Checkpointed, StateReader, StateWriter } from "../base/state-stream.js";
import type { Model } from "../topology/model-types.js";

export class MetricCounts implements Checkpointed {
  readonly raw: Float64Array;
  /** Span row + 1 of the newest request that was counted in a bucket, or 0. */
  readonly exemplarRows: Int32Array;
  /** What was counted of it, where there is one. */
  readonly exemplarUs: Float64Array;

  constructor(readonly model: Model) {
    this.raw = new Float64Array(model.valueCount);
    this.exemplarRows = new Int32Array(model.valueCount);
    this.exemplarUs = new Float64Array(model.valueCount);
  }

  /** Counts a duration in the histogram whose block begins at `block`. */
  observe(block: number, boundsUs: Float64Array, durationUs: number, row: number): void {
    let bucket = 0;
    while (bucket < boundsUs.length && durationUs > boundsUs[bucket]) bucket++;
    this.raw[block + bucket]++;
    this.raw[block + boundsUs.length + 1] += durationUs;
    this.exemplarRows[block + bucket] = row + 1;
    this.exemplarUs[block + bucket] = durationUs;
  }

  /** A process begins anew: all its series start from nothing. */
  resetTarget(target: number): void {
    const from = this.model.targets[target].valuesFrom;
    const to = from + this.model.layouts[target].series.length;
    this.raw.fill(0, from, to);
    this.exemplarRows.fill(0, from, to);
  }

  save(writer: StateWriter): void {
    writer.section();
    writer.array(this.raw);
    writer.array(this.exemplarRows);
    writer.array(this.exemplarUs);
  }

  restore(reader: StateReader): void {
    reader.section();
    reader.into(this.raw);
    reader.into(this.exemplarRows);
    reader.into(this.exemplarUs);
  }
}
