/**
 * Fresh processes are slow: their code is not compiled, their caches are empty. Each piece of computation takes `factor`
 * times as long when the process becomes ready, and the excess falls on a straight line to nothing at the end of the
 * warm-up. Connections that have to be opened anew come on top by themselves.
 *
 * Source for the shape: E. Barrett et al., 'Virtual Machine Warmup Blows Hot and Cold' (OOPSLA 2017); the line is ours.
 */
import type { Checkpointed, StateReader, StateWriter } from "../../base/state-stream.js";
import type { Model } from "../../topology/model-types.js";

export class WarmUp implements Checkpointed {
  /** From here on no process is cold; most worlds never look further than this. */
  allWarmUs = 0;
  /** By instance: what a process that becomes ready now would have. Written by effects. */
  readonly factor: Float64Array;
  readonly timeUs: Float64Array;
  /** By instance: what the process has that is running. */
  readonly #coldUntilUs: Float64Array;
  readonly #factor: Float64Array;
  readonly #timeUs: Float64Array;

  constructor(readonly model: Model) {
    const count = model.instances.length;
    this.factor = new Float64Array(count);
    this.timeUs = new Float64Array(count);
    this.#coldUntilUs = new Float64Array(count);
    this.#factor = new Float64Array(count).fill(1);
    this.#timeUs = new Float64Array(count).fill(1);
    this.reset();
  }

  /** Puts back what services declare. */
  reset(): void {
    for (const { index, service } of this.model.instances) {
      const { warmUp } = this.model.services[service].spec;
      this.factor[index] = warmUp?.factor ?? 1;
      this.timeUs[index] = warmUp?.time ?? 0;
    }
  }

  /** The process becomes ready. */
  begin(instance: number, nowUs: number): void {
    this.#coldUntilUs[instance] = 0;
    if (this.factor[instance] <= 1 || this.timeUs[instance] <= 0) return;
    this.#factor[instance] = this.factor[instance];
    this.#timeUs[instance] = this.timeUs[instance];
    this.#coldUntilUs[instance] = nowUs + this.timeUs[instance];
    this.allWarmUs = Math.max(this.allWarmUs, this.#coldUntilUs[instance]);
  }

  /** How many times its usual time a piece of computation takes that begins now. */
  factorAt(instance: number, nowUs: number): number {
    const leftUs = this.#coldUntilUs[instance] - nowUs;
    return leftUs <= 0 ? 1 : 1 + ((this.#factor[instance] - 1) * leftUs) / this.#timeUs[instance];
  }

  save(writer: StateWriter): void {
    writer.double(this.allWarmUs);
    for (const values of this.#columns()) writer.array(values);
  }

  restore(reader: StateReader): void {
    this.allWarmUs = reader.double();
    for (const values of this.#columns()) reader.into(values);
  }

  #columns(): readonly Float64Array[] {
    return [this.factor, this.timeUs, this.#coldUntilUs, this.#factor, this.#timeUs];
  }
}
