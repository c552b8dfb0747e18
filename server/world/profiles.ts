/** The profiles of a stretch of a world as their store reads them. */
import type { ProfileTable } from "../sim/profile-table.js";
import { stackOf } from "../sim/profile-stacks.js";
import { PLACES_BESIDE, ProfilePlaces } from "../sim/profiler.js";
import type { VersionHistory } from "../sim/version-history.js";
import type { ProfileSource } from "../telemetry/profile-store.js";
import type { Model } from "../topology/model-types.js";

/**
 * `table` is asked each time: a living world may go on in another one. Of the stretch only what lies in `window` counts:
 * one is played from before the cut, to get warm, and the other until its last request is done.
 */
export function profileSource(
  model: Model,
  versions: VersionHistory,
  table: () => ProfileTable,
  window: { readonly afterUs: number; readonly untilUs: number } = { afterUs: -Infinity, untilUs: Infinity },
): ProfileSource {
  const places = new ProfilePlaces(model);
  const known = new Map<string, readonly string[]>();
  return {
    table,
    ...window,
    instances: model.instances,
    stack: (instance, place) => {
      const { service } = model.instances[instance];
      const key = `${String(service)}/${String(place)}`;
      let stack = known.get(key);
      if (stack === undefined) known.set(key, (stack = stackOf(model, places, service, place)));
      return stack;
    },
    versionAt: (instance, atUs) => versions.versionAt(instance, atUs),
    // What a request needs in memory is made in its steps, each the same part.
    bytesOfRun: (instance, place) => {
      const { spec, index } = model.services[model.instances[instance].service];
      if (place < PLACES_BESIDE) return 0;
      const operation = places.operationOf[places.instructions[index][place]];
      return spec.memoryPerRequestBytes / Math.max(1, model.operations[operation].spec.steps.length);
    },
  };
}
