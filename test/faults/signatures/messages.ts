/** Signatures of faults of queues, their consumers, and external parties that limit their callers. */
import type { Signature } from "./signature.js";

const waiting = (queue: string): string => `avg_over_time(messaging_queue_messages{job="${queue}"}[$window])`;
const taken = (queue: string): string => `sum(rate(messaging_queue_delivered_total{job="${queue}"}[$window]))`;

export const MESSAGE_SIGNATURES: readonly Signature[] = [
  {
    class: "queue/consumer-lag",
    target: "order-events",
    parameters: { factor: 100 },
    trigger: "setting",
    recover: 60,
    signs: [
      { of: "notification", measure: "p50", min: 10 },
      { of: waiting("order-events"), measure: "more", min: 10, slack: 3 },
    ],
    hurt: {},
    // Nobody waits for a confirmation by mail.
    unhurt: ["browse", "search", "add-to-cart", "checkout", "view-orders"],
    flat: { order: 0.05, payment: 0.05, inventory: 0.05 },
    cure: "rollback",
    wrongCure: [{ kind: "restart", service: "order" }],
  },
  {
    class: "queue/consumer-lag",
    variant: "consumers that went away",
    target: "order-events",
    parameters: { consumers: "0%" },
    trigger: "setting",
    recover: 60,
    signs: [
      { of: waiting("order-events"), measure: "more", min: 50, slack: 3 },
      { of: taken("order-events"), measure: "ratio", max: 0.1 },
    ],
    hurt: {},
    unhurt: ["browse", "search", "add-to-cart", "checkout", "view-orders"],
    flat: { order: 0.05, payment: 0.05, inventory: 0.05 },
    cure: "rollback",
    wrongCure: [{ kind: "restart", service: "notification" }],
  },
  {
    class: "queue/poison-message",
    target: "order-events",
    parameters: { ratio: "30%", origin: "producer" },
    trigger: "setting",
    recover: 60,
    signs: [
      { of: "notification", measure: "errors", min: 0.5 },
      { of: taken("order-events"), measure: "ratio", min: 4 },
    ],
    hurt: {},
    unhurt: ["browse", "search", "add-to-cart", "checkout", "view-orders"],
    flat: { order: 0.05, payment: 0.05, inventory: 0.05 },
    // What is broken stays broken: the producer is mended and what it has written is put aside.
    cure: [
      { kind: "rollback", change: "trigger" },
      { kind: "operate", operation: "park-messages", target: "order-events", values: { attempts: 3 } },
    ],
    wrongCure: [{ kind: "restart", service: "notification" }],
  },
  {
    class: "queue/duplicate-delivery",
    target: "order-events",
    parameters: { ratio: "40%" },
    trigger: "setting",
    recover: 20,
    signs: [
      { of: "notification", measure: "calls", min: 1.5, max: 1.9 },
      { of: taken("order-events"), measure: "ratio", min: 1.4 },
      { of: "notification", measure: "errors", max: 0.01 },
    ],
    hurt: {},
    unhurt: ["browse", "search", "add-to-cart", "checkout", "view-orders"],
    flat: { order: 0.05, payment: 0.05, inventory: 0.05 },
    cure: "rollback",
    wrongCure: [{ kind: "restart", service: "notification" }],
  },
  {
    class: "queue/visibility-timeout",
    target: "order-events",
    parameters: { timeout: "80ms" },
    trigger: "setting",
    recover: 30,
    signs: [{ of: "notification", measure: "calls", min: 1.5 }],
    hurt: {},
    unhurt: ["browse", "search", "add-to-cart", "checkout", "view-orders"],
    flat: { order: 0.05, payment: 0.05, inventory: 0.05 },
    cure: [
      { kind: "operate", operation: "set-visibility-timeout", target: "order-events", values: { timeout: 30_000_000 } },
    ],
    wrongCure: [{ kind: "scale", service: "notification", instances: 3 }],
  },
  {
    class: "queue/rebalance-storm",
    target: "order-events",
    parameters: { maxPoll: "85ms" },
    topology: { queues: { "order-events": { engine: "kafka", partitions: { count: 8, key: "user" } } } },
    trigger: "setting",
    recover: 60,
    signs: [
      { of: 'sum(increase(kafka_consumer_rebalance_total{topic="order-events"}[$window]))', measure: "more", min: 4 },
      {
        of: 'avg_over_time(sum(kafka_consumergroup_lag{topic="order-events"})[$window:5s])',
        measure: "more",
        min: 10,
        slack: 3,
      },
      { of: "notification", measure: "errors", max: 0.01 },
    ],
    hurt: {},
    unhurt: ["browse", "search", "add-to-cart", "checkout", "view-orders"],
    flat: { order: 0.05, payment: 0.05, inventory: 0.05 },
    cure: [
      { kind: "operate", operation: "set-visibility-timeout", target: "order-events", values: { timeout: 30_000_000 } },
    ],
    wrongCure: [{ kind: "restart", service: "order" }],
  },
  {
    class: "dependency/quota-exhausted",
    target: "payment-provider",
    parameters: { perSecond: 1 },
    trigger: "none",
    signs: [
      { of: "payment -> payment-provider", measure: "errors", min: 0.4 },
      { of: "payment -> payment-provider", measure: "p50", max: 0.8 },
      { of: "order -> payment", measure: "errors", min: 0.3 },
      { of: "edge POST /checkout", measure: "errors", min: 0.2 },
      {
        of: 'sum(rate(http_client_request_duration_seconds_count{job="payment",http_response_status_code="429"}[$window])) or vector(0)',
        measure: "more",
        min: 1,
      },
    ],
    hurt: { checkout: 0.3 },
    unhurt: ["browse", "search", "add-to-cart"],
    flat: { inventory: 0.05, user: 0.1 },
    cure: [{ kind: "operate", operation: "call-provider", target: "payment-provider", values: {} }],
    wrongCure: [{ kind: "restart", service: "payment" }],
  },
  {
    class: "dependency/quota-exhausted",
    variant: "never answered",
    target: "payment-provider",
    parameters: { perSecond: 1, mode: "ignore" },
    trigger: "none",
    signs: [
      { of: "payment -> payment-provider", measure: "errors", min: 0.4, cured: false },
      { of: "payment -> payment-provider", measure: "p99", min: 3, cured: false },
      { of: "edge POST /checkout", measure: "errors", min: 0.2 },
    ],
    hurt: { checkout: 0.3 },
    unhurt: ["browse", "search"],
    // Takes the payment out of the request.
    cure: [{ kind: "set-flag", flag: "checkout.deferred-payment", value: true }],
    wrongCure: [{ kind: "restart", service: "inventory" }],
  },
];
