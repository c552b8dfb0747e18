/** Signatures of faults of caches. */
import type { Signature } from "./signature.js";

export const CACHE_SIGNATURES: readonly Signature[] = [
  {
    class: "cache/stampede",
    target: "cache",
    parameters: { keyspace: "search", keys: 150, every: "5s" },
    trigger: "setting",
    recover: 75,
    signs: [
      { of: "catalogue -> catalogue-db", measure: "calls", min: 1.5 },
      { of: "catalogue GET /products", measure: "mean", min: 1.3 },
    ],
    hurt: { search: 0.2 },
    unhurt: ["view-orders"],
    flat: { payment: 0.05 },
    cure: "rollback",
    wrongCure: [{ kind: "restart", service: "catalogue" }],
  },
  {
    class: "cache/cache-disabled",
    target: "cache",
    trigger: "setting",
    signs: [
      { of: "catalogue -> catalogue-db", measure: "calls", min: 2 },
      { of: "catalogue -> cache", measure: "errors", min: 0.95 },
    ],
    hurt: { search: 0.3 },
    unhurt: [],
    cure: "rollback",
    wrongCure: [{ kind: "restart", service: "catalogue" }],
  },
  {
    class: "cache/eviction",
    target: "cache",
    parameters: { share: 0.05 },
    trigger: "setting",
    // A warm cache is more than the twin has so soon after its start.
    signs: [{ of: "catalogue -> catalogue-db", measure: "calls", min: 1.3, slack: 1 }],
    hurt: { search: 0.1 },
    unhurt: [],
    cure: [
      { kind: "rollback", change: "trigger" },
      { kind: "operate", operation: "warm-cache", target: "cache", values: { entries: 20_000 } },
    ],
    wrongCure: [{ kind: "restart", service: "catalogue" }],
  },
];
