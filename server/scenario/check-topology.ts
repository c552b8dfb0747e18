/**
 * What a topology file means, beyond its shape: every name that it uses exists, every call has a policy, shares sum to
 * one, calls do not run in circles. Works on the written form, whose paths are those of the file.
 */
import { checkCompute } from "./check-compute.js";
import { checkControl } from "./check-control.js";
import { checkLoad } from "./check-load.js";
import type { Report } from "./report.js";
import type { ValuePath } from "./source-document.js";
import { SIGNALS } from "../topology/retention.js";
import { suggest } from "./suggest.js";
import { splitCall } from "./build-topology.js";
import { entryOf } from "./records.js";
import { STEP_KINDS } from "./topology-schema.js";
import type { WrittenStep, WrittenTopology } from "./topology-schema.js";

export const TOPOLOGY_LIMITS = { components: 200, operations: 1_000, steps: 5_000 } as const;

/** Reports every mistake of meaning. `setAside` names entries that had mistakes of shape: references to them pass. */
export function checkTopology(topology: WrittenTopology, setAside: ReadonlySet<string>, report: Report): void {
  const names = new Names(topology, setAside);
  checkIds(topology, report);
  checkSize(topology, report);
  for (const [id, service] of Object.entries(topology.services)) {
    const path = ["services", id];
    const used = new Set<string>();
    for (const [name, operation] of Object.entries(service.operations)) {
      const operationPath = [...path, "operations", name];
      checkLogs(operation.logs, operationPath, report);
      const context: StepContext = { service: id, names, used, report, topology };
      checkSteps(operation.steps, [...operationPath, "steps"], context);
    }
    checkDependencies(id, topology, names, used, report);
    if (names.whole && Object.keys(service.operations).length === 0)
      report([...path, "operations"], { message: "has no operation" });
  }
  checkQueues(topology, names, report);
  checkJourneys(topology, names, report);
  checkPlant(topology, report);
  checkLinks(topology, names, report);
  checkLoad(topology, report);
  checkControl(topology, report);
  checkClocks(topology, names, report);
  checkSlos(topology, report);
  checkCompute(topology, report);
  if (setAside.size === 0) checkCycles(topology, report);
}

/** What a scenario declares of the plant, in a topology that is sound otherwise. */
export function checkStoryPlant(topology: WrittenTopology, report: Report): void {
  const names = new Names(topology, new Set());
  const { collector } = topology.plant;
  const own = [...(collector === undefined ? [] : [[collector.id, "plant.collector"] as const]), ...storesOf(topology)];
  for (const [id, where] of own) {
    if (!names.targets.includes(id) && id !== topology.plant.metricsServer) continue;
    report(where.split("."), {
      message: `"${id}" names a component already`,
      hint: "ids are unique over all components",
    });
  }
  checkClocks(topology, names, report);
  checkTiers(topology, report);
}

/** The names of a topology, by what they name. */
class Names {
  readonly services: readonly string[];
  readonly targets: readonly string[];
  readonly flags: readonly string[];

  constructor(
    private readonly topology: WrittenTopology,
    private readonly setAside: ReadonlySet<string>,
  ) {
    this.services = Object.keys(topology.services);
    this.targets = [
      ...this.services,
      ...Object.keys(topology.stores),
      ...Object.keys(topology.caches),
      ...Object.keys(topology.queues),
      ...Object.keys(topology.externals),
    ];
    this.flags = Object.keys(topology.flags);
  }

  /** Whether an entry of this name is there, though its mistakes kept it out. */
  isSetAside(name: string): boolean {
    return this.setAside.has(name);
  }

  /** Nothing was kept out: sums over all entries mean something. */
  get whole(): boolean {
    return this.setAside.size === 0;
  }

  /** Whether `name` is one of `known`; reports it at `path` when it is not. */
  check(kind: string, name: string, known: readonly string[], path: ValuePath, report: Report): boolean {
    if (known.includes(name)) return true;
    if (!this.isSetAside(name)) report(path, { message: `unknown ${kind} "${name}"`, hint: suggest(name, known) });
    return false;
  }

  checkOperation(text: string, path: ValuePath, report: Report): boolean {
    const [service, operation] = splitCall(text);
    if (!this.check("service", service, this.services, path, report)) return false;
    const known = Object.keys(entryOf(this.topology.services, service)?.operations ?? {});
    return this.check(`operation of ${service}`, operation, known, path, report);
  }
}

/** Links are what services call others over. */
function checkLinks(topology: WrittenTopology, names: Names, report: Report): void {
  topology.network.links.forEach(({ from, to }, index) => {
    const path = ["network", "links", index];
    if (!names.check("service", from, names.services, [...path, "from"], report)) return;
    if (!names.check("component", to, names.targets, [...path, "to"], report)) return;
    const declared = Object.keys(entryOf(topology.services, from)?.dependencies ?? {});
    if (!declared.includes(to))
      report([...path, "to"], { message: `${from} declares no dependency on ${to}`, hint: suggest(to, declared) });
  });
}

/** Clocks are those of services, and of processes that they can have. */
function checkClocks(topology: WrittenTopology, names: Names, report: Report): void {
  topology.plant.clocks.forEach(({ service, instance }, index) => {
    const path = ["plant", "clocks", index];
    if (!names.check("service", service, names.services, [...path, "service"], report) || instance === undefined)
      return;
    if (!new RegExp(`^${service}-\\d+$`).test(instance))
      report([...path, "instance"], {
        message: `${service} has no process ${instance}`,
        hint: `Its processes are ${service}-1, ${service}-2 and so on.`,
      });
  });
}

/** Stores of the plant that are components, with where they are declared. */
function storesOf({ plant: { logShipper, collector, profileStore } }: WrittenTopology): readonly [string, string][] {
  return [
    ...(logShipper?.store === undefined ? [] : [["loki", "plant.logShipper.store"] satisfies [string, string]]),
    ...(collector?.store === undefined ? [] : [["tempo", "plant.collector.store"] satisfies [string, string]]),
    ...(profileStore === undefined ? [] : [["pyroscope", "plant.profileStore"] satisfies [string, string]]),
  ];
}

/** What is in the ingesters is answered, and what is said of a part does not go beyond the whole. */
function checkTiers({ plant: { tiers = {}, retention } }: WrittenTopology, report: Report): void {
  for (const signal of SIGNALS) {
    const { hot, warm = retention, ...parts } = tiers[signal] ?? {};
    const path = ["plant", "tiers", signal];
    if (hot !== undefined && hot > warm) report([...path, "hot"], { message: "must not be longer than warm" });
    for (const [kind, ages] of Object.entries(parts)) {
      for (const [name, age] of Object.entries(
        (ages as Readonly<Record<string, number | undefined>> | undefined) ?? {},
      ))
        if (age !== undefined && age > warm)
          report([...path, kind, name], { message: "must not be longer than warm", hint: "It only shortens it." });
    }
  }
}

function checkIds(topology: WrittenTopology, report: Report): void {
  const seen = new Map<string, string>([[topology.plant.metricsServer, "plant.metricsServer"]]);
  if (topology.plant.collector !== undefined) {
    const { id } = topology.plant.collector;
    if (seen.has(id))
      report(["plant", "collector", "id"], {
        message: `${id} is the metrics server's id as well`,
        hint: "Every component needs an id of its own.",
      });
    seen.set(id, "plant.collector");
  }
  for (const [id, path] of storesOf(topology)) seen.set(id, path);
  for (const kind of ["services", "stores", "caches", "queues", "externals"] as const) {
    for (const id of Object.keys(topology[kind])) {
      const other = seen.get(id);
      if (other !== undefined) {
        report([kind, id], {
          message: `"${id}" already names one of ${other}`,
          hint: "ids are unique over all components",
          part: "key",
        });
      }
      seen.set(id, kind);
    }
  }
  if (Object.keys(topology.services).length === 0) report(["services"], { message: "has no service" });
}

function checkSize(topology: WrittenTopology, report: Report): void {
  const services = Object.values(topology.services);
  const operations = services.flatMap((service) => Object.values(service.operations));
  const steps = operations.reduce((sum, operation) => sum + countSteps(operation.steps), 0);
  const figures = {
    components: services.length + Object.keys(topology.stores).length,
    operations: operations.length,
    steps,
  };
  for (const [what, allowed] of Object.entries(TOPOLOGY_LIMITS) as [keyof typeof figures, number][]) {
    if (figures[what] > allowed) {
      report(["services"], { message: `${String(figures[what])} ${what}, allowed ${String(allowed)}`, part: "key" });
    }
  }
}

function countSteps(steps: readonly WrittenStep[]): number {
  let sum = steps.length;
  for (const step of steps) {
    sum += countSteps(step.onMiss ?? []) + countSteps(step.fallback ?? []);
    for (const branch of step.parallel ?? []) sum += countSteps(branch);
  }
  return sum;
}

interface StepContext {
  readonly service: string;
  readonly names: Names;
  /** Targets that the service's steps use. */
  readonly used: Set<string>;
  readonly report: Report;
  readonly topology: WrittenTopology;
}

function checkSteps(steps: readonly WrittenStep[], path: ValuePath, context: StepContext): void {
  steps.forEach((step, index) => {
    checkStep(step, [...path, index], context);
  });
}

function checkStep(step: WrittenStep, path: ValuePath, context: StepContext): void {
  const { report, names } = context;
  const kinds = STEP_KINDS.filter((kind) => step[kind] !== undefined);
  const kind = kinds.at(0);
  if (kind === undefined || kinds.length > 1) {
    const found = kinds.length === 0 ? "says none" : `says ${kinds.join(" and ")}`;
    report(path, {
      message: `a step does exactly one thing; this one ${found}`,
      hint: `allowed: ${STEP_KINDS.join(", ")}`,
    });
    return;
  }
  checkStepOptions(step, kind, path, report);
  for (const key of ["when", "unless"] as const) {
    const flag = step[key];
    if (flag !== undefined) names.check("flag", flag, names.flags, [...path, key], report);
  }
  STEP_CHECKS[kind](step, path, context);
  checkSteps(step.fallback ?? [], [...path, "fallback"], context);
}

/** Keys that only go with some kinds of step. */
const OPTION_KINDS: Readonly<Record<string, readonly (typeof STEP_KINDS)[number][]>> = {
  perItem: ["cpu"],
  onMiss: ["cache"],
  repeat: ["call", "query"],
  concurrency: ["call", "query"],
  fallback: ["call", "query", "external"],
  onFailure: ["parallel"],
  optional: ["call", "query", "external"],
  when: ["call", "query", "external", "publish"],
  unless: ["call", "query", "external", "publish"],
};

function checkStepOptions(step: WrittenStep, kind: (typeof STEP_KINDS)[number], path: ValuePath, report: Report): void {
  for (const [option, kinds] of Object.entries(OPTION_KINDS)) {
    if (step[option as keyof WrittenStep] !== undefined && !kinds.includes(kind)) {
      report([...path, option], {
        message: `"${option}" does not go with ${kind}`,
        hint: `it goes with ${kinds.join(", ")}`,
        part: "key",
      });
    }
  }
  for (const other of ["optional", "concurrency"] as const) {
    if (step.fallback !== undefined && step[other] !== undefined)
      report([...path, other], { message: `"${other}" and "fallback" exclude each other`, part: "key" });
  }
  if (step.when !== undefined && step.unless !== undefined) {
    report([...path, "unless"], { message: '"when" and "unless" exclude each other', part: "key" });
  }
}

const STEP_CHECKS: Readonly<
  Record<(typeof STEP_KINDS)[number], (step: WrittenStep, path: ValuePath, context: StepContext) => void>
> = {
  cpu: () => undefined,
  call: (step, path, context) => {
    const text = step.call ?? "";
    context.names.checkOperation(text, [...path, "call"], context.report);
    useTarget(splitCall(text)[0], [...path, "call"], context);
  },
  query: (step, path, context) => {
    const [store, query] = splitCall(step.query ?? "");
    const { names, topology, report } = context;
    if (names.check("store", store, Object.keys(topology.stores), [...path, "query"], report)) {
      names.check(
        `query of ${store}`,
        query,
        Object.keys(entryOf(topology.stores, store)?.queries ?? {}),
        [...path, "query"],
        report,
      );
    }
    useTarget(store, [...path, "query"], context);
  },
  cache: (step, path, context) => {
    const [cache, keyspace] = splitCall(step.cache ?? "");
    const { names, topology, report } = context;
    if (names.check("cache", cache, Object.keys(topology.caches), [...path, "cache"], report)) {
      names.check(
        `keyspace of ${cache}`,
        keyspace,
        Object.keys(entryOf(topology.caches, cache)?.keyspaces ?? {}),
        [...path, "cache"],
        report,
      );
    }
    useTarget(cache, [...path, "cache"], context);
    checkSteps(step.onMiss ?? [], [...path, "onMiss"], context);
  },
  external: (step, path, context) => {
    const [external, operation] = splitCall(step.external ?? "");
    const { names, topology, report } = context;
    if (names.check("external party", external, Object.keys(topology.externals), [...path, "external"], report)) {
      const known = Object.keys(entryOf(topology.externals, external)?.operations ?? {});
      names.check(`operation of ${external}`, operation, known, [...path, "external"], report);
    }
    useTarget(external, [...path, "external"], context);
  },
  publish: (step, path, context) => {
    const queue = step.publish ?? "";
    context.names.check("queue", queue, Object.keys(context.topology.queues), [...path, "publish"], context.report);
    useTarget(queue, [...path, "publish"], context);
  },
  parallel: (step, path, context) => {
    (step.parallel ?? []).forEach((branch, index) => {
      checkSteps(branch, [...path, "parallel", index], context);
    });
  },
};

/** Notes that the service talks to `target`, for which it must have a policy. */
function useTarget(target: string, path: ValuePath, context: StepContext): void {
  const { used, topology, service, names, report } = context;
  if (used.has(target) || !names.targets.includes(target)) return;
  used.add(target);
  if (names.isSetAside(target)) return;
  // A publish needs no pool: the broker's client keeps one connection.
  if (entryOf(topology.queues, target) !== undefined) return;
  if (entryOf(topology.services[service].dependencies, target) === undefined) {
    report(path, {
      message: `${service} has no dependency "${target}"`,
      hint: `add services.${service}.dependencies.${target} with pool and timeout`,
    });
  }
}

function checkDependencies(
  id: string,
  topology: WrittenTopology,
  names: Names,
  used: ReadonlySet<string>,
  report: Report,
): void {
  const { dependencies } = topology.services[id];
  for (const target of Object.keys(dependencies)) {
    const path = ["services", id, "dependencies", target];
    if (target === id) report(path, { message: "a service does not depend on itself", part: "key" });
    else if (!names.targets.includes(target)) {
      names.check("component", target, names.targets, path, (at, problem) => {
        report(at, { ...problem, part: "key" });
      });
    } else if (!used.has(target)) {
      report(path, { message: `no step of ${id} uses "${target}"`, severity: "warning", part: "key" });
    }
  }
}

function checkLogs(
  logs: WrittenTopology["services"][string]["operations"][string]["logs"],
  path: ValuePath,
  report: Report,
): void {
  logs.forEach((log, index) => {
    if ((log.when === "slow") !== (log.slowerThan !== undefined)) {
      report([...path, "logs", index, log.when === "slow" ? "when" : "slowerThan"], {
        message: '"slowerThan" goes with "when: slow", and the other way round',
      });
    }
  });
}

function checkQueues(topology: WrittenTopology, names: Names, report: Report): void {
  for (const [id, queue] of Object.entries(topology.queues)) {
    const path = ["queues", id, "consumer", "call"];
    if (!names.checkOperation(queue.consumer.call, path, report)) continue;
    const [service] = splitCall(queue.consumer.call);
    if (topology.services[service].kind !== "worker") {
      report(path, {
        message: `${service} takes messages from a queue but is no worker`,
        hint: `set services.${service}.kind: worker`,
      });
    }
  }
}

/** Shares are written with a few digits; more than this off 1 is a mistake. */
const SHARE_TOLERANCE = 1e-6;

function checkJourneys(topology: WrittenTopology, names: Names, report: Report): void {
  let sum = 0;
  for (const [id, journey] of Object.entries(topology.journeys)) {
    sum += journey.share;
    const path = ["journeys", id, "call"];
    if (!names.checkOperation(journey.call, path, report)) continue;
    const [service] = splitCall(journey.call);
    if (topology.services[service].kind !== "edge") {
      report(path, {
        message: `journeys enter at an edge service; ${service} is none`,
        hint: `set services.${service}.kind: edge`,
      });
    }
  }
  if (names.whole && Math.abs(sum - 1) > SHARE_TOLERANCE) {
    const written = Number((sum * 100).toFixed(4));
    report(["journeys"], { message: `shares sum to ${String(written)} %, not 100 %`, part: "key" });
  }
  const { basket } = topology.load;
  if (basket.max < basket.median) report(["load", "basket", "max"], { message: "must not be below the median" });
}

function checkPlant(topology: WrittenTopology, report: Report): void {
  const { plant } = topology;
  checkTiers(topology, report);
  if (plant.scrapeTimeout > plant.scrapeInterval) {
    report(["plant", "scrapeTimeout"], { message: "must not be longer than scrapeInterval" });
  }
  if (plant.memory.base >= plant.memory.limit) {
    report(["plant", "memory", "base"], { message: "must be below the limit" });
  }
  for (const [id, service] of Object.entries(topology.services)) {
    if (service.memory.base >= service.memory.limit) {
      report(["services", id, "memory", "base"], { message: "must be below the limit" });
    }
  }
}

function checkSlos(topology: WrittenTopology, report: Report): void {
  for (const [id, slo] of Object.entries(topology.slos)) {
    for (const key of ["errors", "total"] as const) {
      if (!slo[key].includes("$window")) {
        report(["slos", id, key], {
          message: "must use $window in place of the range",
          hint: "such as rate(x[$window])",
        });
      }
    }
    if (slo.objective >= 1)
      report(["slos", id, "objective"], { message: "must be below 1: an objective of 100 % has no budget" });
  }
}

/** Depth-first search over operations; a call or message that leads back to an operation under way would never end. */
function checkCycles(topology: WrittenTopology, report: Report): void {
  const done = new Set<string>();
  const trail: string[] = [];
  const visit = (call: string, path: ValuePath): void => {
    if (done.has(call)) return;
    const start = trail.indexOf(call);
    if (start >= 0) {
      const circle = [...trail.slice(start), call].join(" → ");
      report(path, { message: `calls run in a circle without end: ${circle}` });
      return;
    }
    const [service, operation] = splitCall(call);
    const operations = entryOf(topology.services, service)?.operations ?? {};
    const steps = entryOf(operations, operation)?.steps ?? [];
    trail.push(call);
    for (const next of callsOf(steps, ["services", service, "operations", operation, "steps"], topology))
      visit(next.call, next.path);
    trail.pop();
    done.add(call);
  };
  for (const [id, service] of Object.entries(topology.services)) {
    for (const name of Object.keys(service.operations)) visit(`${id} ${name}`, ["services", id, "operations", name]);
  }
}

/** What the steps set off: calls, and the consumers of what they publish. */
function callsOf(
  steps: readonly WrittenStep[],
  path: ValuePath,
  topology: WrittenTopology,
): { readonly call: string; readonly path: ValuePath }[] {
  return steps.flatMap((step, index) => {
    const here = [...path, index];
    const instead = callsOf(step.fallback ?? [], [...here, "fallback"], topology);
    if (step.call !== undefined) return [{ call: splitCall(step.call).join(" "), path: [...here, "call"] }, ...instead];
    const queue = step.publish === undefined ? undefined : entryOf(topology.queues, step.publish);
    if (queue !== undefined) return [{ call: splitCall(queue.consumer.call).join(" "), path: [...here, "publish"] }];
    const branches = step.parallel ?? [];
    return [
      ...instead,
      ...callsOf(step.onMiss ?? [], [...here, "onMiss"], topology),
      ...branches.flatMap((branch, number) => callsOf(branch, [...here, "parallel", number], topology)),
    ];
  });
}
