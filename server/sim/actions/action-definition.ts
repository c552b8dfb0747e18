/**
 * One thing that a learner can do to the world, as a row of a table: what it can be done to, which values it takes, what
 * it would do (the plan), and what it does at which instants. Orders are kept as plain data (name, target, values), so a
 * world with orders under way can be stored and branched.
 */
import type { Plan } from "../action-plan.js";
import type { Engine } from "../engine.js";
import type { Parts } from "../parts.js";

export type ActionValues = Readonly<Record<string, number | string | boolean>>;

export type ActionParameterKind = "duration" | "count" | "ratio" | "factor" | "switch" | "choice";

export interface ActionParameter {
  /** Key in the values: `limitPerSecond`. Durations are µs, ratios 0 to 1. */
  readonly name: string;
  readonly title: string;
  readonly kind: ActionParameterKind;
  readonly min?: number;
  readonly max?: number;
  readonly defaultValue: number | string | boolean;
  /** For a choice: what can be chosen for the target now. */
  choices?(engine: Engine, target: string): readonly string[];
}

export interface ActionDefinition {
  /** Unique, lower-case words joined by hyphens: `drain-node`. */
  readonly name: string;
  readonly title: string;
  readonly description: string;
  /** What the target is, in words for the form: `Service`, `Database`, `Node`. */
  readonly targetTitle: string;
  /** Names that can be the target now; none where the topology has nothing of the kind. */
  targets(engine: Engine): readonly string[];
  readonly parameters: readonly ActionParameter[];
  /** Checked against `targets` and `parameters` already. Refuses what makes no sense as the world stands. */
  plan(engine: Engine, target: string, values: ActionValues): Plan;
  /** µs after the order at which `step` is called with its number, ascending; the last completes the action. */
  schedule(parts: Parts, target: string, values: ActionValues): readonly number[];
  step(parts: Parts, target: string, values: ActionValues, step: number, nowUs: number): void;
}
