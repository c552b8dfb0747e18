/**
 * Layered layout of the service map (Sugiyama's method): callers left, callees right. The same parts give the same
 * picture: nodes and edges are taken in order of their ids, and figures play no part.
 */
import { orderLayers, positionsOf } from "./layer-order.js";
import { listsOf, ranksOf, withoutCycles } from "./layer-ranks.js";
import type { NumberedEdge } from "./layer-ranks.js";

export interface MapLayoutInput {
  readonly nodes: readonly { readonly id: string }[];
  readonly edges: readonly { readonly from: string; readonly to: string }[];
}

export interface MapPoint {
  readonly x: number;
  readonly y: number;
}

/** Boxes by their centres; all of one size. */
export interface MapPlacement {
  readonly width: number;
  readonly height: number;
  readonly nodes: ReadonlyMap<string, MapPoint>;
  /** From the caller's border to the callee's. */
  readonly edges: readonly { readonly from: string; readonly to: string; readonly points: readonly MapPoint[] }[];
}

export const NODE_WIDTH = 140;
export const NODE_HEIGHT = 82;
/** Room for the bends of edges and the signs on them. */
const LAYER_GAP = 32;
const NODE_GAP = 18;
const MARGIN = 12;
/** What an edge takes up where it passes a layer, and how much it wants to be straight. */
const BEND_SIZE = 6;
const BEND_WEIGHT = 4;

/** How far each of two calls that lead to and fro between the same parts is moved aside: they are two lines then. */
const PAIR_SHIFT = 8;

/** Places every node, also those without edges. Edges to unknown nodes and to oneself are left out. */
export function layoutMap(input: MapLayoutInput): MapPlacement {
  const ids = input.nodes.map(({ id }) => id).sort();
  const number = new Map(ids.map((id, index) => [id, index]));
  const edges = input.edges.filter(({ from, to }) => number.has(from) && number.has(to) && from !== to).sort(byEnds);
  const numbered = edges.map(({ from, to }) => ({ from: number.get(from) ?? 0, to: number.get(to) ?? 0 }));
  const joined = new Set(numbered.flatMap(({ from, to }) => [from, to]));
  const forward = withoutCycles(ids.length, numbered);
  const rank = ranksOf(ids.length, forward);
  const { items, chains } = layeredItems(rank, forward, joined);
  orderLayers(items);
  const y = positionsOf(items, NODE_GAP);
  const top = Math.min(0, ...[...y].map((at, item) => at - (items.size[item] ?? 0) / 2));
  const placed = new Map<string, MapPoint>();
  ids.forEach((id, node) => {
    if (joined.has(node)) placed.set(id, { x: layerX(rank[node] ?? 0), y: (y[node] ?? 0) - top + MARGIN });
  });
  const lowest = Math.max(MARGIN, ...[...placed.values()].map((point) => point.y + NODE_HEIGHT / 2));
  const layers = Math.max(1, items.layers.length);
  placeLonely(
    ids.filter((id) => !placed.has(id)),
    layers,
    lowest,
    placed,
  );
  const points = [...placed.values()];
  const calls = new Set(edges.map(({ from, to }) => `${from}>${to}`));
  return {
    width: Math.max(NODE_WIDTH, ...points.map(({ x }) => x + NODE_WIDTH / 2)) + MARGIN,
    height: Math.max(NODE_HEIGHT, ...points.map((point) => point.y + NODE_HEIGHT / 2)) + MARGIN,
    nodes: placed,
    edges: edges.map(({ from, to }, index) => {
      const bends = (chains[index] ?? []).map(({ item, layer }) => ({
        x: layerX(layer),
        y: (y[item] ?? 0) - top + MARGIN,
      }));
      const shift = calls.has(`${to}>${from}`) ? PAIR_SHIFT : 0;
      return { from, to, points: edgePoints(placed.get(from), placed.get(to), bends, shift) };
    }),
  };
}

const layerX = (layer: number): number => MARGIN + NODE_WIDTH / 2 + layer * (NODE_WIDTH + LAYER_GAP);

type Ends = MapLayoutInput["edges"][number];

const byEnds = (one: Ends, other: Ends): number => compareText(one.from, other.from) || compareText(one.to, other.to);

const compareText = (one: string, other: string): number => (one < other ? -1 : one > other ? 1 : 0);

interface Bend {
  readonly item: number;
  readonly layer: number;
}

/** Nodes, and a bend for each layer that an edge passes. */
function layeredItems(
  rank: Int32Array,
  edges: readonly NumberedEdge[],
  joined: ReadonlySet<number>,
): { readonly items: Parameters<typeof orderLayers>[0]; readonly chains: readonly (readonly Bend[])[] } {
  const nodes = rank.length;
  const layers = Array.from(
    { length: Math.max(0, ...[...joined].map((node) => (rank[node] ?? 0) + 1)) },
    (): number[] => [],
  );
  for (const node of firstVisits(nodes, edges)) if (joined.has(node)) layers[rank[node] ?? 0]?.push(node);
  const before = Array.from({ length: nodes }, (): number[] => []);
  const after = Array.from({ length: nodes }, (): number[] => []);
  const join = (one: number, other: number): void => {
    after[one]?.push(other);
    before[other]?.push(one);
  };
  const chains = edges.map(({ from, to }) => {
    const bends: Bend[] = [];
    let last = from;
    for (let layer = (rank[from] ?? 0) + 1; layer < (rank[to] ?? 0); layer += 1) {
      const item = before.push([]) - 1;
      after.push([]);
      layers[layer]?.push(item);
      bends.push({ item, layer });
      join(last, item);
      last = item;
    }
    join(last, to);
    return bends;
  });
  return {
    items: {
      layers,
      before,
      after,
      size: before.map((_, item) => (item < nodes ? NODE_HEIGHT : BEND_SIZE)),
      weight: before.map((_, item) => (item < nodes ? 1 : BEND_WEIGHT)),
    },
    chains,
  };
}

/** Nodes in the order of a walk in depth: a first order in which few edges cross. */
function firstVisits(nodes: number, edges: readonly NumberedEdge[]): readonly number[] {
  const callees = listsOf(nodes, edges, "from");
  const callers = listsOf(nodes, edges, "to");
  const seen = new Set<number>();
  const roots = Array.from({ length: nodes }, (_, node) => node).filter((node) => callers[node]?.length === 0);
  const waiting = roots.reverse();
  for (let node = waiting.pop(); node !== undefined; node = waiting.pop()) {
    if (seen.has(node)) continue;
    seen.add(node);
    for (const index of [...(callees[node] ?? [])].reverse()) waiting.push(edges[index]?.to ?? -1);
  }
  return [...seen];
}

/** Those that nobody calls and that call nobody stand in rows below the others. */
function placeLonely(ids: readonly string[], columns: number, lowest: number, placed: Map<string, MapPoint>): void {
  const first = placed.size === 0 ? MARGIN : lowest + NODE_GAP;
  ids.forEach((id, index) => {
    const row = Math.floor(index / columns);
    placed.set(id, {
      x: layerX(index % columns),
      y: first + NODE_HEIGHT / 2 + row * (NODE_HEIGHT + NODE_GAP),
    });
  });
}

/** From border to border. A call that leads back in the drawing goes from the left border to the right one, `shift` lower. */
function edgePoints(
  from: MapPoint | undefined,
  to: MapPoint | undefined,
  bends: readonly MapPoint[],
  shift: number,
): readonly MapPoint[] {
  if (from === undefined || to === undefined) return [];
  const forward = from.x < to.x;
  const side = forward ? 1 : -1;
  const start = { x: from.x + (side * NODE_WIDTH) / 2, y: from.y - side * shift };
  const end = { x: to.x - (side * NODE_WIDTH) / 2, y: to.y - side * shift };
  const way = forward ? bends : [...bends].reverse();
  // Level with a layer's nodes for their whole width, so that a long edge passes between them.
  const passing = way.flatMap(({ x, y }) => [
    { x: x - (side * NODE_WIDTH) / 2, y },
    { x: x + (side * NODE_WIDTH) / 2, y },
  ]);
  return [start, ...passing, end];
}

/** A smooth path through the points, as the `d` of an SVG path: it leaves and meets each of them level. */
export function edgePath(points: readonly MapPoint[]): string {
  const [first, ...rest] = points;
  if (first === undefined || rest.length === 0) return "";
  let path = `M${coordinates(first)}`;
  let last = first;
  for (const point of rest) {
    const middle = (last.x + point.x) / 2;
    path +=
      last.y === point.y
        ? `L${coordinates(point)}`
        : `C${coordinates({ x: middle, y: last.y })} ${coordinates({ x: middle, y: point.y })} ${coordinates(point)}`;
    last = point;
  }
  return path;
}

/** A point of the edge: `share` (0 to 1) of the way between two of its points. */
export function pointBetween(one: MapPoint, other: MapPoint, share: number): MapPoint {
  // The curve of `edgePath`: x of its control points is the middle, y that of its ends.
  const rest = 1 - share;
  const inner = 3 * rest * share;
  const middle = (one.x + other.x) / 2;
  return {
    x: rest ** 3 * one.x + inner * middle + share ** 3 * other.x,
    y: (rest ** 3 + inner * rest) * one.y + (share ** 3 + inner * share) * other.y,
  };
}

const coordinates = ({ x, y }: MapPoint): string => `${x.toFixed(1)},${y.toFixed(1)}`;

/** The nearest node in a direction, for arrow keys: within a right angle around it, shortest distance first. */
export function neighbourOf(
  placement: MapPlacement,
  id: string,
  direction: "left" | "right" | "up" | "down",
): string | undefined {
  const origin = placement.nodes.get(id);
  if (origin === undefined) return undefined;
  const horizontal = direction === "left" || direction === "right";
  const sign = direction === "right" || direction === "down" ? 1 : -1;
  let best: string | undefined;
  let bestDistance = Infinity;
  for (const [other, point] of placement.nodes) {
    const along = (horizontal ? point.x - origin.x : point.y - origin.y) * sign;
    const across = Math.abs(horizontal ? point.y - origin.y : point.x - origin.x);
    if (other === id || along <= 0 || across > along * 1.6) continue;
    const distance = along + across;
    if (distance >= bestDistance) continue;
    best = other;
    bestDistance = distance;
  }
  return best;
}
