/**
 * The incidents that pictures are taken of: what a learner looks at, does and answers in each. The first is the one
 * that the README shows.
 */

const checkout = { service: "edge", operation: "POST /checkout", caller: "order" };

export const INCIDENTS = [
  {
    id: "checkout-errors",
    ...checkout,
    suspect: "payment",
    level: "error,warn",
    change: "cart-2-9-4",
    form: { act: "set-timeout", "act-service": "payment", "act-target": "payment-provider", "act-timeout": "5s" },
    action: { kind: "set-flag", flag: "checkout.deferred-payment", value: true },
    facts: [
      { name: "p99 of calls to payment-provider", value: "1.01 s" },
      { name: "an hour before", value: "160 ms" },
    ],
    exhibit: "Calls from payment to its provider time out",
    answer: {
      component: "payment-provider",
      faultClass: "dependency/slow",
      path: [
        { from: "payment", to: "payment-provider" },
        { from: "order", to: "payment" },
        { from: "api-gateway", to: "order" },
        { from: "web", to: "api-gateway" },
        { from: "edge", to: "web" },
      ],
      sentence:
        "The payment provider answers in two seconds; payment gives up after one, three times, and holds its workers meanwhile.",
    },
    refutedBy: "Calls of payment that time out although the provider answered in time.",
    scope: "About one checkout in three, in every region.",
    statusUpdate: "We know why checkouts fail and have made them wait instead; orders come in again.",
    onsetBeforeStartUs: 240e6,
    other: {
      component: "cart",
      faultClass: "code/exception",
      note: "Deployed ten minutes before; its own calls are fine.",
    },
  },
  {
    id: "slow-baskets",
    ...checkout,
    suspect: "inventory",
    level: "info",
    change: "inventory-3-22-0",
    form: { act: "rollback", "act-change": "payment-6-1-3" },
    action: { kind: "rollback", change: "inventory-3-22-0" },
    facts: [
      { name: "queries in a slow trace", value: "41" },
      { name: "in a quick one of the same minute", value: "2" },
    ],
    exhibit: "A query for each item of the basket",
    answer: {
      component: "inventory",
      faultClass: "database/n-plus-one",
      trigger: "inventory-3-22-0",
      path: [
        { from: "order", to: "inventory" },
        { from: "api-gateway", to: "order" },
        { from: "web", to: "api-gateway" },
        { from: "edge", to: "web" },
      ],
      sentence: "Since its deploy inventory asks the database once for each item of a basket.",
    },
    refutedBy: "Slow traces from before the deploy with as many queries.",
    scope: "Checkouts of large baskets, one in twenty.",
    statusUpdate: "Large baskets take long to check out since a deploy of ours, which we are taking back.",
    onsetBeforeStartUs: 540e6,
    other: {
      component: "payment",
      faultClass: "dependency/slow",
      note: "Deployed four minutes earlier; its spans are unchanged.",
    },
  },
  {
    id: "missing-dashboards",
    ...checkout,
    suspect: "cart",
    level: "error,warn",
    change: "cart-2-10-0",
    form: { act: "rollback", "act-change": "cart-2-10-0" },
    action: { kind: "drop-label", metric: "http_server_request_duration_seconds", label: "user_id" },
    facts: [
      { name: "series of cart", value: "31 k" },
      { name: "an hour before", value: "420" },
    ],
    exhibit: "One job sends most of the series",
    answer: {
      component: "cart",
      faultClass: "telemetry/label-cardinality",
      trigger: "cart-2-10-0",
      path: [{ from: "prometheus", to: "cart" }],
      sentence: "The deploy of cart labels its request metric by user, and the metrics server drowns in series.",
    },
    refutedBy: "A job other than cart whose samples grow as fast.",
    scope: "No customer; our own sight of every service.",
    statusUpdate: "Our monitoring is overloaded since a deploy; customers are not affected, and it recovers.",
    onsetBeforeStartUs: 660e6,
    other: {
      component: "prometheus",
      faultClass: "resource/memory-leak",
      note: "Its memory follows the number of series.",
    },
  },
];
