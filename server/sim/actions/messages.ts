/** What learners can do to queues, to their consumers, and about external parties. */
import { success } from "../../base/result.js";
import { MICROS_PER_MINUTE, MICROS_PER_SECOND } from "../../base/time.js";
import type { Effect } from "../../topology/effects.js";
import type { Model } from "../../topology/model-types.js";
import type { Plan, PlannedAction } from "../action-plan.js";
import type { Engine } from "../engine.js";
import type { DeliveryRules } from "../messages/delivery-rules.js";
import type { Parts } from "../parts.js";
import { SETTING_US } from "../roll-out-schedule.js";
import type { ActionDefinition, ActionValues } from "./action-definition.js";

/** Until a command at the broker takes effect. */
const COMMAND_US = 2 * MICROS_PER_SECOND;
/** Dead letters that go back in a second. */
const REDRIVE_PER_SECOND = 100;
const REDRIVE_MAX = 10_000;
/** What a provider needs from the call until its side is in order, where there was anything. */
const PROVIDER_US = 5 * MICROS_PER_MINUTE;

const queues = ({ model }: Engine): readonly string[] => model.queues.map(({ spec }) => spec.id);
const queueOf = (model: Model, id: string): number => model.queues.findIndex(({ spec }) => spec.id === id);
const rulesOf = ({ walk }: Parts): DeliveryRules => walk.messaging.deliveries.rules;

const watchQueue = (queue: string): Pick<PlannedAction, "watchQuery" | "watchTitle"> => ({
  watchTitle: `Messages that wait in ${queue}`,
  watchQuery: `sum(messaging_queue_messages{job="${queue}"})`,
});

/** A setting of the consumers, and what follows from it at once. */
function setConsumers(
  parts: Parts,
  target: string,
  change: (rules: DeliveryRules, queue: number) => void,
  nowUs: number,
): void {
  const queue = queueOf(parts.model, target);
  const rules = rulesOf(parts);
  change(rules, queue);
  rules.refresh();
  parts.walk.messaging.deliver(queue, nowUs);
}

function operate(operation: string, target: string, values: ActionValues = {}) {
  return { kind: "operate", operation, target, values } as const;
}

const CONCURRENCY: ActionDefinition = {
  name: "set-consumer-concurrency",
  title: "Set the number of consumers",
  description: "Lets the consumers of a queue work on more or fewer messages at a time.",
  targetTitle: "Queue",
  targets: queues,
  parameters: [
    { name: "concurrency", title: "Messages at a time", kind: "count", min: 1, max: 10_000, defaultValue: 16 },
  ],
  plan: ({ model, parts }, target, { concurrency }) => {
    const before = rulesOf(parts).concurrency[queueOf(model, target)];
    return success({
      summary: `Let ${String(concurrency)} messages of ${target} be processed at a time instead of ${String(before)}`,
      touches: [target],
      durationUs: SETTING_US,
      sideEffects: [
        Number(concurrency) > before
          ? "What the consumers use (processors, databases, other services) gets that much more load."
          : "Messages wait longer; what the consumers use gets less load.",
      ],
      undo: operate("set-consumer-concurrency", target, { concurrency: before }),
      destructive: false,
      ...watchQueue(target),
    });
  },
  schedule: () => [SETTING_US],
  step: (parts, target, { concurrency }, _step, nowUs) => {
    setConsumers(parts, target, (rules, queue) => (rules.concurrency[queue] = Number(concurrency)), nowUs);
  },
};

const PAUSE: ActionDefinition = {
  name: "pause-consumer",
  title: "Pause the consumers",
  description: "Nobody takes messages any more; those that are in work are finished.",
  targetTitle: "Queue",
  targets: queues,
  parameters: [],
  plan: (_engine, target) =>
    success({
      summary: `Pause the consumers of ${target}`,
      touches: [target],
      durationUs: COMMAND_US,
      sideEffects: ["Messages pile up until the consumers go on; a full queue refuses what is published."],
      undo: operate("resume-consumer", target),
      destructive: false,
      ...watchQueue(target),
    }),
  schedule: () => [COMMAND_US],
  step: (parts, target, _values, _step, nowUs) => {
    setConsumers(parts, target, (rules, queue) => (rules.paused[queue] = 1), nowUs);
  },
};

const RESUME: ActionDefinition = {
  name: "resume-consumer",
  title: "Let the consumers go on",
  description: "Consumers that were paused take messages again.",
  targetTitle: "Queue",
  targets: queues,
  parameters: [],
  plan: ({ model, parts }, target) =>
    success({
      summary: `Let the consumers of ${target} go on`,
      touches: [target],
      durationUs: COMMAND_US,
      sideEffects:
        rulesOf(parts).paused[queueOf(model, target)] === 1
          ? ["What has piled up is worked off as fast as the consumers can."]
          : ["They are at work already."],
      undo: operate("pause-consumer", target),
      destructive: false,
      ...watchQueue(target),
    }),
  schedule: () => [COMMAND_US],
  step: (parts, target, _values, _step, nowUs) => {
    setConsumers(parts, target, (rules, queue) => (rules.paused[queue] = 0), nowUs);
  },
};

const PARK: ActionDefinition = {
  name: "park-messages",
  title: "Park messages that keep failing",
  description: "Messages that were handed out so often already go to the dead letters, now and from now on.",
  targetTitle: "Queue",
  targets: queues,
  parameters: [{ name: "attempts", title: "Deliveries", kind: "count", min: 1, max: 1_000, defaultValue: 3 }],
  plan: (_engine, target, { attempts }) =>
    success({
      summary: `Park messages of ${target} that were delivered ${String(attempts)} times without success`,
      touches: [target],
      durationUs: COMMAND_US,
      sideEffects: [
        "They are not lost: they can be put back when whatever is wrong with them has been mended.",
        "What fails for a passing reason is parked too, if it fails often enough.",
      ],
      destructive: false,
      ...watchQueue(target),
    }),
  schedule: () => [COMMAND_US],
  step: (parts, target, { attempts }, _step, nowUs) => {
    const queue = queueOf(parts.model, target);
    const { deliveries } = parts.walk.messaging;
    deliveries.rules.park(queue, Number(attempts));
    deliveries.giveUpFrom(queue, Number(attempts), nowUs);
    parts.walk.messaging.deliver(queue, nowUs);
  },
};

const portions = ({ messages }: ActionValues): number => Math.ceil(Number(messages) / REDRIVE_PER_SECOND);

const REDRIVE: ActionDefinition = {
  name: "redrive-dead-letters",
  title: "Put dead letters back",
  description: "Returns dead letters to their queue, the oldest first, as if they were new.",
  targetTitle: "Queue",
  targets: queues,
  parameters: [
    { name: "messages", title: "Messages at most", kind: "count", min: 1, max: REDRIVE_MAX, defaultValue: 1_000 },
  ],
  plan: ({ model, parts }, target, values) => {
    const there = parts.queues.dead(queueOf(model, target));
    return success({
      summary: `Put up to ${String(values.messages)} dead letters back into ${target}; there are ${String(there)}`,
      touches: [target],
      durationUs: portions(values) * MICROS_PER_SECOND,
      sideEffects: [
        "What still cannot be processed fails as often as before and dies again.",
        "What had an effect before it died has it twice, unless the consumer knows what it has processed.",
      ],
      destructive: false,
      ...watchQueue(target),
    });
  },
  schedule: (_parts, _target, values) =>
    Array.from({ length: portions(values) }, (_, portion) => (portion + 1) * MICROS_PER_SECOND),
  step: (parts, target, values, step, nowUs) => {
    const queue = queueOf(parts.model, target);
    const left = Number(values.messages) - step * REDRIVE_PER_SECOND;
    parts.walk.messaging.deliveries.redrive(queue, Math.min(left, REDRIVE_PER_SECOND));
    parts.walk.messaging.deliver(queue, nowUs);
  },
};

const PURGE: ActionDefinition = {
  name: "purge-queue",
  title: "Purge a queue",
  description: "Drops every message that waits in the queue.",
  targetTitle: "Queue",
  targets: queues,
  parameters: [],
  plan: ({ model, parts }, target) =>
    success({
      summary: `Drop the ${String(parts.queues.waiting[queueOf(model, target)])} messages that wait in ${target}`,
      touches: [target],
      durationUs: COMMAND_US,
      sideEffects: ["What they should have caused never happens. It cannot be taken back."],
      destructive: true,
      ...watchQueue(target),
    }),
  schedule: () => [COMMAND_US],
  step: ({ model, walk }, target, _values, _step, nowUs) => {
    walk.messaging.purge(queueOf(model, target), nowUs);
  },
};

const VISIBILITY: ActionDefinition = {
  name: "set-visibility-timeout",
  title: "Set the visibility timeout",
  description: "How long a consumer has for a message before the broker hands it out again.",
  targetTitle: "Queue",
  targets: queues,
  parameters: [
    {
      name: "timeout",
      title: "Time-out",
      kind: "duration",
      min: 10_000,
      max: 86_400_000_000,
      defaultValue: 30_000_000,
    },
  ],
  plan: (_engine, target, { timeout }) =>
    success({
      summary: `Give consumers of ${target} ${String(Number(timeout) / 1e6)} s for a message`,
      touches: [target],
      durationUs: SETTING_US,
      sideEffects: [
        "Shorter than the processing: messages are processed twice. Much longer: what is with a consumer that died comes back late.",
      ],
      destructive: false,
      ...watchQueue(target),
    }),
  schedule: () => [SETTING_US],
  step: (parts, target, { timeout }, _step, nowUs) => {
    rulesOf(parts).visibilityUs[queueOf(parts.model, target)] = Number(timeout);
    parts.endFaults((effect) => effect.kind === "visibility-timeout" && effect.queue === target, nowUs);
  },
};

/** What a provider can mend: what happens on its side. */
const isOfProvider = (effect: Effect, provider: string): boolean =>
  (effect.kind === "party-limit" && effect.external === provider) ||
  ((effect.kind === "latency" || effect.kind === "error-ratio") && effect.component === provider);

const CALL_PROVIDER: ActionDefinition = {
  name: "call-provider",
  title: "Call the provider",
  description: "Asks the people of an external party to look after what is wrong on their side.",
  targetTitle: "External party",
  targets: ({ model }) => model.topology.externals.map(({ id }) => id),
  parameters: [],
  plan: (_engine, target): Plan =>
    success({
      summary: `Call the people of ${target}`,
      touches: [target],
      durationUs: PROVIDER_US,
      sideEffects: ["They need about five minutes; where nothing is wrong on their side nothing changes."],
      destructive: false,
      watchTitle: `Share of failed calls to ${target}`,
      watchQuery: `(sum(rate(http_client_request_duration_seconds_count{server_address="${target}",error_type!=""}[1m])) or vector(0)) / sum(rate(http_client_request_duration_seconds_count{server_address="${target}"}[1m]))`,
    }),
  schedule: () => [PROVIDER_US],
  step: ({ endFaults }, target, _values, _step, nowUs) => {
    endFaults((effect) => isOfProvider(effect, target), nowUs);
  },
};

export const MESSAGE_ACTIONS: readonly ActionDefinition[] = [
  CONCURRENCY,
  PAUSE,
  RESUME,
  PARK,
  REDRIVE,
  PURGE,
  VISIBILITY,
  CALL_PROVIDER,
];
