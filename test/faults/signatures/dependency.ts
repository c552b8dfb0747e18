/** Signatures of faults of what others depend on, databases among them. */
import type { Signature } from "./signature.js";

export const DEPENDENCY_SIGNATURES: readonly Signature[] = [
  {
    class: "dependency/slow",
    variant: "an external party",
    target: "payment-provider",
    parameters: { latency: "1500ms" },
    trigger: "none",
    signs: [
      { of: "payment -> payment-provider", measure: "p50", min: 10, cured: false },
      { of: "payment -> payment-provider", measure: "errors", min: 0.7, cured: false },
      { of: "order -> payment", measure: "errors", min: 0.5, cured: false },
      { of: "edge POST /checkout", measure: "errors", min: 0.3 },
      {
        of: 'sum(rate(http_client_retries_total{job="payment"}[$window]))',
        measure: "more",
        min: 1,
        cured: false,
      },
    ],
    hurt: { checkout: 0.5 },
    unhurt: ["browse", "search", "add-to-cart"],
    flat: { inventory: 0.05, user: 0.1 },
    // Takes the payment out of the request: the party stays slow.
    cure: [{ kind: "set-flag", flag: "checkout.deferred-payment", value: true }],
    wrongCure: [{ kind: "restart", service: "inventory" }],
  },
  {
    class: "dependency/slow",
    variant: "a database",
    target: "catalogue-db",
    parameters: { factor: 10 },
    trigger: "setting",
    signs: [
      { of: "inventory -> catalogue-db", measure: "p50", min: 5 },
      { of: "inventory", measure: "p50", min: 3 },
      { of: "order POST /orders", measure: "p50", min: 1.3 },
    ],
    hurt: { checkout: 0.5 },
    unhurt: ["browse", "view-orders"],
    flat: { payment: 0.1, user: 0.05 },
    cure: "rollback",
    wrongCure: [{ kind: "restart", service: "inventory" }],
  },
  {
    class: "dependency/errors",
    target: "user",
    parameters: { ratio: 0.2 },
    trigger: "setting",
    // Retries of the gateway take most of 20 % away from its users; its calls show it.
    signs: [
      { of: "user", measure: "errors", min: 0.15, max: 0.25 },
      { of: "api-gateway -> user", measure: "errors", min: 0.15, max: 0.25 },
      { of: "api-gateway -> user", measure: "calls", min: 1.1 },
      { of: "api-gateway POST /api/cart/items", measure: "errors", min: 0.02 },
    ],
    hurt: { "add-to-cart": 0.1 },
    unhurt: ["browse", "search"],
    flat: { catalogue: 0.1, recommendation: 0.1, cart: 0.1, inventory: 0.1, order: 0.1 },
    cure: "rollback",
    wrongCure: [{ kind: "scale", service: "user", instances: 3 }],
  },
  {
    class: "dependency/errors",
    variant: "callers without retries",
    target: "cart",
    parameters: { ratio: 0.2 },
    trigger: "setting",
    // Published: 20 % aborts at a callee give its callers at least 10 % errors.
    signs: [
      { of: "cart", measure: "errors", min: 0.15, max: 0.25 },
      { of: "api-gateway POST /api/cart/items", measure: "errors", min: 0.1 },
      { of: "edge POST /cart/items", measure: "errors", min: 0.1 },
    ],
    hurt: { "add-to-cart": 0.1, checkout: 0.1 },
    unhurt: ["browse", "search", "view-orders"],
    flat: { user: 0.1, catalogue: 0.1, recommendation: 0.1, inventory: 0.1 },
    cure: "rollback",
    wrongCure: [{ kind: "restart", service: "api-gateway" }],
  },
  {
    class: "database/n-plus-one",
    target: "inventory",
    parameters: { query: "lock-stock-for-basket", perItemQuery: "lock-stock-for-item" },
    topology: {
      // Baskets of 21 items: 21 queries in place of one.
      load: { basket: { median: 21, sigma: 0.02, max: 60 } },
      journeys: {
        browse: { share: "40%" },
        search: { share: "20%" },
        "add-to-cart": { share: "14%" },
        checkout: { share: "4%" },
        "view-orders": { share: "22%" },
      },
    },
    trigger: "deploy",
    recover: 40,
    signs: [
      { of: "inventory -> catalogue-db", measure: "calls", min: 10.5, max: 11.5 },
      { of: "inventory", measure: "p50", min: 5 },
      { of: "order -> inventory", measure: "p50", min: 5 },
    ],
    hurt: { checkout: 0.9 },
    unhurt: ["browse", "search"],
    flat: { user: 0.1, catalogue: 0.1, recommendation: 0.1, cart: 0.1, payment: 0.1 },
    cure: "rollback",
    wrongCure: [{ kind: "restart", service: "order" }],
  },
];
