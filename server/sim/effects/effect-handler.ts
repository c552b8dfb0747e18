/**
 * How one kind of effect changes the world. Whenever a fault begins, ends or changes in strength, every kind is reset
 * to what the topology says and the effects of all active faults are applied anew, so that faults can overlap and end
 * in any order. What learners set by their actions must be kept apart from what `reset` puts back.
 */
import type { Effect } from "../../topology/effects.js";
import type { Parts } from "../parts.js";

/** How much of a fault there is now, and where. */
export interface EffectScope {
  /** 0 to 1 by the fault's shape. */
  readonly strength: number;
  readonly nowUs: number;
  /** Key of the fault's own draws: which users, which instances. */
  readonly key: number;
  /** Whether the fault touches the instance (index into the model's); all of them unless the fault says otherwise. */
  readonly affects: (instance: number) => boolean;
}

export interface EffectHandler<Kind extends Effect["kind"]> {
  /** Puts back everything that effects of this kind move. */
  reset?(parts: Parts, nowUs: number): void;
  apply(parts: Parts, effect: Extract<Effect, { readonly kind: Kind }>, scope: EffectScope): void;
  /** Once whenever the effect begins to be there (its strength rises from 0), and once when it ceases. */
  begin?(parts: Parts, effect: Extract<Effect, { readonly kind: Kind }>, scope: EffectScope): void;
  end?(parts: Parts, effect: Extract<Effect, { readonly kind: Kind }>, scope: EffectScope): void;
  /** After all effects have been applied: makes the sum of them take place. */
  commit?(parts: Parts, nowUs: number): void;
}

/** Handlers of some kinds: each area has a table of its own, `effect-table.ts` joins them. */
export type EffectHandlersOf<Kind extends Effect["kind"]> = { readonly [Each in Kind]: EffectHandler<Each> };
