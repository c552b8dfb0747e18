/** When the incident was, as the debrief tells it. Pure. */
import type { Debrief } from "../../../server/wire/debrief.js";
import type { TimeWindow } from "../../../server/wire/telemetry.js";
import { impactWindow } from "../../charts/impact-curves.js";

/** What stands before the onset in the charts. */
const LEAD_US = 10 * 60_000_000;

/** Undefined where nothing went wrong by itself. */
export function firstOnset({ causes }: Pick<Debrief, "causes">): number | undefined {
  const onsets = causes.map(({ onsetUs }) => onsetUs);
  return onsets.length === 0 ? undefined : Math.min(...onsets);
}

/** When the diagnosis came in: what the impact has after it is how the world would have gone on. */
export function submittedAtUs({ timeline }: Pick<Debrief, "timeline">): number | undefined {
  return timeline.find(({ kind }) => kind === "submission")?.atUs;
}

/** From a little before the onset to the submission, where the telemetry ends; the impact goes on for some minutes. */
export function incidentWindow(debrief: Pick<Debrief, "causes" | "impact" | "timeline">): TimeWindow {
  const { fromUs, toUs } = impactWindow(debrief.impact);
  const onsetUs = firstOnset(debrief) ?? fromUs;
  return { fromUs: Math.min(fromUs, onsetUs - LEAD_US), toUs: submittedAtUs(debrief) ?? toUs };
}
