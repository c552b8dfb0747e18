/**
 * Layered layout of the service map (Sugiyama's method, by dagre): callers left, callees right. The same parts give
 * the same picture: nodes and edges are handed over in order of their ids, and figures play no part.
 */
import { Graph, layout } from "@dagrejs/dagre";

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

export const NODE_WIDTH = 156;
export const NODE_HEIGHT = 68;

/** Places every node, also those without edges. Edges to unknown nodes are left out. */
export function layoutMap(input: MapLayoutInput): MapPlacement {
  const ids = input.nodes.map(({ id }) => id).sort();
  const known = new Set(ids);
  const edges = input.edges.filter(({ from, to }) => known.has(from) && known.has(to) && from !== to).sort(byEnds);
  const graph = new Graph();
  graph.setGraph({ rankdir: "LR", nodesep: 26, ranksep: 40, edgesep: 18, marginx: 12, marginy: 12 });
  for (const id of ids) graph.setNode(id, { width: NODE_WIDTH, height: NODE_HEIGHT });
  for (const { from, to } of edges) graph.setEdge(from, to, {});
  layout(graph);
  return placementOf(graph, ids, edges);
}

type Ends = MapLayoutInput["edges"][number];

const byEnds = (one: Ends, other: Ends): number => compareText(one.from, other.from) || compareText(one.to, other.to);

const compareText = (one: string, other: string): number => (one < other ? -1 : one > other ? 1 : 0);

function placementOf(graph: Graph, ids: readonly string[], edges: readonly Ends[]): MapPlacement {
  const { width = 0, height = 0 } = graph.graph() as { width?: number; height?: number };
  const nodes = new Map<string, MapPoint>();
  for (const id of ids) {
    const { x, y } = graph.node(id) as MapPoint;
    nodes.set(id, { x, y });
  }
  return {
    width,
    height,
    nodes,
    edges: edges.map(({ from, to }) => ({
      from,
      to,
      points: (graph.edge(from, to) as { points: readonly MapPoint[] }).points.map(({ x, y }) => ({ x, y })),
    })),
  };
}

/** A smooth path through the points, as the `d` of an SVG path: quadratic curves through the midpoints. */
export function edgePath(points: readonly MapPoint[]): string {
  const [first, ...rest] = points;
  const last = rest.pop();
  if (first === undefined || last === undefined) return "";
  let path = `M${coordinates(first)}`;
  rest.forEach((point, index) => {
    const next = rest[index + 1] ?? last;
    const end = index === rest.length - 1 ? last : { x: (point.x + next.x) / 2, y: (point.y + next.y) / 2 };
    path += `Q${coordinates(point)} ${coordinates(end)}`;
  });
  return rest.length === 0 ? `${path}L${coordinates(last)}` : path;
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
