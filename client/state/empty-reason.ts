/**
 * Why an answer is empty and what to click next: the time has not come, nothing is kept from then, filters let nothing
 * through, or it lies elsewhere. Pure.
 */
import type { TimeWindow } from "../../server/wire/telemetry.js";
import { formatClock } from "../charts/format.js";
import type { RunStore } from "./run-store.js";
import type { UrlValues } from "./url-state.js";

export interface EmptyPlace {
  readonly window: TimeWindow;
  readonly nowUs: number;
  /** As far back as anything is kept. */
  readonly dataFromUs: number;
  /** Filters that are set, the last one last. */
  readonly filters: readonly (readonly [name: string, value: string])[];
}

export interface EmptyStep {
  readonly title: string;
  /** Changes of the address. */
  readonly values?: UrlValues;
  readonly window?: TimeWindow;
}

export const isOutsideRun = (store: Pick<RunStore, "nowUs" | "snapshot">, window: TimeWindow): boolean =>
  isOutsideData({ window, nowUs: store.nowUs(), dataFromUs: store.snapshot.historyFromUs });

interface EmptyReason {
  readonly text: string;
  /** The one that helps most comes first; never empty. */
  readonly steps: readonly EmptyStep[];
  /** No question has an answer at that time: what else might be the matter does not matter. */
  readonly isOutside: boolean;
}

/** Whether nothing at all is known of the window: a panel that says "no errors" of it would say what nobody knows. */
export const isOutsideData = ({ window, nowUs, dataFromUs }: Omit<EmptyPlace, "filters">): boolean =>
  window.fromUs >= nowUs || window.toUs <= dataFromUs;

const MINUTE_US = 60_000_000;
const NOW_STEP: EmptyStep = { title: "Go to the last 15 minutes", values: { from: "now-15m", to: "now" } };

export function emptyReason(place: EmptyPlace): EmptyReason {
  const { window, nowUs, dataFromUs, filters } = place;
  const isOutside = isOutsideData(place);
  if (window.fromUs >= nowUs)
    return {
      text: `This time has not come yet: simulated now is ${formatClock(nowUs)}.`,
      steps: [NOW_STEP],
      isOutside,
    };
  if (isOutside) {
    const lengthUs = Math.max(MINUTE_US, window.toUs - window.fromUs);
    const first = { fromUs: dataFromUs, toUs: Math.min(nowUs, dataFromUs + lengthUs) };
    return {
      text: `Nothing is kept from before ${formatClock(dataFromUs)}.`,
      steps: [{ title: "Go to where data begins", window: first }, NOW_STEP],
      isOutside,
    };
  }
  const wider = widerStep(place);
  if (filters.length === 0)
    return { text: "There is none of it in this time.", steps: wider === undefined ? [NOW_STEP] : [wider], isOutside };
  return {
    text: filters.length === 1 ? "The filter lets nothing through." : "Together the filters let nothing through.",
    steps: [...filterSteps(filters), ...(wider === undefined ? [] : [wider])],
    isOutside,
  };
}

/** The filter that came last is the one that was too much. */
function filterSteps(filters: EmptyPlace["filters"]): readonly EmptyStep[] {
  const last = filters.at(-1);
  if (last === undefined) return [];
  const [name, value] = last;
  const shown = value.length > 40 ? `${value.slice(0, 39)}…` : value;
  return [
    { title: `Drop the last filter: ${shown}`, values: { [name]: undefined } },
    ...(filters.length > 1
      ? [{ title: "Drop all filters", values: Object.fromEntries(filters.map(([one]) => [one, undefined])) }]
      : []),
  ];
}

function widerStep({ window, nowUs, dataFromUs }: EmptyPlace): EmptyStep | undefined {
  const isWhole = window.fromUs <= dataFromUs + MINUTE_US && window.toUs >= nowUs - MINUTE_US;
  return isWhole ? undefined : { title: "Look at all of the time", window: { fromUs: dataFromUs, toUs: nowUs } };
}
