/** Behind each figure of a ledger the series of the plant that tells it over time, where there is one. */
import type { LogAgent } from "../topology/observability-spec.js";
import type { PlantSpec } from "../topology/types.js";
import type { LedgerSignal } from "../wire/ledger.js";

/** By signal and by reason (`made`, `kept`, `on the way`, and those of what was left out or lost). */
export type LedgerQueries = Readonly<Record<LedgerSignal, Queries>>;
type Queries = Readonly<Partial<Record<string, string>>>;

const rate = (series: string, by = ""): string => `sum ${by === "" ? "" : `by (${by}) `}(rate(${series}[1m]))`;

export const ledgerQueries = (plant: PlantSpec): LedgerQueries => ({
  metrics: metricQueries(plant),
  logs: logQueries(plant),
  traces: traceQueries(plant),
  profiles:
    plant.profileStore === undefined ? {} : { "rate limited": rate("pyroscope_discarded_profiles_total", "reason") },
});

function metricQueries({ metricsServer, sampleLimit, targetLimit }: PlantSpec): Queries {
  return {
    made: "sum by (job) (scrape_samples_scraped)",
    kept: rate("prometheus_tsdb_head_samples_appended_total"),
    relabelling: "sum by (job) (scrape_samples_scraped - scrape_samples_post_metric_relabeling)",
    "target down": "count by (job) (up == 0)",
    "scrape timed out": rate("prometheus_target_scrape_timeouts_total"),
    ...(sampleLimit > 0 ? { "sample limit": rate("prometheus_target_scrapes_exceeded_sample_limit_total") } : {}),
    ...(targetLimit === undefined
      ? {}
      : { "target limit": rate("prometheus_target_scrape_pool_exceeded_target_limit_total") }),
    "metrics server away": `changes(process_start_time_seconds{job="${metricsServer}"}[5m])`,
  };
}

const AGENT_QUERIES: Readonly<Record<LogAgent, Queries>> = {
  "fluent-bit": {
    kept: rate("fluentbit_output_proc_records_total", "service"),
    "on the way": "sum by (service) (fluentbit_input_storage_memory_bytes)",
    "buffer full": rate("fluentbit_output_dropped_records_total", "service"),
    "agent sampling": rate("fluentbit_filter_drop_records_total", "service"),
  },
  promtail: {
    kept: rate("promtail_sent_entries_total", "service"),
    "buffer full": rate('promtail_dropped_entries_total{reason="queue_full"}', "service"),
    "agent sampling": rate("logentry_dropped_lines_total", "service"),
  },
};

const discarded = (reason: string): string => rate(`loki_discarded_samples_total{reason="${reason}"}`);

function logQueries({ logShipper }: PlantSpec): Queries {
  const made = { made: rate("log_lines_total", "level") };
  if (logShipper === undefined) return made;
  const { agent = "fluent-bit", store } = logShipper;
  if (store === undefined) return { ...made, ...AGENT_QUERIES[agent] };
  return {
    ...made,
    ...AGENT_QUERIES[agent],
    "rate limited": discarded("rate_limited"),
    "line too long": discarded("line_too_long"),
    "too old": discarded("greater_than_max_sample_age"),
    "stream limit": discarded("stream_limit"),
  };
}

function traceQueries({ collector }: PlantSpec): Queries {
  if (collector === undefined) return {};
  const policy = (name: string): string =>
    rate(`otelcol_processor_tail_sampling_count_traces_sampled_total{policy="${name}",sampled="true"}`);
  return {
    made: rate("otelcol_receiver_accepted_spans_total"),
    kept: rate("otelcol_exporter_sent_spans_total"),
    "on the way": "sum(otelcol_exporter_queue_size)",
    "collector away": rate("otelcol_receiver_refused_spans_total"),
    "memory limit": rate("otelcol_processor_refused_spans_total"),
    "queue full": rate("otelcol_exporter_enqueue_failed_spans_total"),
    ...(collector.store === undefined ? {} : { "rate limited": rate("otelcol_exporter_send_failed_spans_total") }),
    ...(collector.tailSampling === undefined
      ? {}
      : {
          "tail sampling": rate("otelcol_processor_dropped_spans_total"),
          status: policy("errors"),
          latency: policy("slow"),
          probabilistic: policy("share"),
        }),
  };
}
