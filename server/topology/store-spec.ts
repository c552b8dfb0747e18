/** What a topology can say about a store besides its queries; all of it optional. */
import type { Duration } from "../base/time.js";

export interface StoreDetailSpec {
  /** Keys are spread over so many shards, each with its share of the cores. */
  readonly shards?: number;
  readonly buffer?: BufferSpec;
  readonly checkpoints?: CheckpointingSpec;
  readonly replicas?: ReplicaSpec;
  /** How long a statement may wait for a lock; without it as long as its caller waits. */
  readonly lockTimeout?: Duration;
}

/** Pages of the data and how many of them are in memory; a page that is not is read from storage. */
export interface BufferSpec {
  readonly pages: number;
  readonly residentPages: number;
}

/** Every so often dirty pages are written out, and storage is slower for a while. */
export interface CheckpointingSpec {
  readonly interval: Duration;
  readonly duration: Duration;
  readonly ioFactor: number;
}

export interface ReplicaSpec {
  readonly count: number;
  /** Writes that a replica can repeat in a second. */
  readonly applyPerSecond: number;
}

export interface QueryDetailSpec {
  /** Which row the statement locks until it ends, and how many of them. */
  readonly locks?: { readonly key: "user" | "product"; readonly rows: 1 | 2 };
  /** Reads that may be answered by a replica. */
  readonly readFrom?: "replica";
}
