/** What learners can do to caches. */
import { failure, success } from "../../base/result.js";
import type { CacheModel, Model } from "../../topology/model-types.js";
import type { PlannedAction } from "../action-plan.js";
import type { Engine } from "../engine.js";
import { FLIGHT_NONE, FLIGHT_PROCESS, FLIGHT_SHARED } from "../flights.js";
import { SETTING_US } from "../roll-out-schedule.js";
import type { ActionDefinition, ActionParameter, ActionValues } from "./action-definition.js";

/** Until a command at the cache takes effect. */
const COMMAND_US = 2_000_000;
/** A warming job stores this many entries a second, in portions. */
const WARM_PER_SECOND = 2_000;
const WARM_PORTION_US = 1_000_000;
const WARM_ENTRIES_MAX = 200_000;
const ALL_KEYSPACES = "all";

const targets = ({ model }: Engine): readonly string[] => model.caches.map(({ spec }) => spec.id);
const cacheOf = (model: Model, id: string): CacheModel =>
  model.caches[model.caches.findIndex(({ spec }) => spec.id === id)];

const keyspaceParameter: ActionParameter = {
  name: "keyspace",
  title: "Keyspace",
  kind: "choice",
  defaultValue: ALL_KEYSPACES,
  choices: ({ model }, target) => [
    ALL_KEYSPACES,
    ...keyspacesOf(model, target, ALL_KEYSPACES).map(({ spec }) => spec.id),
  ],
};

function keyspacesOf(model: Model, cache: string, name: ActionValues[string]): Model["keyspaces"] {
  const { index } = cacheOf(model, cache);
  return model.keyspaces.filter(
    (keyspace) => keyspace.cache === index && (name === ALL_KEYSPACES || keyspace.spec.id === name),
  );
}

const watchHits = (cache: string): Pick<PlannedAction, "watchQuery" | "watchTitle"> => ({
  watchTitle: `Hit rate of ${cache}`,
  watchQuery: `sum(rate(redis_keyspace_hits_total{job="${cache}"}[1m])) / (sum(rate(redis_keyspace_hits_total{job="${cache}"}[1m])) + sum(rate(redis_keyspace_misses_total{job="${cache}"}[1m])))`,
});

const PURGE: ActionDefinition = {
  name: "purge-cache",
  title: "Purge a cache",
  description: "Drops what the cache holds; everything is built anew when it is asked for.",
  targetTitle: "Cache",
  targets,
  parameters: [keyspaceParameter],
  plan: ({ model }, target, { keyspace }) =>
    success({
      summary: keyspace === ALL_KEYSPACES ? `Purge ${target}` : `Purge ${String(keyspace)} of ${target}`,
      touches: keyspacesOf(model, target, keyspace).map(({ spec }) => `${target}/${spec.id}`),
      durationUs: COMMAND_US,
      sideEffects: [
        "Every key is missed once: what stands behind the cache gets all of that load until the cache has filled again.",
        "It cannot be taken back; warming fills the most popular keys.",
      ],
      destructive: true,
      ...watchHits(target),
    }),
  schedule: () => [COMMAND_US],
  step: ({ model, caches }, target, { keyspace }, _step, nowUs) => {
    for (const { index } of keyspacesOf(model, target, keyspace)) caches.expire(index, 0, nowUs);
  },
};

const entriesOf = ({ entries }: ActionValues): number => Number(entries);
const portions = (values: ActionValues): number => Math.ceil(entriesOf(values) / WARM_PER_SECOND);

const WARM: ActionDefinition = {
  name: "warm-cache",
  title: "Warm a cache",
  description: "A job stores the most popular keys before anybody asks for them.",
  targetTitle: "Cache",
  targets,
  parameters: [
    keyspaceParameter,
    {
      name: "entries",
      title: "Entries of each keyspace",
      kind: "count",
      min: 1,
      max: WARM_ENTRIES_MAX,
      defaultValue: 5_000,
    },
  ],
  plan: ({ model }, target, values) =>
    success({
      summary: `Store the ${String(values.entries)} most popular keys in ${target}`,
      touches: keyspacesOf(model, target, values.keyspace).map(({ spec }) => `${target}/${spec.id}`),
      durationUs: portions(values) * WARM_PORTION_US,
      sideEffects: [
        "The job reads from a copy of the data: it puts no load on the databases in use.",
        "What is stored together ends together, unless the time to live is spread.",
      ],
      destructive: false,
      ...watchHits(target),
    }),
  schedule: (_parts, _target, values) =>
    Array.from({ length: portions(values) }, (_, portion) => (portion + 1) * WARM_PORTION_US),
  step: ({ model, caches }, target, values, step, nowUs) => {
    const from = step * WARM_PER_SECOND;
    const to = Math.min(from + WARM_PER_SECOND, entriesOf(values));
    for (const { index } of keyspacesOf(model, target, values.keyspace)) caches.warm(index, from, to, nowUs);
  },
};

const CAPACITY: ActionDefinition = {
  name: "set-cache-capacity",
  title: "Set the capacity of a cache",
  description: "Gives the cache room for another number of entries.",
  targetTitle: "Cache",
  targets,
  parameters: [{ name: "entries", title: "Entries", kind: "count", min: 1, max: 10_000_000, defaultValue: 100_000 }],
  plan: (engine, target, values) => {
    const before = engine.parts.caches.capacity[cacheOf(engine.model, target).index];
    const entries = entriesOf(values);
    if (before === entries)
      return failure({
        message: `${target} has room for ${String(entries)} entries already`,
        remedy: "Choose another number.",
      });
    return success({
      summary: `Give ${target} room for ${String(entries)} entries${before > 0 ? ` instead of ${String(before)}` : ""}`,
      touches: [target],
      durationUs: SETTING_US,
      sideEffects:
        before === 0 || entries < before
          ? ["What has no room is pushed out at once and has to be built anew when it is asked for."]
          : ["What was pushed out comes back as it is asked for."],
      ...(before > 0 ? { undo: operate("set-cache-capacity", target, { entries: before }) } : {}),
      destructive: false,
      ...watchHits(target),
    });
  },
  schedule: () => [SETTING_US],
  step: ({ model, caches }, target, values, _step, nowUs) => {
    const { index } = cacheOf(model, target);
    caches.capacity[index] = entriesOf(values);
    caches.refresh(index, nowUs);
  },
};

const TIME_TO_LIVE: ActionDefinition = {
  name: "set-cache-ttl",
  title: "Set the time to live of entries",
  description: "Entries that are stored from now on live longer or shorter.",
  targetTitle: "Cache",
  targets,
  parameters: [
    keyspaceParameter,
    {
      name: "timeToLive",
      title: "Time to live",
      kind: "duration",
      min: 1_000_000,
      max: 604_800_000_000,
      defaultValue: 3_600_000_000,
    },
  ],
  plan: ({ model }, target, { keyspace, timeToLive }) =>
    success({
      summary: `Let entries of ${target} live ${String(Number(timeToLive) / 1e6)} s`,
      touches: keyspacesOf(model, target, keyspace).map(({ spec }) => `${target}/${spec.id}`),
      durationUs: SETTING_US,
      sideEffects: ["Applies to entries that are stored afterwards; older data is served for as long as they live."],
      destructive: false,
      ...watchHits(target),
    }),
  schedule: () => [SETTING_US],
  step: ({ model, caches }, target, { keyspace, timeToLive }) => {
    for (const { index } of keyspacesOf(model, target, keyspace)) caches.timeToLiveUs[index] = Number(timeToLive);
  },
};

const SCOPES = { off: FLIGHT_NONE, process: FLIGHT_PROCESS, shared: FLIGHT_SHARED } as const;
const scopeOf = ({ scope }: ActionValues): number =>
  scope === "shared" ? SCOPES.shared : scope === "process" ? SCOPES.process : SCOPES.off;

const SINGLE_FLIGHT: ActionDefinition = {
  name: "set-single-flight",
  title: "Rebuild an entry once",
  description: "Requests that miss a key which another one is rebuilding wait for it.",
  targetTitle: "Cache",
  targets,
  parameters: [
    keyspaceParameter,
    {
      name: "scope",
      title: "Who waits for whom",
      kind: "choice",
      choices: () => Object.keys(SCOPES),
      defaultValue: "shared",
    },
  ],
  plan: ({ model }, target, values) =>
    success({
      summary: `Single flight for ${target}: ${String(values.scope)}`,
      touches: keyspacesOf(model, target, values.keyspace).map(({ spec }) => `${target}/${spec.id}`),
      durationUs: SETTING_US,
      sideEffects: [
        scopeOf(values) === FLIGHT_NONE
          ? "Everybody who misses a key rebuilds it."
          : "A slow rebuild is waited for by everybody who asks for the key.",
      ],
      destructive: false,
      ...watchHits(target),
    }),
  schedule: () => [SETTING_US],
  step: ({ model, walk }, target, values) => {
    for (const { index } of keyspacesOf(model, target, values.keyspace)) walk.flights.scope[index] = scopeOf(values);
  },
};

function operate(operation: string, target: string, values: ActionValues) {
  return { kind: "operate", operation, target, values } as const;
}

export const CACHE_ACTIONS: readonly ActionDefinition[] = [PURGE, WARM, CAPACITY, TIME_TO_LIVE, SINGLE_FLIGHT];
