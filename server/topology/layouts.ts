/** The series that each kind of process exposes, named by OpenTelemetry's semantic conventions as Prometheus shows them. */
import type {
  CacheDetailMetrics,
  CacheMetrics,
  DependencyMetrics,
  PlantMetrics,
  QueueMetrics,
  ServiceMetrics,
  StoreMetrics,
  TargetKind,
} from "./model-types.js";
import { computeMetrics, volumeMetrics } from "./compute-layout.js";
import { LOG_LEVELS } from "./log-levels.js";
import { deliveryMetrics } from "./message-layout.js";
import { policyMetrics } from "./resilience-layout.js";
import type { CallPolicySpec } from "./resilience-spec.js";
import { DATABASE_BOUNDS_US, REQUEST_BOUNDS_US, SeriesLayoutBuilder } from "./series-layout.js";
import {
  CONSUMER_STATUSES,
  DATABASE_STATUSES,
  errorTypeLabels,
  HTTP_CLIENT_STATUSES,
  httpStatusLabels,
  PRODUCER_STATUSES,
  SERVER_STATUSES,
} from "./status-slots.js";
import { hasStoreDetail, storeDetailMetrics } from "./store-layout.js";
import type { CacheSpec, OperationSpec, QuerySpec, QueueSpec, ServiceSpec, StoreSpec } from "./types.js";

export interface ServiceLayoutInput {
  readonly spec: ServiceSpec;
  /** Every version that the service can run: its own and those of its deploys. */
  readonly versions: readonly string[];
  readonly dependencies: readonly {
    readonly target: string;
    readonly kind: TargetKind;
    readonly policy: CallPolicySpec | undefined;
  }[];
  /** What the steps of the service do to others, one entry for each distinct metric. */
  readonly uses: readonly ClientUse[];
  /** Queue whose messages an operation processes. */
  readonly consumes: (operation: OperationSpec) => string | undefined;
}

/** One kind of outgoing work, as its metric tells it apart. */
export interface ClientUse {
  readonly kind: "http" | "database" | "cache" | "queue";
  readonly target: string;
  /** HTTP method, `SELECT stock`, `GET product`; empty for a queue. */
  readonly what: string;
}

export const clientKey = (use: ClientUse): string => `${use.kind} ${use.target} ${use.what}`;

export function serviceMetrics(input: ServiceLayoutInput): ServiceMetrics {
  const layout = new SeriesLayoutBuilder();
  const { spec } = input;
  const versions = new Map(
    input.versions.map((version) => [
      version,
      layout.gauge("target_info", { service_name: spec.id, service_version: version }),
    ]),
  );
  const server = Int32Array.from(spec.operations, (operation) =>
    serverBlocks(layout, operation, input.consumes(operation)),
  );
  const active = Int32Array.from(spec.operations, (operation) =>
    layout.gauge("http_server_active_requests", { http_request_method: operation.method, http_route: operation.route }),
  );
  const client = new Map(input.uses.map((use) => [clientKey(use), clientBlocks(layout, use)]));
  const dependencies = input.dependencies.map(({ target, kind, policy }) => ({
    ...dependencyMetrics(layout, target, kind),
    policy: policyMetrics(layout, target, policy),
  }));
  return {
    layout,
    server,
    active,
    client,
    dependencies,
    versions,
    workersUsed: layout.gauge("worker_pool_usage"),
    workersLimit: layout.gauge("worker_pool_limit"),
    queueLength: layout.gauge("worker_pool_queue_length"),
    rejections: layout.counter("worker_pool_rejections_total"),
    ...processMetrics(layout),
    logLines: LOG_LEVELS.map((level) => layout.counter("log_lines_total", { level })),
    compute: computeMetrics(layout, spec),
  };
}

function processMetrics(layout: SeriesLayoutBuilder) {
  return {
    cpuSeconds: layout.counter("process_cpu_seconds_total"),
    cpuCores: layout.gauge("process_cpu_cores"),
    memoryResident: layout.gauge("process_resident_memory_bytes"),
    memoryLimit: layout.gauge("process_memory_limit_bytes"),
    startTime: layout.gauge("process_start_time_seconds"),
  };
}

function serverBlocks(layout: SeriesLayoutBuilder, operation: OperationSpec, queue: string | undefined): number {
  const offsets =
    queue === undefined
      ? SERVER_STATUSES.map((code) =>
          layout.histogram(
            "http_server_request_duration_seconds",
            { http_request_method: operation.method, http_route: operation.route, ...httpStatusLabels(code) },
            REQUEST_BOUNDS_US,
            code === 0,
          ),
        )
      : CONSUMER_STATUSES.map((code) =>
          layout.histogram(
            "messaging_process_duration_seconds",
            { messaging_destination_name: queue, messaging_operation_name: "process", ...errorTypeLabels(code) },
            REQUEST_BOUNDS_US,
            code === 0,
          ),
        );
  return offsets[0];
}

function clientBlocks(layout: SeriesLayoutBuilder, use: ClientUse): number {
  return CLIENT_BLOCKS[use.kind](layout, use)[0];
}

const CLIENT_BLOCKS: Readonly<
  Record<ClientUse["kind"], (layout: SeriesLayoutBuilder, use: ClientUse) => readonly number[]>
> = {
  http: (layout, use) =>
    HTTP_CLIENT_STATUSES.map((code) =>
      layout.histogram(
        "http_client_request_duration_seconds",
        { server_address: use.target, http_request_method: use.what, ...httpStatusLabels(code) },
        REQUEST_BOUNDS_US,
        code === 0,
      ),
    ),
  database: (layout, use) => databaseBlocks(layout, use, "postgresql"),
  cache: (layout, use) => databaseBlocks(layout, use, "redis"),
  queue: (layout, use) =>
    PRODUCER_STATUSES.map((code) =>
      layout.counter(
        "messaging_client_sent_messages_total",
        { messaging_destination_name: use.target, messaging_operation_name: "publish", ...errorTypeLabels(code) },
        code === 0,
      ),
    ),
};

function databaseBlocks(layout: SeriesLayoutBuilder, use: ClientUse, system: string): readonly number[] {
  return DATABASE_STATUSES.map((code) =>
    layout.histogram(
      "db_client_operation_duration_seconds",
      { db_system_name: system, db_namespace: use.target, db_query_summary: use.what, ...errorTypeLabels(code) },
      DATABASE_BOUNDS_US,
      code === 0,
    ),
  );
}

function dependencyMetrics(
  layout: SeriesLayoutBuilder,
  target: string,
  kind: TargetKind,
): Omit<DependencyMetrics, "policy"> {
  if (kind === "store" || kind === "cache") {
    const pool = { db_client_connection_pool_name: target };
    return {
      used: layout.gauge("db_client_connection_count", { ...pool, state: "used" }),
      idle: layout.gauge("db_client_connection_count", { ...pool, state: "idle" }),
      max: layout.gauge("db_client_connection_max", pool),
      pending: layout.gauge("db_client_connection_pending_requests", pool),
      timeouts: layout.counter("db_client_connection_timeouts_total", pool),
      retries: layout.counter("db_client_retries_total", pool),
    };
  }
  const address = { server_address: target };
  return {
    used: layout.gauge("http_client_open_connections", { ...address, http_connection_state: "active" }),
    idle: layout.gauge("http_client_open_connections", { ...address, http_connection_state: "idle" }),
    max: layout.gauge("http_client_pool_max", address),
    pending: layout.gauge("http_client_pool_pending_requests", address),
    timeouts: layout.counter("http_client_pool_timeouts_total", address),
    retries: layout.counter("http_client_retries_total", address),
  };
}

/** `counters` of a query are an executions and a rows counter side by side, shared by queries of one operation and table. */
export function storeMetrics(spec: StoreSpec): {
  readonly metrics: StoreMetrics;
  readonly counters: (query: QuerySpec) => number;
} {
  const layout = new SeriesLayoutBuilder();
  const offsets = new Map<string, number>();
  for (const query of spec.queries) {
    const name = `${query.operation} ${query.table}`;
    const labels = { operation: query.operation, table: query.table };
    if (offsets.has(name)) continue;
    offsets.set(name, layout.counter("postgresql_operations_total", labels));
    layout.counter("postgresql_rows_total", labels);
  }
  const metrics: StoreMetrics = {
    layout,
    backends: layout.gauge("postgresql_backends"),
    connectionMax: layout.gauge("postgresql_connection_max"),
    activeQueries: layout.gauge("postgresql_active_queries"),
    cpuSeconds: layout.counter("postgresql_cpu_seconds_total"),
    cpuCores: layout.gauge("postgresql_cpu_cores"),
    volume: volumeMetrics(layout, spec.id, spec.volume),
    detail: hasStoreDetail(spec) ? storeDetailMetrics(layout, spec) : undefined,
  };
  return { metrics, counters: (query) => offsets.get(`${query.operation} ${query.table}`) ?? 0 };
}

export function cacheMetrics(spec: CacheSpec): CacheMetrics {
  const layout = new SeriesLayoutBuilder();
  return {
    layout,
    hits: layout.counter("redis_keyspace_hits_total"),
    misses: layout.counter("redis_keyspace_misses_total"),
    commands: layout.counter("redis_commands_total"),
    clients: layout.gauge("redis_connected_clients"),
    detail: spec.capacity === undefined ? undefined : cacheDetailMetrics(layout),
  };
}

/** Of a cache with a declared capacity, under the names of redis_exporter. */
function cacheDetailMetrics(layout: SeriesLayoutBuilder): CacheDetailMetrics {
  return {
    up: layout.gauge("redis_up"),
    memoryUsed: layout.gauge("redis_memory_used_bytes"),
    memoryMax: layout.gauge("redis_memory_max_bytes"),
    keys: layout.gauge("redis_db_keys"),
    evicted: layout.counter("redis_evicted_keys_total"),
    expired: layout.counter("redis_expired_keys_total"),
  };
}

export function queueMetrics(spec: QueueSpec): QueueMetrics {
  const layout = new SeriesLayoutBuilder();
  const labels = { messaging_destination_name: spec.id };
  return {
    layout,
    messages: layout.gauge("messaging_queue_messages", labels),
    capacity: layout.gauge("messaging_queue_capacity", labels),
    oldestAge: layout.gauge("messaging_queue_oldest_message_age_seconds", labels),
    published: layout.counter("messaging_queue_published_total", labels),
    delivered: layout.counter("messaging_queue_delivered_total", labels),
    delivery: deliveryMetrics(layout, spec),
  };
}

export function plantMetrics(): PlantMetrics {
  const layout = new SeriesLayoutBuilder();
  return {
    layout,
    headSeries: layout.gauge("prometheus_tsdb_head_series"),
    samplesAppended: layout.counter("prometheus_tsdb_head_samples_appended_total"),
    iterations: layout.counter("prometheus_rule_group_iterations_total"),
    iterationsMissed: layout.counter("prometheus_rule_group_iterations_missed_total"),
    lastDuration: layout.gauge("prometheus_rule_group_last_duration_seconds"),
    interval: layout.gauge("prometheus_rule_group_interval_seconds"),
    sampleLimitExceeded: layout.counter("prometheus_target_scrapes_exceeded_sample_limit_total"),
    targetLimitExceeded: layout.counter("prometheus_target_scrape_pool_exceeded_target_limit_total"),
    outOfOrder: layout.counter("prometheus_target_scrapes_sample_out_of_order_total"),
    scrapeTimeouts: layout.counter("prometheus_target_scrape_timeouts_total"),
    ...processMetrics(layout),
  };
}
