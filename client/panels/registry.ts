/** Every view of the workspace: what the rail shows and which key opens it. Where its element comes from: view-loaders. */

export interface ViewEntry {
  readonly id: string;
  readonly title: string;
  /** Name in `elements/icons.ts`. */
  readonly icon: string;
  /** `g` and then this letter opens it; undefined for views that are opened from others. */
  readonly key: string | undefined;
  /** The view that the rail marks while this one is open, where it has no place of its own there. */
  readonly within?: string;
}

export const VIEWS: readonly ViewEntry[] = [
  { id: "brief", title: "Brief", icon: "phone", key: "b" },
  { id: "alerts", title: "Alerts", icon: "bell", key: "a" },
  { id: "slo", title: "SLO", icon: "target", key: "o" },
  { id: "dashboards", title: "Dashboards", icon: "grid", key: "d" },
  { id: "metrics", title: "Metrics", icon: "chart", key: "m" },
  { id: "logs", title: "Logs", icon: "lines", key: "l" },
  { id: "traces", title: "Traces", icon: "waterfall", key: "t" },
  {
    id: "trace",
    title: "Trace",
    icon: "waterfall",
    key: undefined,
    within: "traces",
  },
  { id: "profiles", title: "Profiles", icon: "flame", key: "f" },
  { id: "compare", title: "Compare", icon: "compare", key: "v" },
  { id: "map", title: "Map", icon: "map", key: "p" },
  { id: "changes", title: "Changes", icon: "diff", key: "c" },
  { id: "health", title: "Health", icon: "service", key: "h" },
  { id: "synthetics", title: "Synthetics", icon: "clock", key: "y" },
  { id: "rum", title: "RUM", icon: "person", key: "r" },
  { id: "actions", title: "Actions", icon: "bolt", key: "x" },
  { id: "notebook", title: "Notebook", icon: "notebook", key: "n" },
  { id: "telemetry", title: "Telemetry", icon: "store", key: "k" },
  { id: "submit", title: "Submit", icon: "send", key: "s" },
  { id: "debrief", title: "Debrief", icon: "flag", key: "e" },
];

export const viewById = (id: string): ViewEntry | undefined => VIEWS.find((view) => view.id === id);
