/** What the start page shows of a scenario. Nothing here may hint at the answer. */
import type { Diagnostic } from "../base/diagnostic.js";

export interface ScenarioSummary {
  readonly id: string;
  readonly title: string;
  readonly summary: string;
  readonly difficulty: "introductory" | "intermediate" | "advanced";
  readonly minutes: number;
  readonly skills: readonly string[];
}

/** A file that could not be read: listed, so that its author sees why, while the others load. */
export interface BrokenScenario {
  readonly file: string;
  readonly diagnostics: readonly Diagnostic[];
}

export interface ScenarioList {
  readonly scenarios: readonly ScenarioSummary[];
  readonly broken: readonly BrokenScenario[];
}

/** One class of the fault taxonomy, for the answer form: `dependency/slow`. */
export interface FaultClass {
  readonly id: string;
  readonly family: string;
  readonly title: string;
  readonly description: string;
}
