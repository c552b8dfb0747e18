/** Faults of processors, memory, workers, descriptors and volumes. */
import type { FaultSpec } from "../sim/timeline.js";
import type { VolumeSpec } from "../topology/compute-spec.js";
import { DEFAULT_QUOTA_PERIOD_US, DEFAULT_VOLUME } from "../topology/compute-spec.js";
import { type FaultMechanism, FaultRefused } from "../topology/effects.js";
import { nodesOfGroups, placeOf } from "../topology/nodes.js";
import type { ServiceSpec, Topology } from "../topology/types.js";
import { numberParameter, optionalNumber, optionalText, textParameter } from "./parameter-values.js";

function serviceOf(fault: FaultSpec, topology: Topology): ServiceSpec {
  const service = topology.services.find(({ id }) => id === fault.target);
  if (service === undefined)
    throw new FaultRefused(fault.id, `there is no service ${fault.target}`, "Choose a service of the topology.");
  return service;
}

/**
 * Another tenant of a node wants processors, as many as `share` times what the node has. It and the containers get
 * their shares by weight, so those suffer that want more than theirs. The node is that of the target's first instance
 * unless it is named.
 */
export const NOISY_NEIGHBOUR: FaultMechanism = {
  class: "resource/noisy-neighbour",
  effects(fault, topology) {
    const nodes = nodesOfGroups(topology.nodes ?? []);
    if (nodes.length === 0)
      throw new FaultRefused(fault.id, "the topology names no nodes", "Declare nodes in the topology.");
    const service = serviceOf(fault, topology);
    const first = placeOf(nodes, service.compute?.nodes, topology.services.indexOf(service), 0);
    const name = optionalText(fault, "node") ?? nodes.at(first)?.name;
    const node = nodes.find((candidate) => candidate.name === name);
    if (node === undefined) {
      const known = nodes.map((candidate) => candidate.name).join(", ");
      throw new FaultRefused(fault.id, `there is no node ${name ?? ""}`, `Nodes are ${known}.`);
    }
    return [{ kind: "node-load", node: node.name, cores: node.cores * (optionalNumber(fault, "share") ?? 1) }];
  },
};

/** The quota of the target's containers is too small for its bursts, though not for its mean. */
export const CPU_THROTTLING: FaultMechanism = {
  class: "resource/cpu-throttling",
  effects(fault, topology) {
    const { cores, compute } = serviceOf(fault, topology);
    return [
      {
        kind: "cpu-quota",
        service: fault.target,
        cores: numberParameter(fault, "cores"),
        periodUs: optionalNumber(fault, "periodUs") ?? DEFAULT_QUOTA_PERIOD_US,
        parallel: optionalNumber(fault, "parallel") ?? compute?.quota?.parallel ?? cores,
      },
    ];
  },
};

/** Requests, or time, leave memory behind that is never given back; a new process begins without it. */
export const MEMORY_LEAK: FaultMechanism = {
  class: "resource/memory-leak",
  effects: (fault) => [
    {
      kind: "memory-leak",
      service: fault.target,
      bytesPerRequest: optionalNumber(fault, "bytesPerRequest") ?? 0,
      bytesPerSecond: optionalNumber(fault, "bytesPerSecond") ?? 0,
    },
  ],
};

/** Most of the heap stays in use, or requests allocate far more than usual: the collector works without end. */
export const GARBAGE_COLLECTION: FaultMechanism = {
  class: "resource/garbage-collection",
  effects(fault, topology) {
    const { compute, id } = serviceOf(fault, topology);
    if (compute?.memory === undefined || compute.memory.collector === "none")
      throw new FaultRefused(
        fault.id,
        `${id} declares no collector`,
        `Say what it allocates: memory: { allocation: { perRequest: 1MiB } }.`,
      );
    return [
      {
        kind: "heap-pressure",
        service: id,
        retainedShare: optionalNumber(fault, "retained") ?? 0,
        allocationFactor: optionalNumber(fault, "allocation") ?? 1,
      },
    ];
  },
};

/**
 * One kind of request holds its workers for much longer than it used to, and takes them all: the other kinds, which
 * share the pool with it, wait for a worker though nothing is wrong with them.
 */
export const THREAD_CONTENTION: FaultMechanism = {
  class: "resource/thread-contention",
  effects(fault, topology) {
    const { operations, id } = serviceOf(fault, topology);
    const operation = textParameter(fault, "operation");
    const known = operations.map(({ name }) => name);
    if (!known.includes(operation))
      throw new FaultRefused(fault.id, `${id} has no operation ${operation}`, `It has ${known.join(", ")}.`);
    return [
      {
        kind: "operation-trouble",
        service: id,
        operation,
        errorRatio: 0,
        sleepUs: numberParameter(fault, "heldUs"),
        cpuUs: 0,
        who: {},
      },
    ];
  },
};

/** Descriptors are opened and never closed; at the limit nobody is let in any more. */
export const FILE_DESCRIPTORS: FaultMechanism = {
  class: "resource/file-descriptors",
  effects: (fault) => [
    { kind: "descriptor-leak", service: fault.target, perSecond: numberParameter(fault, "perSecond") },
  ],
};

/** Something writes to the volume of a database or of a service's instances until there is no room for anybody. */
export const DISK_FULL: FaultMechanism = {
  class: "resource/disk-full",
  effects(fault, topology) {
    const volume = volumeOf(fault, topology);
    const rate = optionalNumber(fault, "bytesPerSecond");
    const afterUs = Math.max(1, optionalNumber(fault, "afterUs") ?? 0);
    const bytesPerSecond = rate ?? ((volume.sizeBytes - volume.usedBytes) / afterUs) * 1e6;
    return [{ kind: "volume-fill", component: fault.target, bytesPerSecond }];
  },
};

function volumeOf(fault: FaultSpec, topology: Topology): VolumeSpec {
  const store = topology.stores.find(({ id }) => id === fault.target);
  return (store === undefined ? serviceOf(fault, topology).compute?.volume : store.volume) ?? DEFAULT_VOLUME;
}
