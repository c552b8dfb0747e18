/**
 * A profile as the views of it need it: totals of each frame, the functions that occur, callers and callees of one
 * function, what a search finds, what two profiles differ in. Pure.
 *
 * Source of sandwich and left-heavy: speedscope (jlfwong/speedscope, `profile.ts`).
 */
import type { ProfileTree } from "../../server/wire/profile.js";

/** By node, callers before callees. */
export interface FlameTree {
  readonly names: readonly string[];
  readonly name: Int32Array;
  readonly parent: Int32Array;
  readonly depth: Int32Array;
  readonly self: Float64Array;
  /** Itself and all that it called. */
  readonly total: Float64Array;
  readonly baselineSelf: Float64Array;
  readonly baselineTotal: Float64Array;
  readonly sum: number;
  readonly baselineSum: number;
  /** Whether there is something to compare with. */
  readonly compared: boolean;
}

interface TreeParts {
  readonly names: readonly string[];
  readonly name: readonly number[];
  readonly parent: readonly number[];
  readonly self: readonly number[];
  readonly baselineSelf?: readonly number[];
}

export const flameTree = (profile: ProfileTree): FlameTree => treeOf(profile);

function treeOf({ names, name, parent, self, baselineSelf }: TreeParts): FlameTree {
  const count = parent.length;
  const depth = new Int32Array(count);
  const total = Float64Array.from(self);
  const before = baselineSelf === undefined ? new Float64Array(count) : Float64Array.from(baselineSelf);
  const baselineTotal = before.slice();
  let sum = 0;
  let baselineSum = 0;
  for (let node = 0; node < count; node += 1) {
    const above = parent[node] ?? -1;
    depth[node] = above < 0 ? 0 : (depth[above] ?? 0) + 1;
  }
  for (let node = count - 1; node >= 0; node -= 1) {
    const above = parent[node] ?? -1;
    if (above >= 0) {
      total[above] = (total[above] ?? 0) + (total[node] ?? 0);
      baselineTotal[above] = (baselineTotal[above] ?? 0) + (baselineTotal[node] ?? 0);
    } else {
      sum += total[node] ?? 0;
      baselineSum += baselineTotal[node] ?? 0;
    }
  }
  return {
    names,
    name: Int32Array.from(name),
    parent: Int32Array.from(parent),
    depth,
    self: Float64Array.from(self),
    total,
    baselineSelf: before,
    baselineTotal,
    sum,
    baselineSum,
    compared: baselineSelf !== undefined,
  };
}

export const nameOf = (tree: FlameTree, node: number): string => tree.names[tree.name[node] ?? -1] ?? "";

/** Frames from the outermost to the node, joined by semicolons: how an address names it. */
export function pathOf(tree: FlameTree, node: number): string {
  const frames: string[] = [];
  for (let at = node; at >= 0; at = tree.parent[at] ?? -1) frames.unshift(nameOf(tree, at));
  return frames.join(";");
}

/** Whether a node lies below another of the same function: its time is counted with that one's. */
function isRepeated(tree: FlameTree, node: number): boolean {
  for (let at = tree.parent[node] ?? -1; at >= 0; at = tree.parent[at] ?? -1)
    if (tree.name[at] === tree.name[node]) return true;
  return false;
}

export interface FunctionRow {
  readonly name: string;
  readonly self: number;
  /** Recursive calls are counted once. */
  readonly total: number;
  readonly baselineSelf: number;
  readonly baselineTotal: number;
}

/** One row for each function, most of its own first. */
export function functionRows(tree: FlameTree): readonly FunctionRow[] {
  const rows = new Map<number, { -readonly [Key in keyof FunctionRow]: FunctionRow[Key] }>();
  for (let node = 0; node < tree.parent.length; node += 1) {
    const name = tree.name[node] ?? -1;
    let row = rows.get(name);
    if (row === undefined)
      rows.set(name, (row = { name: tree.names[name] ?? "", self: 0, total: 0, baselineSelf: 0, baselineTotal: 0 }));
    row.self += tree.self[node] ?? 0;
    row.baselineSelf += tree.baselineSelf[node] ?? 0;
    if (isRepeated(tree, node)) continue;
    row.total += tree.total[node] ?? 0;
    row.baselineTotal += tree.baselineTotal[node] ?? 0;
  }
  return [...rows.values()].sort((one, other) => other.self - one.self || (one.name < other.name ? -1 : 1));
}

/** All that a function called, wherever it was called from, as one tree with the function on top. */
export function calleesOf(tree: FlameTree, functionName: string): FlameTree {
  const merge = new Merge(tree.compared);
  const mergedOf = new Int32Array(tree.parent.length).fill(-1);
  for (let node = 0; node < tree.parent.length; node += 1) {
    const above = tree.parent[node] ?? -1;
    const under = above < 0 ? -1 : (mergedOf[above] ?? -1);
    const name = nameOf(tree, node);
    if (under < 0 && name !== functionName) continue;
    const merged = merge.childOf(under, name);
    mergedOf[node] = merged;
    merge.add(merged, tree.self[node] ?? 0, tree.baselineSelf[node] ?? 0);
  }
  return merge.tree();
}

/** Who called a function, the function first and its callers above one another. */
export function callersOf(tree: FlameTree, functionName: string): FlameTree {
  const merge = new Merge(tree.compared);
  for (let node = 0; node < tree.parent.length; node += 1) {
    if (nameOf(tree, node) !== functionName || isRepeated(tree, node)) continue;
    let merged = merge.childOf(-1, functionName);
    for (let at = tree.parent[node] ?? -1; at >= 0; at = tree.parent[at] ?? -1)
      merged = merge.childOf(merged, nameOf(tree, at));
    merge.add(merged, tree.total[node] ?? 0, tree.baselineTotal[node] ?? 0);
  }
  return merge.tree();
}

class Merge {
  private readonly names: string[] = [];
  private readonly parent: number[] = [];
  private readonly self: number[] = [];
  private readonly before: number[] = [];
  private readonly children = new Map<string, number>();

  constructor(private readonly compared: boolean) {}

  childOf(parent: number, name: string): number {
    const key = `${String(parent)} ${name}`;
    const known = this.children.get(key);
    if (known !== undefined) return known;
    const node = this.names.push(name) - 1;
    this.parent.push(parent);
    this.self.push(0);
    this.before.push(0);
    this.children.set(key, node);
    return node;
  }

  add(node: number, value: number, before: number): void {
    this.self[node] = (this.self[node] ?? 0) + value;
    this.before[node] = (this.before[node] ?? 0) + before;
  }

  tree(): FlameTree {
    const { names, parent, self, before } = this;
    return treeOf({
      names,
      parent,
      self,
      name: names.map((_, at) => at),
      ...(this.compared ? { baselineSelf: before } : {}),
    });
  }
}

export interface Found {
  /** By place in `names`: 1 where it matches. */
  readonly matches: Uint8Array;
  readonly functions: number;
  /** Share of everything that was spent in what matches, or below it. */
  readonly share: number;
}

/** Case does not matter; an empty search finds nothing. */
export function findFrames(tree: FlameTree, text: string): Found {
  const needle = text.trim().toLowerCase();
  const matches = Uint8Array.from(tree.names, (name) => (needle !== "" && name.toLowerCase().includes(needle) ? 1 : 0));
  const covered = new Uint8Array(tree.parent.length);
  let matched = 0;
  for (let node = 0; node < tree.parent.length; node += 1) {
    const above = tree.parent[node] ?? -1;
    if (above >= 0 && covered[above] === 1) covered[node] = 1;
    else if (matches[tree.name[node] ?? -1] === 1) {
      covered[node] = 1;
      matched += tree.total[node] ?? 0;
    }
  }
  return {
    matches,
    functions: matches.reduce((sum, one) => sum + one, 0),
    share: tree.sum === 0 ? 0 : matched / tree.sum,
  };
}

/** How two profiles are made comparable: by their share of the whole, or by what was spent in a second. */
export type Comparison = "share" | "rate";

export interface Scale {
  readonly now: number;
  readonly before: number;
}

/** What values are divided by. */
export function scaleOf(
  tree: FlameTree,
  comparison: Comparison,
  seconds: { readonly now: number; readonly before: number },
): Scale {
  const now = comparison === "share" ? tree.sum : seconds.now;
  const before = comparison === "share" ? tree.baselineSum : seconds.before;
  return { now: now > 0 ? now : 1, before: before > 0 ? before : 1 };
}

export interface Difference {
  /** Both divided by the scale. */
  readonly now: number;
  readonly before: number;
  /** now / before − 1; undefined where there was nothing before. */
  readonly change: number | undefined;
}

export function differenceOf(now: number, before: number, scale: Scale): Difference {
  const after = now / scale.now;
  const earlier = before / scale.before;
  return { now: after, before: earlier, change: earlier === 0 ? undefined : after / earlier - 1 };
}
