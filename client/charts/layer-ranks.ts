/**
 * The first step of a layered drawing: which layer each node stands in. Calls in a circle are turned for this purpose at
 * the node that was met first. Source: Sugiyama, Tagawa and Toda 1981; layers by the longest path, then pulled to their
 * callees so that calls are short. Nodes are numbers.
 */

export interface NumberedEdge {
  readonly from: number;
  readonly to: number;
}

/** Edges without circles: those that lead back to a node on the way to them are turned round. */
export function withoutCycles(nodes: number, edges: readonly NumberedEdge[]): readonly NumberedEdge[] {
  const callees = listsOf(nodes, edges, "from");
  const UNSEEN = 0;
  const ON_THE_WAY = 1;
  const DONE = 2;
  const state = new Uint8Array(nodes);
  const turned = new Set<number>();
  for (let start = 0; start < nodes; start += 1) {
    if (state[start] !== UNSEEN) continue;
    const way: { readonly node: number; next: number }[] = [{ node: start, next: 0 }];
    state[start] = ON_THE_WAY;
    for (let top = way.at(-1); top !== undefined; top = way.at(-1)) {
      const index = callees[top.node]?.[top.next];
      top.next += 1;
      if (index === undefined) {
        state[top.node] = DONE;
        way.pop();
        continue;
      }
      const to = edges[index]?.to ?? -1;
      if (state[to] === ON_THE_WAY) turned.add(index);
      else if (state[to] === UNSEEN) {
        state[to] = ON_THE_WAY;
        way.push({ node: to, next: 0 });
      }
    }
  }
  return edges.map((edge, index) => (turned.has(index) ? { from: edge.to, to: edge.from } : edge));
}

/** Indexes of the edges at each node, at the end that is named. */
export function listsOf(
  nodes: number,
  edges: readonly NumberedEdge[],
  end: "from" | "to",
): readonly (readonly number[])[] {
  const lists = Array.from({ length: nodes }, (): number[] => []);
  edges.forEach((edge, index) => lists[edge[end]]?.push(index));
  return lists;
}

/** Layer of each node, from 0 on; every edge leads to a later one. `edges` have no circles. */
export function ranksOf(nodes: number, edges: readonly NumberedEdge[]): Int32Array {
  const rank = new Int32Array(nodes);
  const callees = listsOf(nodes, edges, "from");
  const order = topologicalOrder(nodes, edges, callees);
  for (const node of order) {
    for (const index of callees[node] ?? []) {
      const to = edges[index]?.to ?? -1;
      rank[to] = Math.max(rank[to] ?? 0, (rank[node] ?? 0) + 1);
    }
  }
  // Who is called by nobody stands right before the first that it calls.
  const callers = listsOf(nodes, edges, "to");
  for (const node of order) {
    const called = (callees[node] ?? []).map((index) => rank[edges[index]?.to ?? -1] ?? 0);
    if (callers[node]?.length === 0 && called.length > 0) rank[node] = Math.min(...called) - 1;
  }
  return rank;
}

function topologicalOrder(
  nodes: number,
  edges: readonly NumberedEdge[],
  callees: readonly (readonly number[])[],
): readonly number[] {
  const waiting = new Int32Array(nodes);
  for (const { to } of edges) waiting[to] = (waiting[to] ?? 0) + 1;
  const order = Array.from({ length: nodes }, (_, node) => node).filter((node) => waiting[node] === 0);
  for (let at = 0; at < order.length; at += 1) {
    for (const index of callees[order[at] ?? -1] ?? []) {
      const to = edges[index]?.to ?? -1;
      waiting[to] = (waiting[to] ?? 0) - 1;
      if (waiting[to] === 0) order.push(to);
    }
  }
  return order;
}
