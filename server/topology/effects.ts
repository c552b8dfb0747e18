/**
 * What a fault does to a world, in the world's own terms: a change of parameters of simulated parts. Fault classes
 * (server/faults) translate a FaultSpec into effects; the model and the engine know effects and no classes. An effect
 * never says anything about telemetry: symptoms follow from the mechanism.
 */
import type { FaultSpec } from "../sim/timeline.js";
import type { CallEffect } from "./call-effects.js";
import type { OperationTrouble, WrongAddress } from "./code-effects.js";
import type { ControlEffect } from "./control-effects.js";
import type { CacheEffect } from "./cache-effects.js";
import type { ComputeEffect } from "./compute-effects.js";
import type { LoadEffect } from "./load-effects.js";
import type { NetworkEffect } from "./network-effects.js";
import type { MessageEffect } from "./message-effects.js";
import type { StoreEffect } from "./store-effects.js";
import type { ObservabilityEffect } from "./observability-effects.js";
import type { Topology } from "./types.js";

export type Effect =
  | NetworkEffect
  | CacheEffect
  | CallEffect
  | StoreEffect
  | MessageEffect
  | LoadEffect
  | ControlEffect
  | ObservabilityEffect
  | ComputeEffect
  | OperationTrouble
  | WrongAddress
  /** Every answer of the component takes another median, or this many times as long. */
  | { readonly kind: "latency"; readonly component: string; readonly medianUs?: number; readonly factor?: number }
  /** Share of requests to the component that fail by themselves, in place of the usual one. */
  | { readonly kind: "error-ratio"; readonly component: string; readonly ratio: number }
  /** Share of the cores of each instance that something else uses up. */
  | { readonly kind: "cores-taken"; readonly service: string; readonly share: number }
  /** Arrivals of one journey, or of all, times `factor`; with a half-life what is beyond the usual dies away. */
  | {
      readonly kind: "arrivals";
      readonly journey: string | undefined;
      readonly factor: number;
      readonly decay?: { readonly fromUs: number; readonly halfLifeUs: number };
    }
  /** Code: each query step `query` of the service becomes one `perItemQuery` for each basket item. */
  | {
      readonly kind: "query-per-item";
      readonly service: string;
      readonly store: string;
      readonly query: string;
      readonly perItemQuery: string;
    }
  /** Code: the metric of the service gains a label whose value is different for each user. */
  | { readonly kind: "user-label"; readonly service: string; readonly metric: string; readonly label: string };

/** Effects that are part of a program: an instance has them or has them not, with no strength in between. */
export type CodeEffect = Extract<Effect, { readonly kind: "query-per-item" | "user-label" }>;

export const isCodeEffect = (effect: Effect): effect is CodeEffect =>
  effect.kind === "query-per-item" || effect.kind === "user-label";

/** One class of faults: how a fault of it acts. Throws FaultRefused when the parameters cannot mean anything here. */
export interface FaultMechanism {
  readonly class: string;
  effects(fault: FaultSpec, topology: Topology): readonly Effect[];
}

export type FaultMechanisms = ReadonlyMap<string, FaultMechanism>;

/** A fault that this topology cannot have. `remedy` says what would be accepted. */
export class FaultRefused extends Error {
  override readonly name = "FaultRefused";

  constructor(
    readonly fault: string,
    message: string,
    readonly remedy: string,
  ) {
    super(`fault ${fault}: ${message}. ${remedy}`);
  }
}
