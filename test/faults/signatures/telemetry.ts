/** Signatures of faults of the telemetry: users feel nothing, and what is simulated is the same to the bit. */
import type { Signature, TopologyPatch } from "./signature.js";

const ALL_JOURNEYS = ["browse", "search", "add-to-cart", "checkout", "view-orders"];
const ALL_SERVICES = ["edge", "web", "api-gateway", "user", "catalogue", "recommendation", "cart", "order", "payment"];

const COLLECTOR: TopologyPatch = {
  plant: { collector: { batchDelay: "1s", queue: 5_000, spansPerSecond: 5_000 } },
};
const SHIPPER: TopologyPatch = {
  plant: { logShipper: { flush: "1s", linesPerSecond: 10, buffer: 100, debugLines: 20 } },
};

const UNFELT = {
  hurt: {},
  unhurt: ALL_JOURNEYS,
  flat: Object.fromEntries(ALL_SERVICES.map((service) => [service, 0.1])),
};
const UNTOUCHED = { hurt: {}, unhurt: ALL_JOURNEYS, same: ALL_SERVICES };

export const TELEMETRY_SIGNATURES: readonly Signature[] = [
  {
    class: "telemetry/label-cardinality",
    target: "user",
    trigger: "deploy",
    signs: [
      { of: "prometheus_tsdb_head_series", measure: "ratio", min: 1.5, cured: false },
      { of: 'sum(scrape_samples_post_metric_relabeling{job="user"})', measure: "ratio", min: 5 },
    ],
    // Exposition costs the processes processor time.
    ...UNFELT,
    cure: [{ kind: "drop-label", metric: "http_server_request_duration_seconds", label: "user_id" }],
    wrongCure: [{ kind: "restart", service: "user" }],
  },
  {
    class: "telemetry/head-sampling",
    target: "edge",
    parameters: { ratio: 0.02 },
    trigger: "setting",
    signs: [
      { of: "edge", measure: "traces", min: 0.005, max: 0.05 },
      {
        of: 'sum(rate(http_server_request_duration_seconds_count{job="edge"}[$window]))',
        measure: "ratio",
        min: 1,
        max: 1,
      },
    ],
    ...UNTOUCHED,
    cure: [{ kind: "operate", operation: "set-sampling", target: "all journeys", values: { ratio: 1 } }],
    wrongCure: [{ kind: "operate", operation: "set-log-level", target: "edge", values: { level: "debug" } }],
  },
  {
    class: "telemetry/collector-overload",
    target: "edge",
    parameters: { factor: 0.02 },
    topology: COLLECTOR,
    trigger: "setting",
    settle: 40,
    recover: 60,
    signs: [
      { of: "rate(otelcol_exporter_enqueue_failed_spans_total[$window])", measure: "more", min: 50, slack: 5 },
      { of: "edge", measure: "traces", max: 0.7 },
    ],
    ...UNTOUCHED,
    cure: "rollback",
    wrongCure: [{ kind: "operate", operation: "restart-collector", target: "otel-collector" }],
  },
  {
    class: "telemetry/broken-propagation",
    target: "web",
    trigger: "deploy",
    signs: [{ of: "api-gateway", measure: "traces", min: 10 }],
    ...UNTOUCHED,
    cure: "rollback",
    wrongCure: [{ kind: "operate", operation: "set-sampling", target: "all journeys", values: { ratio: 0.9 } }],
  },
  {
    class: "telemetry/clock-skewed-spans",
    target: "cart",
    parameters: { offset: "400ms" },
    trigger: "none",
    signs: [{ of: "cart", measure: "early", min: 0.9 }],
    ...UNTOUCHED,
    cure: [{ kind: "operate", operation: "synchronize-clock", target: "cart" }],
    wrongCure: [{ kind: "operate", operation: "synchronize-clock", target: "user" }],
  },
  {
    class: "telemetry/scrape-failure",
    target: "order",
    trigger: "none",
    settle: 30,
    recover: 30,
    signs: [
      { of: 'sum(up{job="order"})', measure: "more", max: -3 },
      { of: 'sum(rate(http_server_request_duration_seconds_count{job="order"}[$window]))', measure: "ratio", max: 0 },
    ],
    ...UNFELT,
    cure: [{ kind: "operate", operation: "restart-exporter", target: "order" }],
    wrongCure: [{ kind: "operate", operation: "restart-exporter", target: "payment" }],
  },
  {
    class: "telemetry/missing-metric",
    target: "user",
    trigger: "deploy",
    recover: 30,
    signs: [
      {
        of: 'count(http_server_request_duration_seconds_count{job="user",http_response_status_code="200"})',
        measure: "ratio",
        max: 0.1,
      },
      { of: 'sum(up{job="user"})', measure: "more", min: 0, max: 0 },
    ],
    ...UNFELT,
    cure: "rollback",
    wrongCure: [{ kind: "operate", operation: "restart-exporter", target: "user" }],
  },
  {
    class: "telemetry/counter-reset",
    target: "edge",
    parameters: { period: "15s" },
    trigger: "none",
    settle: 30,
    recover: 75,
    signs: [
      { of: 'sum(rate(http_server_request_duration_seconds_count{job="edge"}[$window]))', measure: "ratio", min: 3 },
      { of: "edge", measure: "calls", min: 1, max: 1 },
    ],
    ...UNTOUCHED,
    cure: [{ kind: "operate", operation: "restart-exporter", target: "edge" }],
    wrongCure: [{ kind: "operate", operation: "restart-exporter", target: "web" }],
  },
  {
    class: "telemetry/log-loss",
    target: "inventory",
    parameters: { factor: 0.01 },
    topology: SHIPPER,
    trigger: "setting",
    settle: 30,
    recover: 40,
    signs: [{ of: "inventory", measure: "lines", max: 0.6 }],
    ...UNTOUCHED,
    cure: "rollback",
    wrongCure: [{ kind: "operate", operation: "set-sampling", target: "all journeys", values: { ratio: 0.9 } }],
  },
  {
    class: "telemetry/log-flood",
    target: "inventory",
    topology: SHIPPER,
    trigger: "setting",
    settle: 30,
    recover: 60,
    signs: [
      {
        of: 'rate(fluentbit_output_dropped_records_total{service="inventory"}[$window])',
        measure: "more",
        min: 1,
        slack: 0.1,
      },
    ],
    ...UNTOUCHED,
    cure: [{ kind: "operate", operation: "set-log-level", target: "inventory", values: { level: "info" } }],
    wrongCure: [{ kind: "operate", operation: "set-log-level", target: "order", values: { level: "warn" } }],
  },
  {
    class: "telemetry/alert-storm",
    target: "edge",
    parameters: { alert: "MetricsServerSeriesBudgetExceeded", threshold: 100 },
    trigger: "setting",
    // The rule waits for two minutes; who watches a branch begins with it.
    settle: 120,
    recover: 90,
    signs: [{ of: "MetricsServerSeriesBudgetExceeded", measure: "alerts", min: 1 }],
    ...UNTOUCHED,
    cure: "rollback",
    wrongCure: [{ kind: "operate", operation: "silence-alert", target: "MetricsServerSeriesBudgetExceeded" }],
  },
  {
    class: "telemetry/blind-rule",
    target: "edge",
    parameters: { alert: "CheckoutLatencyHigh", threshold: 1000 },
    // A provider that takes its time: there is something that the rule should say.
    topology: {
      externals: { "payment-provider": { operations: { "POST /v1/authorisations": { latency: "700ms ~0.2" } } } },
    },
    trigger: "setting",
    settle: 150,
    recover: 130,
    signs: [{ of: "CheckoutLatencyHigh", measure: "alerts", max: -1 }],
    ...UNTOUCHED,
    cure: "rollback",
    wrongCure: [{ kind: "restart", service: "payment" }],
  },
  {
    class: "telemetry/shared-fate",
    target: "edge",
    parameters: { share: 0.99 },
    trigger: "setting",
    settle: 100,
    recover: 60,
    signs: [
      { of: "avg(avg_over_time(up[$window]))", measure: "ratio", max: 0.85 },
      { of: "edge", measure: "p50", min: 3 },
    ],
    hurt: { browse: 0.5 },
    unhurt: [],
    cure: "rollback",
    wrongCure: [{ kind: "restart", service: "web" }],
  },
];
