/** Signatures of faults in who comes, where requests go, and what pages do in browsers. */
import type { Signature } from "./signature.js";

const TENANTS = { load: { tenants: { count: 40, zipf: 1 } } };
const PAGES = { browser: { pages: { product: { journey: "browse" } } } };

export const TRAFFIC_SIGNATURES: readonly Signature[] = [
  {
    class: "traffic/surge",
    target: "edge",
    parameters: { journey: "search", factor: 6 },
    trigger: "none",
    signs: [
      { of: "edge GET /search", measure: "calls", min: 5.5, max: 6.5 },
      { of: "catalogue GET /products", measure: "calls", min: 5, max: 7 },
      { of: "catalogue GET /products", measure: "mean", min: 1.15, slack: 0.2 },
    ],
    hurt: {},
    unhurt: ["checkout"],
    flat: { payment: 0.05 },
    cure: "ends",
    wrongCure: [],
  },
  {
    class: "traffic/surge",
    variant: "bots",
    target: "edge",
    parameters: { journey: "search", factor: 6, bots: true },
    trigger: "none",
    signs: [
      { of: "edge GET /search", measure: "calls", min: 5.5, max: 6.5, cured: false },
      { of: "catalogue GET /products", measure: "calls", min: 5, max: 7 },
    ],
    hurt: {},
    unhurt: ["checkout"],
    flat: { payment: 0.05 },
    cure: [{ kind: "operate", operation: "block-bots", target: "edge", values: { on: true } }],
    wrongCure: [{ kind: "scale", service: "web", instances: 4 }],
  },
  {
    class: "traffic/tenant-hogging",
    target: "edge",
    topology: TENANTS,
    parameters: { tenant: 4, factor: 20 },
    trigger: "none",
    signs: [
      { of: "edge", measure: "calls", min: 1.9, max: 2.4, cured: false },
      { of: "web", measure: "calls", min: 1.9, max: 2.4 },
      { of: "catalogue", measure: "calls", min: 1.8, max: 2.5 },
    ],
    hurt: {},
    unhurt: [],
    cure: [{ kind: "operate", operation: "rate-limit-tenant", target: "acct-104", values: { perSecond: 3 } }],
    wrongCure: [{ kind: "operate", operation: "rate-limit-tenant", target: "acct-105", values: { perSecond: 3 } }],
  },
  {
    class: "traffic/imbalance",
    variant: "journeys",
    target: "edge",
    parameters: { journey: "checkout", share: "20%" },
    trigger: "none",
    signs: [
      { of: "edge POST /checkout", measure: "calls", min: 4.2, max: 5.8 },
      { of: "payment", measure: "calls", min: 4.2, max: 5.8 },
      { of: "edge GET /products/{id}", measure: "calls", min: 0.75, max: 0.9, slack: 0.05 },
    ],
    hurt: {},
    unhurt: ["browse", "search"],
    cure: "ends",
    wrongCure: [],
  },
  {
    class: "traffic/imbalance",
    variant: "instances",
    target: "catalogue",
    parameters: { skew: "85%" },
    trigger: "none",
    signs: [
      {
        of: 'max(sum by (instance) (rate(http_server_request_duration_seconds_count{job="catalogue"}[$window]))) / avg(sum by (instance) (rate(http_server_request_duration_seconds_count{job="catalogue"}[$window])))',
        measure: "ratio",
        min: 2.2,
        max: 3,
      },
      { of: "catalogue", measure: "calls", min: 0.98, max: 1.02 },
      { of: "catalogue", measure: "mean", min: 1.1 },
    ],
    hurt: {},
    unhurt: ["checkout"],
    flat: { payment: 0.05 },
    cure: "ends",
    wrongCure: [],
  },
  {
    class: "code/front-end",
    target: "web",
    topology: PAGES,
    parameters: { page: "product", weight: 5, work: 3, errors: "10%" },
    trigger: "deploy",
    signs: [
      {
        of: "histogram_quantile(0.75, sum by (le) (rate(browser_web_vitals_lcp_seconds_bucket[$window])))",
        measure: "ratio",
        min: 1.8,
      },
      {
        of: "sum(rate(browser_script_errors_total[$window])) / sum(rate(browser_page_views_total[$window]))",
        measure: "more",
        min: 0.06,
      },
      {
        of: "histogram_quantile(0.5, sum by (le) (rate(browser_web_vitals_ttfb_seconds_bucket[$window])))",
        measure: "ratio",
        min: 0.95,
        max: 1.05,
      },
    ],
    hurt: {},
    unhurt: ["browse", "checkout"],
    same: ["edge", "web", "catalogue"],
    cure: "rollback",
    wrongCure: [{ kind: "restart", service: "catalogue" }],
  },
];
