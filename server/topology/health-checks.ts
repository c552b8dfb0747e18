/**
 * Health checks as a world has them: those that services declare and those that faults put in their place. What a
 * process does for a check is an operation of its own that no user can ask for; it leaves no spans and no request
 * metrics, as one excludes such paths, but takes a worker, processor time and connections like any other.
 */
import { assert } from "../base/assert.js";
import { duration, MICROS_PER_SECOND } from "../base/time.js";
import type { HealthCheckEffect } from "./control-effects.js";
import { type Effect, FaultRefused } from "./effects.js";
import { CHECK_ROLES, type CheckRole, type HealthCheckSpec } from "./health-spec.js";
import type { OperationSpec, ServiceSpec, StepSpec, StoreSpec, Topology } from "./types.js";

/** Kubernetes' defaults for a probe; the work of an answer is ours. */
const DEFAULT_CHECK: HealthCheckSpec = {
  kind: "request",
  every: duration(10 * MICROS_PER_SECOND),
  timeout: duration(MICROS_PER_SECOND),
  failures: 3,
  successes: 1,
  worker: true,
  cpu: { median: duration(200), sigma: 0.2 },
  asks: [],
};

/** One kind of check of one service. */
export interface PlannedCheck {
  readonly service: string;
  readonly role: CheckRole;
  readonly spec: HealthCheckSpec;
  /** The effect that brings it; undefined for one that is declared. */
  readonly effect: HealthCheckEffect | undefined;
}

/** Declared checks in the order of the services, then those of effects. */
export function plannedChecks(topology: Topology, effects: readonly Effect[]): readonly PlannedCheck[] {
  const declared = topology.services.flatMap(({ id, health }) =>
    CHECK_ROLES.flatMap((role): readonly PlannedCheck[] => {
      const spec = health?.[role];
      return spec === undefined ? [] : [{ service: id, role, spec, effect: undefined }];
    }),
  );
  const brought = effects
    .filter((effect) => effect.kind === "health-check")
    .map((effect): PlannedCheck => {
      const before = declared.find(({ service, role }) => service === effect.service && role === effect.role)?.spec;
      const spec = { ...(before ?? DEFAULT_CHECK), ...effect.check };
      return { service: effect.service, role: effect.role, spec, effect };
    });
  return [...declared, ...brought];
}

/** The operation that answers a check. */
export function checkOperation(topology: Topology, { service, role, spec }: PlannedCheck): OperationSpec {
  const route = role === "liveness" ? "/livez" : "/readyz";
  const steps = spec.asks.map((target) => askingStep(topology, service, target));
  return {
    name: `GET ${route}`,
    method: "GET",
    route,
    steps: [{ kind: "cpu", time: spec.cpu }, ...steps],
    errorRatio: 0,
    logs: [],
  };
}

/** Refuses checks of what the service does not call, or of what cannot be asked. */
export function refuseUnknown(fault: string, topology: Topology, effect: HealthCheckEffect): void {
  const service = topology.services.find(({ id }) => id === effect.service);
  for (const target of effect.check.asks ?? []) {
    if (service?.dependencies.some((dependency) => dependency.target === target) !== true)
      throw new FaultRefused(fault, `${effect.service} declares no dependency on ${target}`, "Name one of its own.");
    if (!canBeAsked(topology, target))
      throw new FaultRefused(
        fault,
        `${target} cannot be asked how it is`,
        "Name a database, a service or an external party.",
      );
  }
}

export function canBeAsked({ services, stores, externals }: Topology, target: string): boolean {
  return [...services, ...stores, ...externals].some(({ id }) => id === target);
}

function askingStep(topology: Topology, service: string, target: string): StepSpec {
  const store = topology.stores.find(({ id }) => id === target);
  if (store !== undefined) return { kind: "query", store: target, query: cheapest(store), repeat: 1, optional: false };
  const external = topology.externals.find(({ id }) => id === target);
  if (external !== undefined)
    return { kind: "external", external: target, operation: external.operations[0].name, optional: false };
  const callee = topology.services.find(({ id }) => id === target);
  assert(callee !== undefined, `check of ${service} asks ${target}`);
  return { kind: "call", service: target, operation: shortest(callee), repeat: 1, optional: false };
}

/** Stands for `SELECT 1`: the read of the store that takes the least time. */
function cheapest({ queries }: StoreSpec): string {
  const reads = queries.filter(({ operation }) => operation === "SELECT");
  const all = reads.length > 0 ? reads : queries;
  return all.reduce((best, query) => (timeOf(query) < timeOf(best) ? query : best)).id;
}

const timeOf = ({ cpu, io }: StoreSpec["queries"][number]): number => cpu.median + io.median;

/** Stands for the health page of another service: its operation with the fewest steps. */
function shortest({ operations }: ServiceSpec): string {
  return operations.reduce((best, operation) => (operation.steps.length < best.steps.length ? operation : best)).name;
}
