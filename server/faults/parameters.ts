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
import { MESSAGE_PARAMETERS } from "./message-parameters.js";
import { NETWORK_PARAMETERS } from "./network-parameters.js";
import { STORE_PARAMETERS } from "./store-parameters.js";
import { TELEMETRY_PARAMETERS } from "./telemetry-parameters.js";

/** What kind of component a fault can sit in. */
export type FaultTargetKind = "service" | "store" | "cache" | "queue" | "external";

/**
 * How a value is written and checked:
 * - `duration` text with a unit, kept as integer µs; `ratio` 0 to 1; `factor` a positive multiple; `count` an integer;
 * - `query` a query of a store that the target calls; `metric` and `label` names in Prometheus's sense;
 * - `journey` the id of a journey; `component` the id of any component; `operation` an operation of the target;
 * - `choice` one of `choices`; `switch` true or false; `name` free text of the kind that ids are.
 */
export type FaultParameterKind =
  | "duration"
  | "ratio"
  | "factor"
  | "count"
  | "query"
  | "metric"
  | "label"
  | "journey"
  | "component"
  | "operation"
  | "choice"
  | "switch"
  | "name";

export interface FaultParameter {
  /** As scenario files say it. */
  readonly name: string;
  /** As `FaultSpec.parameters` holds it, unit last: `latencyUs`. */
  readonly key: string;
  readonly kind: FaultParameterKind;
  readonly description: string;
  readonly required: boolean;
  /** In the unit of `key`; undefined where leaving it out means something of its own, which `description` says. */
  readonly defaultValue?: number | string | boolean;
  readonly min?: number;
  readonly max?: number;
  /** Of a choice. */
  readonly choices?: readonly string[];
}

export interface FaultParameterSet {
  readonly class: string;
  readonly targets: readonly FaultTargetKind[];
  /**
   * `version`: the defect is part of a deployed version and needs a deploy as its trigger, which a rollback ends.
   * `environment`: it starts and ends by itself. `either`: with a deploy of its target as the trigger it is part of that
   * version, otherwise it starts and ends by itself.
   */
  readonly livesIn: "version" | "environment" | "either";
  readonly parameters: readonly FaultParameter[];
  /** Of each group exactly one parameter is given. */
  readonly exactlyOneOf: readonly (readonly string[])[];
}

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
