/** Signatures of calls, pools and connections that are set wrong, and of retries that keep a system down. */
import type { Signature, TopologyPatch } from "./signature.js";

/** Callers of the catalogue that give up early and try again at once, at twice the load. */
function eagerCallers(budget: TopologyPatch): TopologyPatch {
  const dependency = {
    timeout: "400ms",
    retry: { attempts: 6, backoff: "10ms", multiplier: 1, jitter: 0.2 },
    ...budget,
  };
  return {
    load: { rps: 100 },
    services: {
      "api-gateway": { dependencies: { catalogue: dependency } },
      cart: { dependencies: { catalogue: dependency } },
    },
  };
}

const NO_RETRY = { attempts: 1, backoff: "10ms", multiplier: 1, jitter: 0 };

export const CALL_SIGNATURES: readonly Signature[] = [
  {
    class: "dependency/retry-storm",
    target: "catalogue",
    parameters: { trigger: "capacity", share: 0.85 },
    // The trigger is over long before anything is measured: what is left keeps itself up.
    fault: { until: "+30s" },
    topology: eagerCallers({}),
    trigger: "none",
    settle: 60,
    recover: 30,
    signs: [
      { of: "catalogue", measure: "calls", min: 2 },
      { of: "api-gateway -> catalogue", measure: "errors", min: 0.8 },
      { of: "edge GET /products/{id}", measure: "errors", min: 0.8 },
    ],
    hurt: { browse: 0.8, search: 0.8 },
    unhurt: ["view-orders"],
    flat: { user: 0.1, recommendation: 0.1, inventory: 0.1, order: 0.1, payment: 0.1 },
    cure: [
      { kind: "set-retry", service: "api-gateway", target: "catalogue", retry: NO_RETRY },
      { kind: "set-retry", service: "cart", target: "catalogue", retry: NO_RETRY },
    ],
    wrongCure: [{ kind: "restart", service: "recommendation" }],
  },
  {
    class: "dependency/retry-storm",
    variant: "with a retry budget",
    target: "catalogue",
    parameters: { trigger: "capacity", share: 0.85 },
    fault: { until: "+30s" },
    topology: eagerCallers({ retryBudget: { ratio: 0.1, minPerSecond: 0, burst: 10 } }),
    trigger: "none",
    settle: 60,
    signs: [
      { of: "catalogue", measure: "calls", min: 0.98, max: 1.02 },
      { of: "edge GET /products/{id}", measure: "errors", max: 0.01 },
    ],
    hurt: {},
    unhurt: ["browse", "search", "add-to-cart", "checkout", "view-orders"],
    flat: { user: 0.1, catalogue: 0.1, recommendation: 0.1, cart: 0.1, inventory: 0.1, order: 0.1, payment: 0.1 },
    cure: [],
    wrongCure: [],
  },
  {
    class: "dependency/timeout-misconfigured",
    target: "order",
    parameters: { peer: "inventory", timeout: "30ms" },
    trigger: "setting",
    signs: [
      { of: "order -> inventory", measure: "errors", min: 0.8 },
      { of: "inventory", measure: "errors", min: -0.01, max: 0.01 },
      { of: "edge POST /checkout", measure: "errors", min: 0.8 },
    ],
    hurt: { checkout: 0.8 },
    unhurt: ["browse", "search", "add-to-cart"],
    flat: { user: 0.1 },
    cure: [{ kind: "set-timeout", service: "order", target: "inventory", timeout: "4s" }],
    wrongCure: [{ kind: "scale", service: "inventory", instances: 4 }],
  },
  {
    class: "network/keep-alive-mismatch",
    target: "web",
    parameters: { keepAlive: "150ms", notice: "20ms" },
    trigger: "setting",
    window: 90,
    // Sporadic: what meets a connection in the moment in which it is closed.
    signs: [
      { of: "edge -> web", measure: "errors", min: 0.004, max: 0.1, slack: 0.0005 },
      { of: "web", measure: "errors", min: -0.001, max: 0.001 },
      { of: "edge GET /products/{id}", measure: "p50", min: 0.9, max: 1.1 },
    ],
    hurt: { browse: 0.004 },
    unhurt: [],
    flat: { user: 0.1, catalogue: 0.1, cart: 0.1, inventory: 0.1, order: 0.1, payment: 0.1 },
    cure: [
      {
        kind: "operate",
        operation: "set-connection-idle",
        target: "edge → web",
        values: { idleTimeout: 100_000, maxLifetime: 0 },
      },
    ],
    wrongCure: [{ kind: "restart", service: "recommendation" }],
  },
  {
    class: "database/pool-exhaustion",
    target: "order",
    parameters: { peer: "orders-db", size: 1 },
    // A table that takes its time, so that one connection is not enough for two orders at once.
    topology: {
      stores: { "orders-db": { queries: { "select-orders": { io: "250ms ~0.3" } } } },
      services: { order: { dependencies: { "orders-db": { acquireTimeout: "100ms" } } } },
    },
    trigger: "setting",
    signs: [
      { of: "order -> orders-db", measure: "errors", min: 0.1 },
      { of: "edge GET /orders", measure: "errors", min: 0.1 },
      {
        of: 'sum(rate(db_client_connection_timeouts_total{job="order"}[$window]))',
        measure: "more",
        min: 0.2,
        slack: 0.05,
      },
    ],
    hurt: { "view-orders": 0.15 },
    unhurt: ["browse", "search", "add-to-cart"],
    flat: { user: 0.1, catalogue: 0.1, recommendation: 0.1, cart: 0.1, inventory: 0.1, payment: 0.1 },
    cure: [{ kind: "set-pool", service: "order", target: "orders-db", poolSize: 10 }],
    wrongCure: [{ kind: "restart", service: "order" }],
  },
  {
    class: "database/connection-leak",
    target: "order",
    parameters: { peer: "orders-db", ratio: 0.3 },
    trigger: "deploy",
    settle: 80,
    recover: 60,
    signs: [
      { of: "order -> orders-db", measure: "errors", min: 0.5 },
      { of: "edge GET /orders", measure: "errors", min: 0.5 },
    ],
    hurt: { checkout: 0.5, "view-orders": 0.5 },
    unhurt: ["browse", "search", "add-to-cart"],
    flat: { user: 0.1, catalogue: 0.1, recommendation: 0.1, inventory: 0.1, payment: 0.1 },
    cure: "rollback",
    wrongCure: [{ kind: "restart", service: "payment" }],
  },
];
