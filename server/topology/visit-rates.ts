/**
 * How often each keyspace of a cache is asked per arrival at the edge, from the journeys and what operations call.
 * Needed once, to fill caches as a long life would have left them. Sequential estimate: retries and flags are left out,
 * and a miss is given a fixed likelihood, because the content only has to start close to where it would settle.
 */
import type { OperationSpec, RepeatSpec, StepSpec, Topology } from "./types.js";

/** Assumed share of misses for what stands under `onMiss`. */
const MISS_RATIO = 0.2;
/** Calls deeper than this would be a cycle, which the scenario reader refuses. */
const DEPTH_MAX = 32;

/** Accesses per arrival by `cache/keyspace`. */
export function keyspaceVisits(topology: Topology): ReadonlyMap<string, number> {
  const visits = new Map<string, number>();
  const { median, sigma, max } = topology.load.basket;
  const basketMean = Math.min(max, Math.max(1, median * Math.exp((sigma * sigma) / 2)));
  const times = (repeat: RepeatSpec): number => (repeat === "basket" ? basketMean : repeat);

  const walk = (steps: readonly StepSpec[], rate: number, depth: number): void => {
    for (const step of steps) visit(step, rate, depth);
  };
  const enter = (service: string, operation: string, rate: number, depth: number): void => {
    const found = operationOf(topology, service, operation);
    if (found !== undefined && depth < DEPTH_MAX) walk(found.steps, rate, depth + 1);
  };
  const visit = (step: StepSpec, rate: number, depth: number): void => {
    if (step.kind === "call") enter(step.service, step.operation, rate * times(step.repeat), depth);
    if (step.kind === "parallel") for (const branch of step.branches) walk(branch, rate, depth);
    if (step.kind === "publish") {
      const queue = topology.queues.find((candidate) => candidate.id === step.queue);
      if (queue !== undefined) enter(queue.consumer.service, queue.consumer.operation, rate, depth);
    }
    if (step.kind === "cache") {
      const name = `${step.cache}/${step.keyspace}`;
      visits.set(name, (visits.get(name) ?? 0) + rate);
      walk(step.onMiss, rate * MISS_RATIO, depth);
    }
  };

  for (const journey of topology.journeys) enter(journey.service, journey.operation, journey.share, 0);
  return visits;
}

function operationOf(topology: Topology, service: string, operation: string): OperationSpec | undefined {
  return topology.services
    .find((candidate) => candidate.id === service)
    ?.operations.find((candidate) => candidate.name === operation);
}
