/** Two courses of a scenario laid side by side, as lines of text for authors. */
import { MICROS_PER_MINUTE, MICROS_PER_MS, MICROS_PER_SECOND } from "../base/time.js";
import type { Scenario } from "../scenario/types.js";
import type { ComparisonWindow, JourneyComparison, PairedComparison } from "../telemetry/paired-comparison.js";

const EDGES_SHOWN = 10;
const NODES_SHOWN = 8;
/** A shorter time of being the same at the end of the window shows nothing. */
const SAME_AGAIN_US = MICROS_PER_MINUTE;

/** The other course is named `title`; its figures stand in brackets. */
export function reportComparison(
  scenario: Scenario,
  title: string,
  comparison: PairedComparison,
  window: ComparisonWindow,
): readonly string[] {
  const minute = (atUs: number): string => minuteText((atUs - scenario.startsAt) / MICROS_PER_MINUTE);
  const { requests, sameRatio, firstDifferenceUs } = comparison;
  const meetUs = comparison.meetUs ?? Infinity;
  return [
    `${scenario.id} beside ${title}, ${minute(window.fromUs)} to ${minute(window.toUs)}`,
    "",
    `  requests           ${String(requests)}, ${percent(sameRatio)} the same to the bit`,
    `  first difference   ${firstDifferenceUs === undefined ? "none" : minute(firstDifferenceUs)}`,
    `  the same again     ${meetUs + SAME_AGAIN_US > window.toUs ? "not before the end" : `from ${minute(meetUs)} on`}`,
    "",
    "journeys, figures of the other course in brackets",
    ...comparison.journeys.map(journeyLine),
    "",
    "calls that differ most: time they took longer, failures and calls more than in the other course",
    ...listed(
      comparison.edges
        .filter(({ extraUs, extraCalls, extraFailures }) => extraUs !== 0 || extraCalls !== 0 || extraFailures !== 0)
        .slice(0, EDGES_SHOWN)
        .map(
          ({ from, to, extraUs, extraFailures, extraCalls }) =>
            `  ${`${from} -> ${to}`.padEnd(36)} ${secondsText(extraUs)} ${signed(extraFailures).padStart(8)} failures ${signed(extraCalls).padStart(8)} calls`,
        ),
    ),
    "",
    "components by what they added of their own",
    ...listed(
      comparison.nodes
        .filter(({ ownExtraUs, extraFailures }) => ownExtraUs !== 0 || extraFailures !== 0)
        .slice(0, NODES_SHOWN)
        .map(
          ({ component, ownExtraUs, extraFailures }) =>
            `  ${component.padEnd(36)} ${secondsText(ownExtraUs)} ${signed(extraFailures).padStart(8)} failures`,
        ),
    ),
  ];
}

const listed = (lines: readonly string[]): readonly string[] => (lines.length === 0 ? ["  none"] : lines);

function journeyLine(journey: JourneyComparison): string {
  const { requests, failed, failedTwin, hurt, durationUsP99, durationUsP99Twin, slowerUsP50, impact } = journey;
  return [
    `  ${journey.journey.padEnd(14)} ${String(requests).padStart(7)} requests`,
    `failed ${share(failed, requests)} [${share(failedTwin, requests)}]`,
    `p99 ${millis(durationUsP99)} [${millis(durationUsP99Twin)}]`,
    `hurt ${share(hurt, requests)}, by ${millis(slowerUsP50)} at the median`,
    `impact ${impact.toFixed(0)}`,
  ].join("   ");
}

const share = (part: number, whole: number): string => percent(whole === 0 ? 0 : part / whole);
const percent = (ratio: number): string => `${(ratio * 100).toFixed(1)} %`;
const millis = (us: number): string => `${(us / MICROS_PER_MS).toFixed(0)} ms`;
const signed = (count: number): string => (count > 0 ? `+${String(count)}` : String(count));
const secondsText = (us: number): string => `${(us / MICROS_PER_SECOND).toFixed(1)} s`.padStart(12);

/** `-2m30s`, `+4m`. */
function minuteText(minute: number): string {
  const seconds = Math.round(Math.abs(minute) * 60);
  const rest = seconds % 60;
  return `${minute < 0 ? "-" : "+"}${String(Math.floor(seconds / 60))}m${rest === 0 ? "" : `${String(rest)}s`}`;
}
