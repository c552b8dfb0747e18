/** The series of the collector and of the log agents, by the names of the OpenTelemetry Collector and of Fluent Bit. */
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
  readonly tracesOnMemory: number;
  readonly tracesKept: number;
  readonly tracesDropped: number;
  readonly droppedTooEarly: number;
}

export function collectorMetrics(): CollectorMetrics {
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
    tracesOnMemory: layout.gauge("otelcol_processor_tail_sampling_sampling_traces_on_memory"),
    tracesKept: layout.counter("otelcol_processor_tail_sampling_global_count_traces_sampled_total", {
      sampled: "true",
    }),
    tracesDropped: layout.counter("otelcol_processor_tail_sampling_global_count_traces_sampled_total", {
      sampled: "false",
    }),
    droppedTooEarly: layout.counter("otelcol_processor_tail_sampling_sampling_trace_dropped_too_early_total"),
  };
}

/** By service of the topology. */
export interface ShipperMetrics {
  readonly layout: SeriesLayout;
  readonly shipped: readonly number[];
  readonly dropped: readonly number[];
  readonly bufferedBytes: readonly number[];
}

export function shipperMetrics(services: readonly string[]): ShipperMetrics {
  const layout = new SeriesLayoutBuilder();
  const named = (service: string): Readonly<Record<string, string>> => ({ name: "loki", service });
  return {
    layout,
    shipped: services.map((service) => layout.counter("fluentbit_output_proc_records_total", named(service))),
    dropped: services.map((service) => layout.counter("fluentbit_output_dropped_records_total", named(service))),
    bufferedBytes: services.map((service) => layout.gauge("fluentbit_input_storage_memory_bytes", named(service))),
  };
}
