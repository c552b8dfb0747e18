/** A world at one instant, complete: from it a world goes on exactly as the one that it was taken of. */
import type { ZipfTable } from "../base/zipf.js";
import type { Model } from "../topology/model-types.js";
import type { LifecycleRecord, LogTable } from "./log-table.js";
import type { PageViewTable } from "./page-view-table.js";
import type { ProfileTable } from "./profile-table.js";
import type { RequestDraws } from "./request-draws.js";
import type { SpanTable } from "./span-table.js";
import type { VersionStep } from "./version-history.js";

export interface Checkpoint {
  readonly atUs: number;
  /** What the model must be like that goes on from here. */
  readonly signature: string;
  /** All mutable state, as its owners wrote it. */
  readonly state: Uint8Array;
  /** How much of the facts there was. */
  readonly spanRows: number;
  readonly logRows: number;
  readonly pageViewRows: number;
  readonly lifecycleCount: number;
  readonly versionCount: number;
  /** Span rows that had not ended, and what was known of them. */
  readonly openRows: Int32Array;
  readonly openWaitUs: Uint32Array;
}

/** The facts that a checkpoint counts; they may have grown since. */
export interface FactSource {
  readonly spans: SpanTable;
  readonly logs: LogTable;
  readonly pageViews: PageViewTable;
  readonly lifecycle: readonly LifecycleRecord[];
  readonly versions: { readonly steps: readonly VersionStep[] };
  readonly profiles?: ProfileTable;
  /** Of a world with the same model and seed. */
  readonly tables?: WorldTables;
}

/** Tables of a model and a seed that never change. */
export interface WorldTables {
  readonly seed: string;
  readonly draws: RequestDraws;
  readonly popularity: readonly ZipfTable[];
}

/**
 * What two models must share for a checkpoint of one to be one of the other: everything that state is numbered by.
 * Faults may differ, as long as they bring no series or processes of their own.
 */
export function signatureOf(model: Model): string {
  const { instances, operations, dependencies, stores, keyspaces, queues, targets, valueCount, journeys } = model;
  const sizes = [instances, operations, dependencies, stores, keyspaces, queues, targets, journeys].map(
    ({ length }) => length,
  );
  return [model.topology.name, ...sizes, valueCount, model.program.plainLength].join("/");
}
