/** What is said to those who do not see that something came about: sentences for one live region. Pure. */
import type { RunState } from "../../../server/wire/run.js";
import type { ChartMarker } from "../../charts/markers.js";

/** More alerts than these are counted. */
const NAMED_MAX = 3;

const ENDS: Readonly<Partial<Record<RunState, string>>> = {
  submitted: "Your diagnosis was sent. The run is being graded.",
  debriefed: "The run is graded. Its debrief is there.",
  abandoned: "This run has ended.",
};

export const alertKey = ({ id, atUs }: ChartMarker): string => `${id}@${String(atUs)}`;

/** Alerts that were not known; undefined where there are none. */
export function alertsText(markers: readonly ChartMarker[], known: ReadonlySet<string>): string | undefined {
  const fresh = markers.filter((marker) => marker.kind === "alert" && !known.has(alertKey(marker)));
  if (fresh.length === 0) return undefined;
  const names = [...new Set(fresh.map(({ title }) => title))];
  const left = names.length - NAMED_MAX;
  const listed = `${names.slice(0, NAMED_MAX).join(", ")}${left > 0 ? ` and ${String(left)} more` : ""}`;
  return names.length === 1 ? `An alert fires: ${listed}.` : `${String(names.length)} alerts fire: ${listed}.`;
}

/** Of the end of a run, once: undefined while nothing changed. */
export const stateText = (before: RunState | undefined, now: RunState): string | undefined =>
  before === undefined || before === now ? undefined : ENDS[now];

/** `Logs: 5 855 lines.` */
export function answerText(view: string, answers: readonly string[]): string {
  const said = answers.map((text) => text.replace(/\s+/g, " ").trim()).filter((text) => text !== "");
  return `${view}: ${said.length === 0 ? "the answer is there" : said.join(", ")}.`;
}
