/**
 * Values between the nodes of a query: one column block for a whole evaluation, not one vector a step. Row s of a vector
 * frame holds series s over all steps; ABSENT marks the steps at which the series has no value (NaN is a value).
 */
import { STALE_MARKER } from "../../telemetry/metric-reader.js";
import type { LabelSet } from "./label-set.js";

/** A finite value that no metric reaches; the same one that marks staleness in the store. */
export const ABSENT = STALE_MARKER;

/** The instants of an evaluation: `startMs + i · stepMs` for 0 ≤ i < steps. An instant query has one step. */
export interface Grid {
  readonly startMs: number;
  readonly stepMs: number;
  readonly steps: number;
}

export interface VectorFrame {
  readonly kind: "vector";
  /** The same array object as long as the selection behind it is, so that what was derived from it can be kept. */
  readonly labelSets: readonly LabelSet[];
  /** labelSets.length × steps. Owned by the frame's producer; consumers do not write. */
  readonly values: Float64Array;
}

export interface ScalarFrame {
  readonly kind: "scalar";
  readonly values: Float64Array;
}

export interface StringFrame {
  readonly kind: "string";
  readonly value: string;
}

export type Frame = VectorFrame | ScalarFrame | StringFrame;

/** A block of `rows` rows in which nothing is present yet. */
export function absentBlock(rows: number, steps: number): Float64Array {
  return new Float64Array(rows * steps).fill(ABSENT);
}
