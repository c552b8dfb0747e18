/** What learners can do to the machines under the services: limits, the division of workers, volumes, places. */
import { failure, success } from "../../base/result.js";
import { DEFAULT_QUOTA_PERIOD_US, QUEUE_POLICIES, type QueuePolicy } from "../../topology/compute-spec.js";
import type { Effect } from "../../topology/effects.js";
import type { InstanceModel, Model, ServiceModel } from "../../topology/model-types.js";
import type { PlannedAction } from "../action-plan.js";
import type { Quota } from "../compute/quotas.js";
import type { WorkerLines } from "../compute/worker-lines.js";
import { fillsVolume } from "../effects/compute.js";
import type { Engine } from "../engine.js";
import { DRAIN_US, SETTING_US } from "../roll-out-schedule.js";
import type { ActionDefinition, ActionValues } from "./action-definition.js";

const MIB = 2 ** 20;
const GIB = 2 ** 30;
/** Deleting what can go, and a volume that grows under a file system in use. */
const CLEAN_US = 20_000_000;
const GROW_US = 30_000_000;
/** Share of what has come since the beginning that nobody dares to delete. */
const KEPT_SHARE = 0.05;

const serviceIds = ({ model }: Engine): readonly string[] => model.services.map(({ spec }) => spec.id);

function serviceOf(model: Model, id: string): ServiceModel {
  const found = model.services.find(({ spec }) => spec.id === id);
  if (found === undefined) throw new RangeError(`no service ${id}`);
  return found;
}

/** Places for instances of the service, whether there is one or not. */
function placesOf(model: Model, id: string): readonly number[] {
  const { instancesFrom, instancesMax } = serviceOf(model, id);
  return Array.from({ length: instancesMax }, (_, ordinal) => instancesFrom + ordinal);
}

const watchLatency = (service: string): Pick<PlannedAction, "watchQuery" | "watchTitle"> => ({
  watchTitle: `p99 of ${service}`,
  watchQuery: `histogram_quantile(0.99, sum by (le) (rate(http_server_request_duration_seconds_bucket{job="${service}"}[1m])))`,
});

const numberOf = (values: ActionValues, name: string): number => Number(values[name]);

// Processors.

const isQuotaOf =
  (service: string) =>
  (effect: Effect): boolean =>
    effect.kind === "cpu-quota" && effect.service === service;

/** A limit of the order, with the period and the width that the container has already. */
function quotaFor({ model, parts }: Pick<Engine, "model" | "parts">, target: string, cores: number): Quota {
  const { index, spec } = serviceOf(model, target);
  const { periodUs, parallel } = parts.state.compute.quotas.quotaOf(index);
  if (cores === 0) return { cores: 0, periodUs: 0, parallel: 0 };
  return {
    cores,
    periodUs: periodUs === 0 ? DEFAULT_QUOTA_PERIOD_US : periodUs,
    parallel: Math.max(parallel === 0 ? spec.cores : parallel, cores),
  };
}

const SET_CPU_LIMIT: ActionDefinition = {
  name: "set-cpu-limit",
  title: "Set the CPU limit",
  description: "Gives the containers of a service another quota of processor time, or none.",
  targetTitle: "Service",
  targets: serviceIds,
  parameters: [{ name: "cores", title: "Cores; 0 for no limit", kind: "factor", min: 0, max: 256, defaultValue: 1 }],
  plan: (engine, target, values) => {
    const cores = numberOf(values, "cores");
    const before = engine.parts.state.compute.quotas.quotaOf(serviceOf(engine.model, target).index);
    return success({
      summary: cores === 0 ? `No CPU limit for ${target}` : `CPU limit of ${String(cores)} cores for ${target}`,
      touches: [target],
      durationUs: SETTING_US,
      sideEffects: [
        "A container that has used its limit up stands still until the next period.",
        "What it gets beyond its share it takes from others on its node.",
      ],
      undo: { kind: "operate", operation: "set-cpu-limit", target, values: { cores: before.cores } },
      destructive: false,
      ...watchLatency(target),
    });
  },
  schedule: () => [SETTING_US],
  step: (parts, target, values, _step, nowUs) => {
    const { index } = serviceOf(parts.model, target);
    parts.endFaults(isQuotaOf(target), nowUs);
    parts.state.compute.quotas.set(
      index,
      quotaFor({ model: parts.model, parts }, target, numberOf(values, "cores")),
      nowUs,
    );
  },
};

// Memory.

const SET_MEMORY_LIMIT: ActionDefinition = {
  name: "set-memory-limit",
  title: "Set the memory limit",
  description: "Gives the containers of a service another limit of memory; their heaps grow or shrink with it.",
  targetTitle: "Service",
  targets: serviceIds,
  parameters: [{ name: "mebibytes", title: "MiB", kind: "count", min: 16, max: 4_194_304, defaultValue: 1_024 }],
  plan: ({ model, parts }, target, { mebibytes }) => {
    const { instancesFrom } = serviceOf(model, target);
    const before = parts.state.compute.memory.limitBytes[instancesFrom] / MIB;
    if (before === mebibytes)
      return failure({ message: `${target} has that limit already`, remedy: "Choose another one." });
    return success({
      summary: `Memory limit of ${String(mebibytes)} MiB for ${target}`,
      touches: [target],
      durationUs: SETTING_US,
      sideEffects: [
        "A process that holds more than the new limit is killed at once.",
        "A leak needs longer to fill a larger limit, and fills it all the same.",
      ],
      undo: { kind: "operate", operation: "set-memory-limit", target, values: { mebibytes: Math.round(before) } },
      destructive: false,
      watchTitle: `Memory of ${target}`,
      watchQuery: `max(process_resident_memory_bytes{job="${target}"})`,
    });
  },
  schedule: () => [SETTING_US],
  step: ({ model, state }, target, values) => {
    for (const instance of placesOf(model, target))
      state.compute.memory.setLimit(instance, numberOf(values, "mebibytes") * MIB);
  },
};

// Workers.

const operationsOf = ({ model }: Engine, target: string): readonly string[] =>
  serviceOf(model, target).spec.operations.map(({ name }) => name);

/** The division of the workers with one that has been changed. */
function divided(lines: WorkerLines, service: number, { operation, workers }: ActionValues) {
  const others = lines.bulkheadsOf(service).filter(({ operations }) => !operations.includes(String(operation)));
  return workers === 0 ? others : [...others, { operations: [String(operation)], workers: Number(workers) }];
}

const DIVIDE_WORKERS: ActionDefinition = {
  name: "divide-workers",
  title: "Give an operation its own workers",
  description:
    "Sets apart some workers of every instance: the operation uses these and no others, the rest is for the others.",
  targetTitle: "Service",
  targets: serviceIds,
  parameters: [
    { name: "operation", title: "Operation", kind: "choice", defaultValue: "", choices: operationsOf },
    { name: "workers", title: "Workers; 0 to share again", kind: "count", min: 0, max: 5_000, defaultValue: 2 },
  ],
  plan: ({ model, parts }, target, values) => {
    const { index, spec } = serviceOf(model, target);
    const { lines } = parts.state.compute;
    const before = lines.bulkheadsOf(index).find(({ operations }) => operations.includes(String(values["operation"])));
    const apart = divided(lines, index, values).reduce((sum, { workers }) => sum + workers, 0);
    if (apart >= spec.workers)
      return failure({
        message: `${target} has ${String(spec.workers)} workers an instance, and ${String(apart)} would be set apart`,
        remedy: "Leave at least one to the other operations.",
      });
    return success({
      summary: `${String(values["workers"])} workers of ${target} for ${String(values["operation"])} alone`,
      touches: [`${target}/${String(values["operation"])}`],
      durationUs: SETTING_US,
      sideEffects: ["Workers that are set apart stand idle when their operation does not come, whoever else waits."],
      undo: {
        kind: "operate",
        operation: "divide-workers",
        target,
        values: { operation: String(values["operation"]), workers: before?.workers ?? 0 },
      },
      destructive: false,
      ...watchLatency(target),
    });
  },
  schedule: () => [SETTING_US],
  step: ({ model, state, walk }, target, values, _step, nowUs) => {
    const { lines } = state.compute;
    const { index } = serviceOf(model, target);
    lines.setBulkheads(index, divided(lines, index, values));
    state.compute.refresh(nowUs);
    walk.handlings.redistribute(index, nowUs);
  },
};

const isPolicy = (text: string): text is QueuePolicy => QUEUE_POLICIES.some((policy) => policy === text);

const SET_QUEUE_POLICY: ActionDefinition = {
  name: "set-queue-policy",
  title: "Choose who gets the next worker",
  description: "Takes requests from the line in another order, or drops others when it is full.",
  targetTitle: "Service",
  targets: serviceIds,
  parameters: [
    { name: "policy", title: "Policy", kind: "choice", defaultValue: "adaptive-lifo", choices: () => QUEUE_POLICIES },
  ],
  plan: ({ model, parts }, target, { policy }) => {
    const before = parts.state.compute.lines.policyOf(serviceOf(model, target).index);
    if (before === policy)
      return failure({ message: `${target} has that policy already`, remedy: "Choose another one." });
    return success({
      summary: `Line of ${target}: ${String(policy)}`,
      touches: [target],
      durationUs: SETTING_US,
      sideEffects: ["Who came last may be served first; who has waited for long may be refused."],
      undo: { kind: "operate", operation: "set-queue-policy", target, values: { policy: before } },
      destructive: false,
      ...watchLatency(target),
    });
  },
  schedule: () => [SETTING_US],
  step: ({ model, state, walk }, target, { policy }, _step, nowUs) => {
    const { index } = serviceOf(model, target);
    if (isPolicy(String(policy))) state.compute.lines.setPolicy(index, policy as QueuePolicy);
    state.compute.refresh(nowUs);
    walk.handlings.redistribute(index, nowUs);
  },
};

// Volumes.

/** Volumes of a component: that of a store, or one for each instance. */
function volumesOf({ model, parts }: Pick<Engine, "model" | "parts">, target: string): readonly number[] {
  const store = model.stores.findIndex(({ spec }) => spec.id === target);
  return store >= 0 ? [parts.state.compute.volumes.ofStore(store)] : placesOf(model, target);
}

/** Components whose volumes somebody measures: declared, or filling. */
function volumeTargets(engine: Engine): readonly string[] {
  const { volumes } = engine.parts.state.compute;
  const names = [...engine.model.stores.map(({ spec }) => spec.id), ...serviceIds(engine)];
  return names.filter((name) => volumesOf(engine, name).some((volume) => volumes.isWatched(volume)));
}

const watchVolume = (target: string): Pick<PlannedAction, "watchQuery" | "watchTitle"> => ({
  watchTitle: `Free space of ${target}`,
  watchQuery: `min(kubelet_volume_stats_available_bytes{persistentvolumeclaim="${target}-data"})`,
});

const CLEAN_VOLUME: ActionDefinition = {
  name: "clean-volume",
  title: "Free space on a volume",
  description: "Deletes what is not needed: old logs, dumps, temporary files.",
  targetTitle: "Database or service",
  targets: volumeTargets,
  parameters: [{ name: "stopWriter", title: "Stop what fills it", kind: "switch", defaultValue: true }],
  plan: (_engine, target, { stopWriter }) =>
    success({
      summary: `Free space on the volume of ${target}`,
      touches: [target],
      durationUs: CLEAN_US,
      sideEffects: [
        "What is deleted is gone.",
        ...(stopWriter === true ? [] : ["Whatever has filled the volume goes on and fills it again."]),
      ],
      destructive: true,
      ...watchVolume(target),
    }),
  schedule: () => [CLEAN_US],
  step: (parts, target, { stopWriter }, _step, nowUs) => {
    const { model, state } = parts;
    if (stopWriter === true) parts.endFaults((effect) => fillsVolume(effect, target), nowUs);
    for (const volume of volumesOf({ model, parts }, target)) state.compute.volumes.clean(volume, KEPT_SHARE);
  },
};

const GROW_VOLUME: ActionDefinition = {
  name: "grow-volume",
  title: "Grow a volume",
  description: "Adds space to a volume while it is in use.",
  targetTitle: "Database or service",
  targets: volumeTargets,
  parameters: [{ name: "gibibytes", title: "GiB more", kind: "count", min: 1, max: 65_536, defaultValue: 20 }],
  plan: (_engine, target, { gibibytes }) =>
    success({
      summary: `${String(gibibytes)} GiB more for the volume of ${target}`,
      touches: [target],
      durationUs: GROW_US,
      sideEffects: ["A volume cannot be made smaller again.", "Whatever fills it goes on."],
      destructive: false,
      ...watchVolume(target),
    }),
  schedule: () => [GROW_US],
  step: (parts, target, values) => {
    const { model, state } = parts;
    for (const volume of volumesOf({ model, parts }, target))
      state.compute.volumes.grow(volume, state.compute.volumes.sizeBytes[volume] + numberOf(values, "gibibytes") * GIB);
  },
};

// Places.

function instanceOf(model: Model, name: string): InstanceModel {
  const found = model.instances.find((instance) => instance.name === name);
  if (found === undefined) throw new RangeError(`no instance ${name}`);
  return found;
}

const MOVE_INSTANCE: ActionDefinition = {
  name: "move-instance",
  title: "Move an instance to another node",
  description: "Drains an instance and starts it again on the node.",
  targetTitle: "Instance",
  targets: ({ model, parts }) =>
    model.nodes.length < 2
      ? []
      : model.instances.filter(({ index }) => parts.state.compute.isThere(index)).map(({ name }) => name),
  parameters: [
    {
      name: "node",
      title: "Node",
      kind: "choice",
      defaultValue: "",
      choices: ({ model }) => model.nodes.map(({ name }) => name),
    },
  ],
  plan: ({ model, parts }, target, { node }) => {
    const { index, service } = instanceOf(model, target);
    const { spec } = model.services[service];
    const place = parts.state.compute.cpus.nodeOf[index];
    if (model.nodes[place].name === node)
      return failure({ message: `${target} runs there already`, remedy: "Choose another node." });
    return success({
      summary: `Move ${target} from ${model.nodes[place].name} to ${String(node)}`,
      touches: [target],
      durationUs: DRAIN_US + spec.startup,
      sideEffects: ["Its requests have a few seconds to end; until it is ready the others have its load."],
      undo: { kind: "operate", operation: "move-instance", target, values: { node: model.nodes[place].name } },
      destructive: false,
      ...watchLatency(spec.id),
    });
  },
  schedule: ({ model }, target) => {
    const { spec } = model.services[instanceOf(model, target).service];
    return [0, DRAIN_US, DRAIN_US + spec.startup];
  },
  step: ({ model, state, control }, target, { node }, step, nowUs) => {
    const { index } = instanceOf(model, target);
    if (step === 0) control?.processes.drain(index, "restart", nowUs);
    else if (step === 1)
      state.compute.move(
        index,
        model.nodes.findIndex(({ name }) => name === node),
        nowUs,
      );
  },
};

export const COMPUTE_ACTIONS: readonly ActionDefinition[] = [
  SET_CPU_LIMIT,
  SET_MEMORY_LIMIT,
  DIVIDE_WORKERS,
  SET_QUEUE_POLICY,
  CLEAN_VOLUME,
  GROW_VOLUME,
  MOVE_INSTANCE,
];
