/** Effects on queues and on external parties. */
import type { MessageEffect } from "../../topology/message-effects.js";
import type { Model } from "../../topology/model-types.js";
import type { Parts } from "../parts.js";
import type { EffectHandlersOf } from "./effect-handler.js";

/** From this strength on something that is so or not so is so. */
const HALF = 0.5;

export const MESSAGE_EFFECTS: EffectHandlersOf<MessageEffect["kind"]> = {
  "consumers-left": {
    // One reset and one commit serve all kinds of queues.
    reset: ({ walk }) => {
      walk.messaging.deliveries.rules.resetFaults();
    },
    apply: ({ model, walk }, { queue, share }, { strength }) => {
      const { consumersLeft } = walk.messaging.deliveries.rules;
      const index = queueOf(model, queue);
      consumersLeft[index] = Math.min(consumersLeft[index], 1 - (1 - share) * strength);
    },
    commit: ({ model, walk }, nowUs) => {
      const { limit } = walk.messaging.deliveries.rules;
      const before = limit.slice();
      walk.messaging.deliveries.rules.refresh();
      for (const { index } of model.queues) if (limit[index] > before[index]) walk.messaging.deliver(index, nowUs);
    },
  },
  "poison-messages": {
    apply: (parts, { queue, ratio, origin }, { strength }) => {
      const { rules, index } = remembering(parts, queue, strength);
      const shares = origin === "producer" ? rules.poisonPublished : rules.poisonConsumed;
      shares[index] = Math.max(shares[index], ratio * strength);
    },
  },
  "acknowledgements-lost": {
    apply: (parts, { queue, ratio }, { strength }) => {
      const { rules, index } = remembering(parts, queue, strength);
      rules.acknowledgementsLost[index] = Math.max(rules.acknowledgementsLost[index], ratio * strength);
    },
  },
  "visibility-timeout": {
    apply: (parts, { queue, timeoutUs }, { strength }) => {
      const { rules, index } = remembering(parts, queue, strength);
      if (strength >= HALF) rules.wrongVisibilityUs[index] = timeoutUs;
    },
  },
  "party-limit": {
    reset: ({ walk }) => {
      walk.messaging.externals.parties.resetFaults();
    },
    apply: ({ model, walk }, { external, perSecond, over }, { strength }) => {
      if (strength < HALF) return;
      const party = model.topology.externals.findIndex(({ id }) => id === external);
      walk.messaging.externals.parties.limit(party, perSecond, over);
    },
  },
};

const queueOf = (model: Model, id: string): number => model.queues.findIndex(({ spec }) => spec.id === id);

/** The rules of a queue that has to remember its messages for the fault. */
function remembering({ model, walk }: Parts, queue: string, strength: number) {
  const { rules } = walk.messaging.deliveries;
  const index = queueOf(model, queue);
  if (strength > 0) rules.remembers[index] = 1;
  return { rules, index };
}
