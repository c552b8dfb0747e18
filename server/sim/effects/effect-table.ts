/** Every kind of effect and how it changes the world: the areas' own tables, joined. */
import type { Effect } from "../../topology/effects.js";
import type { Parts } from "../parts.js";
import type { EffectHandler, EffectHandlersOf, EffectScope } from "./effect-handler.js";
import { CACHE_EFFECTS } from "./caches.js";
import { CALL_EFFECTS } from "./calls.js";
import { CODE_EFFECTS } from "./code.js";
import { COMPUTE_EFFECTS } from "./compute.js";
import { CONTROL_EFFECTS } from "./control.js";
import { LOAD_EFFECTS } from "./load.js";
import { MESSAGE_EFFECTS } from "./messages.js";
import { NETWORK_EFFECTS } from "./network.js";
import { OBSERVABILITY_EFFECTS } from "./observability.js";
import { SERVICE_EFFECTS } from "./services.js";
import { STORE_EFFECTS } from "./stores.js";

const HANDLERS: EffectHandlersOf<Effect["kind"]> = {
  ...SERVICE_EFFECTS,
  ...CODE_EFFECTS,
  ...CONTROL_EFFECTS,
  ...NETWORK_EFFECTS,
  ...CACHE_EFFECTS,
  ...CALL_EFFECTS,
  ...STORE_EFFECTS,
  ...MESSAGE_EFFECTS,
  ...LOAD_EFFECTS,
  ...OBSERVABILITY_EFFECTS,
  ...COMPUTE_EFFECTS,
};

const ALL: readonly EffectHandler<Effect["kind"]>[] = Object.values(HANDLERS) as EffectHandler<Effect["kind"]>[];

/** Puts back everything that effects move. */
export function resetEffects(parts: Parts, nowUs: number): void {
  for (const handler of ALL) handler.reset?.(parts, nowUs);
}

export function applyEffect(parts: Parts, effect: Effect, scope: EffectScope): void {
  (HANDLERS[effect.kind] as EffectHandler<Effect["kind"]>).apply(parts, effect, scope);
}

/** The effect has begun (or ceased) to be there. */
export function turnEffect(parts: Parts, effect: Effect, on: boolean, scope: EffectScope): void {
  const handler = HANDLERS[effect.kind] as EffectHandler<Effect["kind"]>;
  if (on) handler.begin?.(parts, effect, scope);
  else handler.end?.(parts, effect, scope);
}

/** Makes the sum of the effects take place. */
export function commitEffects(parts: Parts, nowUs: number): void {
  for (const handler of ALL) handler.commit?.(parts, nowUs);
}
