/** Parameters of the faults of databases. */
import type { FaultParameter, FaultParameterSet, FaultTargetKind } from "./parameters.js";

const QUERY: FaultParameter = {
  name: "query",
  key: "query",
  kind: "name",
  description: "The query of the store that is concerned.",
  required: true,
};

const set = (
  name: string,
  target: FaultTargetKind,
  parameters: readonly FaultParameter[],
  livesIn: FaultParameterSet["livesIn"] = "environment",
): FaultParameterSet => ({ class: name, targets: [target], livesIn, exactlyOneOf: [], parameters });

const time = (name: string, key: string, description: string, defaultValue?: number): FaultParameter => ({
  name,
  key,
  kind: "duration",
  description,
  required: defaultValue === undefined,
  ...(defaultValue === undefined ? {} : { defaultValue }),
  min: 0,
  max: 86_400_000_000,
});

export const STORE_PARAMETERS: readonly FaultParameterSet[] = [
  set("database/missing-index", "store", [
    QUERY,
    {
      name: "factor",
      key: "factor",
      kind: "factor",
      description: "How many times its usual work the query is.",
      required: true,
      min: 1,
      max: 100_000,
    },
  ]),
  set("database/lock-contention", "store", [
    { name: "table", key: "table", kind: "name", description: "The table that is locked.", required: true },
  ]),
  set("database/hot-partition", "store", [
    QUERY,
    {
      name: "ratio",
      key: "ratio",
      kind: "ratio",
      description: "Share of its executions that update the hot row.",
      required: true,
      min: 0,
      max: 1,
    },
    time("hold", "holdUs", "How much longer each holds the row.", 0),
  ]),
  set("database/replication-lag", "store", [QUERY, time("lag", "lagUs", "How far the replica is behind.")]),
  set("database/failover", "store", [
    time("down", "downUs", "Until another primary is promoted.", 30_000_000),
    {
      name: "coldFactor",
      key: "coldFactor",
      kind: "factor",
      description: "How many times the wait for storage is at first, until memory is warm.",
      required: false,
      defaultValue: 6,
      min: 1,
      max: 1_000,
    },
    time("warmUp", "coldUs", "Until memory is warm.", 300_000_000),
    {
      name: "readOnly",
      key: "readOnly",
      kind: "switch",
      description: "The promoted one refuses writes until somebody fails over again.",
      required: false,
      defaultValue: false,
    },
  ]),
];
