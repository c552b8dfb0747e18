/**
 * Profiles merged into one tree for flame graphs, beside a baseline and in slices of time where asked. What is too small
 * to be drawn is counted as `other` below its caller, so that the sums stay what they are.
 */
import { MICROS_PER_SECOND } from "../base/time.js";
import type { ProfileScope, ProfileTree, ProfileTreeRequest } from "../wire/profile.js";
import type { ProfileLabels, ProfileStore } from "./profile-store.js";

const OTHER_NAME = "other";

/** Width of a window of the store. */
const WINDOW_US = 10 * MICROS_PER_SECOND;

export function profileTree(store: ProfileStore, request: ProfileTreeRequest): ProfileTree {
  const tree = new TreeBuilder();
  const slices = new Slices(request);
  eachStack(store, request, request, (stack, value, untilUs) => {
    const node = tree.nodeOf(stack);
    tree.self[node] += value;
    slices.add(node, value, untilUs);
  });
  const { baseline } = request;
  if (baseline !== undefined) {
    eachStack(store, request, baseline, (stack, value) => {
      tree.baselineSelf[tree.nodeOf(stack)] += value;
    });
  }
  const pruned = pruneTree(tree, request.nodesMax);
  const { names, name } = numberNames(pruned.names);
  return {
    names,
    name,
    parent: pruned.parent,
    self: pruned.self,
    ...(baseline === undefined ? {} : { baselineSelf: pruned.baselineSelf, baselineSeconds: secondsOf(baseline) }),
    mergedFrames: pruned.mergedFrames,
    seconds: secondsOf(request),
    slices: slices.result(pruned.nodeOf),
  };
}

const secondsOf = ({ fromUs, toUs }: ProfileScope): number => Math.max(0, toUs - fromUs) / MICROS_PER_SECOND;

function eachStack(
  store: ProfileStore,
  { kind, service }: ProfileTreeRequest,
  { fromUs, toUs, version, instance }: ProfileScope,
  take: (stack: readonly string[], value: number, untilUs: number) => void,
): void {
  const accepts = (labels: ProfileLabels): boolean =>
    labels.service === service &&
    (instance === undefined || labels.instance === instance) &&
    (version === undefined || labels.version === version);
  store.each({ kind, fromUs, toUs, accepts }, take);
}

class TreeBuilder {
  readonly names: string[] = [];
  readonly parent: number[] = [];
  readonly self: number[] = [];
  readonly baselineSelf: number[] = [];
  readonly #children = new Map<string, number>();
  /** The store hands out the same list for the same place of the code. */
  readonly #known = new Map<readonly string[], number>();

  nodeOf(stack: readonly string[]): number {
    let node = this.#known.get(stack);
    if (node === undefined) {
      node = stack.reduce((parent, name) => this.#childOf(parent, name), -1);
      this.#known.set(stack, node);
    }
    return node;
  }

  #childOf(parent: number, name: string): number {
    const key = `${String(parent)} ${name}`;
    let node = this.#children.get(key);
    if (node === undefined) {
      node = this.names.push(name) - 1;
      this.parent.push(parent);
      this.self.push(0);
      this.baselineSelf.push(0);
      this.#children.set(key, node);
    }
    return node;
  }
}

interface PlainTree {
  readonly names: readonly string[];
  readonly parent: readonly number[];
  readonly self: readonly number[];
  readonly baselineSelf: readonly number[];
}

interface PrunedTree extends PlainTree {
  readonly mergedFrames: number;
  /** By node of the whole tree: the one that it is counted in. */
  readonly nodeOf: Int32Array;
}

/** Keeps the `nodesMax` largest nodes; the small callees of each of them become one. */
export function pruneTree(tree: PlainTree, nodesMax: number): PrunedTree {
  const least = leastTotal(tree, nodesMax);
  const names: string[] = [];
  const parent: number[] = [];
  const self: number[] = [];
  const baselineSelf: number[] = [];
  const nodeOf = new Int32Array(tree.parent.length);
  const others = new Map<number, number>();
  const add = (name: string, under: number): number => {
    parent.push(under);
    self.push(0);
    baselineSelf.push(0);
    return names.push(name) - 1;
  };
  let mergedFrames = 0;
  const total = totalsOf(tree);
  const isMerged = new Uint8Array(tree.parent.length);
  tree.parent.forEach((above, node) => {
    const under = above < 0 ? -1 : nodeOf[above];
    if (above >= 0 && isMerged[above] === 1) {
      isMerged[node] = 1;
      nodeOf[node] = under;
    } else if (total[node] < least) {
      isMerged[node] = 1;
      let other = others.get(under);
      if (other === undefined) others.set(under, (other = add(OTHER_NAME, under)));
      nodeOf[node] = other;
    } else {
      nodeOf[node] = add(tree.names[node], under);
    }
    mergedFrames += isMerged[node];
    self[nodeOf[node]] += tree.self[node];
    baselineSelf[nodeOf[node]] += tree.baselineSelf[node];
  });
  return { names, parent, self, baselineSelf, mergedFrames, nodeOf };
}

/** What each node spent with all that it called, both profiles together. */
function totalsOf({ parent, self, baselineSelf }: PlainTree): Float64Array {
  const total = Float64Array.from(self, (value, node) => value + baselineSelf[node]);
  for (let node = total.length - 1; node >= 0; node--) if (parent[node] >= 0) total[parent[node]] += total[node];
  return total;
}

function leastTotal(tree: PlainTree, nodesMax: number): number {
  if (tree.parent.length <= nodesMax) return 0;
  return totalsOf(tree).sort().at(-nodesMax) ?? 0;
}

function numberNames(all: readonly string[]): { readonly names: readonly string[]; readonly name: readonly number[] } {
  const numbers = new Map<string, number>();
  const name = all.map((text) => {
    let number = numbers.get(text);
    if (number === undefined) numbers.set(text, (number = numbers.size));
    return number;
  });
  return { names: [...numbers.keys()], name };
}

/** The time of the request in equal parts of whole windows. */
class Slices {
  readonly #widthUs: number;
  readonly #sums = new Map<number, Map<number, number>>();

  constructor(readonly request: ProfileTreeRequest) {
    const lengthUs = request.toUs - request.fromUs;
    const wanted = Math.max(1, request.slices);
    this.#widthUs = Math.max(1, Math.ceil(lengthUs / wanted / WINDOW_US)) * WINDOW_US;
  }

  add(node: number, value: number, untilUs: number): void {
    if (this.request.slices === 0) return;
    const slice = Math.ceil((untilUs - this.request.fromUs) / this.#widthUs) - 1;
    let sums = this.#sums.get(slice);
    if (sums === undefined) this.#sums.set(slice, (sums = new Map<number, number>()));
    sums.set(node, (sums.get(node) ?? 0) + value);
  }

  result(nodeOf: Int32Array): ProfileTree["slices"] {
    const { fromUs, toUs } = this.request;
    return [...this.#sums]
      .sort(([a], [b]) => a - b)
      .map(([slice, sums]) => {
        const merged = new Map<number, number>();
        for (const [node, value] of sums) merged.set(nodeOf[node], (merged.get(nodeOf[node]) ?? 0) + value);
        return {
          fromUs: fromUs + slice * this.#widthUs,
          toUs: Math.min(toUs, fromUs + (slice + 1) * this.#widthUs),
          self: [...merged].flat(),
        };
      });
  }
}
