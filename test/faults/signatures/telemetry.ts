/** Signatures of faults of the telemetry: users feel nothing. */
import type { Signature } from "./signature.js";

const ALL = ["browse", "search", "add-to-cart", "checkout", "view-orders"];

export const TELEMETRY_SIGNATURES: readonly Signature[] = [
  {
    class: "telemetry/label-cardinality",
    target: "user",
    trigger: "deploy",
    signs: [
      { of: "prometheus_tsdb_head_series", measure: "ratio", min: 1.5, cured: false },
      { of: 'sum(scrape_samples_post_metric_relabeling{job="user"})', measure: "ratio", min: 5 },
    ],
    hurt: {},
    unhurt: ALL,
    cure: [{ kind: "drop-label", metric: "http_server_request_duration_seconds", label: "user_id" }],
    wrongCure: [{ kind: "restart", service: "user" }],
  },
];
