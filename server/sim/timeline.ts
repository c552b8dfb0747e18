/**
 * What happens to a world besides its load: changes that people made (guilty or not), faults, and the actions of the
 * learner. The engine reads these three lists and nothing else; the same lists and seed give the same bytes.
 */
import type { Duration, SimTime } from "../base/time.js";
import type { AlertMatcher } from "../topology/alertmanager-spec.js";
import type { RetrySpec } from "../topology/types.js";

/** A deploy, flag or setting that somebody made, guilty or not. Visible to the learner as it stands. */
export interface ChangeSpec {
  readonly id: string;
  readonly kind: "deploy" | "flag" | "setting";
  /** Component that it touches. */
  readonly target: string;
  readonly at: SimTime;
  readonly author: string;
  readonly title: string;
  readonly description: string;
  /** A unified diff or a before and after, as the change system shows it. */
  readonly diff: string;
  /** For a deploy: from which version to which; instances are replaced one by one, `startup` each. */
  readonly versionFrom?: string;
  readonly versionTo?: string;
  /** For a flag: its name and new value. */
  readonly flag?: { readonly name: string; readonly value: boolean };
}

/**
 * Something that goes wrong: a class of the taxonomy (server/faults), a target and parameters of that class.
 * With a `trigger` that is a deploy, the fault lives in the new version: an instance has it from the moment it runs
 * that version, and a rollback of the deploy ends it.
 */
export interface FaultSpec {
  readonly id: string;
  readonly class: string;
  readonly target: string;
  readonly onset: SimTime;
  /** Undefined: until something ends it. */
  readonly until?: SimTime;
  readonly shape: "step" | "ramp" | "pulse" | "flapping";
  /** For a ramp: the time from nothing to full strength. */
  readonly rampTime?: Duration;
  /** For a pulse: how long it is there. */
  readonly pulseTime?: Duration;
  /** For a flapping fault: the length of one round, and the share of it that the fault is there. */
  readonly period?: Duration;
  readonly duty?: number;
  readonly scope?: FaultScopeSpec;
  readonly trigger?: string;
  /** People who own the target mend it so long after they were called; they cannot when left out. */
  readonly ownerFixesAfter?: Duration;
  /** Checked against the class's own schema; durations are µs, ratios 0 to 1. */
  readonly parameters: Readonly<Record<string, number | string | boolean>>;
}

/** Where a fault is when it is not everywhere. What is left out does not narrow. */
export interface FaultScopeSpec {
  /** Share of the instances of a service. */
  readonly instances?: number;
  /** Instances by name: `order-2`. */
  readonly names?: readonly string[];
  readonly zone?: string;
  /** Share of users, or users with a property, for faults in what a request does. */
  readonly users?: number;
  readonly region?: string;
  readonly tenant?: string;
  readonly device?: string;
  readonly appVersion?: string;
  readonly locale?: string;
}

/** What a learner can do to the world. Each is checked against the topology before it is logged. */
export type WorldAction =
  | { readonly kind: "rollback"; readonly change: string }
  | { readonly kind: "restart"; readonly service: string; readonly instance?: number }
  | { readonly kind: "scale"; readonly service: string; readonly instances: number }
  | { readonly kind: "set-flag"; readonly flag: string; readonly value: boolean }
  | { readonly kind: "set-timeout"; readonly service: string; readonly target: string; readonly timeout: Duration }
  | { readonly kind: "set-retry"; readonly service: string; readonly target: string; readonly retry: RetrySpec }
  | { readonly kind: "set-pool"; readonly service: string; readonly target: string; readonly poolSize: number }
  | { readonly kind: "drop-label"; readonly metric: string; readonly label: string }
  /** A silence as Alertmanager takes it. With the id of one that is there it changes that one. */
  | {
      readonly kind: "post-silence";
      readonly id: string;
      readonly matchers: readonly AlertMatcher[];
      /** Earlier than now is now. */
      readonly startsAt: SimTime;
      readonly endsAt: SimTime;
      readonly createdBy: string;
      readonly comment: string;
      /** Another one, which ends because this one takes its place. */
      readonly replaces?: string;
    }
  | { readonly kind: "expire-silence"; readonly silence: string }
  /** A row of the table of actions (sim/actions) with its target and values. */
  | {
      readonly kind: "operate";
      readonly operation: string;
      readonly target: string;
      readonly values: Readonly<Record<string, number | string | boolean>>;
    };

/** An action with the simulated instant at which it was ordered. */
export interface TimedAction {
  /** Unique in the run; undo names it. */
  readonly id: string;
  readonly at: SimTime;
  readonly action: WorldAction;
}
