/**
 * A run: one sitting of one person with one world. Its truth is an event log; client and server fold the same events.
 * Commands are what a learner wants; the server answers each with the events that it made durable, or a refusal.
 */
import type { Action, ActionPlan } from "./actions.js";
import type { TimeWindow } from "./telemetry.js";

export type RunState = "briefing" | "investigating" | "paused" | "submitted" | "debriefed" | "abandoned";

export type ClockSpeed = 1 | 2 | 5;

/** Simulated time as the server last set it; a client shows atUs + (its own time since) · speed while it runs. */
export interface RunClock {
  readonly atUs: number;
  readonly running: boolean;
  readonly speed: ClockSpeed;
  /** The run ends by itself here. */
  readonly endsAtUs: number;
}

export interface RunSummary {
  readonly id: string;
  readonly scenarioId: string;
  readonly scenarioTitle: string;
  readonly state: RunState;
  /** Wall time, epoch ms. */
  readonly createdAtMs: number;
  /** 0 to 100, once debriefed. */
  readonly score?: number;
}

/** What paged: shown as the phone of the one on call would show it. */
export interface Page {
  readonly alert: string;
  readonly severity: string;
  readonly service: string;
  readonly summary: string;
  readonly firingSinceUs: number;
  readonly expr: string;
  /** Markdown. */
  readonly runbook: string;
}

/** All a client needs to draw the run: the fold of its events so far. */
export interface RunSnapshot {
  readonly run: RunSummary;
  /** Of the scenario's world: with it and the run's actions the world is built again, byte for byte. */
  readonly seed: string;
  readonly sequence: number;
  readonly clock: RunClock;
  readonly startsAtUs: number;
  /** The oldest instant of the history, and how much of it is there (1 when all is). */
  readonly historyFromUs: number;
  readonly historyProgress: number;
  readonly recentFromUs: number;
  readonly page: Page | undefined;
  readonly notebook: Notebook;
  readonly actions: readonly LoggedAction[];
  readonly acknowledgedAlerts: readonly string[];
  readonly submission: Submission | undefined;
}

export interface LoggedAction {
  readonly id: string;
  readonly action: Action;
  readonly plan: ActionPlan;
  readonly atUs: number;
  readonly completesAtUs: number;
  readonly undoneBy?: string;
}

export interface Notebook {
  readonly exhibits: readonly Exhibit[];
  readonly hypotheses: readonly Hypothesis[];
}

/** Where something was seen: enough to show it again, live or as it was. */
export interface ViewReference {
  /** View of the workspace: `metrics`, `logs`, `traces`, `trace`, `map`, `changes`, `alerts`, `slo`, `dashboards`. */
  readonly view: string;
  /** The URL's search part, without the leading `?`. */
  readonly search: string;
  readonly window: TimeWindow;
}

export interface Exhibit {
  readonly id: string;
  readonly title: string;
  readonly reference: ViewReference;
  /** What was on the screen when it was pinned: at most 64 KB of JSON that the view itself understands. */
  readonly frozen: ExhibitContent;
  readonly pinnedAtUs: number;
  readonly note: string;
}

export type ExhibitContent =
  | {
      readonly kind: "series";
      readonly unit: string;
      readonly series: readonly {
        readonly name: string;
        readonly points: readonly (readonly [number, number | null])[];
      }[];
    }
  | {
      readonly kind: "lines";
      readonly total: number;
      readonly lines: readonly {
        readonly timeUs: number;
        readonly level: string;
        readonly service: string;
        readonly message: string;
      }[];
    }
  | { readonly kind: "facts"; readonly facts: readonly { readonly name: string; readonly value: string }[] };

export interface Hypothesis {
  readonly id: string;
  readonly component: string;
  readonly faultClass: string;
  /** 0 to 1. */
  readonly confidence: number;
  readonly state: "open" | "ruled-out" | "confirmed";
  /** What would prove it wrong. */
  readonly note: string;
  /** By id of an exhibit: how far it speaks for (2) or against (−2) this one; 0, or left out, is neither. */
  readonly judgements?: Readonly<Record<string, number>>;
}

export interface Submission {
  readonly component: string;
  readonly faultClass: string;
  /** Id of a change, or undefined for none. */
  readonly trigger: string | undefined;
  readonly onsetUs: number;
  /** 0 to 1. */
  readonly confidence: number;
  /** At most six. */
  readonly exhibits: readonly string[];
  readonly sentence: string;
  /** Calls along which the trouble travelled, as drawn on the map; undefined where none were. At most 40. */
  readonly path?: readonly { readonly from: string; readonly to: string }[];
  /** Who is hit, in the learner's words. */
  readonly scope?: string;
  /** What the learner would tell everybody now. */
  readonly statusUpdate?: string;
  /** One thing that does not fit the answer. */
  readonly misfit?: string;
}

export type Command =
  | { readonly kind: "start" }
  | { readonly kind: "pause" }
  | { readonly kind: "resume" }
  | { readonly kind: "set-speed"; readonly speed: ClockSpeed }
  /** Go on at once to the next alert or change, at most ten simulated minutes. */
  | { readonly kind: "next-event" }
  | { readonly kind: "look"; readonly reference: ViewReference }
  | { readonly kind: "pin"; readonly exhibit: Exhibit }
  | { readonly kind: "annotate"; readonly exhibit: string; readonly note: string }
  | { readonly kind: "unpin"; readonly exhibit: string }
  | { readonly kind: "put-hypothesis"; readonly hypothesis: Hypothesis }
  | { readonly kind: "remove-hypothesis"; readonly hypothesis: string }
  | { readonly kind: "acknowledge"; readonly alert: string }
  | { readonly kind: "act"; readonly action: Action }
  | { readonly kind: "undo"; readonly action: string }
  | { readonly kind: "submit"; readonly submission: Submission }
  | { readonly kind: "abandon" };

/** What happened, as it stands in the log. `created` is the first; the fold of all is the snapshot. */
export type RunEventBody =
  | {
      readonly kind: "created";
      readonly scenarioId: string;
      readonly scenarioDigest: string;
      readonly seed: string;
      readonly startsAtUs: number;
    }
  | { readonly kind: "started" }
  | { readonly kind: "paused" }
  | { readonly kind: "resumed" }
  | { readonly kind: "speed-set"; readonly speed: ClockSpeed }
  /** The clock stood here when this was written: every few seconds, and when `next-event` moved it. */
  | { readonly kind: "clock-marked"; readonly reason: "heartbeat" | "next-event" | "recovered" }
  | { readonly kind: "looked"; readonly reference: ViewReference }
  | { readonly kind: "pinned"; readonly exhibit: Exhibit }
  | { readonly kind: "annotated"; readonly exhibit: string; readonly note: string }
  | { readonly kind: "unpinned"; readonly exhibit: string }
  | { readonly kind: "hypothesis-put"; readonly hypothesis: Hypothesis }
  | { readonly kind: "hypothesis-removed"; readonly hypothesis: string }
  | { readonly kind: "acknowledged"; readonly alert: string }
  | {
      readonly kind: "acted";
      readonly actionId: string;
      readonly action: Action;
      readonly plan: ActionPlan;
      readonly completesAtUs: number;
      readonly undoes?: string;
    }
  | { readonly kind: "submitted"; readonly submission: Submission }
  | { readonly kind: "debriefed"; readonly score: number }
  | { readonly kind: "abandoned"; readonly reason: "learner" | "time-limit" };

export interface RunEvent {
  readonly sequence: number;
  /** Simulated instant. */
  readonly atUs: number;
  /** Wall clock, epoch ms. */
  readonly wallMs: number;
  readonly author: string;
  readonly body: RunEventBody;
}
