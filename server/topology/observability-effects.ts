/** Effects of faults on the observability plant. None of them touches a request. */
export type ObservabilityEffect =
  /** Share of traces that are kept at the head; of one journey, or of all for undefined. */
  | { readonly kind: "trace-sampling"; readonly journey: string | undefined; readonly ratio: number }
  /** The collector exports only this share of its rate. */
  | { readonly kind: "collector-rate"; readonly factor: number }
  /** The processes of a service do not pass the context of traces on: to anybody, or through one queue. */
  | { readonly kind: "context-lost"; readonly service: string; readonly queue: string | undefined }
  | { readonly kind: "clock-skew"; readonly service: string; readonly offsetUs: number; readonly driftPpm: number }
  /** The exporters of a component refuse scrapes or do not answer them. */
  | { readonly kind: "exporter-down"; readonly component: string; readonly mode: "refuse" | "silence" }
  /** Counters of a component start anew at every period, or are seen in part in every other one. */
  | {
      readonly kind: "counters-disturbed";
      readonly component: string;
      readonly mode: "restart" | "waver";
      readonly periodUs: number;
    }
  | { readonly kind: "metric-missing"; readonly component: string; readonly metric: string }
  /** The metrics server reaches its targets through the processes of a service. */
  | { readonly kind: "scrapes-through"; readonly service: string }
  | { readonly kind: "log-level"; readonly service: string; readonly level: number }
  /** The log agents of a service ship only this share of their rate. */
  | { readonly kind: "log-shipping"; readonly service: string; readonly factor: number }
  | { readonly kind: "rule-changed"; readonly alert: string; readonly expression: string };
