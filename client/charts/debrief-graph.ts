/**
 * Answer and truth as one graph: the part of the service map that the trouble touched, with the cause, the answer and
 * the edges along which callers were hurt. Only what to draw; places come from the layout of the map.
 */
import type { TroubleEdge } from "../../server/wire/debrief.js";
import { judgePath, lineKey } from "./path-verdicts.js";
import type { PathVerdict } from "./path-verdicts.js";
import type { ComponentKind, ServiceMap } from "../../server/wire/telemetry.js";

export interface DebriefNode {
  readonly id: string;
  readonly title: string;
  readonly kind: ComponentKind;
  readonly isCause: boolean;
  readonly isAnswer: boolean;
  /** At the end of an edge on which calls were hurt. */
  readonly isTroubled: boolean;
}

export interface DebriefEdge {
  readonly from: string;
  readonly to: string;
  /** Undefined where nothing travelled along it. */
  readonly trouble: TroubleEdge | undefined;
  /** How the learner's path stands to the true one here; undefined where neither leads along. */
  readonly verdict: PathVerdict | undefined;
  readonly drawn: boolean;
}

export interface DebriefGraph {
  readonly nodes: readonly DebriefNode[];
  readonly edges: readonly DebriefEdge[];
}

export interface DebriefMarks {
  readonly causes: readonly string[];
  readonly answer: string;
  readonly trouble: readonly TroubleEdge[];
  /** The learner's. */
  readonly path?: readonly { readonly from: string; readonly to: string }[];
}

/** All nodes and edges of the map with their marks. What the trouble names but the map does not know is added. */
export function markMap(map: Pick<ServiceMap, "nodes" | "edges">, marks: DebriefMarks): DebriefGraph {
  const troubled = new Map(marks.trouble.map((edge) => [edgeKey(edge), edge]));
  const { path = [] } = marks;
  const judged = new Map(judgePath(path, marks.trouble, marks.causes).map((call) => [lineKey(call), call]));
  const ends = new Set(marks.trouble.flatMap(({ from, to }) => [from, to]));
  const known = new Set(map.nodes.map(({ id }) => id));
  const drawnEnds = path.flatMap(({ from, to }) => [from, to]);
  const named = [...new Set([...ends, ...drawnEnds, ...marks.causes, marks.answer])].filter(
    (id) => id !== "" && !known.has(id),
  );
  const nodes = [...map.nodes, ...named.map((id) => ({ id, title: id, kind: "service" as const }))];
  const missing = marks.trouble.filter((edge) => !map.edges.some((other) => edgeKey(other) === edgeKey(edge)));
  const lines = new Set([...map.edges, ...missing].map(lineKey));
  const unknown = path.filter((call) => !lines.has(lineKey(call)));
  return {
    nodes: nodes.map(({ id, title, kind }) => ({
      id,
      title,
      kind,
      isCause: marks.causes.includes(id),
      isAnswer: marks.answer === id,
      isTroubled: ends.has(id),
    })),
    edges: [...map.edges, ...missing, ...unknown].map(({ from, to }) => ({
      from,
      to,
      trouble: troubled.get(edgeKey({ from, to })),
      verdict: judged.get(lineKey({ from, to }))?.verdict,
      drawn: judged.get(lineKey({ from, to }))?.drawn ?? false,
    })),
  };
}

/** The graph without what has no mark and touches nothing that has one. */
export function troubledPart(graph: DebriefGraph): DebriefGraph {
  const marked = new Set(
    graph.nodes.filter((node) => node.isCause || node.isAnswer || node.isTroubled).map(({ id }) => id),
  );
  const near = new Set(marked);
  for (const { from, to, drawn } of graph.edges) if (drawn) for (const id of [from, to]) near.add(id);
  for (const { from, to } of graph.edges) {
    if (marked.has(from) && graph.nodes.some((node) => node.id === from && node.isCause)) near.add(to);
    if (marked.has(to) && graph.nodes.some((node) => node.id === to && (node.isCause || node.isAnswer))) near.add(from);
  }
  return {
    nodes: graph.nodes.filter(({ id }) => near.has(id)),
    edges: graph.edges.filter(({ from, to }) => near.has(from) && near.has(to)),
  };
}

/** Hops between the answer and the nearest cause, along calls in either direction; undefined when not connected. */
export function hopsToCause(graph: DebriefGraph): number | undefined {
  const neighbours = new Map<string, string[]>();
  for (const { from, to } of graph.edges) {
    neighbours.set(from, [...(neighbours.get(from) ?? []), to]);
    neighbours.set(to, [...(neighbours.get(to) ?? []), from]);
  }
  const causes = new Set(graph.nodes.filter(({ isCause }) => isCause).map(({ id }) => id));
  let frontier = graph.nodes.filter(({ isAnswer }) => isAnswer).map(({ id }) => id);
  const seen = new Set(frontier);
  for (let hops = 0; frontier.length > 0; hops++) {
    if (frontier.some((id) => causes.has(id))) return hops;
    frontier = frontier.flatMap((id) => neighbours.get(id) ?? []).filter((id) => !seen.has(id) && seen.add(id));
  }
  return undefined;
}

const edgeKey = ({ from, to }: { readonly from: string; readonly to: string }): string => `${from}\u0000${to}`;
