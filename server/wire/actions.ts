/** What a learner can do to the world, as the client sends it. Durations are integer µs. */
import type { AlertMatcher } from "./alerting.js";

export interface RetryPolicy {
  readonly attempts: number;
  readonly backoff: number;
  readonly multiplier: number;
  readonly jitter: number;
}

export type Action =
  | { readonly kind: "rollback"; readonly change: string }
  | { readonly kind: "restart"; readonly service: string; readonly instance?: number }
  | { readonly kind: "scale"; readonly service: string; readonly instances: number }
  | { readonly kind: "set-flag"; readonly flag: string; readonly value: boolean }
  | { readonly kind: "set-timeout"; readonly service: string; readonly target: string; readonly timeout: number }
  | { readonly kind: "set-retry"; readonly service: string; readonly target: string; readonly retry: RetryPolicy }
  | { readonly kind: "set-pool"; readonly service: string; readonly target: string; readonly poolSize: number }
  | { readonly kind: "drop-label"; readonly metric: string; readonly label: string }
  /** A silence as Alertmanager takes it. With the id of one that is there it changes that one. */
  | {
      readonly kind: "post-silence";
      readonly id: string;
      readonly matchers: readonly AlertMatcher[];
      /** µs of the simulated calendar; earlier than now is now. */
      readonly startsAt: number;
      readonly endsAt: number;
      readonly createdBy: string;
      readonly comment: string;
      /** Another one, which ends because this one takes its place. */
      readonly replaces?: string;
    }
  | { readonly kind: "expire-silence"; readonly silence: string }
  /** One of the catalogue's `operations`, with its target and values. */
  | {
      readonly kind: "operate";
      readonly operation: string;
      readonly target: string;
      readonly values: Readonly<Record<string, number | string | boolean>>;
    };

/** What an action would do, before anything is done. */
export interface ActionPlan {
  readonly summary: string;
  /** Instances, settings and rules that it touches. */
  readonly touches: readonly string[];
  readonly durationUs: number;
  readonly sideEffects: readonly string[];
  /** The action that takes it back; undefined where there is none. */
  readonly undo?: Action;
  /** The client asks for the target's name to be typed. */
  readonly destructive: boolean;
  /** PromQL of the indicator that it should move, for the watch card. */
  readonly watchQuery: string;
  readonly watchTitle: string;
  /** A second indicator, of another unit. */
  readonly watchAlso?: { readonly query: string; readonly title: string };
}

/** A value of an operation. Durations are µs, ratios 0 to 1. */
export interface OperationParameter {
  readonly name: string;
  readonly title: string;
  readonly kind: "duration" | "count" | "ratio" | "factor" | "switch" | "choice";
  readonly min?: number;
  readonly max?: number;
  readonly defaultValue: number | string | boolean;
  /** Of a choice: what can be chosen for each of the targets, in their order. */
  readonly choices?: readonly (readonly string[])[];
}

/** One thing that can be done to a target of a kind. */
export interface Operation {
  readonly name: string;
  readonly title: string;
  readonly group: string;
  readonly description: string;
  /** What a target is: `Service`, `Database`. */
  readonly targetTitle: string;
  /** Names that it can be done to now; never empty. */
  readonly targets: readonly string[];
  readonly parameters: readonly OperationParameter[];
}

/** What can be acted on, and how it stands now: for forms, completion and the map's side pane. */
export interface Catalogue {
  readonly components: readonly {
    readonly id: string;
    readonly title: string;
    readonly kind: "service" | "store" | "cache" | "queue" | "external" | "plant";
    readonly team?: string;
    readonly language?: string;
    readonly operations: readonly string[];
  }[];
  readonly services: readonly {
    readonly id: string;
    readonly instances: readonly {
      readonly name: string;
      readonly version: string;
      readonly state: "up" | "starting" | "stopped";
      /** Where it was put first. */
      readonly zone?: string;
    }[];
    readonly workers: number;
    readonly instancesMax: number;
    readonly dependencies: readonly {
      readonly target: string;
      readonly timeout: number;
      readonly poolSize: number;
      readonly retry: RetryPolicy;
    }[];
  }[];
  readonly flags: readonly {
    readonly name: string;
    readonly title: string;
    readonly owner: string;
    readonly value: boolean;
    readonly description: string;
  }[];
  /** What the `operate` action can do here, besides the kinds that have a form of their own. */
  readonly operations: readonly Operation[];
  /** Metric and label pairs that `drop-label` takes. */
  readonly droppableLabels: readonly { readonly metric: string; readonly label: string; readonly dropped: boolean }[];
  readonly metrics: readonly {
    readonly name: string;
    readonly type: "counter" | "gauge" | "histogram";
    readonly unit: string;
    readonly help: string;
  }[];
}
