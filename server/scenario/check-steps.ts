/** What the steps of operations mean: each does one thing, with the keys that go with it, to something that is there. */
import { splitCall } from "./build-topology.js";
import { entryOf } from "./records.js";
import type { Report } from "./report.js";
import type { ValuePath } from "./source-document.js";
import type { TopologyNames } from "./topology-names.js";
import { STEP_KINDS } from "./topology-schema.js";
import type { WrittenStep, WrittenTopology } from "./topology-schema.js";

export interface StepContext {
  readonly service: string;
  readonly names: TopologyNames;
  /** Targets that the service's steps use. */
  readonly used: Set<string>;
  readonly report: Report;
  readonly topology: WrittenTopology;
}

export function checkSteps(steps: readonly WrittenStep[], path: ValuePath, context: StepContext): void {
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
