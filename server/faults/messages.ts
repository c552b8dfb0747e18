/** Faults of queues, of their consumers, and of external parties that limit their callers. */
import { type Effect, type FaultMechanism, FaultRefused } from "../topology/effects.js";
import { numberParameter, optionalNumber, optionalText } from "./parameter-values.js";

/**
 * Messages are taken more slowly than they come: the consumer needs longer for each, or fewer consumers are left. Lag
 * grows by arrivals less what is taken, and what has piled up has to be worked off afterwards.
 */
export const CONSUMER_LAG: FaultMechanism = {
  class: "queue/consumer-lag",
  effects(fault, topology) {
    const queue = topology.queues.find(({ id }) => id === fault.target);
    if (queue === undefined) throw new FaultRefused(fault.id, `there is no queue ${fault.target}`, "Name a queue.");
    const factor = optionalNumber(fault, "factor");
    const share = optionalNumber(fault, "consumers");
    const slow: Effect = { kind: "latency", component: queue.consumer.service, factor: factor ?? 1 };
    return share === undefined ? [slow] : [{ kind: "consumers-left", queue: fault.target, share }];
  },
};

/**
 * Messages that nobody can process. With `producer` they are broken when they are written and stay so, also when the
 * producer has been mended; with `consumer` it is the consumer that cannot read them as long as the fault lasts. They
 * come back as often as the queue allows, so each takes a consumer many times over.
 */
export const POISON_MESSAGE: FaultMechanism = {
  class: "queue/poison-message",
  effects: (fault) => [
    {
      kind: "poison-messages",
      queue: fault.target,
      ratio: numberParameter(fault, "ratio"),
      origin: optionalText(fault, "origin") === "producer" ? "producer" : "consumer",
    },
  ],
};

/** Acknowledgements get lost, so that messages which have been processed are processed again, with effect. */
export const DUPLICATE_DELIVERY: FaultMechanism = {
  class: "queue/duplicate-delivery",
  effects: (fault) => [{ kind: "acknowledgements-lost", queue: fault.target, ratio: numberParameter(fault, "ratio") }],
};

/** Messages are handed out again while they are still being processed: the work is done twice and more. */
export const VISIBILITY_TIMEOUT: FaultMechanism = {
  class: "queue/visibility-timeout",
  effects: (fault) => [
    { kind: "visibility-timeout", queue: fault.target, timeoutUs: numberParameter(fault, "timeoutUs") },
  ],
};

/**
 * Consumers are put out of their group because they take longer for a message than the group allows; each leaving and
 * each return divides the partitions anew, and meanwhile nobody takes messages.
 */
export const REBALANCE_STORM: FaultMechanism = {
  class: "queue/rebalance-storm",
  effects(fault, topology) {
    const queue = topology.queues.find(({ id }) => id === fault.target);
    if (queue?.partitions === undefined)
      throw new FaultRefused(fault.id, `${fault.target} has no partitions`, "Declare `partitions` for the queue.");
    return [{ kind: "visibility-timeout", queue: fault.target, timeoutUs: numberParameter(fault, "maxPollUs") }];
  },
};

/** A third party admits fewer requests than its callers send: it refuses, delays or ignores the others. */
export const QUOTA_EXHAUSTED: FaultMechanism = {
  class: "dependency/quota-exhausted",
  effects(fault) {
    const over = optionalText(fault, "mode");
    return [
      {
        kind: "party-limit",
        external: fault.target,
        perSecond: numberParameter(fault, "perSecond"),
        over: over === "delay" || over === "ignore" ? over : "refuse",
      },
    ];
  },
};
