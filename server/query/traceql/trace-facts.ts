/**
 * What a span's trace says about it: how long the trace took, its root, how many children a span has, its place in the
 * tree. Each is computed when a query first asks, in one pass over the columns.
 */
import type { SpanColumns } from "../../telemetry/span-reader.js";

/** What Tempo shows for the root's name and service while the root is not there. */
export const ROOT_MISSING = "<root span not yet received>";

export interface NestedSets {
  readonly left: Int32Array;
  readonly right: Int32Array;
}

export class TraceFacts {
  readonly rows: number;
  #extents: { readonly fromUs: Float64Array; readonly toUs: Float64Array } | undefined;
  #roots: Int32Array | undefined;
  #children: Uint32Array | undefined;
  #nested: NestedSets | undefined;

  constructor(readonly columns: SpanColumns) {
    this.rows = columns.rows;
  }

  /** From the first start to the last end of what is seen of the trace of `row`. */
  traceDurationUs(row: number): number {
    const { fromUs, toUs } = this.extents;
    const trace = this.columns.trace(row);
    return toUs[trace] - fromUs[trace];
  }

  get extents(): { readonly fromUs: Float64Array; readonly toUs: Float64Array } {
    if (this.#extents !== undefined) return this.#extents;
    const { columns, rows } = this;
    const fromUs = new Float64Array(columns.traces).fill(Infinity);
    const toUs = new Float64Array(columns.traces).fill(-Infinity);
    for (let row = 0; row < rows; row++) {
      if (!columns.isSeen(row)) continue;
      const trace = columns.trace(row);
      const startUs = columns.startUs(row);
      const endUs = startUs + columns.durationUs(row);
      if (startUs < fromUs[trace]) fromUs[trace] = startUs;
      if (endUs > toUs[trace]) toUs[trace] = endUs;
    }
    return (this.#extents = { fromUs, toUs });
  }

  /** Row of the root of the trace of `row`; −1 while it is not seen. */
  root(row: number): number {
    const { columns, rows } = this;
    if (this.#roots === undefined) {
      this.#roots = new Int32Array(columns.traces).fill(-1);
      for (let at = rows - 1; at >= 0; at--) {
        if (columns.parent(at) < 0 && columns.isSeen(at)) this.#roots[columns.trace(at)] = at;
      }
    }
    return this.#roots[columns.trace(row)];
  }

  rootService(row: number): string {
    const root = this.root(row);
    return root < 0 ? ROOT_MISSING : this.columns.shapeOf(this.columns.shape(root)).service;
  }

  rootName(row: number): string {
    const root = this.root(row);
    return root < 0 ? ROOT_MISSING : this.columns.shapeOf(this.columns.shape(root)).name;
  }

  childCount(row: number): number {
    const { columns, rows } = this;
    if (this.#children === undefined) {
      this.#children = new Uint32Array(rows);
      for (let at = 0; at < rows; at++) {
        const parent = columns.parent(at);
        if (parent >= 0 && columns.isSeen(at)) this.#children[parent]++;
      }
    }
    return this.#children[row];
  }

  /** Numbers of a walk around the trees: a span's lie between those of its ancestors. Roots begin at 1. */
  get nested(): NestedSets {
    if (this.#nested !== undefined) return this.#nested;
    const { columns, rows } = this;
    const sizes = new Int32Array(rows).fill(1);
    for (let row = rows - 1; row >= 0; row--) {
      const parent = columns.parent(row);
      if (parent >= 0) sizes[parent] += sizes[row];
    }
    const left = new Int32Array(rows);
    const right = new Int32Array(rows);
    const next = new Int32Array(rows);
    for (let row = 0; row < rows; row++) {
      const parent = columns.parent(row);
      left[row] = parent < 0 ? 1 : next[parent];
      if (parent >= 0) next[parent] += 2 * sizes[row];
      next[row] = left[row] + 1;
      right[row] = left[row] + 2 * sizes[row] - 1;
    }
    return (this.#nested = { left, right });
  }

  nestedParent(row: number): number {
    const parent = this.columns.parent(row);
    return parent < 0 ? -1 : this.nested.left[parent];
  }
}
