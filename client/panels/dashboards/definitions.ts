/**
 * Every panel of every dashboard: its query, unit and why it is there. RED for services (rate, errors, duration), USE
 * for resources (utilisation, saturation, errors), and the monitoring system's own dashboard. `$job` is the component.
 */

export interface PanelDefinition {
  readonly id: string;
  readonly title: string;
  readonly caption: string;
  readonly queries: readonly { readonly query: string; readonly legend: string }[];
  readonly unit: string;
  /** What no series at all means, where it does not mean that samples are missing. */
  readonly empty?: string;
  /** Metrics of which the component must have one; a panel without them is for every component. */
  readonly needs?: readonly string[];
  /** Part of the dashboard under whose heading it stands. */
  readonly section: string;
}

export interface DashboardDefinition {
  readonly id: string;
  readonly title: string;
  /** Kinds of components that have it; none for a dashboard that needs no component. */
  readonly kinds: readonly string[];
  readonly panels: readonly PanelDefinition[];
}

const SERVER = "http_server_request_duration_seconds";
const CLIENT = "http_client_request_duration_seconds";
const DATABASE = "db_client_operation_duration_seconds";
const CONSUMER = "messaging_process_duration_seconds";
const PUBLISHED = "messaging_client_sent_messages_total";

const quantile = (share: number, metric: string, by: string, selector: string): string =>
  `histogram_quantile(${String(share)}, sum by (${["le", by].filter((label) => label !== "").join(", ")}) (rate(${metric}_bucket{${selector}}[1m])))`;

const RED: readonly PanelDefinition[] = [
  {
    id: "rate",
    title: "Rate",
    caption: "Requests a second, by route",
    queries: [{ query: `sum by (http_route) (rate(${SERVER}_count{job="$job"}[1m]))`, legend: "{{http_route}}" }],
    unit: "/s",
    needs: [`${SERVER}_count`],
    section: "Requests",
  },
  {
    id: "errors",
    title: "Errors",
    caption: "Share of requests answered with 5xx, by route",
    queries: [
      {
        query: `sum by (http_route) (rate(${SERVER}_count{job="$job", http_response_status_code=~"5.."}[1m])) / sum by (http_route) (rate(${SERVER}_count{job="$job"}[1m]))`,
        legend: "{{http_route}}",
      },
    ],
    unit: "ratio",
    needs: [`${SERVER}_count`],
    empty: "No errors in this time range",
    section: "Requests",
  },
  {
    id: "duration",
    title: "Duration",
    caption: "How long requests take: half, 19 of 20 and 99 of 100 are faster",
    queries: [
      { query: quantile(0.5, SERVER, "", 'job="$job"'), legend: "p50" },
      { query: quantile(0.95, SERVER, "", 'job="$job"'), legend: "p95" },
      { query: quantile(0.99, SERVER, "", 'job="$job"'), legend: "p99" },
    ],
    unit: "s",
    needs: [`${SERVER}_count`],
    section: "Requests",
  },
  {
    id: "active",
    title: "In work",
    caption: "Requests that are being worked on, by instance",
    queries: [{ query: 'sum by (instance) (http_server_active_requests{job="$job"})', legend: "{{instance}}" }],
    unit: "",
    needs: [`${SERVER}_count`],
    section: "Requests",
  },
  {
    id: "messages",
    title: "Messages handled",
    caption: "Messages a second, by queue",
    queries: [
      {
        query: `sum by (messaging_destination_name) (rate(${CONSUMER}_count{job="$job"}[1m]))`,
        legend: "{{messaging_destination_name}}",
      },
    ],
    unit: "/s",
    needs: [`${CONSUMER}_count`],
    section: "Messages",
  },
  {
    id: "message-errors",
    title: "Messages failed",
    caption: "Messages a second whose handling ended with an error, by queue",
    queries: [
      {
        query: `sum by (messaging_destination_name, error_type) (rate(${CONSUMER}_count{job="$job", error_type!=""}[1m]))`,
        legend: "{{messaging_destination_name}} {{error_type}}",
      },
    ],
    unit: "/s",
    needs: [`${CONSUMER}_count`],
    empty: "No message failed in this time range",
    section: "Messages",
  },
  {
    id: "message-duration",
    title: "Time per message",
    caption: "Half, 19 of 20 and 99 of 100 messages take less",
    queries: [
      { query: quantile(0.5, CONSUMER, "", 'job="$job"'), legend: "p50" },
      { query: quantile(0.95, CONSUMER, "", 'job="$job"'), legend: "p95" },
      { query: quantile(0.99, CONSUMER, "", 'job="$job"'), legend: "p99" },
    ],
    unit: "s",
    needs: [`${CONSUMER}_count`],
    section: "Messages",
  },
  {
    id: "calls",
    title: "Calls to others, p99",
    caption: "Duration of calls as this service sees them, by target",
    queries: [{ query: quantile(0.99, CLIENT, "server_address", 'job="$job"'), legend: "{{server_address}}" }],
    unit: "s",
    needs: [`${CLIENT}_count`],
    section: "Dependencies",
  },
  {
    id: "call-errors",
    title: "Failed calls",
    caption: "Calls a second that ended with an error, by target",
    queries: [
      {
        query: `sum by (server_address, error_type) (rate(${CLIENT}_count{job="$job", error_type!=""}[1m]))`,
        legend: "{{server_address}} {{error_type}}",
      },
    ],
    unit: "/s",
    needs: [`${CLIENT}_count`],
    empty: "No call failed in this time range",
    section: "Dependencies",
  },
  {
    id: "call-rate",
    title: "Calls",
    caption: "Calls a second, by target; more than its own requests means fan-out or retries",
    queries: [
      { query: `sum by (server_address) (rate(${CLIENT}_count{job="$job"}[1m]))`, legend: "{{server_address}}" },
      {
        query: 'sum by (server_address) (rate(http_client_retries_total{job="$job"}[1m]))',
        legend: "retries to {{server_address}}",
      },
    ],
    unit: "/s",
    needs: [`${CLIENT}_count`],
    section: "Dependencies",
  },
  {
    id: "queries",
    title: "Database operations",
    caption: "Operations a second as this service counts them, by statement",
    queries: [
      { query: `sum by (db_query_summary) (rate(${DATABASE}_count{job="$job"}[1m]))`, legend: "{{db_query_summary}}" },
    ],
    unit: "/s",
    needs: [`${DATABASE}_count`],
    section: "Dependencies",
  },
  {
    id: "query-duration",
    title: "Database operations, p99",
    caption: "Duration as this service sees it, by statement",
    queries: [{ query: quantile(0.99, DATABASE, "db_query_summary", 'job="$job"'), legend: "{{db_query_summary}}" }],
    unit: "s",
    needs: [`${DATABASE}_count`],
    section: "Dependencies",
  },
  {
    id: "published",
    title: "Messages published",
    caption: "Messages a second, by queue",
    queries: [
      {
        query: `sum by (messaging_destination_name) (rate(${PUBLISHED}{job="$job"}[1m]))`,
        legend: "{{messaging_destination_name}}",
      },
    ],
    unit: "/s",
    needs: [PUBLISHED],
    section: "Dependencies",
  },
];

const USE_SERVICE: readonly PanelDefinition[] = [
  {
    id: "workers",
    title: "Workers in use",
    caption: "Share of workers that hold a request, by instance",
    queries: [{ query: 'worker_pool_usage{job="$job"} / worker_pool_limit{job="$job"}', legend: "{{instance}}" }],
    unit: "ratio",
    section: "Workers",
  },
  {
    id: "worker-queue",
    title: "Waiting for a worker",
    caption: "Requests in the queue, by instance",
    queries: [{ query: 'worker_pool_queue_length{job="$job"}', legend: "{{instance}}" }],
    unit: "",
    section: "Workers",
  },
  {
    id: "worker-rejections",
    title: "Turned away",
    caption: "Requests a second that found the queue full, by instance",
    queries: [{ query: 'rate(worker_pool_rejections_total{job="$job"}[1m])', legend: "{{instance}}" }],
    unit: "/s",
    section: "Workers",
  },
  {
    id: "cpu",
    title: "Processor in use",
    caption: "Share of its cores, by instance",
    queries: [
      {
        query: 'rate(process_cpu_seconds_total{job="$job"}[1m]) / process_cpu_cores{job="$job"}',
        legend: "{{instance}}",
      },
    ],
    unit: "ratio",
    section: "Process",
  },
  {
    id: "memory",
    title: "Memory in use",
    caption: "Resident memory as a share of the limit, by instance",
    queries: [
      {
        query: 'process_resident_memory_bytes{job="$job"} / process_memory_limit_bytes{job="$job"}',
        legend: "{{instance}}",
      },
    ],
    unit: "ratio",
    section: "Process",
  },
  {
    id: "restarts",
    title: "Age of the process",
    caption: "Since when each process runs; a step down is a restart",
    queries: [{ query: 'time() - process_start_time_seconds{job="$job"}', legend: "{{instance}}" }],
    unit: "s",
    section: "Process",
  },
  {
    id: "pool",
    title: "Connections in use",
    caption: "Share of each connection pool, by target",
    queries: [
      {
        query:
          'sum by (server_address) (http_client_open_connections{job="$job", http_connection_state="active"}) / sum by (server_address) (http_client_pool_max{job="$job"})',
        legend: "{{server_address}}",
      },
      {
        query:
          'sum by (db_namespace) (db_client_connection_count{job="$job", state="used"}) / sum by (db_namespace) (db_client_connection_max{job="$job"})',
        legend: "{{db_namespace}}",
      },
    ],
    unit: "ratio",
    needs: ["http_client_pool_max", "db_client_connection_max"],
    section: "Pools",
  },
  {
    id: "pool-pending",
    title: "Waiting for a connection",
    caption: "Requests that wait for a free connection, by target",
    queries: [
      {
        query: 'sum by (server_address) (http_client_pool_pending_requests{job="$job"})',
        legend: "{{server_address}}",
      },
      {
        query: 'sum by (db_namespace) (db_client_connection_pending_requests{job="$job"})',
        legend: "{{db_namespace}}",
      },
    ],
    unit: "",
    needs: ["http_client_pool_max", "db_client_connection_max"],
    section: "Pools",
  },
  {
    id: "pool-timeouts",
    title: "Gave up waiting",
    caption: "Requests a second that got no connection in time, by target",
    queries: [
      {
        query: 'sum by (server_address) (rate(http_client_pool_timeouts_total{job="$job"}[1m]))',
        legend: "{{server_address}}",
      },
      {
        query: 'sum by (db_namespace) (rate(db_client_connection_timeouts_total{job="$job"}[1m]))',
        legend: "{{db_namespace}}",
      },
    ],
    unit: "/s",
    needs: ["http_client_pool_max", "db_client_connection_max"],
    section: "Pools",
  },
];

const USE_STORE: readonly PanelDefinition[] = [
  {
    id: "store-cpu",
    title: "Processor in use",
    caption: "Share of the database's cores",
    queries: [
      {
        query: 'rate(postgresql_cpu_seconds_total{job="$job"}[1m]) / postgresql_cpu_cores{job="$job"}',
        legend: "{{instance}}",
      },
    ],
    unit: "ratio",
    section: "Database",
  },
  {
    id: "store-connections",
    title: "Connections in use",
    caption: "Backends as a share of the limit",
    queries: [
      { query: 'postgresql_backends{job="$job"} / postgresql_connection_max{job="$job"}', legend: "{{instance}}" },
    ],
    unit: "ratio",
    section: "Database",
  },
  {
    id: "store-active",
    title: "Statements at work",
    caption: "Statements that the database executes at the moment",
    queries: [{ query: 'postgresql_active_queries{job="$job"}', legend: "{{instance}}" }],
    unit: "",
    section: "Database",
  },
  {
    id: "store-operations",
    title: "Operations",
    caption: "Statements a second, by table",
    queries: [
      {
        query: 'sum by (operation, table) (rate(postgresql_operations_total{job="$job"}[1m]))',
        legend: "{{operation}} {{table}}",
      },
    ],
    unit: "/s",
    section: "Database",
  },
  {
    id: "store-rows",
    title: "Rows",
    caption: "Rows read and written a second",
    queries: [{ query: 'sum(rate(postgresql_rows_total{job="$job"}[1m]))', legend: "rows" }],
    unit: "/s",
    section: "Database",
  },
];

const USE_CACHE: readonly PanelDefinition[] = [
  {
    id: "cache-hits",
    title: "Hit ratio",
    caption: "Share of reads that found their key",
    queries: [
      {
        query:
          'sum(rate(redis_keyspace_hits_total{job="$job"}[1m])) / (sum(rate(redis_keyspace_hits_total{job="$job"}[1m])) + sum(rate(redis_keyspace_misses_total{job="$job"}[1m])))',
        legend: "hits",
      },
    ],
    unit: "ratio",
    section: "Cache",
  },
  {
    id: "cache-commands",
    title: "Commands",
    caption: "Commands a second",
    queries: [{ query: 'sum(rate(redis_commands_total{job="$job"}[1m]))', legend: "commands" }],
    unit: "/s",
    section: "Cache",
  },
  {
    id: "cache-clients",
    title: "Clients",
    caption: "Connected clients",
    queries: [{ query: 'redis_connected_clients{job="$job"}', legend: "{{instance}}" }],
    unit: "",
    section: "Cache",
  },
];

const USE_QUEUE: readonly PanelDefinition[] = [
  {
    id: "queue-depth",
    title: "Messages waiting",
    caption: "Messages in the queue",
    queries: [{ query: 'messaging_queue_messages{job="$job"}', legend: "messages" }],
    unit: "",
    section: "Queue",
  },
  {
    id: "queue-age",
    title: "Oldest message",
    caption: "How long the oldest message has waited",
    queries: [{ query: 'messaging_queue_oldest_message_age_seconds{job="$job"}', legend: "age" }],
    unit: "s",
    section: "Queue",
  },
  {
    id: "queue-flow",
    title: "In and out",
    caption: "Messages published and delivered a second",
    queries: [
      { query: 'sum(rate(messaging_queue_published_total{job="$job"}[1m]))', legend: "published" },
      { query: 'sum(rate(messaging_queue_delivered_total{job="$job"}[1m]))', legend: "delivered" },
    ],
    unit: "/s",
    section: "Queue",
  },
];

const EXTERNAL: readonly PanelDefinition[] = [
  {
    id: "external-rate",
    title: "Calls",
    caption: "Calls a second from each service; what the other party does inside cannot be seen from here",
    queries: [{ query: `sum by (job) (rate(${CLIENT}_count{server_address="$job"}[1m]))`, legend: "{{job}}" }],
    unit: "/s",
    section: "As its callers see it",
  },
  {
    id: "external-errors",
    title: "Failed calls",
    caption: "Calls a second that ended with an error",
    queries: [
      {
        query: `sum by (job, error_type) (rate(${CLIENT}_count{server_address="$job", error_type!=""}[1m]))`,
        legend: "{{job}} {{error_type}}",
      },
    ],
    unit: "/s",
    empty: "No call failed in this time range",
    section: "As its callers see it",
  },
  {
    id: "external-duration",
    title: "Duration",
    caption: "Duration of calls, as the callers measure it",
    queries: [
      { query: quantile(0.5, CLIENT, "", 'server_address="$job"'), legend: "p50" },
      { query: quantile(0.99, CLIENT, "", 'server_address="$job"'), legend: "p99" },
    ],
    unit: "s",
    section: "As its callers see it",
  },
];

const MONITORING: readonly PanelDefinition[] = [
  {
    id: "head-series",
    title: "Active series",
    caption: "Series in the head of the metrics server",
    queries: [{ query: "prometheus_tsdb_head_series", legend: "series" }],
    unit: "",
    section: "Metrics server",
  },
  {
    id: "server-memory",
    title: "Memory in use",
    caption: "Share of the metrics server's limit",
    queries: [
      {
        query: 'process_resident_memory_bytes{job="$job"} / process_memory_limit_bytes{job="$job"}',
        legend: "memory",
      },
    ],
    unit: "ratio",
    section: "Metrics server",
  },
  {
    id: "samples",
    title: "Samples taken in",
    caption: "Samples appended a second",
    queries: [{ query: "rate(prometheus_tsdb_head_samples_appended_total[1m])", legend: "samples" }],
    unit: "/s",
    section: "Metrics server",
  },
  {
    id: "up",
    title: "Targets that answer",
    caption: "Share of targets whose last scrape worked, by job",
    queries: [{ query: "avg by (job) (up)", legend: "{{job}}" }],
    unit: "ratio",
    section: "Scrapes",
  },
  {
    id: "scrape-duration",
    title: "Duration of scrapes",
    caption: "The slowest scrape of each job",
    queries: [{ query: "max by (job) (scrape_duration_seconds)", legend: "{{job}}" }],
    unit: "s",
    section: "Scrapes",
  },
  {
    id: "scrape-samples",
    title: "Samples per scrape",
    caption: "The largest scrape of each job",
    queries: [{ query: "max by (job) (scrape_samples_scraped)", legend: "{{job}}" }],
    unit: "",
    section: "Scrapes",
  },
  {
    id: "scrape-failures",
    title: "Scrapes lost",
    caption: "Scrapes a minute that timed out or brought too many samples",
    queries: [
      { query: "sum(rate(prometheus_target_scrape_timeouts_total[2m])) * 60", legend: "timed out" },
      {
        query: "sum(rate(prometheus_target_scrapes_exceeded_sample_limit_total[2m])) * 60",
        legend: "over the sample limit",
      },
    ],
    unit: "/min",
    section: "Scrapes",
  },
  {
    id: "rules-missed",
    title: "Rule evaluations",
    caption: "Evaluations a minute, and those that were skipped",
    queries: [
      { query: "sum(rate(prometheus_rule_group_iterations_total[2m])) * 60", legend: "due" },
      { query: "sum(rate(prometheus_rule_group_iterations_missed_total[2m])) * 60", legend: "missed" },
    ],
    unit: "/min",
    section: "Rules",
  },
  {
    id: "rules-duration",
    title: "Duration of rule evaluation",
    caption: "The last evaluation; past its interval the next one is skipped",
    queries: [
      { query: "max(prometheus_rule_group_last_duration_seconds)", legend: "last" },
      { query: "max(prometheus_rule_group_interval_seconds)", legend: "interval" },
    ],
    unit: "s",
    section: "Rules",
  },
];

const OVERVIEW: readonly PanelDefinition[] = [
  {
    id: "overview-rate",
    title: "Rate",
    caption: "Requests a second, by service",
    queries: [{ query: `sum by (job) (rate(${SERVER}_count[1m]))`, legend: "{{job}}" }],
    unit: "/s",
    section: "All services",
  },
  {
    id: "overview-errors",
    title: "Errors",
    caption: "Share of requests answered with 5xx, by service",
    queries: [
      {
        query: `sum by (job) (rate(${SERVER}_count{http_response_status_code=~"5.."}[1m])) / sum by (job) (rate(${SERVER}_count[1m]))`,
        legend: "{{job}}",
      },
    ],
    unit: "ratio",
    section: "All services",
  },
  {
    id: "overview-duration",
    title: "Duration, p99",
    caption: "99 of 100 requests are faster, by service",
    queries: [{ query: quantile(0.99, SERVER, "job", ""), legend: "{{job}}" }],
    unit: "s",
    section: "All services",
  },
  {
    id: "overview-workers",
    title: "Workers in use",
    caption: "The busiest instance of each service",
    queries: [{ query: "max by (job) (worker_pool_usage / worker_pool_limit)", legend: "{{job}}" }],
    unit: "ratio",
    section: "All services",
  },
  {
    id: "overview-cpu",
    title: "Processor in use",
    caption: "The busiest instance of each service, share of its cores",
    queries: [{ query: "max by (job) (rate(process_cpu_seconds_total[1m]) / process_cpu_cores)", legend: "{{job}}" }],
    unit: "ratio",
    section: "All services",
  },
  {
    id: "overview-logs",
    title: "Warnings and errors logged",
    caption: "Lines a second of level warn and error, by service",
    queries: [{ query: 'sum by (job) (rate(log_lines_total{level=~"warn|error"}[1m]))', legend: "{{job}}" }],
    unit: "/s",
    section: "All services",
  },
];

export const DASHBOARDS: readonly DashboardDefinition[] = [
  { id: "overview", title: "Overview", kinds: [], panels: OVERVIEW },
  { id: "red", title: "Requests (RED)", kinds: ["service"], panels: RED },
  { id: "use", title: "Resources (USE)", kinds: ["service"], panels: USE_SERVICE },
  { id: "store", title: "Database", kinds: ["store"], panels: USE_STORE },
  { id: "cache", title: "Cache", kinds: ["cache"], panels: USE_CACHE },
  { id: "queue", title: "Queue", kinds: ["queue"], panels: USE_QUEUE },
  { id: "external", title: "Calls", kinds: ["external"], panels: EXTERNAL },
  { id: "monitoring", title: "Monitoring", kinds: ["plant"], panels: MONITORING },
];

/** The dashboards that a component of `kind` has; those without a component for undefined. */
export const dashboardsOf = (kind: string | undefined): readonly DashboardDefinition[] =>
  DASHBOARDS.filter(({ kinds }) => (kind === undefined ? kinds.length === 0 : kinds.includes(kind)));

/** `panels` that can show something of a component that has `metrics`; all of them while those are not known. */
export const panelsFor = (
  panels: readonly PanelDefinition[],
  metrics: ReadonlySet<string> | undefined,
): readonly PanelDefinition[] =>
  metrics === undefined
    ? panels
    : panels.filter(({ needs }) => needs === undefined || needs.some((metric) => metrics.has(metric)));

/** `query` for one component. */
export const queryFor = (query: string, job: string): string => query.replaceAll("$job", job.replace(/["\\]/g, "\\$&"));
