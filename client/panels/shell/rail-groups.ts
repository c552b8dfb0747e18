/** The views of the rail in the groups of an investigation. Pure. */
import { VIEWS } from "../registry.js";
import type { ViewEntry } from "../registry.js";

export interface RailGroup {
  readonly title: string;
  readonly views: readonly ViewEntry[];
}

const GROUPS: readonly (readonly [title: string, views: readonly string[]])[] = [
  ["Incident", ["brief", "alerts", "slo"]],
  ["Signals", ["dashboards", "metrics", "logs", "traces", "profiles", "compare"]],
  ["System", ["map", "changes", "health", "synthetics", "rum"]],
  ["Response", ["actions", "notebook", "submit", "debrief"]],
];

/** Views with a key, in the order of the groups; one that no group names stands at the end of the system's. */
export function railGroups(debriefed: boolean): readonly RailGroup[] {
  const shown = VIEWS.filter(({ key, id }) => key !== undefined && (id !== "debrief" || debriefed));
  const named = new Set(GROUPS.flatMap(([, ids]) => ids));
  return GROUPS.map(([title, ids]) => {
    const views = ids.flatMap((id) => shown.find((view) => view.id === id) ?? []);
    return { title, views: title === "System" ? [...views, ...shown.filter(({ id }) => !named.has(id))] : views };
  });
}
