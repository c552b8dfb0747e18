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
    flat: { inventory: 0.1, order: 0.1, payment: 0.1 },
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
    flat: { inventory: 0.1, order: 0.1, payment: 0.1 },
    cure: [
      { kind: "rollback", change: "trigger" },
      { kind: "operate", operation: "warm-cache", target: "cache", values: { entries: 20_000 } },
    ],
    wrongCure: [{ kind: "restart", service: "catalogue" }],
  },
  {
    class: "cache/stampede",
    variant: "everybody asks for two keys",
    target: "cache",
    parameters: { keyspace: "search", every: "6s" },
    // Twenty searches a second for two entries whose query takes most of a second.
    topology: {
      load: { rps: 100 },
      caches: { cache: { keyspaces: { search: { keys: 2, zipf: 0, timeToLive: "10m" } } } },
      stores: { "catalogue-db": { queries: { "search-products": { io: "800ms ~0.1" } } } },
    },
    trigger: "setting",
    signs: [
      {
        of: 'sum(rate(db_client_operation_duration_seconds_count{job="catalogue",db_namespace="catalogue-db"}[$window]))',
        measure: "more",
        min: 2,
      },
    ],
    // Who waits for the one that rebuilds waits as long as before.
    hurt: {},
    unhurt: ["checkout"],
    flat: { user: 0.1, recommendation: 0.1, inventory: 0.1, order: 0.1, payment: 0.1 },
    // Entries go on to end together; they are rebuilt once: about a tenth of the queries.
    cure: [
      {
        kind: "operate",
        operation: "set-single-flight",
        target: "cache",
        values: { keyspace: "search", scope: "shared" },
      },
    ],
    wrongCure: [{ kind: "restart", service: "catalogue" }],
  },
];
