/** What a learner gets after the submission. Never sent before the run is `debriefed`. */
import type { Action } from "./actions.js";
import type { ViewReference } from "./run.js";

/** One figure of the score: value · weight goes into its dimension. Formula and inputs are shown beside it. */
export interface ScorePart {
  readonly id: string;
  readonly title: string;
  readonly points: number;
  readonly pointsMax: number;
  /** With the learner's numbers put in, for example `e^(−|42 s| / 60 s) = 0.50`. */
  readonly formula: string;
  readonly explanation: string;
}

export interface ScoreDimension {
  readonly id: "diagnosis" | "mitigation" | "forecast";
  readonly title: string;
  readonly points: number;
  readonly pointsMax: number;
  readonly parts: readonly ScorePart[];
}

export interface TruthCause {
  readonly component: string;
  readonly faultClass: string;
  readonly trigger?: string;
  readonly onsetUs: number;
  readonly description: string;
}

/** Calls of the trouble's path that are hurt less often than this are free: naming them neither helps nor harms. */
export const PATH_OPTIONAL_BELOW = 0.1;

/** An edge along which the trouble travelled: the world in which nobody acted, measured against the healthy twin. */
export interface TroubleEdge {
  readonly from: string;
  readonly to: string;
  /** The kind of call on this edge that was hurt most, `POST /checkout`: all figures are of this kind alone. */
  readonly operation: string;
  /** Calls hurt that were fine in the twin, as a share of the calls after the onset. */
  readonly hurtRatio: number;
  readonly latencyMsP99: number;
  /** Of the same calls in the twin; left out where the twin never made such a call. */
  readonly latencyMsP99Twin?: number;
  readonly errorRatio: number;
  readonly errorRatioTwin?: number;
}

export interface TimelineEntry {
  readonly atUs: number;
  readonly kind: "fault" | "change" | "alert" | "action" | "look" | "pin" | "hypothesis" | "submission";
  readonly title: string;
  readonly detail?: string;
  readonly reference?: ViewReference;
}

/** What was hurt per minute in the learner's world, the untouched one, the reference player's and the healthy twin. */
export interface ImpactCurves {
  /** What is counted, in words that stand behind a figure. */
  readonly unit: string;
  readonly stepUs: number;
  readonly fromUs: number;
  readonly mine: readonly number[];
  readonly untouched: readonly number[];
  readonly par: readonly number[];
  readonly twin: readonly number[];
}

export interface FollowUp {
  readonly question: string;
  readonly strong: readonly string[];
  readonly redFlags: readonly string[];
}

/** A chart that tells the story: PromQL, drawn for the run's world with the twin's answer laid over. */
export interface StoryChart {
  readonly title: string;
  readonly caption: string;
  readonly query: string;
  readonly unit: string;
}

export interface Debrief {
  readonly runId: string;
  readonly scenarioTitle: string;
  /** Sum of the dimensions, rescaled to 100. */
  readonly score: number;
  readonly dimensions: readonly ScoreDimension[];
  readonly submission: {
    readonly component: string;
    readonly faultClass: string;
    readonly trigger?: string;
    readonly onsetUs: number;
    readonly confidence: number;
    readonly sentence: string;
    readonly path?: readonly { readonly from: string; readonly to: string }[];
    readonly scope?: string;
    readonly statusUpdate?: string;
    readonly misfit?: string;
  };
  readonly causes: readonly TruthCause[];
  /** Markdown. */
  readonly explanation: string;
  /** The most hurt edges, and every one on a way from a cause. */
  readonly trouble: readonly TroubleEdge[];
  /** How many edges were hurt, listed or not. */
  readonly troubledEdges: number;
  readonly impact: ImpactCurves;
  readonly referenceActions: readonly { readonly atUs: number; readonly action: Action }[];
  readonly timeline: readonly TimelineEntry[];
  readonly charts: readonly StoryChart[];
  readonly followUps: readonly FollowUp[];
  /** Markdown. */
  readonly postmortem: string;
}
