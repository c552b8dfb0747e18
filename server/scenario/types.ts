/**
 * A checked scenario: what the YAML reader hands to the world. Everything in it is server-side knowledge; what a
 * learner may see of it is copied, field by field, into wire types.
 */
import type { Duration, SimTime } from "../base/time.js";
import type { ChangeSpec, FaultSpec, WorldAction } from "../sim/timeline.js";
import type { Topology } from "../topology/types.js";
import type { DashboardFile } from "../wire/dashboard.js";

export interface Scenario {
  readonly id: string;
  readonly title: string;
  /** Without spoilers; shown on the start page. */
  readonly summary: string;
  readonly difficulty: "introductory" | "intermediate" | "advanced";
  readonly minutes: number;
  readonly skills: readonly string[];
  readonly severity: string;
  /** Hash over the text of the scenario and the files it includes, hex. */
  readonly digest: string;
  readonly seed: string;
  readonly topology: Topology;
  /** Files in Grafana's JSON model, in the order of the topology. */
  readonly dashboards: readonly DashboardFile[];
  /** The moment at which the learner takes the page. History lies before, the run goes on from here. */
  readonly startsAt: SimTime;
  /** All of the history (60 min), and its last part, which is simulated first and together with the run (15 min). */
  readonly history: Duration;
  readonly recent: Duration;
  /** Simulated time after `startsAt` at which the run ends by itself. */
  readonly runLimit: Duration;
  readonly page: PageSpec;
  readonly changes: readonly ChangeSpec[];
  readonly faults: readonly FaultSpec[];
  readonly grading: GradingSpec;
}

export interface PageSpec {
  /** The alert rule that paged. */
  readonly alert: string;
  readonly runbook: string;
}

export interface GradingSpec {
  /** Ids of the faults that are the answer; all of them unless the scenario says otherwise. */
  readonly causes: readonly string[];
  /** The component that the page points at. */
  readonly alertingComponent: string;
  /** Explanation of the truth in two or three paragraphs of Markdown. */
  readonly explanation: string;
  /** Actions that a good responder takes, at the earliest sensible time after the start. */
  readonly reference: readonly { readonly after: Duration; readonly action: WorldAction }[];
  readonly followUps: readonly FollowUpSpec[];
}

export interface FollowUpSpec {
  readonly question: string;
  readonly strong: readonly string[];
  readonly redFlags: readonly string[];
}
