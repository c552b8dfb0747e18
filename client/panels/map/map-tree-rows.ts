/**
 * The map as a tree: who nobody calls first, below each part what it calls. A part that is called from several stands
 * with its callees where it is met first and alone elsewhere, so that circles end and nothing is told twice. Pure.
 */
import type { MapEdge, MapNode, ServiceMap } from "../../../server/wire/telemetry.js";

export interface TreeRow {
  /** Ids from the root to the part, joined by `/`. */
  readonly path: string;
  readonly node: MapNode;
  /** The call that leads to it; undefined for a root. */
  readonly edge: MapEdge | undefined;
  /** From 1 on. */
  readonly level: number;
  readonly position: number;
  readonly siblings: number;
  /** Undefined: nothing below it. */
  readonly expanded: boolean | undefined;
  /** It was shown with its callees before. */
  readonly repeated: boolean;
}

/** Rows in the order of reading; what is folded has no rows below it. */
export function treeRows(map: ServiceMap, folded: ReadonlySet<string>): readonly TreeRow[] {
  const nodes = new Map(map.nodes.map((node) => [node.id, node]));
  const called = new Set(map.edges.map(({ to }) => to));
  const calls = (id: string): readonly MapEdge[] =>
    map.edges.filter(({ from, to }) => from === id && nodes.has(to)).sort(byRate);
  const roots = map.nodes.filter(({ id }) => !called.has(id));
  const rows: TreeRow[] = [];
  const shown = new Set<string>();
  const visit = (node: MapNode, edge: MapEdge | undefined, above: string, place: readonly [number, number]): void => {
    const path = above === "" ? node.id : `${above}/${node.id}`;
    const repeated = shown.has(node.id);
    const callees = repeated ? [] : calls(node.id);
    shown.add(node.id);
    const isFolded = folded.has(path);
    rows.push({
      path,
      node,
      edge,
      level: path.split("/").length,
      position: place[0],
      siblings: place[1],
      expanded: callees.length === 0 ? undefined : !isFolded,
      repeated: repeated && calls(node.id).length > 0,
    });
    if (isFolded) return;
    callees.forEach((callee, index) => {
      const next = nodes.get(callee.to);
      if (next !== undefined) visit(next, callee, path, [index + 1, callees.length]);
    });
  };
  // In a map that is one circle nobody is a root: then the first part is.
  const starts = roots.length === 0 ? map.nodes.slice(0, 1) : roots;
  starts.forEach((node, index) => {
    visit(node, undefined, "", [index + 1, starts.length]);
  });
  return rows;
}

const byRate = (one: MapEdge, other: MapEdge): number =>
  (other.now?.requestsPerSecond ?? 0) - (one.now?.requestsPerSecond ?? 0) || (one.to < other.to ? -1 : 1);

export type TreeMove = "up" | "down" | "first" | "last" | "parent" | "child";

/** The row that a key leads to; the same one where there is none. */
export function moveInTree(rows: readonly TreeRow[], path: string, move: TreeMove): string {
  const at = Math.max(
    0,
    rows.findIndex((row) => row.path === path),
  );
  const targets: Readonly<Record<TreeMove, TreeRow | undefined>> = {
    up: rows[at - 1],
    down: rows[at + 1],
    first: rows[0],
    last: rows.at(-1),
    parent: rows.find((row) => row.path === path.slice(0, path.lastIndexOf("/"))),
    child: rows[at + 1]?.path.startsWith(`${path}/`) === true ? rows[at + 1] : undefined,
  };
  return targets[move]?.path ?? path;
}
