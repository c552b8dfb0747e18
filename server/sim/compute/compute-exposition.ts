/** What containers, runtimes and machines show of themselves; the series are those of compute-layout.ts. */
import type { ClusterMetrics, ComputeMetrics, NodeMetrics, VolumeMetrics } from "../../topology/compute-layout.js";
import { ENDED_BY_ERROR, ENDED_FOR_MEMORY } from "./container-ends.js";
import type { Compute } from "./compute.js";

/** Space that a machine's own system takes. */
const SYSTEM_DISK_SHARE = 0.3;
const SYSTEM_MEMORY_SHARE = 0.08;

export function exposeCompute(
  values: Float64Array,
  from: number,
  metrics: ComputeMetrics,
  compute: Compute,
  instance: number,
  nowUs: number,
): void {
  const { quota, memory, descriptors, volume } = metrics;
  if (quota !== undefined) {
    values[from + quota.periods] = compute.cpus.periods[instance];
    values[from + quota.throttled] = compute.cpus.throttledPeriods[instance];
    values[from + quota.seconds] = compute.cpus.throttledUs(instance, nowUs) / 1e6;
  }
  if (memory !== undefined) exposeMemory(values, from, memory, compute, instance);
  if (descriptors !== undefined) {
    values[from + descriptors.open] = compute.descriptors.usedBy(instance);
    values[from + descriptors.max] = compute.descriptors.limit[instance];
  }
  if (volume !== undefined) exposeVolume(values, from, volume, compute, instance);
}

export function exposeVolume(
  values: Float64Array,
  from: number,
  metrics: VolumeMetrics,
  { volumes }: Compute,
  volume: number,
): void {
  values[from + metrics.capacity] = volumes.sizeBytes[volume];
  values[from + metrics.available] = volumes.sizeBytes[volume] - volumes.usedBytes[volume];
}

function exposeMemory(
  values: Float64Array,
  from: number,
  metrics: NonNullable<ComputeMetrics["memory"]>,
  { memory, restarts, lastEnd }: Compute,
  instance: number,
): void {
  const used = memory.residentBytes(instance);
  values[from + metrics.workingSet] = used;
  values[from + metrics.limit] = memory.limitBytes[instance];
  values[from + metrics.restarts] = restarts[instance];
  values[from + metrics.oomKilled] = lastEnd[instance] === ENDED_FOR_MEMORY ? 1 : NaN;
  values[from + metrics.failed] = lastEnd[instance] === ENDED_BY_ERROR ? 1 : NaN;
  if (metrics.heapUsed >= 0) values[from + metrics.heapUsed] = Math.min(used, memory.heapBytes[instance]);
  if (metrics.heapMax >= 0) values[from + metrics.heapMax] = memory.heapBytes[instance];
  if (metrics.young !== undefined) {
    values[from + metrics.young.seconds] = memory.youngPauseUs[instance] / 1e6;
    values[from + metrics.young.count] = memory.youngCount[instance];
  }
  if (metrics.full !== undefined) {
    values[from + metrics.full.seconds] = memory.fullPauseUs[instance] / 1e6;
    values[from + metrics.full.count] = memory.fullCount[instance];
  }
}

/** What a machine's exporter shows; `busyUs` is processor time of an instance, what something else takes included. */
export function exposeNode(
  values: Float64Array,
  from: number,
  metrics: NodeMetrics,
  compute: Compute,
  node: number,
  at: { readonly nowUs: number; readonly sinceUs: number },
): void {
  const { cores, memoryBytes, diskBytes } = compute.model.nodes[node];
  const usedUs = compute.nodeBusyUs(node, at.nowUs);
  values[from + metrics.user] = usedUs / 1e6;
  values[from + metrics.idle] = Math.max(0, (at.nowUs - at.sinceUs) * cores - usedUs) / 1e6;
  values[from + metrics.load] = compute.load1[node];
  let resident = memoryBytes * SYSTEM_MEMORY_SHARE;
  compute.cpus.nodeOf.forEach((place, instance) => {
    if (place === node && compute.isThere(instance)) resident += compute.memory.residentBytes(instance);
  });
  values[from + metrics.memoryTotal] = memoryBytes;
  values[from + metrics.memoryAvailable] = Math.max(0, memoryBytes - resident);
  values[from + metrics.diskSize] = diskBytes;
  values[from + metrics.diskAvailable] = diskBytes * (1 - SYSTEM_DISK_SHARE);
}

export function exposeCluster(values: Float64Array, from: number, metrics: ClusterMetrics, compute: Compute): void {
  const { nodes, instances } = compute.model;
  for (const { index } of instances) {
    const place = compute.isThere(index) ? compute.cpus.nodeOf[index] : -1;
    for (const node of nodes)
      values[from + metrics.podInfo[index * nodes.length + node.index]] = node.index === place ? 1 : NaN;
  }
  for (const offset of metrics.nodeInfo) values[from + offset] = 1;
}
