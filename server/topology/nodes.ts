/** Machines of a topology by name, and where instances run at first. */
import type { NodeGroupSpec } from "./compute-spec.js";

export interface NodeModel {
  readonly index: number;
  readonly name: string;
  readonly group: string;
  readonly zone: string;
  readonly cores: number;
  readonly memoryBytes: number;
  readonly diskBytes: number;
}

/** Nodes in an order that changes the zone from one to the next as often as it can. */
export function nodesOfGroups(groups: readonly NodeGroupSpec[]): readonly NodeModel[] {
  const nodes: Omit<NodeModel, "index">[] = [];
  const largest = groups.reduce((most, { count }) => Math.max(most, count), 0);
  for (let ordinal = 0; ordinal < largest; ordinal++) {
    for (const { id, count, cores, memoryBytes, diskBytes, zones } of groups) {
      if (ordinal >= count) continue;
      const zone = zones[ordinal % zones.length];
      nodes.push({ name: `${id}-${String(ordinal)}`, group: id, zone, cores, memoryBytes, diskBytes });
    }
  }
  return nodes.map((node, index) => ({ ...node, index }));
}

/**
 * Where instance `ordinal` of service number `service` runs: the nodes that it may use in turn, each service beginning
 * one further on, so that neither a service nor all first instances crowd on one node. −1 where there are no nodes.
 */
export function placeOf(
  nodes: readonly NodeModel[],
  groups: readonly string[] | undefined,
  service: number,
  ordinal: number,
): number {
  const fitting = nodes.filter(({ group }) => groups?.includes(group) ?? true);
  return fitting.length === 0 ? -1 : fitting[(service + ordinal) % fitting.length].index;
}
