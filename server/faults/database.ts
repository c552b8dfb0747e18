/** Faults in how code uses a database. */
import { type FaultMechanism, FaultRefused } from "../topology/effects.js";
import type { StepSpec } from "../topology/types.js";
import { optionalText, textParameter } from "./parameter-values.js";

/**
 * Each step of the target that runs `query` runs `perItemQuery` once for every basket item instead, one after the
 * other (the N+1 of a lazily loaded association). Without `perItemQuery` it is the same query. Lives in the version
 * that the triggering deploy brings.
 */
export const N_PLUS_ONE: FaultMechanism = {
  class: "database/n-plus-one",
  effects(fault, topology) {
    const query = textParameter(fault, "query");
    const perItemQuery = optionalText(fault, "perItemQuery") ?? query;
    const service = topology.services.find(({ id }) => id === fault.target);
    const steps = service?.operations.flatMap((operation) => operation.steps.flatMap(withNested)) ?? [];
    const step = steps.find((candidate) => candidate.kind === "query" && candidate.query === query);
    if (step?.kind !== "query") {
      throw new FaultRefused(
        fault.id,
        `${fault.target} has no step that runs the query ${query}`,
        "Name a query that one of its operations runs.",
      );
    }
    const store = topology.stores.find(({ id }) => id === step.store);
    if (store?.queries.some(({ id }) => id === perItemQuery) !== true) {
      throw new FaultRefused(fault.id, `${step.store} has no query ${perItemQuery}`, "Name a query of the same store.");
    }
    return [{ kind: "query-per-item", service: fault.target, store: step.store, query, perItemQuery }];
  },
};

function withNested(step: StepSpec): readonly StepSpec[] {
  if (step.kind === "cache") return [step, ...step.onMiss.flatMap(withNested)];
  if (step.kind === "parallel") return [step, ...step.branches.flatMap((branch) => branch.flatMap(withNested))];
  if ("fallback" in step) return [step, ...(step.fallback ?? []).flatMap(withNested)];
  return [step];
}
