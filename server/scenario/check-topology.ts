/**
 * What a topology file means, beyond its shape: every name that it uses exists, every call has a policy, shares sum to
 * one, calls do not run in circles. Works on the written form, whose paths are those of the file.
 */
import { checkCompute } from "./check-compute.js";
import { checkControl } from "./check-control.js";
import { checkLoad } from "./check-load.js";
import { checkSteps } from "./check-steps.js";
import type { StepContext } from "./check-steps.js";
import type { Report } from "./report.js";
import type { ValuePath } from "./source-document.js";
import { SIGNALS } from "../topology/retention.js";
import { suggest } from "./suggest.js";
import { TopologyNames } from "./topology-names.js";
import { splitCall } from "./build-topology.js";
import { entryOf } from "./records.js";
import type { WrittenStep, WrittenTopology } from "./topology-schema.js";

export const TOPOLOGY_LIMITS = { components: 200, operations: 1_000, steps: 5_000 } as const;

/** Reports every mistake of meaning. `setAside` names entries that had mistakes of shape: references to them pass. */
export function checkTopology(topology: WrittenTopology, setAside: ReadonlySet<string>, report: Report): void {
  const names = new TopologyNames(topology, setAside);
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
  const names = new TopologyNames(topology, new Set());
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

/** Links are what services call others over. */
function checkLinks(topology: WrittenTopology, names: TopologyNames, report: Report): void {
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
function checkClocks(topology: WrittenTopology, names: TopologyNames, report: Report): void {
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

function checkDependencies(
  id: string,
  topology: WrittenTopology,
  names: TopologyNames,
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

function checkQueues(topology: WrittenTopology, names: TopologyNames, report: Report): void {
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

function checkJourneys(topology: WrittenTopology, names: TopologyNames, report: Report): void {
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
