/**
 * The frames of a profile's flame graph: the heaviest left or in the order of time, coloured by module or by the
 * difference from a baseline. The axis goes from 0 to 1: the whole profile, or the whole time. Pure.
 */
import type { ProfileTree } from "../../server/wire/profile.js";
import { seriesColor } from "./colors.js";
import type { FlameFrame } from "./flame-layout.js";
import { differenceOf, nameOf, pathOf } from "./flame-tree.js";
import type { FlameTree, Scale } from "./flame-tree.js";

/** Name and colour of a node's frame. */
export interface FrameLook {
  readonly name: string;
  readonly color: string;
  readonly outline?: string;
}

export interface StackFrame extends FlameFrame {
  /** Place in the tree. */
  readonly node: number;
}

/** Callers above their callees, or below them. */
export type StackDirection = "down" | "up";

/** By caller (−1 for the outermost): callees, the heaviest first. */
function calleeLists(tree: FlameTree, weights: Float64Array): ReadonlyMap<number, readonly number[]> {
  const lists = new Map<number, number[]>();
  tree.parent.forEach((above, node) => {
    if ((weights[node] ?? 0) <= 0) return;
    const list = lists.get(above);
    if (list === undefined) lists.set(above, [node]);
    else list.push(node);
  });
  for (const list of lists.values())
    list.sort((one, other) => (weights[other] ?? 0) - (weights[one] ?? 0) || one - other);
  return lists;
}

/** Beside a baseline a frame is as wide as both together, so that what is gone can be seen. */
function weightsOf(tree: FlameTree, scale: Scale | undefined): Float64Array {
  if (scale === undefined) return tree.total;
  return tree.total.map((value, node) => value / scale.now + (tree.baselineTotal[node] ?? 0) / scale.before);
}

/** The heaviest callee stands left; what a function spent itself is the empty space right of its callees. */
export function leftHeavyFrames(
  tree: FlameTree,
  lookOf: (node: number) => FrameLook,
  options: { readonly scale?: Scale | undefined; readonly direction?: StackDirection } = {},
): readonly StackFrame[] {
  const weights = weightsOf(tree, options.scale);
  const callees = calleeLists(tree, weights);
  const outermost = callees.get(-1) ?? [];
  const whole = outermost.reduce((sum, node) => sum + (weights[node] ?? 0), 0);
  const deepest = tree.depth.reduce((most, depth) => Math.max(most, depth), 0);
  const frames: StackFrame[] = [];
  const paths: string[] = [];
  const place = (nodes: readonly number[], from: number): void => {
    let start = from;
    for (const node of nodes) {
      const width = (weights[node] ?? 0) / whole;
      const above = paths[tree.parent[node] ?? -1];
      const id = above === undefined ? nameOf(tree, node) : `${above};${nameOf(tree, node)}`;
      paths[node] = id;
      const depth = tree.depth[node] ?? 0;
      frames.push({
        id,
        node,
        start,
        width,
        ...lookOf(node),
        depth: options.direction === "up" ? deepest - depth : depth,
      });
      start += width;
    }
  };
  place(outermost, 0);
  // Grows while it is walked: callees follow their callers.
  for (let at = 0; at < frames.length; at += 1) {
    const frame = frames[at];
    if (frame !== undefined) place(callees.get(frame.node) ?? [], frame.start);
  }
  return frames;
}

/**
 * The axis is the time: each slice has its own stacks, side by side in the order of their nodes, together as wide as the
 * slice is full against the fullest one.
 */
export function timeOrderFrames(
  tree: FlameTree,
  slices: ProfileTree["slices"],
  window: { readonly fromUs: number; readonly toUs: number },
  lookOf: (node: number) => FrameLook,
): readonly StackFrame[] {
  const lengthUs = window.toUs - window.fromUs;
  const sums = slices.map(({ self }) => self.reduce((sum, value, at) => (at % 2 === 1 ? sum + value : sum), 0));
  const fullest = Math.max(...sums, 0);
  if (lengthUs <= 0 || fullest === 0) return [];
  return slices.flatMap((slice, index) =>
    sliceFrames(tree, slice.self, lookOf, {
      prefix: `${String(index)}/`,
      start: (slice.fromUs - window.fromUs) / lengthUs,
      perValue: (slice.toUs - slice.fromUs) / lengthUs / fullest,
    }),
  );
}

function sliceFrames(
  tree: FlameTree,
  pairs: readonly number[],
  lookOf: (node: number) => FrameLook,
  { prefix, start, perValue }: { readonly prefix: string; readonly start: number; readonly perValue: number },
): readonly StackFrame[] {
  const total = new Map<number, number>();
  for (let at = 0; at < pairs.length; at += 2) {
    const value = pairs[at + 1] ?? 0;
    for (let node = pairs[at] ?? -1; node >= 0; node = tree.parent[node] ?? -1)
      total.set(node, (total.get(node) ?? 0) + value);
  }
  /** Where the next callee of a node begins. */
  const next = new Map<number, number>([[-1, start]]);
  // Callers come before callees in the numbers of nodes.
  return [...total.keys()]
    .sort((one, other) => one - other)
    .map((node) => {
      const above = tree.parent[node] ?? -1;
      const from = next.get(above) ?? start;
      const width = (total.get(node) ?? 0) * perValue;
      next.set(above, from + width);
      next.set(node, from);
      const id = `${prefix}${pathOf(tree, node)}`;
      return { id, node, start: from, width, depth: tree.depth[node] ?? 0, ...lookOf(node) };
    });
}

/** Module of a function in the manners of our languages: `cart.(*Handler).Get`, `Cart.get`, `Cart#get`, `cart.get`. */
export function moduleOf(name: string): string {
  const end = name.search(/[.#]/);
  return end < 0 ? name : name.slice(0, end).toLowerCase();
}

/** One colour for each module. */
export function moduleLook(tree: FlameTree): (node: number) => FrameLook {
  const colors = tree.names.map((name) => (name === "other" ? "var(--line-strong)" : seriesColor(moduleOf(name))));
  return (node) => ({ name: nameOf(tree, node), color: colors[tree.name[node] ?? -1] ?? "var(--line-strong)" });
}

/** Differences below this share of the value are noise of the sampling. */
export const CHANGE_NOISE = 0.05;
/** From here on a difference is marked by a line as well. */
const CHANGE_STRONG = 0.5;

/** Red with a plus for more, blue with a minus for less; the sign and the figure stand first in the frame. */
export function differenceLook(tree: FlameTree, scale: Scale): (node: number) => FrameLook {
  return (node) => {
    const { now, before, change } = differenceOf(tree.total[node] ?? 0, tree.baselineTotal[node] ?? 0, scale);
    const name = `${changeText(now, before)} ${nameOf(tree, node)}`;
    const isMore = now > before;
    const amount = change === undefined ? 1 : Math.abs(change);
    if (amount < CHANGE_NOISE) return { name, color: "var(--line-strong)" };
    const color = isMore ? "var(--severity-critical)" : "var(--accent)";
    return amount < CHANGE_STRONG ? { name, color } : { name, color, outline: color };
  };
}

/** `+12 %`, `−30 %`, `new`, `gone`, `±0 %`. */
export function changeText(now: number, before: number): string {
  if (before === 0) return now === 0 ? "±0 %" : "new";
  if (now === 0) return "gone";
  // What is nearly gone is not gone.
  const percent = Math.max(-99, Math.round((now / before - 1) * 100));
  if (percent === 0) return "±0 %";
  return percent > 900
    ? `×${String(Math.round(now / before))}`
    : `${percent > 0 ? "+" : "−"}${String(Math.abs(percent))} %`;
}
