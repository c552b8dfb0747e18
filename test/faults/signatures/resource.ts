/** Signatures of faults of processes and nodes. */
import type { Signature, TopologyPatch } from "./signature.js";

/** Machines with room for what the shop usually does. */
const NODES: TopologyPatch = { nodes: { pool: { count: 3, cores: 12 } } };
/** What the storefront allocates, of which its collector makes pauses. */
const COLLECTED: TopologyPatch = { services: { web: { memory: { allocation: { perRequest: "4MiB" } } } } };
const COUNTED: TopologyPatch = { services: { recommendation: { memory: { collector: "none" } } } };
/** Where the database writes. */
const VOLUME: TopologyPatch = {
  stores: { "orders-db": { volume: { size: "50GiB", used: "42GiB", bytesPerWrite: "8KiB" } } },
};

export const RESOURCE_SIGNATURES: readonly Signature[] = [
  {
    class: "resource/cpu-stress",
    target: "catalogue",
    parameters: { share: 0.6 },
    trigger: "setting",
    // Published for chains under a CPU hog: callers' p99 at 1, 2 and 3 hops.
    signs: [
      { of: "catalogue", measure: "p99", min: 1.5 },
      { of: "api-gateway GET /api/search", measure: "p99", min: 1.15 },
      { of: "web GET /search", measure: "p99", min: 1.1 },
      { of: "edge GET /search", measure: "p99", min: 1.05 },
    ],
    hurt: { search: 0.1 },
    unhurt: ["checkout", "view-orders"],
    flat: { payment: 0.05, inventory: 0.15, user: 0.15 },
    cure: "rollback",
    wrongCure: [{ kind: "restart", service: "recommendation" }],
  },
  {
    class: "resource/cpu-stress",
    variant: "in one instance of three",
    target: "catalogue",
    parameters: { share: 0.6 },
    fault: { scope: { instances: "33%" } },
    trigger: "none",
    signs: [
      { of: "catalogue", measure: "p99", min: 1.3 },
      { of: "catalogue", measure: "p50", max: 1.5 },
      { of: 'max(rate(process_cpu_seconds_total{job="catalogue"}[$window]))', measure: "ratio", min: 2 },
      { of: 'min(rate(process_cpu_seconds_total{job="catalogue"}[$window]))', measure: "ratio", min: 0.9, max: 1.1 },
    ],
    hurt: { search: 0.05 },
    unhurt: ["checkout", "view-orders"],
    flat: { payment: 0.05 },
    cure: "ends",
    wrongCure: [],
  },
  {
    class: "resource/noisy-neighbour",
    target: "catalogue",
    parameters: { share: 3 },
    topology: NODES,
    trigger: "none",
    // One instance in three of everything runs beside it.
    signs: [
      { of: "catalogue", measure: "p99", min: 1.3 },
      { of: "edge GET /products/{id}", measure: "p99", min: 1.2 },
      {
        of: 'max(sum by (instance) (rate(node_cpu_seconds_total{mode="user"}[$window])))',
        measure: "ratio",
        min: 2,
        cured: false,
      },
    ],
    hurt: { browse: 0.1 },
    unhurt: [],
    cure: [{ kind: "operate", operation: "drain-node", target: "pool-1" }],
    wrongCure: [{ kind: "restart", service: "catalogue" }],
  },
  {
    class: "resource/cpu-throttling",
    target: "catalogue",
    parameters: { cores: 0.43, parallel: 1 },
    topology: { services: { catalogue: { quota: { cores: 1, parallel: 1 } } } },
    trigger: "setting",
    // The tail suffers although the mean use of processors stays below the limit.
    signs: [
      { of: "catalogue", measure: "p99", min: 1.5 },
      { of: "catalogue", measure: "p50", max: 1.6 },
      {
        of: 'sum(rate(container_cpu_cfs_throttled_periods_total{job="catalogue"}[$window]))',
        measure: "more",
        min: 0.3,
      },
      { of: 'sum(rate(process_cpu_seconds_total{job="catalogue"}[$window]))', measure: "ratio", min: 0.9, max: 1.1 },
    ],
    hurt: { search: 0.02 },
    unhurt: ["view-orders"],
    flat: { payment: 0.05 },
    cure: [{ kind: "operate", operation: "set-cpu-limit", target: "catalogue", values: { cores: 1 } }],
    wrongCure: [{ kind: "restart", service: "catalogue" }],
  },
  {
    class: "resource/memory-leak",
    target: "recommendation",
    parameters: { bytesPerRequest: 3_000_000 },
    topology: COUNTED,
    trigger: "deploy",
    settle: 60,
    signs: [
      {
        of: 'max(max_over_time(process_resident_memory_bytes{job="recommendation"}[$window]))',
        measure: "ratio",
        min: 1.2,
      },
      // What was counted stays counted.
      {
        of: 'sum(kube_pod_container_status_restarts_total{job="recommendation"})',
        measure: "more",
        min: 1,
        cured: false,
      },
      { of: "api-gateway -> recommendation", measure: "errors", min: 0.005 },
    ],
    hurt: {},
    unhurt: ["search", "checkout"],
    flat: { payment: 0.05, catalogue: 0.1 },
    cure: "rollback",
    wrongCure: [
      { kind: "operate", operation: "set-memory-limit", target: "recommendation", values: { mebibytes: 2_100 } },
    ],
  },
  {
    class: "resource/garbage-collection",
    target: "web",
    parameters: { retained: 0.95, allocation: 4 },
    topology: COLLECTED,
    trigger: "setting",
    signs: [
      { of: "web", measure: "p99", min: 1.5 },
      { of: 'sum(rate(nodejs_gc_duration_seconds_count{job="web",kind="major"}[$window]))', measure: "more", min: 0.5 },
    ],
    hurt: { browse: 0.1, search: 0.1 },
    unhurt: [],
    flat: { payment: 0.15 },
    cure: "rollback",
    wrongCure: [{ kind: "restart", service: "api-gateway" }],
  },
  {
    class: "resource/thread-contention",
    target: "order",
    parameters: { operation: "POST /orders", held: "9s" },
    trigger: "setting",
    signs: [
      { of: "order GET /orders", measure: "p99", min: 5 },
      { of: "order POST /orders", measure: "p50", min: 5, cured: false },
      { of: "order -> orders-db", measure: "p99", max: 1.2 },
    ],
    hurt: { "view-orders": 0.3 },
    unhurt: ["browse", "search", "add-to-cart"],
    flat: { catalogue: 0.1, recommendation: 0.1 },
    cure: [
      {
        kind: "operate",
        operation: "divide-workers",
        target: "order",
        values: { operation: "GET /orders", workers: 3 },
      },
    ],
    wrongCure: [{ kind: "set-timeout", service: "api-gateway", target: "order", timeout: "20s" }],
  },
  {
    class: "resource/file-descriptors",
    target: "user",
    parameters: { perSecond: 60 },
    topology: { services: { user: { descriptors: { limit: 1024 } } } },
    trigger: "deploy",
    signs: [
      { of: 'max(process_open_fds{job="user"})', measure: "ratio", min: 3 },
      { of: "api-gateway -> user", measure: "errors", min: 0.3 },
    ],
    hurt: { "view-orders": 0.3 },
    unhurt: ["browse", "search"],
    flat: { catalogue: 0.1, recommendation: 0.1 },
    cure: "rollback",
    wrongCure: [{ kind: "restart", service: "order" }],
  },
  {
    class: "resource/disk-full",
    target: "orders-db",
    parameters: { after: "5s" },
    topology: VOLUME,
    trigger: "none",
    signs: [
      { of: "order POST /orders", measure: "errors", min: 0.9 },
      { of: "order GET /orders", measure: "errors", max: 0.01, min: -0.01 },
      { of: 'min(kubelet_volume_stats_available_bytes{job="orders-db"})', measure: "ratio", max: 0.05 },
    ],
    hurt: { checkout: 0.9 },
    unhurt: ["browse", "search", "add-to-cart", "view-orders"],
    flat: { catalogue: 0.1, recommendation: 0.1, user: 0.1 },
    cure: [{ kind: "operate", operation: "clean-volume", target: "orders-db" }],
    wrongCure: [{ kind: "restart", service: "order" }],
  },
];
