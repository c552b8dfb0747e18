/** Signatures of faults of caches. */
import type { Signature } from "./signature.js";

export const CACHE_SIGNATURES: readonly Signature[] = [
  {
    class: "cache/stampede",
    target: "cache",
    parameters: { keyspace: "search", every: "10s" },
    trigger: "setting",
    signs: [
      { of: "catalogue -> catalogue-db", measure: "calls", min: 1.5 },
      { of: "catalogue GET /products", measure: "mean", min: 1.3 },
    ],
    hurt: { search: 0.2 },
    unhurt: ["view-orders"],
    same: [],
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
    same: [],
    cure: "rollback",
    wrongCure: [{ kind: "restart", service: "catalogue" }],
  },
  {
    class: "cache/eviction",
    target: "cache",
    parameters: { share: 0.05 },
    trigger: "setting",
    signs: [{ of: "catalogue -> catalogue-db", measure: "calls", min: 1.3 }],
    hurt: { search: 0.1 },
    unhurt: [],
    same: [],
    cure: "rollback",
    wrongCure: [{ kind: "restart", service: "catalogue" }],
  },
];
