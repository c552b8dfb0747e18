/** Parameters of the faults of caches. */
import type { FaultParameter, FaultParameterSet } from "./fault-parameter.js";

const set = (name: string, parameters: readonly FaultParameter[]): FaultParameterSet => ({
  class: name,
  targets: ["cache"],
  livesIn: "environment",
  exactlyOneOf: [],
  parameters,
});

export const CACHE_PARAMETERS: readonly FaultParameterSet[] = [
  set("cache/stampede", [
    {
      name: "keyspace",
      key: "keyspace",
      kind: "name",
      description: "The keyspace whose entries end together; all of the cache when left out.",
      required: false,
    },
    {
      name: "keys",
      key: "keys",
      kind: "count",
      description: "Only so many of the most popular keys at the onset; 0 is all.",
      required: false,
      defaultValue: 0,
      min: 0,
      max: 10_000_000,
    },
    {
      name: "every",
      key: "everyUs",
      kind: "duration",
      description: "While the fault lasts entries end together at multiples of this time; 0 is once, at the onset.",
      required: false,
      defaultValue: 0,
      min: 0,
      max: 86_400_000_000,
    },
  ]),
  set("cache/cache-disabled", [
    {
      name: "mode",
      key: "mode",
      kind: "choice",
      choices: ["refuse", "silence", "bypass"],
      description: "The cache refuses connections, never answers, or is there and not used.",
      required: false,
      defaultValue: "refuse",
    },
  ]),
  set("cache/eviction", [
    {
      name: "share",
      key: "share",
      kind: "ratio",
      description: "Share of its entries that the cache still has room for.",
      required: true,
      min: 0,
      max: 1,
    },
  ]),
];
