/** Parameters of the faults of queues and of external parties. */
import { ratioParameter } from "./fault-parameter.js";
import type { FaultParameter, FaultParameterSet, FaultTargetKind } from "./fault-parameter.js";

const set = (
  name: string,
  target: FaultTargetKind,
  parameters: readonly FaultParameter[],
  exactlyOneOf: readonly (readonly string[])[] = [],
): FaultParameterSet => ({
  class: name,
  targets: [target],
  livesIn: "environment",
  exactlyOneOf,
  parameters,
});

export const MESSAGE_PARAMETERS: readonly FaultParameterSet[] = [
  set(
    "queue/consumer-lag",
    "queue",
    [
      {
        name: "factor",
        key: "factor",
        kind: "factor",
        description: "The consumer takes this many times as long for a message.",
        required: false,
        min: 1,
        max: 10_000,
      },
      {
        name: "consumers",
        key: "consumers",
        kind: "ratio",
        description: "Share of the consumers that are left.",
        required: false,
        min: 0,
        max: 1,
      },
    ],
    [["factor", "consumers"]],
  ),
  set("queue/poison-message", "queue", [
    ratioParameter("Share of messages that cannot be processed."),
    {
      name: "origin",
      key: "origin",
      kind: "choice",
      choices: ["consumer", "producer"],
      description:
        "Whether the consumer cannot read them while the fault lasts, or they are written broken and stay so.",
      required: false,
      defaultValue: "consumer",
    },
  ]),
  set("queue/duplicate-delivery", "queue", [ratioParameter("Share of acknowledgements that get lost.")]),
  set("queue/visibility-timeout", "queue", [
    {
      name: "timeout",
      key: "timeoutUs",
      kind: "duration",
      description: "A message that is not acknowledged after so long is handed out again.",
      required: true,
      min: 1_000,
      max: 86_400_000_000,
    },
  ]),
  set("queue/rebalance-storm", "queue", [
    {
      name: "maxPoll",
      key: "maxPollUs",
      kind: "duration",
      description: "Who works longer than this on a message is put out of the group.",
      required: true,
      min: 1_000,
      max: 86_400_000_000,
    },
  ]),
  set("dependency/quota-exhausted", "external", [
    {
      name: "perSecond",
      key: "perSecond",
      kind: "factor",
      description: "Requests a second that the party lets pass.",
      required: true,
      min: 0.001,
      max: 1_000_000,
    },
    {
      name: "mode",
      key: "mode",
      kind: "choice",
      choices: ["refuse", "delay", "ignore"],
      description: "What is over it is answered 429, is let through later, or is never answered.",
      required: false,
      defaultValue: "refuse",
    },
  ]),
];
