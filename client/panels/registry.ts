/** Every view of the workspace: what the rail shows, which key opens it and where its element comes from. */

export interface ViewEntry {
  readonly id: string;
  readonly title: string;
  /** Name in `elements/icons.ts`. */
  readonly icon: string;
  /** `g` and then this letter opens it; undefined for views that are opened from others. */
  readonly key: string | undefined;
  /** The view that the rail marks while this one is open, where it has no place of its own there. */
  readonly within?: string;
  /** Fetches the chunk that defines `fd-view-<id>`. */
  readonly load: () => Promise<unknown>;
}

export const VIEWS: readonly ViewEntry[] = [
  { id: "brief", title: "Brief", icon: "phone", key: "b", load: () => import("./brief/view.js") },
  { id: "alerts", title: "Alerts", icon: "bell", key: "a", load: () => import("./alerts/view.js") },
  { id: "slo", title: "SLO", icon: "target", key: "o", load: () => import("./slo/view.js") },
  { id: "dashboards", title: "Dashboards", icon: "grid", key: "d", load: () => import("./dashboards/view.js") },
  { id: "metrics", title: "Metrics", icon: "chart", key: "m", load: () => import("./metrics/view.js") },
  { id: "logs", title: "Logs", icon: "lines", key: "l", load: () => import("./logs/view.js") },
  { id: "traces", title: "Traces", icon: "waterfall", key: "t", load: () => import("./traces/view.js") },
  {
    id: "trace",
    title: "Trace",
    icon: "waterfall",
    key: undefined,
    within: "traces",
    load: () => import("./trace/view.js"),
  },
  { id: "map", title: "Map", icon: "map", key: "p", load: () => import("./map/view.js") },
  { id: "changes", title: "Changes", icon: "diff", key: "c", load: () => import("./changes/view.js") },
  { id: "actions", title: "Actions", icon: "bolt", key: "x", load: () => import("./actions/view.js") },
  { id: "notebook", title: "Notebook", icon: "notebook", key: "n", load: () => import("./notebook/view.js") },
  { id: "submit", title: "Submit", icon: "send", key: "s", load: () => import("./submit/view.js") },
  { id: "debrief", title: "Debrief", icon: "flag", key: "e", load: () => import("./debrief/view.js") },
];

export const viewById = (id: string): ViewEntry | undefined => VIEWS.find((view) => view.id === id);
