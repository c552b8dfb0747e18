/** Which zone an instance is in: instances of a service are spread over the zones in turn. */
import type { Model } from "../topology/model-types.js";

/** Zones of a topology that names none. */
const DEFAULT_ZONES: readonly string[] = ["zone-a", "zone-b", "zone-c"];

export function zoneOf(model: Model, instance: number): string {
  return DEFAULT_ZONES[model.instances[instance].ordinal % DEFAULT_ZONES.length];
}

/** All zones of the topology. */
export function zonesOf(_model: Model): readonly string[] {
  return DEFAULT_ZONES;
}
