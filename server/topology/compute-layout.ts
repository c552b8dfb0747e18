/**
 * Series of containers, runtimes and machines, under the names that cAdvisor, kube-state-metrics, node_exporter and the
 * runtimes' own client libraries give them. Those of a container stand with its process, only where the mechanism is
 * declared, and last, so that those that every process has keep their places.
 */
import type { MetricMetadata } from "../sim/metric-sink.js";
import type { CollectorKind, VolumeSpec } from "./compute-spec.js";
import type { NodeModel } from "./nodes.js";
import { type SeriesLayout, SeriesLayoutBuilder } from "./series-layout.js";
import type { ServiceSpec } from "./types.js";

export interface PauseMetrics {
  readonly seconds: number;
  readonly count: number;
}

export interface ComputeMetrics {
  readonly quota: { readonly periods: number; readonly throttled: number; readonly seconds: number } | undefined;
  readonly memory:
    | {
        readonly workingSet: number;
        readonly limit: number;
        readonly heapUsed: number;
        readonly heapMax: number;
        readonly restarts: number;
        readonly oomKilled: number;
        readonly failed: number;
        readonly young: PauseMetrics | undefined;
        readonly full: PauseMetrics | undefined;
      }
    | undefined;
  readonly descriptors: { readonly open: number; readonly max: number } | undefined;
  readonly volume: VolumeMetrics | undefined;
}

export interface VolumeMetrics {
  readonly capacity: number;
  readonly available: number;
}

export function computeMetrics(layout: SeriesLayoutBuilder, spec: ServiceSpec): ComputeMetrics | undefined {
  const { compute } = spec;
  if (compute === undefined) return undefined;
  return {
    quota: compute.quota === undefined ? undefined : quotaMetrics(layout),
    memory: compute.memory === undefined ? undefined : memoryMetrics(layout, compute.memory.collector),
    descriptors:
      compute.descriptors === undefined
        ? undefined
        : { open: layout.gauge("process_open_fds"), max: layout.gauge("process_max_fds") },
    volume: volumeMetrics(layout, spec.id, compute.volume),
  };
}

export function volumeMetrics(
  layout: SeriesLayoutBuilder,
  owner: string,
  spec: VolumeSpec | undefined,
): VolumeMetrics | undefined {
  if (spec === undefined) return undefined;
  const labels = { persistentvolumeclaim: `${owner}-data` };
  return {
    capacity: layout.gauge("kubelet_volume_stats_capacity_bytes", labels),
    available: layout.gauge("kubelet_volume_stats_available_bytes", labels),
  };
}

function quotaMetrics(layout: SeriesLayoutBuilder): NonNullable<ComputeMetrics["quota"]> {
  return {
    periods: layout.counter("container_cpu_cfs_periods_total"),
    throttled: layout.counter("container_cpu_cfs_throttled_periods_total"),
    seconds: layout.counter("container_cpu_cfs_throttled_seconds_total"),
  };
}

function memoryMetrics(layout: SeriesLayoutBuilder, collector: CollectorKind): NonNullable<ComputeMetrics["memory"]> {
  const runtime = RUNTIMES[collector];
  const terminated = (reason: string): number =>
    layout.gauge("kube_pod_container_status_last_terminated_reason", { reason });
  const pauses = (labels: Readonly<Record<string, string>> | undefined): PauseMetrics | undefined =>
    labels === undefined || runtime === undefined
      ? undefined
      : {
          seconds: layout.counter(`${runtime.pauses}_sum`, labels),
          count: layout.counter(`${runtime.pauses}_count`, labels),
        };
  return {
    workingSet: layout.gauge("container_memory_working_set_bytes"),
    limit: layout.gauge("container_spec_memory_limit_bytes"),
    heapUsed: runtime === undefined ? -1 : layout.gauge(runtime.heapUsed, runtime.heapLabels),
    heapMax: runtime === undefined ? -1 : layout.gauge(runtime.heapMax, runtime.heapLabels),
    restarts: layout.counter("kube_pod_container_status_restarts_total"),
    oomKilled: terminated("OOMKilled"),
    failed: terminated("Error"),
    young: pauses(runtime?.young),
    full: pauses(runtime?.full),
  };
}

interface Runtime {
  readonly pauses: string;
  /** Labels of young collections; none where the collector has no young part. */
  readonly young: Readonly<Record<string, string>> | undefined;
  readonly full: Readonly<Record<string, string>>;
  readonly heapUsed: string;
  readonly heapMax: string;
  readonly heapLabels: Readonly<Record<string, string>>;
}

const RUNTIMES: Readonly<Record<CollectorKind, Runtime | undefined>> = {
  "stop-the-world": {
    pauses: "jvm_gc_pause_seconds",
    young: { action: "end of minor GC", cause: "G1 Evacuation Pause" },
    full: { action: "end of major GC", cause: "Allocation Failure" },
    heapUsed: "jvm_memory_used_bytes",
    heapMax: "jvm_memory_max_bytes",
    heapLabels: { area: "heap" },
  },
  scavenger: {
    pauses: "nodejs_gc_duration_seconds",
    young: { kind: "minor" },
    full: { kind: "major" },
    heapUsed: "nodejs_heap_size_used_bytes",
    heapMax: "nodejs_heap_size_total_bytes",
    heapLabels: {},
  },
  concurrent: {
    pauses: "go_gc_duration_seconds",
    young: undefined,
    full: {},
    heapUsed: "go_memstats_heap_alloc_bytes",
    heapMax: "go_memstats_next_gc_bytes",
    heapLabels: {},
  },
  none: undefined,
};

/** Offsets from the target's `valuesFrom`. */
export interface NodeMetrics {
  readonly layout: SeriesLayout;
  readonly user: number;
  readonly idle: number;
  readonly load: number;
  readonly memoryTotal: number;
  readonly memoryAvailable: number;
  readonly diskSize: number;
  readonly diskAvailable: number;
}

export function nodeMetrics(): NodeMetrics {
  const layout = new SeriesLayoutBuilder();
  const root = { mountpoint: "/", fstype: "ext4" };
  return {
    layout,
    user: layout.counter("node_cpu_seconds_total", { mode: "user" }),
    idle: layout.counter("node_cpu_seconds_total", { mode: "idle" }),
    load: layout.gauge("node_load1"),
    memoryTotal: layout.gauge("node_memory_MemTotal_bytes"),
    memoryAvailable: layout.gauge("node_memory_MemAvailable_bytes"),
    diskSize: layout.gauge("node_filesystem_size_bytes", root),
    diskAvailable: layout.gauge("node_filesystem_avail_bytes", root),
  };
}

export interface ClusterMetrics {
  readonly layout: SeriesLayout;
  /** By instance and node: where it runs. */
  readonly podInfo: Int32Array;
  /** By node. */
  readonly nodeInfo: Int32Array;
}

/** Where every instance can run, as kube-state-metrics tells it: the series of where it runs is there, the others not. */
export function clusterMetrics(pods: readonly string[], nodes: readonly NodeModel[]): ClusterMetrics {
  const layout = new SeriesLayoutBuilder();
  const podInfo = pods.flatMap((pod) =>
    nodes.map(({ name, zone }) => layout.gauge("kube_pod_info", { pod, node: name, zone })),
  );
  const nodeInfo = nodes.map(({ name, zone }) =>
    layout.gauge("kube_node_labels", { node: name, label_topology_kubernetes_io_zone: zone }),
  );
  return { layout, podInfo: Int32Array.from(podInfo), nodeInfo: Int32Array.from(nodeInfo) };
}

const describe = (type: MetricMetadata["type"], name: string, unit: string, help: string): MetricMetadata => ({
  name,
  type,
  unit,
  help,
});

export const COMPUTE_METADATA: readonly MetricMetadata[] = [
  describe("counter", "container_cpu_cfs_periods_total", "", "Periods of the container's CPU quota that have ended."),
  describe(
    "counter",
    "container_cpu_cfs_throttled_periods_total",
    "",
    "Periods in which the container had used up its CPU quota.",
  ),
  describe(
    "counter",
    "container_cpu_cfs_throttled_seconds_total",
    "s",
    "Time for which the container was stopped because its CPU quota was used up.",
  ),
  describe("gauge", "container_memory_working_set_bytes", "B", "Memory of the container that cannot be taken away."),
  describe("gauge", "container_spec_memory_limit_bytes", "B", "Memory limit of the container."),
  describe("counter", "kube_pod_container_status_restarts_total", "", "Restarts of the container."),
  describe(
    "gauge",
    "kube_pod_container_status_last_terminated_reason",
    "",
    "Why the container ended the last time it did.",
  ),
  describe("counter", "jvm_gc_pause_seconds_sum", "s", "Time for which garbage collection stopped the process."),
  describe("counter", "jvm_gc_pause_seconds_count", "", "Garbage collections."),
  describe("gauge", "jvm_memory_used_bytes", "B", "Memory of the JVM that is in use."),
  describe("gauge", "jvm_memory_max_bytes", "B", "Memory that the JVM can use at most."),
  describe("counter", "nodejs_gc_duration_seconds_sum", "s", "Time that garbage collection took."),
  describe("counter", "nodejs_gc_duration_seconds_count", "", "Garbage collections."),
  describe("gauge", "nodejs_heap_size_used_bytes", "B", "Heap of the process that is in use."),
  describe("gauge", "nodejs_heap_size_total_bytes", "B", "Heap that the process can use at most."),
  describe("counter", "go_gc_duration_seconds_sum", "s", "Time for which garbage collection stopped the process."),
  describe("counter", "go_gc_duration_seconds_count", "", "Garbage collections."),
  describe("gauge", "go_memstats_heap_alloc_bytes", "B", "Bytes of heap objects."),
  describe("gauge", "go_memstats_next_gc_bytes", "B", "Heap size that the process keeps below."),
  describe("gauge", "process_open_fds", "", "Open file descriptors."),
  describe("gauge", "process_max_fds", "", "File descriptors that the process may open."),
  describe("gauge", "kubelet_volume_stats_capacity_bytes", "B", "Size of the volume."),
  describe("gauge", "kubelet_volume_stats_available_bytes", "B", "Space that is free on the volume."),
  describe("counter", "node_cpu_seconds_total", "s", "Time that the processors of the machine spent in each mode."),
  describe("gauge", "node_load1", "", "Tasks that run or could run, on average over a minute."),
  describe("gauge", "node_memory_MemTotal_bytes", "B", "Memory of the machine."),
  describe("gauge", "node_memory_MemAvailable_bytes", "B", "Memory of the machine that is available."),
  describe("gauge", "node_filesystem_size_bytes", "B", "Size of the file system."),
  describe("gauge", "node_filesystem_avail_bytes", "B", "Space of the file system that is free."),
  describe("gauge", "kube_pod_info", "", "Where a pod runs."),
  describe("gauge", "kube_node_labels", "", "Labels of a node."),
];
