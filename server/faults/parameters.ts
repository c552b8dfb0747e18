/**
 * What a scenario file may say about a fault of each class that the engine can inject: its targets and its parameters
 * with units, bounds and defaults. Plain data, read by the scenario reader (schema, messages), by the engine's
 * implementations (defaults) and by the guide for authors. Implementations live beside it, one file per family.
 */
import { COMPUTE_PARAMETERS } from "./compute-parameters.js";
import { CODE_PARAMETERS } from "./code-parameters.js";
import { CONTROL_PARAMETERS } from "./control-parameters.js";
import { CACHE_PARAMETERS } from "./cache-parameters.js";
import { CALL_PARAMETERS } from "./call-parameters.js";
import { TRAFFIC_PARAMETERS } from "./traffic-parameters.js";
import type { FaultParameterSet } from "./fault-parameter.js";
import { MESSAGE_PARAMETERS } from "./message-parameters.js";
import { NETWORK_PARAMETERS } from "./network-parameters.js";
import { STORE_PARAMETERS } from "./store-parameters.js";
import { TELEMETRY_PARAMETERS } from "./telemetry-parameters.js";

const SETS: readonly FaultParameterSet[] = [
  {
    class: "dependency/slow",
    targets: ["service", "store", "cache", "external"],
    livesIn: "environment",
    exactlyOneOf: [["latency", "factor"]],
    parameters: [
      {
        name: "latency",
        key: "latencyUs",
        kind: "duration",
        description: "New median time of every answer of the target; its spread stays.",
        required: false,
        min: 0,
        max: 600_000_000,
      },
      {
        name: "factor",
        key: "factor",
        kind: "factor",
        description: "Every answer takes this many times as long.",
        required: false,
        min: 1,
        max: 10_000,
      },
    ],
  },
  {
    class: "dependency/errors",
    targets: ["service", "external"],
    livesIn: "environment",
    exactlyOneOf: [],
    parameters: [
      {
        name: "ratio",
        key: "ratio",
        kind: "ratio",
        description: "Share of requests to the target that fail, in place of its usual one.",
        required: true,
        min: 0,
        max: 1,
      },
    ],
  },
  {
    class: "database/n-plus-one",
    targets: ["service"],
    livesIn: "version",
    exactlyOneOf: [],
    parameters: [
      {
        name: "query",
        key: "query",
        kind: "query",
        description: "The query of the target that is replaced by one per basket item.",
        required: true,
      },
      {
        name: "perItemQuery",
        key: "perItemQuery",
        kind: "query",
        description: "The query that is run for each item; the replaced one itself when left out.",
        required: false,
      },
    ],
  },
  {
    class: "telemetry/label-cardinality",
    targets: ["service"],
    livesIn: "version",
    exactlyOneOf: [],
    parameters: [
      {
        name: "metric",
        key: "metric",
        kind: "metric",
        description: "The metric that gains the label.",
        required: false,
        defaultValue: "http_server_request_duration_seconds",
      },
      {
        name: "label",
        key: "label",
        kind: "label",
        description: "The label, whose value is different for each user.",
        required: false,
        defaultValue: "user_id",
      },
    ],
  },
  {
    class: "resource/cpu-stress",
    targets: ["service"],
    livesIn: "environment",
    exactlyOneOf: [],
    parameters: [
      {
        name: "share",
        key: "share",
        kind: "ratio",
        description: "Share of the cores of every instance that something else uses up.",
        required: true,
        min: 0,
        max: 0.99,
      },
    ],
  },
  ...COMPUTE_PARAMETERS,
  ...TRAFFIC_PARAMETERS,
  ...CODE_PARAMETERS,
  ...CONTROL_PARAMETERS,
  ...NETWORK_PARAMETERS,
  ...CACHE_PARAMETERS,
  ...CALL_PARAMETERS,
  ...STORE_PARAMETERS,
  ...MESSAGE_PARAMETERS,
  ...TELEMETRY_PARAMETERS,
];

/** Parameter sets by class id, in the order of the table. A class that is missing here cannot be injected yet. */
export const FAULT_PARAMETERS: ReadonlyMap<string, FaultParameterSet> = new Map(SETS.map((set) => [set.class, set]));
