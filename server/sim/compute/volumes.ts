/**
 * Volumes: one for each instance of a service and one for each database that has one. They fill by what requests or
 * writing statements write and by what something else writes a second; when one is full, whoever has to write fails with
 * ENOSPC until somebody frees space or gives it more. Reads go on. Looked at a few times a second (compute.ts).
 */
import type { Checkpointed, StateReader, StateWriter } from "../../base/state-stream.js";
import { DEFAULT_VOLUME } from "../../topology/compute-spec.js";
import type { Model } from "../../topology/model-types.js";

export class Volumes implements Checkpointed {
  // By instance, then by store.
  readonly sizeBytes: Float64Array;
  readonly usedBytes: Float64Array;
  /** Bytes of one request or writing statement; 0 where nothing is counted. */
  readonly bytesPerWrite: Float64Array;
  /** What something else writes; set by effects. */
  readonly fillPerSecond: Float64Array;
  readonly full: Uint8Array;
  readonly #declared: Uint8Array;
  readonly #usedAtFirst: Float64Array;
  readonly #instances: number;

  constructor(readonly model: Model) {
    const specs = [
      ...model.instances.map(({ service }) => model.services[service].spec.compute?.volume),
      ...model.stores.map(({ spec }) => spec.volume),
    ];
    this.#instances = model.instances.length;
    this.#declared = Uint8Array.from(specs, (spec) => (spec === undefined ? 0 : 1));
    this.sizeBytes = Float64Array.from(specs, (spec) => (spec ?? DEFAULT_VOLUME).sizeBytes);
    this.usedBytes = Float64Array.from(specs, (spec) => (spec ?? DEFAULT_VOLUME).usedBytes);
    this.#usedAtFirst = Float64Array.from(this.usedBytes);
    this.bytesPerWrite = Float64Array.from(specs, (spec) => (spec ?? DEFAULT_VOLUME).bytesPerWrite);
    this.fillPerSecond = new Float64Array(specs.length);
    this.full = new Uint8Array(specs.length);
  }

  /** Volume of a store; that of an instance has the number of the instance. */
  ofStore(store: number): number {
    return this.#instances + store;
  }

  isWatched(volume: number): boolean {
    return this.#declared[volume] === 1 || this.fillPerSecond[volume] > 0 || this.full[volume] === 1;
  }

  get isIdle(): boolean {
    return this.full.every((_, volume) => !this.isWatched(volume));
  }

  /** A request or a statement has written. */
  wrote(volume: number): void {
    this.usedBytes[volume] += this.bytesPerWrite[volume];
  }

  /** Lets a volume fill for a while; true when it has become full or has room again. */
  measure(volume: number, elapsedUs: number): boolean {
    const size = this.sizeBytes[volume];
    const used = this.usedBytes[volume] + (this.fillPerSecond[volume] * elapsedUs) / 1e6;
    this.usedBytes[volume] = used < size ? used : size;
    const full = used >= size ? 1 : 0;
    if (full === this.full[volume]) return false;
    this.full[volume] = full;
    return true;
  }

  /** Frees what has come since the beginning, but for a share of it that has to be kept. */
  clean(volume: number, keptShare: number): void {
    const before = this.#usedAtFirst[volume];
    this.usedBytes[volume] = before + Math.max(0, this.usedBytes[volume] - before) * keptShare;
  }

  grow(volume: number, sizeBytes: number): void {
    this.sizeBytes[volume] = sizeBytes;
  }

  save(writer: StateWriter): void {
    for (const values of this.#columns()) writer.array(values);
  }

  restore(reader: StateReader): void {
    for (const values of this.#columns()) reader.into(values);
  }

  #columns(): readonly (Uint8Array | Float64Array)[] {
    return [this.sizeBytes, this.usedBytes, this.fillPerSecond, this.full];
  }
}
