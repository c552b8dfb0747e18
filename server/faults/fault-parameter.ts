/** The form of what a scenario file may say about a fault: targets, parameters, units and bounds. */

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

/** The share `ratio` of what is concerned; it must be said where there is no default. */
export const ratioParameter = (description: string, defaultValue?: number): FaultParameter => ({
  name: "ratio",
  key: "ratio",
  kind: "ratio",
  description,
  required: defaultValue === undefined,
  ...(defaultValue === undefined ? {} : { defaultValue }),
  min: 0,
  max: 1,
});
