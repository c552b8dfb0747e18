/**
 * What an order would do now, before anything is done: a summary, what it touches, how long it takes, its side effects
 * and how to take it back. An order that cannot be carried out is refused with the reason and a remedy. Built from the
 * same constants that the control plane works with.
 */
import { type Result, success } from "../base/result.js";
import { duration } from "../base/time.js";
import type { DependencyModel, ServiceModel } from "../topology/model-types.js";
import type { RetrySpec } from "../topology/types.js";
import type { Engine } from "./engine.js";
import { refuse } from "./action-refusal.js";
import { ACTIONS } from "./actions/action-table.js";
import { completeValues } from "./actions/action-values.js";
import { SERVER_METRIC } from "./exposition.js";
import { planExpiry, planSilence } from "./silence-plan.js";
import { DRAIN_US, FLAG_US, RELABEL_US, rollOutUs, SETTING_US } from "./roll-out-schedule.js";
import type { WorldAction } from "./timeline.js";
import { watchCalls, watchWork } from "./watch-indicators.js";

export interface PlannedAction {
  readonly summary: string;
  readonly touches: readonly string[];
  readonly durationUs: number;
  readonly sideEffects: readonly string[];
  /** The order that takes it back; absent where there is none. */
  readonly undo?: WorldAction;
  /** People confirm it by typing the target's name. */
  readonly destructive: boolean;
  /** PromQL of what it should move, and what that is called. */
  readonly watchQuery: string;
  readonly watchTitle: string;
  /** A second one, of another unit. */
  readonly watchAlso?: { readonly query: string; readonly title: string };
}

export interface ActionRefusal {
  readonly message: string;
  readonly remedy: string;
}

export type Plan = Result<PlannedAction, ActionRefusal>;

/* Bounds of settings: beyond them a value is a slip of the hand. */
const TIMEOUT_US = { min: 1_000, max: 120_000_000 };
const POOL_SIZE = { min: 1, max: 1_000 };
const ATTEMPTS = { min: 1, max: 10 };
const BACKOFF_US_MAX = 60_000_000;
const MULTIPLIER = { min: 1, max: 10 };

/** Plans `action` as the world of `engine` stands now. */
export function planAction(engine: Engine, action: WorldAction): Plan {
  switch (action.kind) {
    case "rollback":
      return planRollback(engine, action);
    case "restart":
      return planRestart(engine, action);
    case "scale":
      return planScale(engine, action);
    case "set-flag":
      return planFlag(engine, action);
    case "set-timeout":
      return planTimeout(engine, action);
    case "set-retry":
      return planRetry(engine, action);
    case "set-pool":
      return planPool(engine, action);
    case "drop-label":
      return planDropLabel(engine, action);
    case "post-silence":
      return planSilence(engine, action);
    case "expire-silence":
      return planExpiry(engine, action);
    case "operate":
      return planOperation(engine, action);
  }
}

type ActionOf<Kind extends WorldAction["kind"]> = Extract<WorldAction, { readonly kind: Kind }>;

function planRollback(engine: Engine, action: ActionOf<"rollback">): Plan {
  const progress = engine.changeRecords.find(({ change }) => change.id === action.change);
  if (progress?.startedUs === undefined)
    return refuse(`there is no change ${action.change}`, "Choose one from the list of changes.");
  const { change, state } = progress;
  if (state === "rolled-back") return refuse(`${change.title} is rolled back already`, "Choose another change.");
  if (change.kind === "deploy") return planDeployRollback(engine, action, change.target);
  return success({
    summary: `Take back the change "${change.title}" of ${change.target}`,
    touches: [change.kind === "flag" ? `flag ${change.flag?.name ?? ""}` : `setting of ${change.target}`],
    durationUs: change.kind === "flag" ? FLAG_US : SETTING_US,
    sideEffects: ["Takes effect for requests that come afterwards."],
    destructive: false,
    ...watchWork(engine.model, change.target),
  });
}

function planDeployRollback(engine: Engine, action: ActionOf<"rollback">, target: string): Plan {
  const service = serviceOf(engine, target);
  const change = engine.changeRecords.find((progress) => progress.change.id === action.change)?.change;
  if (service === undefined || change === undefined) return unknownService(engine, target);
  const later = engine.changeRecords.find(
    (progress) =>
      progress.change.kind === "deploy" &&
      progress.change.target === target &&
      progress.state !== "rolled-back" &&
      progress.startedUs !== undefined &&
      progress.change.at > change.at,
  );
  if (later !== undefined)
    return refuse(`${later.change.title} was deployed after it`, "Roll back the later deploy first.");
  return success({
    summary: `Roll ${target} back from ${change.versionTo ?? "its version"} to ${change.versionFrom ?? service.spec.version}, one instance at a time`,
    touches: presentNames(engine, service),
    durationUs: rollOutUs(presentNames(engine, service).length, service.spec.startup),
    sideEffects: replacementEffects(engine, service),
    destructive: true,
    ...watchWork(engine.model, target),
  });
}

function planRestart(engine: Engine, action: ActionOf<"restart">): Plan {
  const service = serviceOf(engine, action.service);
  if (service === undefined) return unknownService(engine, action.service);
  const names = presentNames(engine, service);
  const one = action.instance === undefined ? undefined : `${action.service}-${String(action.instance)}`;
  if (one !== undefined && !names.includes(one))
    return refuse(`there is no instance ${one}`, `Instances are ${names.join(", ")}.`);
  const touches = one === undefined ? names : [one];
  return success({
    summary: one === undefined ? `Restart ${action.service}, one instance at a time` : `Restart ${one}`,
    touches,
    durationUs: rollOutUs(touches.length, service.spec.startup),
    sideEffects: replacementEffects(engine, service),
    destructive: true,
    ...watchWork(engine.model, action.service),
  });
}

function planScale(engine: Engine, action: ActionOf<"scale">): Plan {
  const service = serviceOf(engine, action.service);
  if (service === undefined) return unknownService(engine, action.service);
  const before = engine.desiredInstances(service.index);
  const { instances } = action;
  if (!isWithin(instances, { min: 1, max: service.instancesMax })) {
    return refuse(
      `${action.service} cannot have ${String(instances)} instances`,
      `Choose a whole number from 1 to ${String(service.instancesMax)}.`,
    );
  }
  if (instances === before)
    return refuse(`${action.service} has ${String(before)} instances already`, "Choose another number.");
  const up = instances > before;
  return success({
    summary: `Scale ${action.service} from ${String(before)} to ${String(instances)} instances`,
    touches: [`${action.service} (${String(before)} → ${String(instances)} instances)`],
    durationUs: up ? service.spec.startup : DRAIN_US,
    sideEffects: up
      ? [
          "New instances open connections of their own to databases and other services.",
          ...scaledByItself(engine, service),
        ]
      : [
          ...scaledByItself(engine, service),
          "The instances that stop get no new requests and are killed after the drain; the others take over their load.",
        ],
    undo: { kind: "scale", service: action.service, instances: before },
    destructive: !up,
    watchTitle: `Share of busy workers of ${action.service}`,
    watchQuery: `sum(worker_pool_usage{job="${action.service}"}) / sum(worker_pool_limit{job="${action.service}"})`,
  });
}

function planFlag(engine: Engine, action: ActionOf<"set-flag">): Plan {
  const index = engine.model.flags.findIndex(({ name }) => name === action.flag);
  if (index < 0)
    return refuse(
      `there is no flag ${action.flag}`,
      `Flags are ${namesOf(engine.model.flags.map(({ name }) => name))}.`,
    );
  const before = engine.state.flags[index] === 1;
  if (before === action.value)
    return refuse(`${action.flag} is ${onOff(before)} already`, `Turn it ${onOff(!before)} instead, if that is meant.`);
  const readers = engine.model.topology.services.filter(({ operations }) =>
    JSON.stringify(operations).includes(`"name":"${action.flag}"`),
  );
  const reader = readers.length > 0 ? readers[0].id : engine.model.topology.plant.metricsServer;
  return success({
    summary: `Turn the flag ${action.flag} ${onOff(action.value)}`,
    touches: readers.map(({ id }) => id),
    durationUs: FLAG_US,
    sideEffects: [engine.model.flags[index].description],
    undo: { kind: "set-flag", flag: action.flag, value: before },
    destructive: false,
    ...watchWork(engine.model, reader),
  });
}

function planTimeout(engine: Engine, action: ActionOf<"set-timeout">): Plan {
  const dependency = dependencyOf(engine, action.service, action.target);
  if (dependency === undefined) return unknownDependency(engine, action.service, action.target);
  if (!isWithin(action.timeout, TIMEOUT_US))
    return refuse(`a timeout of ${milliseconds(action.timeout)} cannot be set`, "Choose 1 ms to 120 s.");
  const before = engine.state.timeoutUs[dependency.index];
  return success({
    summary: `Set the timeout of ${action.service} for ${action.target} from ${milliseconds(before)} to ${milliseconds(action.timeout)}`,
    touches: [`${action.service} → ${action.target}`],
    durationUs: SETTING_US,
    sideEffects: [
      action.timeout < before
        ? "Answers that would have come later than that count as failed; workers and connections are free sooner."
        : "Callers hold their workers and connections longer before they give up.",
      "Applies to calls that begin afterwards.",
    ],
    undo: { kind: "set-timeout", service: action.service, target: action.target, timeout: duration(before) },
    destructive: false,
    ...watchCalls(engine.model, dependency),
  });
}

function planRetry(engine: Engine, action: ActionOf<"set-retry">): Plan {
  const dependency = dependencyOf(engine, action.service, action.target);
  if (dependency === undefined) return unknownDependency(engine, action.service, action.target);
  const problem = retryProblem(action.retry);
  if (problem !== undefined) return problem;
  const before = engine.state.retry[dependency.index];
  return success({
    summary: `Let ${action.service} call ${action.target} at most ${String(action.retry.attempts)} times instead of ${String(before.attempts)}`,
    touches: [`${action.service} → ${action.target}`],
    durationUs: SETTING_US,
    sideEffects: [
      action.retry.attempts < before.attempts
        ? "Fewer failures are covered up; less load on the target while it has trouble."
        : "More failures are covered up; each of them costs the target more calls.",
    ],
    undo: { kind: "set-retry", service: action.service, target: action.target, retry: before },
    destructive: false,
    ...watchCalls(engine.model, dependency),
  });
}

function retryProblem(retry: RetrySpec): Plan | undefined {
  if (!isWithin(retry.attempts, ATTEMPTS))
    return refuse(`${String(retry.attempts)} calls cannot be set`, "Choose 1 (no retry) to 10.");
  if (!(retry.backoff >= 0 && retry.backoff <= BACKOFF_US_MAX))
    return refuse("the backoff is out of range", "Choose 0 to 60 s.");
  if (!(retry.multiplier >= MULTIPLIER.min && retry.multiplier <= MULTIPLIER.max))
    return refuse("the multiplier is out of range", "Choose 1 to 10.");
  if (!(retry.jitter >= 0 && retry.jitter <= 1)) return refuse("the jitter is out of range", "Choose 0 to 1.");
  return undefined;
}

function planPool(engine: Engine, action: ActionOf<"set-pool">): Plan {
  const dependency = dependencyOf(engine, action.service, action.target);
  if (dependency === undefined) return unknownDependency(engine, action.service, action.target);
  if (!isWithin(action.poolSize, POOL_SIZE))
    return refuse(`a pool of ${String(action.poolSize)} cannot be set`, "Choose a whole number from 1 to 1000.");
  const before = engine.state.poolSize[dependency.index];
  const total = action.poolSize * engine.desiredInstances(dependency.service);
  return success({
    summary: `Set the pool of each ${action.service} instance to ${action.target} from ${String(before)} to ${String(action.poolSize)} connections`,
    touches: [`${action.service} → ${action.target}`],
    durationUs: SETTING_US,
    sideEffects: [`All instances together may then use ${String(total)} connections of ${action.target}.`],
    undo: { kind: "set-pool", service: action.service, target: action.target, poolSize: before },
    destructive: false,
    ...watchCalls(engine.model, dependency),
  });
}

function planDropLabel(engine: Engine, action: ActionOf<"drop-label">): Plan {
  const droppable = droppableLabels(engine);
  if (!droppable.some(({ metric, label }) => metric === action.metric && label === action.label)) {
    return isDeclaredLabel(engine, action)
      ? refuse(
          `rules and dashboards group by ${action.label} of ${action.metric}`,
          "Without it they would say nothing; choose a label that nothing is built on.",
        )
      : refuse(
          `${action.metric} has no label ${action.label} that relabelling could drop`,
          "Look at the metric's series in the metrics view: it lists the labels that they have.",
        );
  }
  if (engine.plant.drops(action.metric, action.label))
    return refuse(`${action.label} of ${action.metric} is dropped already`, "Nothing is left to do.");
  const { metricsServer } = engine.model.topology.plant;
  return success({
    summary: `Drop the label ${action.label} of ${action.metric} when scraping`,
    touches: [`scrape configuration of ${metricsServer}`],
    durationUs: RELABEL_US,
    sideEffects: [
      "Series that differ in this label only become one; queries by this label find nothing any more.",
      "Series that are no longer scraped leave the memory of the metrics server with its next compactions, minutes later.",
      "Processes go on exposing the label: their own memory does not shrink.",
    ],
    destructive: false,
    watchTitle: "Series in the memory of the metrics server",
    watchQuery: `prometheus_tsdb_head_series{job="${metricsServer}"}`,
  });
}

function planOperation(engine: Engine, { operation, target, values }: ActionOf<"operate">): Plan {
  const definition = ACTIONS.get(operation);
  if (definition === undefined)
    return refuse(`there is no action ${operation}`, `Actions are ${namesOf([...ACTIONS.keys()])}.`);
  const targets = definition.targets(engine);
  if (!targets.includes(target))
    return refuse(`${operation} cannot be done to ${target}`, `Choose one of ${namesOf(targets)}.`);
  const complete = completeValues(definition, engine, target, values);
  return complete.ok ? definition.plan(engine, target, complete.value) : complete;
}

/** Whether the metric has the label in every version of the code, `job` and `instance` included. */
function isDeclaredLabel(engine: Engine, { metric, label }: ActionOf<"drop-label">): boolean {
  return engine.model.targets.some(({ series }) =>
    series.some(({ name, labels }) => label in labels && (name === metric || name === `${metric}_count`)),
  );
}

/** Metric and label pairs that `drop-label` takes: labels that a process has added to its request histogram. */
export function droppableLabels(
  engine: Engine,
): readonly { readonly metric: string; readonly label: string; readonly dropped: boolean }[] {
  const labels = new Set(engine.state.userLabels.flatMap((series) => (series === undefined ? [] : [series.label])));
  for (const { label, metric } of engine.plant.droppedLabels) if (metric === SERVER_METRIC) labels.add(label);
  return [...labels].map((label) => ({
    metric: SERVER_METRIC,
    label,
    dropped: engine.plant.drops(SERVER_METRIC, label),
  }));
}

// Look-ups and wording.

const serviceOf = (engine: Engine, id: string): ServiceModel | undefined =>
  engine.model.services.find(({ spec }) => spec.id === id);

function unknownService(engine: Engine, id: string): Plan {
  return refuse(
    `there is no service ${id}`,
    `Services are ${namesOf(engine.model.services.map(({ spec }) => spec.id))}.`,
  );
}

function dependencyOf(engine: Engine, service: string, target: string): DependencyModel | undefined {
  const index = serviceOf(engine, service)?.index;
  return engine.model.dependencies.find((dependency) => dependency.service === index && dependency.target === target);
}

function unknownDependency(engine: Engine, service: string, target: string): Plan {
  const found = serviceOf(engine, service);
  if (found === undefined) return unknownService(engine, service);
  const targets = engine.model.dependencies
    .filter((dependency) => dependency.service === found.index)
    .map((dependency) => dependency.target);
  return refuse(
    `${service} does not call ${target}`,
    targets.length === 0 ? "It calls nobody." : `It calls ${namesOf(targets)}.`,
  );
}

function presentNames(engine: Engine, service: ServiceModel): readonly string[] {
  return engine
    .instanceStates()
    .filter((status) => status.service === service.spec.id)
    .map(({ name }) => name);
}

function replacementEffects(engine: Engine, service: ServiceModel): readonly string[] {
  const alone = presentNames(engine, service).length === 1;
  return [
    alone
      ? "While it restarts nothing else serves: callers are refused."
      : "One instance at a time takes no requests; the others carry its load.",
    `An instance has ${milliseconds(DRAIN_US)} to end what it is working on, then the rest is cut off.`,
    "Connections are opened anew, counters begin at zero.",
  ];
}

function scaledByItself({ parts }: Engine, { index }: ServiceModel): readonly string[] {
  return parts.control?.autoscaler.boundsOf(index) === undefined ? [] : ["The bounds of its autoscaler follow."];
}

const isWithin = (value: number, { min, max }: { readonly min: number; readonly max: number }): boolean =>
  Number.isInteger(value) && value >= min && value <= max;

const onOff = (value: boolean): string => (value ? "on" : "off");
const milliseconds = (us: number): string =>
  us >= 1_000_000 ? `${String(us / 1_000_000)} s` : `${String(us / 1_000)} ms`;
const namesOf = (names: readonly string[]): string => (names.length === 0 ? "none" : names.join(", "));
