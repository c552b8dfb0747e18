/**
 * The guided first incident: what to do next, where, and how it is known that it was done. It reads only what the learner
 * has done (the run's snapshot and the views that were opened), so it can be left and taken up again at any point. Pure.
 */
import type { RunSnapshot } from "../../../server/wire/run.js";

export interface GuideFacts {
  readonly snapshot: RunSnapshot;
  /** Views that were opened since the guide began. */
  readonly opened: ReadonlySet<string>;
  readonly view: string;
}

export interface GuideStep {
  readonly id: string;
  /** What to do, in one sentence. */
  readonly text: string;
  /** Why, in another. */
  readonly why: string;
  /** The view in which it is done, which is marked in the rail; undefined: in the bar at the top. */
  readonly place: string | undefined;
  /** What the address says there. */
  readonly values?: Readonly<Record<string, string>>;
  readonly isDone: (facts: GuideFacts) => boolean;
}

const opens =
  (...views: readonly string[]) =>
  ({ opened }: GuideFacts): boolean =>
    views.some((view) => opened.has(view));

export const GUIDE_STEPS: readonly GuideStep[] = [
  {
    id: "start",
    text: "Read the page, then press Start.",
    why: "The clock of the incident runs from there on; reading costs nothing.",
    place: "brief",
    isDone: ({ snapshot }) => snapshot.run.state !== "briefing",
  },
  {
    id: "scope",
    text: "Open the dashboards or the objectives: who is hurt, and since when?",
    why: "Scope first. It says how much hurry there is and which minutes to look at.",
    place: "dashboards",
    isDone: opens("dashboards", "slo", "rum"),
  },
  {
    id: "changes",
    text: "Open the changes: what is near the beginning?",
    why: "Near in time is a reason to look, and no proof.",
    place: "changes",
    isDone: opens("changes"),
  },
  {
    id: "compare",
    text: "Compare bad requests with good ones.",
    why: "What the bad ones have in common, and the good ones have not, is where to look next. The key is b.",
    place: "compare",
    values: { slow: "0.95" },
    isDone: opens("compare"),
  },
  {
    id: "trace",
    text: "Open one bad trace, and follow the time downwards.",
    why: "Traces lead from what users feel to where it arises. A click on a row opens one.",
    place: "traces",
    isDone: opens("trace"),
  },
  {
    id: "hypothesis",
    text: "Write down a hypothesis, and what would prove it wrong.",
    why: "An idea that can not be wrong can not be right. The key is h.",
    place: "notebook",
    isDone: ({ snapshot }) => snapshot.notebook.hypotheses.length > 0,
  },
  {
    id: "pin",
    text: "Go back to one thing that you have seen, and pin it.",
    why: "Every view has a pin, and its key is p. What is pinned stays as it was: it is your evidence in the answer.",
    place: undefined,
    isDone: ({ snapshot }) => snapshot.notebook.exhibits.length > 0,
  },
  {
    id: "act",
    text: "Take one action against the pain, and watch its indicator.",
    why: "Users come first. The plan says before what it touches, how long it takes and whether it can be undone.",
    place: "actions",
    isDone: ({ snapshot }) => snapshot.actions.length > 0,
  },
  {
    id: "submit",
    text: "Submit your diagnosis.",
    why: "What, where, since when, why, and how sure you are. The debrief shows the truth beside it.",
    place: "submit",
    isDone: ({ snapshot }) => snapshot.submission !== undefined,
  },
];

/** The first step that was not done; undefined when all are. Steps may be done in any order. */
export function nextStep(facts: GuideFacts): { readonly step: GuideStep; readonly number: number } | undefined {
  const index = GUIDE_STEPS.findIndex(({ isDone }) => !isDone(facts));
  const step = GUIDE_STEPS[index];
  return step === undefined ? undefined : { step, number: index + 1 };
}

/** What a browser keeps of the guide. */
export interface GuideMemory {
  /** `new`: it was never answered; `left`: it can be taken up again. */
  readonly state: "new" | "running" | "left" | "done";
  readonly opened: readonly string[];
}

const KEY = "firedrill.guide";
const STATES: readonly GuideMemory["state"][] = ["new", "running", "left", "done"];

export function readGuide(storage: Pick<Storage, "getItem">): GuideMemory {
  try {
    const value = JSON.parse(storage.getItem(KEY) ?? "{}") as { readonly state?: unknown; readonly opened?: unknown };
    const opened = Array.isArray(value.opened) ? value.opened.filter((view) => typeof view === "string") : [];
    return { state: STATES.find((state) => state === value.state) ?? "new", opened };
  } catch {
    return { state: "new", opened: [] };
  }
}

export function writeGuide(storage: Pick<Storage, "setItem">, memory: GuideMemory): void {
  storage.setItem(KEY, JSON.stringify(memory));
}
