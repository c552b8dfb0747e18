/**
 * Which zone an instance is in: that of its node; where the topology names no nodes, instances of a service are spread
 * over three zones in turn. An instance that is put on another node keeps the zone of its name and its address.
 */
import type { Model } from "../topology/model-types.js";

/** Zones of a topology that names none. */
const DEFAULT_ZONES: readonly string[] = ["zone-a", "zone-b", "zone-c"];

export function zoneOf(model: Model, instance: number): string {
  const { node, ordinal } = model.instances[instance];
  return node < 0 ? DEFAULT_ZONES[ordinal % DEFAULT_ZONES.length] : model.nodes[node].zone;
}

/** All zones of the topology. */
export function zonesOf({ nodes }: Model): readonly string[] {
  return nodes.length === 0 ? DEFAULT_ZONES : [...new Set(nodes.map(({ zone }) => zone))];
}
