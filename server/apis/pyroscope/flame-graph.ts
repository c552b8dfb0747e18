/**
 * Folded stacks as Pyroscope's flame graph: names, and a list of bars for each level, left to right. A bar of one profile
 * is four numbers: distance from the bar before it, total, self, place of its name; one of two profiles has the first
 * three for each of them. Source: grafana/pyroscope, pkg/model/flamegraph.go and flamegraph_diff.go (what they answer).
 */
import type { FoldedStack } from "../../wire/profile.js";

export interface FlameGraph {
  readonly names: readonly string[];
  readonly levels: readonly (readonly number[])[];
  readonly total: number;
  readonly maxSelf: number;
}

export interface FlameGraphDifference extends FlameGraph {
  readonly leftTicks: number;
  readonly rightTicks: number;
}

/** Bars of a graph unless the client asks for more or fewer. */
export const FLAME_NODES_DEFAULT = 8_192;
export const FLAME_NODES_MAX = 65_536;

const ROOT_NAME = "total";
/** What stands for bars that are too small to be shown. */
const OTHER_NAME = "other";

interface Node {
  readonly name: string;
  /** One for each profile. */
  readonly total: number[];
  readonly self: number[];
  readonly children: Map<string, Node>;
}

const nodeOf = (name: string, profiles: number): Node => ({
  name,
  total: new Array<number>(profiles).fill(0),
  self: new Array<number>(profiles).fill(0),
  children: new Map(),
});

/** The graph of one profile, with its `maxNodes` largest bars. */
export function flameGraph(stacks: readonly FoldedStack[], maxNodes: number): FlameGraph {
  const root = treeOf([stacks], maxNodes);
  return { ...layOut(root), total: root.total[0], maxSelf: greatestSelf(root) };
}

/** The graph of two profiles over each other. */
export function flameGraphDifference(
  left: readonly FoldedStack[],
  right: readonly FoldedStack[],
  maxNodes: number,
): FlameGraphDifference {
  const root = treeOf([left, right], maxNodes);
  const [leftTicks, rightTicks] = root.total;
  return { ...layOut(root), total: leftTicks + rightTicks, maxSelf: greatestSelf(root), leftTicks, rightTicks };
}

function treeOf(profiles: readonly (readonly FoldedStack[])[], maxNodes: number): Node {
  const root = nodeOf(ROOT_NAME, profiles.length);
  profiles.forEach((stacks, profile) => {
    for (const { stack, value } of stacks) add(root, stack.split(";"), value, profile);
  });
  const least = leastTotal(root, maxNodes);
  return least === 0 ? root : withoutSmall(root, least);
}

function add(root: Node, frames: readonly string[], value: number, profile: number): void {
  let node = root;
  node.total[profile] += value;
  for (const frame of frames) {
    let child = node.children.get(frame);
    if (child === undefined) node.children.set(frame, (child = nodeOf(frame, node.total.length)));
    child.total[profile] += value;
    node = child;
  }
  node.self[profile] += value;
}

const sumOf = (values: readonly number[]): number => values.reduce((sum, value) => sum + value, 0);

/** The total from which on a node is among the `maxNodes` largest; 0 when all are. */
function leastTotal(root: Node, maxNodes: number): number {
  const totals: number[] = [];
  const walk = (node: Node): void => {
    totals.push(sumOf(node.total));
    node.children.forEach(walk);
  };
  walk(root);
  if (totals.length <= maxNodes) return 0;
  return totals.sort((a, b) => b - a)[Math.max(0, maxNodes - 1)];
}

/** Small children of a node become one that says so; nothing of the sums is lost. */
function withoutSmall(node: Node, least: number): Node {
  const kept: Node = { ...node, children: new Map() };
  for (const [name, child] of node.children) {
    if (sumOf(child.total) >= least) {
      kept.children.set(name, withoutSmall(child, least));
      continue;
    }
    let other = kept.children.get(OTHER_NAME);
    if (other === undefined) kept.children.set(OTHER_NAME, (other = nodeOf(OTHER_NAME, node.total.length)));
    child.total.forEach((value, profile) => {
      other.total[profile] += value;
      other.self[profile] += value;
    });
  }
  return kept;
}

function greatestSelf(node: Node): number {
  return [...node.children.values()].reduce((most, child) => Math.max(most, greatestSelf(child)), sumOf(node.self));
}

interface Placed {
  readonly node: Node;
  readonly at: readonly number[];
}

/** Level by level; what comes first by name stands left. */
function layOut(root: Node): Pick<FlameGraph, "names" | "levels"> {
  const names = new Map<string, number>();
  const levels: number[][] = [];
  let row: readonly Placed[] = [{ node: root, at: root.total.map(() => 0) }];
  while (row.length > 0) {
    levels.push(barsOf(row, names));
    row = row.flatMap(childrenOf);
  }
  return { names: [...names.keys()], levels };
}

function childrenOf({ node, at }: Placed): readonly Placed[] {
  // What a node spends itself stands left of its children.
  let next = at.map((from, profile) => from + node.self[profile]);
  return [...node.children.values()]
    .sort((a, b) => (a.name < b.name ? -1 : 1))
    .map((child) => {
      const placed = { node: child, at: next };
      next = next.map((from, profile) => from + child.total[profile]);
      return placed;
    });
}

function barsOf(row: readonly Placed[], names: Map<string, number>): number[] {
  const bars: number[] = [];
  let ends = row[0].at.map(() => 0);
  for (const { node, at } of row) {
    at.forEach((from, profile) => bars.push(from - ends[profile], node.total[profile], node.self[profile]));
    ends = at.map((from, profile) => from + node.total[profile]);
    let name = names.get(node.name);
    if (name === undefined) names.set(node.name, (name = names.size));
    bars.push(name);
  }
  return bars;
}
