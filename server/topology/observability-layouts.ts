/**
 * The series of the collector, of the log agents and of the stores behind them, by the names of the OpenTelemetry Collector,
 * of Fluent Bit or Promtail, of Loki, Tempo and Pyroscope.
 */
import type { CollectorSpec, LogAgent } from "./observability-spec.js";
import { type SeriesLayout, SeriesLayoutBuilder } from "./series-layout.js";

/** Offsets from the target's `valuesFrom`. */
export interface CollectorMetrics {
  readonly layout: SeriesLayout;
  readonly accepted: number;
  readonly refusedByReceiver: number;
  readonly refusedByMemory: number;
  readonly queueSize: number;
  readonly queueCapacity: number;
  readonly sent: number;
  readonly enqueueFailed: number;
  readonly sendFailed: number;
  readonly leftOut: number;
  readonly tracesOnMemory: number;
  readonly tracesKept: number;
  readonly tracesDropped: number;
  readonly droppedTooEarly: number;
  /** By policy that is declared: traces that it would keep, and that it would not. */
  readonly policies: readonly {
    readonly policy: TailPolicy;
    readonly kept: number;
    readonly dropped: number;
  }[];
}

/** Names of the tail-sampling policies, by what the collector counts them as. */
const TAIL_POLICIES = { failedTraces: "errors", slowTraces: "slow", sharedTraces: "share" } as const;
export type TailPolicy = keyof typeof TAIL_POLICIES;

function declaredPolicies({ tailSampling }: CollectorSpec): readonly TailPolicy[] {
  if (tailSampling === undefined) return [];
  const { errors, slowerThan } = tailSampling;
  return [
    ...(errors ? ["failedTraces" as const] : []),
    ...(slowerThan === undefined ? [] : ["slowTraces" as const]),
    "sharedTraces",
  ];
}

export function collectorMetrics(spec: CollectorSpec): CollectorMetrics {
  const layout = new SeriesLayoutBuilder();
  const receiver = { receiver: "otlp", transport: "grpc" };
  const exporter = { exporter: "otlp" };
  return {
    layout,
    accepted: layout.counter("otelcol_receiver_accepted_spans_total", receiver),
    refusedByReceiver: layout.counter("otelcol_receiver_refused_spans_total", receiver),
    refusedByMemory: layout.counter("otelcol_processor_refused_spans_total", { processor: "memory_limiter" }),
    queueSize: layout.gauge("otelcol_exporter_queue_size", exporter),
    queueCapacity: layout.gauge("otelcol_exporter_queue_capacity", exporter),
    sent: layout.counter("otelcol_exporter_sent_spans_total", exporter),
    enqueueFailed: layout.counter("otelcol_exporter_enqueue_failed_spans_total", exporter),
    sendFailed: layout.counter("otelcol_exporter_send_failed_spans_total", exporter),
    leftOut: layout.counter("otelcol_processor_dropped_spans_total", { processor: "tail_sampling" }),
    tracesOnMemory: layout.gauge("otelcol_processor_tail_sampling_sampling_traces_on_memory"),
    tracesKept: layout.counter("otelcol_processor_tail_sampling_global_count_traces_sampled_total", {
      sampled: "true",
    }),
    tracesDropped: layout.counter("otelcol_processor_tail_sampling_global_count_traces_sampled_total", {
      sampled: "false",
    }),
    droppedTooEarly: layout.counter("otelcol_processor_tail_sampling_sampling_trace_dropped_too_early_total"),
    policies: declaredPolicies(spec).map((policy) => {
      const counter = (sampled: string): number =>
        layout.counter("otelcol_processor_tail_sampling_count_traces_sampled_total", {
          policy: TAIL_POLICIES[policy],
          sampled,
        });
      return { policy, kept: counter("true"), dropped: counter("false") };
    }),
  };
}

/** By service of the topology. */
export interface ShipperMetrics {
  readonly layout: SeriesLayout;
  readonly shipped: readonly number[];
  /** Lost for lack of room, left out by sampling, refused by the store: by service. */
  readonly bufferFull: readonly number[];
  readonly sampledOut: readonly number[];
  readonly refused: readonly number[];
  /** Bytes of what is in the buffers; an agent without that gauge has none. */
  readonly bufferedBytes: readonly number[];
}

export function shipperMetrics(services: readonly string[], agent: LogAgent = "fluent-bit"): ShipperMetrics {
  return AGENT_METRICS[agent](services);
}

const AGENT_METRICS: Readonly<Record<LogAgent, (services: readonly string[]) => ShipperMetrics>> = {
  "fluent-bit": (services) => {
    const layout = new SeriesLayoutBuilder();
    const named = (service: string): Readonly<Record<string, string>> => ({ name: "loki", service });
    const shipped = services.map((service) => layout.counter("fluentbit_output_proc_records_total", named(service)));
    const dropped = services.map((service) => layout.counter("fluentbit_output_dropped_records_total", named(service)));
    return {
      layout,
      shipped,
      // One counter for both: what finds no room, and what the store answers with an error that another try cannot mend.
      bufferFull: dropped,
      refused: dropped,
      bufferedBytes: services.map((service) => layout.gauge("fluentbit_input_storage_memory_bytes", named(service))),
      sampledOut: services.map((service) =>
        layout.counter("fluentbit_filter_drop_records_total", { name: "sampling", service }),
      ),
    };
  },
  promtail: (services) => {
    const layout = new SeriesLayoutBuilder();
    const named = (service: string): Readonly<Record<string, string>> => ({ host: "loki:3100", service, tenant: "" });
    const dropped = (reason: string): readonly number[] =>
      services.map((service) => layout.counter("promtail_dropped_entries_total", { ...named(service), reason }));
    return {
      layout,
      shipped: services.map((service) => layout.counter("promtail_sent_entries_total", named(service))),
      bufferFull: dropped("queue_full"),
      refused: dropped("ingester_error"),
      bufferedBytes: [],
      sampledOut: services.map((service) =>
        layout.counter("logentry_dropped_lines_total", { reason: "sampling_stage", service }),
      ),
    };
  },
};

/** By reason, in the order of `LOG_DISCARD_REASONS`. */
export interface LogStoreMetrics {
  readonly layout: SeriesLayout;
  readonly discardedLines: readonly number[];
  readonly discardedBytes: readonly number[];
  readonly linesReceived: number;
  readonly streams: number;
}

/** Source: loki/pkg/validation/validate.go. */
export const LOG_DISCARD_REASONS = [
  "rate_limited",
  "line_too_long",
  "greater_than_max_sample_age",
  "stream_limit",
] as const;

const TENANT = { tenant: "fake" };

export function logStoreMetrics(): LogStoreMetrics {
  const layout = new SeriesLayoutBuilder();
  const byReason = (name: string): readonly number[] =>
    LOG_DISCARD_REASONS.map((reason) => layout.counter(name, { reason, ...TENANT }));
  return {
    layout,
    discardedLines: byReason("loki_discarded_samples_total"),
    discardedBytes: byReason("loki_discarded_bytes_total"),
    linesReceived: layout.counter("loki_distributor_lines_received_total", TENANT),
    streams: layout.gauge("loki_ingester_memory_streams", TENANT),
  };
}

export interface TraceStoreMetrics {
  readonly layout: SeriesLayout;
  readonly discarded: number;
  readonly received: number;
}

export function traceStoreMetrics(): TraceStoreMetrics {
  const layout = new SeriesLayoutBuilder();
  const tenant = { tenant: "single-tenant" };
  return {
    layout,
    discarded: layout.counter("tempo_discarded_spans_total", { reason: "rate_limited", ...tenant }),
    received: layout.counter("tempo_distributor_spans_received_total", tenant),
  };
}

export interface ProfileStoreMetrics {
  readonly layout: SeriesLayout;
  readonly discarded: number;
}

export function profileStoreMetrics(): ProfileStoreMetrics {
  const layout = new SeriesLayoutBuilder();
  const labels = { reason: "rate_limited", tenant: "anonymous" };
  return { layout, discarded: layout.counter("pyroscope_discarded_profiles_total", labels) };
}
