/** Which instances a fault touches when it does not touch all of them. */
import type { Model } from "../topology/model-types.js";
import type { FaultScopeSpec } from "./timeline.js";
import { zoneOf } from "./zones.js";

export function isInScope(model: Model, scope: FaultScopeSpec | undefined, instance: number): boolean {
  if (scope === undefined) return true;
  const { ordinal, service, name } = model.instances[instance];
  if (scope.names !== undefined && !scope.names.includes(name)) return false;
  if (scope.zone !== undefined && zoneOf(model, instance) !== scope.zone) return false;
  // A share is of the instances that the service begins with, rounded up: a third of three is one.
  const { instances } = model.services[service].spec;
  return scope.instances === undefined || ordinal % instances < Math.ceil(instances * scope.instances - 1e-9);
}
