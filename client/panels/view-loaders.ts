/** Where the element of each view comes from: a chunk that is fetched when the view is first opened. */

/** By id of the view (registry.ts); each defines `fd-view-<id>`. */
export const VIEW_LOADERS: ReadonlyMap<string, () => Promise<unknown>> = new Map<string, () => Promise<unknown>>([
  ["brief", () => import("./brief/view.js")],
  ["alerts", () => import("./alerts/view.js")],
  ["slo", () => import("./slo/view.js")],
  ["dashboards", () => import("./dashboards/view.js")],
  ["metrics", () => import("./metrics/view.js")],
  ["logs", () => import("./logs/view.js")],
  ["traces", () => import("./traces/view.js")],
  ["trace", () => import("./trace/view.js")],
  ["profiles", () => import("./profiles/view.js")],
  ["compare", () => import("./compare/view.js")],
  ["map", () => import("./map/view.js")],
  ["changes", () => import("./changes/view.js")],
  ["health", () => import("./health/view.js")],
  ["synthetics", () => import("./synthetics/view.js")],
  ["rum", () => import("./rum/view.js")],
  ["actions", () => import("./actions/view.js")],
  ["notebook", () => import("./notebook/view.js")],
  ["telemetry", () => import("./telemetry/view.js")],
  ["submit", () => import("./submit/view.js")],
  ["debrief", () => import("./debrief/view.js")],
]);
