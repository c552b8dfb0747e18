/**
 * File descriptors of processes: a base, one for each open connection of its pools, one for each request that it works
 * on or has in its line, and those that leak. At the limit `accept` fails with EMFILE and callers are refused until some
 * are closed. Looked at a few times a second (compute.ts). Simplification, named: connections to others that are open
 * stay open, and new ones are not refused: a process without descriptors cannot answer anybody anyway.
 */
import type { Checkpointed, StateReader, StateWriter } from "../../base/state-stream.js";
import type { Model } from "../../topology/model-types.js";

const DEFAULT_LIMIT = 1_024;
const DEFAULT_BASE = 40;

export class Descriptors implements Checkpointed {
  readonly limit: Float64Array;
  readonly leaked: Float64Array;
  /** Set by effects. */
  readonly leakPerSecond: Float64Array;
  /** 1 while a process accepts nobody. */
  readonly closed: Uint8Array;
  readonly #base: Float64Array;
  readonly #declared: Uint8Array;

  constructor(
    readonly model: Model,
    /** Connections and requests of an instance now. */
    readonly open: (instance: number) => number,
  ) {
    const specs = model.instances.map(({ service }) => model.services[service].spec.compute?.descriptors);
    this.#declared = Uint8Array.from(specs, (spec) => (spec === undefined ? 0 : 1));
    this.limit = Float64Array.from(specs, (spec) => spec?.limit ?? DEFAULT_LIMIT);
    this.#base = Float64Array.from(specs, (spec) => spec?.base ?? DEFAULT_BASE);
    this.leaked = new Float64Array(specs.length);
    this.leakPerSecond = new Float64Array(specs.length);
    this.closed = new Uint8Array(specs.length);
  }

  isWatched(instance: number): boolean {
    return this.#declared[instance] === 1 || this.leakPerSecond[instance] > 0 || this.leaked[instance] > 0;
  }

  get isIdle(): boolean {
    return this.closed.every((_, instance) => !this.isWatched(instance));
  }

  usedBy(instance: number): number {
    const used = this.#base[instance] + this.open(instance) + Math.floor(this.leaked[instance]);
    return Math.min(used, this.limit[instance]);
  }

  measure(instance: number, elapsedUs: number): void {
    this.leaked[instance] += (this.leakPerSecond[instance] * elapsedUs) / 1e6;
    this.closed[instance] = this.usedBy(instance) >= this.limit[instance] ? 1 : 0;
  }

  fresh(instance: number): void {
    this.leaked[instance] = 0;
    this.closed[instance] = 0;
  }

  save(writer: StateWriter): void {
    for (const values of this.#columns()) writer.array(values);
  }

  restore(reader: StateReader): void {
    for (const values of this.#columns()) reader.into(values);
  }

  #columns(): readonly (Uint8Array | Float64Array)[] {
    return [this.limit, this.leaked, this.leakPerSecond, this.closed];
  }
}
