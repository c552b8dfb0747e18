/** Parameters of the faults of how calls are made. */
import type { FaultParameter, FaultParameterSet } from "./fault-parameter.js";

const PEER: FaultParameter = {
  name: "peer",
  key: "peer",
  kind: "component",
  description: "What the target calls.",
  required: true,
};

const time = (name: string, key: string, description: string, more: Partial<FaultParameter> = {}): FaultParameter => ({
  name,
  key,
  kind: "duration",
  description,
  required: false,
  min: 1_000,
  max: 600_000_000,
  ...more,
});

export const CALL_PARAMETERS: readonly FaultParameterSet[] = [
  {
    class: "dependency/retry-storm",
    targets: ["service"],
    livesIn: "environment",
    exactlyOneOf: [],
    parameters: [
      {
        name: "trigger",
        key: "trigger",
        kind: "choice",
        choices: ["capacity", "load"],
        description: "What passes: the target loses cores, or all journeys have more users.",
        required: false,
        defaultValue: "capacity",
      },
      {
        name: "share",
        key: "share",
        kind: "ratio",
        description: "With capacity: share of the target's cores that are gone for the time.",
        required: false,
        defaultValue: 0.8,
        min: 0,
        max: 0.99,
      },
      {
        name: "factor",
        key: "factor",
        kind: "factor",
        description: "With load: how many times the usual arrivals.",
        required: false,
        defaultValue: 3,
        min: 1,
        max: 100,
      },
      {
        name: "attempts",
        key: "attempts",
        kind: "count",
        description: "Calls at most that callers of the target make; as they declare when left out.",
        required: false,
        min: 1,
        max: 10,
      },
      time("backoff", "backoffUs", "Their wait before the second call; as they declare when left out.", { min: 0 }),
      time("timeout", "timeoutUs", "Their time-out of one call; as they declare when left out."),
    ],
  },
  {
    class: "dependency/timeout-misconfigured",
    targets: ["service"],
    livesIn: "environment",
    exactlyOneOf: [],
    parameters: [PEER, time("timeout", "timeoutUs", "The time-out that is set by mistake.", { required: true })],
  },
  {
    class: "network/keep-alive-mismatch",
    targets: ["service", "store", "cache", "external"],
    livesIn: "environment",
    exactlyOneOf: [],
    parameters: [
      time("keepAlive", "keepAliveUs", "After how long idle the target closes a connection.", {
        defaultValue: 5_000_000,
      }),
      time("notice", "noticeUs", "How long callers take to notice that a connection is closed.", {
        defaultValue: 5_000,
        min: 0,
      }),
    ],
  },
  {
    class: "database/pool-exhaustion",
    targets: ["service"],
    livesIn: "environment",
    exactlyOneOf: [],
    parameters: [
      PEER,
      {
        name: "size",
        key: "poolSize",
        kind: "count",
        description: "Connections of one instance that are set by mistake.",
        required: false,
        defaultValue: 1,
        min: 1,
        max: 10_000,
      },
    ],
  },
  {
    class: "database/connection-leak",
    targets: ["service"],
    livesIn: "version",
    exactlyOneOf: [],
    parameters: [
      PEER,
      {
        name: "ratio",
        key: "ratio",
        kind: "ratio",
        description: "Share of calls after which the connection is not given back.",
        required: false,
        defaultValue: 0.01,
        min: 0,
        max: 1,
      },
    ],
  },
];
