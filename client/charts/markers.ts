/** Things that happened at an instant and stand on every time axis: changes, alerts, the learner's actions. Pure. */
import type { LoggedAction } from "../../server/wire/run.js";
import type { AlertsAnswer, ChangeRecord } from "../../server/wire/telemetry.js";

export type MarkerKind =
  "deploy" | "flag" | "setting" | "scaling" | "restart" | "alert" | "action" | "fault" | "answer" | "submission";

export interface ChartMarker {
  readonly atUs: number;
  readonly kind: MarkerKind;
  readonly title: string;
  /** Id of the change or action, name of the alert. */
  readonly id: string;
}

/** Each kind has a letter, so that nothing is told by colour alone. */
export const MARKER_LETTERS: Readonly<Record<MarkerKind, string>> = {
  deploy: "D",
  flag: "F",
  setting: "S",
  scaling: "N",
  restart: "R",
  alert: "!",
  action: "A",
  fault: "X",
  answer: "Y",
  submission: "E",
};

export const MARKER_TITLES: Readonly<Record<MarkerKind, string>> = {
  deploy: "Deploy",
  flag: "Flag",
  setting: "Setting",
  scaling: "Scaling",
  restart: "Restart",
  alert: "Alert",
  action: "Your action",
  fault: "Onset",
  answer: "Your onset",
  submission: "Submitted",
};

/** Kinds that only the debrief knows of. */
const OF_DEBRIEF: ReadonlySet<MarkerKind> = new Set(["fault", "answer", "submission"]);

/** The author of changes that the learner's own actions made: each of them stands there once, as the action. */
const LEARNER = "you";

/** Ascending by time. Of an alert only the moments at which it began to fire. */
export function markersOf(
  changes: readonly ChangeRecord[],
  alerts: AlertsAnswer | undefined,
  actions: readonly LoggedAction[],
): readonly ChartMarker[] {
  const all: readonly ChartMarker[] = [
    ...changes
      .filter(({ author }) => author !== LEARNER || actions.length === 0)
      .map(({ atUs, kind, title, target, id }): ChartMarker => ({
        atUs,
        kind,
        title: title.startsWith(target) ? title : `${target}: ${title}`,
        id,
      })),
    ...(alerts?.rules ?? []).flatMap(({ name, history }) =>
      history
        .filter(({ state }) => state === "firing")
        .map(({ atUs }): ChartMarker => ({ atUs, kind: "alert", title: `${name} fires`, id: name })),
    ),
    ...actions.map(({ atUs, plan, id }): ChartMarker => ({ atUs, kind: "action", title: plan.summary, id })),
  ];
  return [...all].sort((one, other) => one.atUs - other.atUs);
}

/** The view that shows a marker, with the URL parameters that select it. */
export function markerView(marker: ChartMarker): {
  readonly view: string;
  readonly values: Readonly<Record<string, string>>;
} {
  if (marker.kind === "alert") return { view: "alerts", values: { rule: marker.id } };
  if (marker.kind === "action") return { view: "actions", values: { taken: marker.id } };
  if (OF_DEBRIEF.has(marker.kind)) return { view: "debrief", values: {} };
  return { view: "changes", values: { change: marker.id } };
}
