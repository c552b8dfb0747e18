/**
 * Two traces as one tree: spans are the same where service, operation and kind are, in the same place under the same
 * parent, the n-th with the n-th. What is on one side only was added or is missing. Pure.
 */
import { groupBy } from "./waterfall-groups.js";
import type { TraceNode, TraceTree } from "./waterfall-tree.js";

export type DifferenceState = "same" | "slower" | "faster" | "added" | "missing";

export interface DifferenceNode {
  readonly depth: number;
  /** Of the first trace; undefined where the second has it alone. */
  readonly one: TraceNode | undefined;
  readonly other: TraceNode | undefined;
  readonly state: DifferenceState;
  /** Of the second less the first. */
  readonly differenceUs: number;
  readonly selfDifferenceUs: number;
  /** It failed in one of them alone. */
  readonly failureChanged: boolean;
}

/** A change of less than this share of the longer span, or of less than a hundredth of the trace, is none. */
const SHARE_MIN = 0.2;
const OF_TRACE_MIN = 0.01;

/** Rows from top to bottom, in order of the first trace; what was added stands where it begins. */
export function traceDifference(one: TraceTree, other: TraceTree): readonly DifferenceNode[] {
  const leastUs = Math.max(one.endUs - one.startUs, other.endUs - other.startUs) * OF_TRACE_MIN;
  const rows: DifferenceNode[] = [];
  const stack = pairsOf(one.roots, other.roots, 0).reverse();
  for (let pair = stack.pop(); pair !== undefined; pair = stack.pop()) {
    rows.push(rowOf(pair, leastUs));
    stack.push(...pairsOf(pair.one?.children ?? [], pair.other?.children ?? [], pair.depth + 1).reverse());
  }
  return rows;
}

interface Pair {
  readonly depth: number;
  readonly one: TraceNode | undefined;
  readonly other: TraceNode | undefined;
}

const keyOf = ({ span }: TraceNode): string => `${span.service}\n${span.name}\n${span.kind}`;

function pairsOf(ones: readonly TraceNode[], others: readonly TraceNode[], depth: number): Pair[] {
  const waiting = groupBy(others, keyOf);
  const pairs: Pair[] = ones.map((one) => ({ depth, one, other: waiting.get(keyOf(one))?.shift() }));
  for (const rest of waiting.values()) for (const other of rest) pairs.push({ depth, one: undefined, other });
  return pairs.sort((a, b) => placeOf(a) - placeOf(b));
}

/** Where it begins in its own trace, by its own parent: the traces began at different times. */
function placeOf({ one, other }: Pair): number {
  const node = one ?? other;
  return node === undefined ? 0 : node.span.startUs - (node.parent?.span.startUs ?? node.span.startUs);
}

function rowOf({ depth, one, other }: Pair, leastUs: number): DifferenceNode {
  const [a, b] = [one?.span.durationUs ?? 0, other?.span.durationUs ?? 0];
  const differenceUs = b - a;
  return {
    depth,
    one,
    other,
    state: stateOf(
      one,
      other,
      Math.abs(differenceUs) >= Math.max(leastUs, Math.max(a, b) * SHARE_MIN) ? differenceUs : 0,
    ),
    differenceUs,
    selfDifferenceUs: (other?.selfUs ?? 0) - (one?.selfUs ?? 0),
    failureChanged: one !== undefined && other !== undefined && one.span.status !== other.span.status,
  };
}

function stateOf(one: TraceNode | undefined, other: TraceNode | undefined, changeUs: number): DifferenceState {
  if (one === undefined) return "added";
  if (other === undefined) return "missing";
  if (changeUs === 0) return "same";
  return changeUs > 0 ? "slower" : "faster";
}

export interface DifferenceCounts {
  readonly added: number;
  readonly missing: number;
  readonly slower: number;
  readonly faster: number;
  readonly same: number;
}

export function differenceCounts(rows: readonly DifferenceNode[]): DifferenceCounts {
  const counts = { added: 0, missing: 0, slower: 0, faster: 0, same: 0 };
  for (const { state } of rows) counts[state]++;
  return counts;
}
