/**
 * What a scenario file means, beyond its shape: its changes, faults, page and actions fit the topology and each other.
 * Paths are those of the written file.
 */
import { ACTIONS } from "../sim/actions/action-table.js";
import { MICROS_PER_MINUTE } from "../base/time.js";
import { FAULT_PARAMETERS } from "../faults/parameters.js";
import type { FaultParameter, FaultParameterSet, FaultTargetKind } from "../faults/fault-parameter.js";
import { FAULT_CLASSES } from "../faults/taxonomy.js";
import type { StepSpec, Topology } from "../topology/types.js";
import type { Report } from "./report.js";
import { entryOf } from "./records.js";
import type { WrittenAction, WrittenScenario } from "./scenario-schema.js";
import type { ValuePath } from "./source-document.js";
import { suggest } from "./suggest.js";
import { formatDuration, parseDuration, parseRatio } from "./units.js";

/** Reports every mistake of meaning; `setAside` names entries of either file that had mistakes of shape. */
export function checkScenario(
  scenario: WrittenScenario,
  topology: Topology,
  setAside: ReadonlySet<string>,
  report: Report,
): void {
  const world = new World(topology, setAside, report);
  checkTimes(scenario, report);
  checkPage(scenario, world);
  checkChanges(scenario, world);
  checkFaults(scenario, world);
  checkGrading(scenario, world);
}

/** The names of a topology, and the complaint about one that is not there. */
class World {
  readonly kinds = new Map<string, FaultTargetKind>();
  readonly flags: readonly string[];

  constructor(
    readonly topology: Topology,
    private readonly setAside: ReadonlySet<string>,
    readonly report: Report,
  ) {
    for (const { id } of topology.services) this.kinds.set(id, "service");
    for (const { id } of topology.stores) this.kinds.set(id, "store");
    for (const { id } of topology.caches) this.kinds.set(id, "cache");
    for (const { id } of topology.queues) this.kinds.set(id, "queue");
    for (const { id } of topology.externals) this.kinds.set(id, "external");
    this.flags = topology.flags.map(({ name }) => name);
  }

  known(kind: string, name: string, names: readonly string[], path: ValuePath): boolean {
    if (names.includes(name)) return true;
    if (!this.setAside.has(name))
      this.report(path, { message: `unknown ${kind} "${name}"`, hint: suggest(name, names) });
    return false;
  }

  component(name: string, path: ValuePath): boolean {
    return this.known("component", name, [...this.kinds.keys()], path);
  }

  service(name: string, path: ValuePath): boolean {
    return this.known(
      "service",
      name,
      this.topology.services.map(({ id }) => id),
      path,
    );
  }

  dependency(service: string, target: string, path: ValuePath): void {
    const spec = this.topology.services.find(({ id }) => id === service);
    if (spec === undefined) return;
    this.known(
      `dependency of ${service}`,
      target,
      spec.dependencies.map((dependency) => dependency.target),
      path,
    );
  }
}

function checkTimes(scenario: WrittenScenario, report: Report): void {
  if (scenario.recent > scenario.history) {
    report(["recent"], { message: `must not be longer than history, ${formatDuration(scenario.history)}` });
  }
}

function checkPage(scenario: WrittenScenario, world: World): void {
  const rules = world.topology.ruleGroups.flatMap((group) => group.rules);
  const alerts = [...new Set(rules.flatMap(({ alert }) => (alert === undefined ? [] : [alert])))];
  world.known("alert rule", scenario.page.alert, alerts, ["page", "alert"]);
}

function checkChanges(scenario: WrittenScenario, world: World): void {
  const { report } = world;
  const versions = new Map(world.topology.services.map(({ id, version }) => [id, version]));
  checkUniqueIds("changes", scenario.changes, report);
  const byTime = scenario.changes.map((change, index) => ({ change, index })).sort((a, b) => a.change.at - b.change.at);
  for (const { change, index } of byTime) {
    const path = ["changes", index];
    const onPlant = change.kind === "setting" && change.target === world.topology.plant.metricsServer;
    if (!onPlant) world.component(change.target, [...path, "target"]);
    if (change.at + scenario.history < 0 || change.at > scenario.runLimit) {
      report([...path, "at"], {
        message: `lies outside the scenario, which goes from -${formatDuration(scenario.history)} to +${formatDuration(scenario.runLimit)}`,
      });
    }
    checkChangeKind(change, path, world);
    if (change.kind === "deploy" && change.version !== undefined) {
      const current = versions.get(change.target);
      if (current !== undefined && change.version.from !== current) {
        report([...path, "version", "from"], {
          message: `${change.target} runs ${current} at that time, not ${change.version.from}`,
        });
      }
      if (change.version.from === change.version.to)
        report([...path, "version", "to"], { message: "is the version it comes from" });
      versions.set(change.target, change.version.to);
    }
  }
}

function checkChangeKind(change: WrittenScenario["changes"][number], path: ValuePath, world: World): void {
  const { report } = world;
  if (change.kind === "deploy" && world.kinds.get(change.target) !== "service" && world.kinds.has(change.target)) {
    report([...path, "target"], { message: `only services are deployed; ${change.target} is none` });
  }
  for (const [kind, key] of [
    ["deploy", "version"],
    ["flag", "flag"],
  ] as const) {
    if (change.kind === kind && change[key] === undefined)
      report([...path, key], { message: `is missing: a ${kind} says its ${key}`, part: "key" });
    if (change.kind !== kind && change[key] !== undefined)
      report([...path, key], { message: `does not go with a ${change.kind}`, part: "key" });
  }
  if (change.kind === "flag" && change.flag !== undefined) {
    world.known("flag", change.flag.name, world.flags, [...path, "flag", "name"]);
  }
}

function checkUniqueIds(key: string, items: readonly { readonly id: string }[], report: Report): void {
  const seen = new Set<string>();
  items.forEach(({ id }, index) => {
    if (seen.has(id)) report([key, index, "id"], { message: `"${id}" is already used`, hint: "ids are unique" });
    seen.add(id);
  });
}

type WrittenFault = WrittenScenario["faults"][number];

function checkFaults(scenario: WrittenScenario, world: World): void {
  checkUniqueIds("faults", scenario.faults, world.report);
  scenario.faults.forEach((fault, index) => {
    const path = ["faults", index];
    const set = checkFaultClass(fault, path, world.report);
    const targetKnown = world.component(fault.target, [...path, "target"]);
    checkFaultTimes(scenario, fault, path, world.report);
    checkTrigger(scenario, fault, set, path, world);
    if (set === undefined) return;
    const kind = world.kinds.get(fault.target);
    if (targetKnown && kind !== undefined && !set.targets.includes(kind)) {
      world.report([...path, "target"], {
        message: `${fault.class} does not sit in a ${kind}`,
        hint: `it sits in: ${set.targets.join(", ")}`,
      });
    }
    checkParameters(fault, set, [...path, "parameters"], world);
  });
}

function checkFaultClass(fault: WrittenFault, path: ValuePath, report: Report): FaultParameterSet | undefined {
  const set = FAULT_PARAMETERS.get(fault.class);
  if (set !== undefined) return set;
  const available = [...FAULT_PARAMETERS.keys()];
  const listed = FAULT_CLASSES.some(({ id }) => id === fault.class);
  report([...path, "class"], {
    message: listed ? `${fault.class} cannot be injected yet` : `unknown fault class "${fault.class}"`,
    hint: listed ? `available: ${available.join(", ")}` : suggest(fault.class, available),
  });
  return undefined;
}

function checkFaultTimes(scenario: WrittenScenario, fault: WrittenFault, path: ValuePath, report: Report): void {
  const isCause = scenario.grading.causes?.includes(fault.id) ?? true;
  if (fault.onset + scenario.recent < 0 || fault.onset > scenario.runLimit) {
    report([...path, "onset"], {
      message: `lies outside the recent part and the run, which go from -${formatDuration(scenario.recent)} to +${formatDuration(scenario.runLimit)}`,
      hint: "a fault that is older than the recent part would be in the history too; make `recent` longer",
    });
  } else if (isCause && fault.onset > 0) {
    report([...path, "onset"], {
      message: "a fault that is an answer begins before the page",
      hint: "list the answers in grading.causes",
    });
  }
  if (fault.until !== undefined && fault.until <= fault.onset)
    report([...path, "until"], { message: "must lie after the onset" });
  if ((fault.shape === "ramp") !== (fault.rampTime !== undefined)) {
    report([...path, fault.shape === "ramp" ? "shape" : "rampTime"], {
      message: '"rampTime" goes with "shape: ramp", and the other way round',
    });
  }
}

function checkTrigger(
  scenario: WrittenScenario,
  fault: WrittenFault,
  set: FaultParameterSet | undefined,
  path: ValuePath,
  world: World,
): void {
  const { report } = world;
  if (fault.trigger === undefined) {
    if (set?.livesIn === "version") {
      report([...path, "trigger"], {
        message: `is missing: ${fault.class} comes with a deploy of its target`,
        part: "key",
      });
    }
    return;
  }
  const ids = scenario.changes.map(({ id }) => id);
  if (!world.known("change", fault.trigger, ids, [...path, "trigger"])) return;
  const change = scenario.changes.find(({ id }) => id === fault.trigger);
  if (change === undefined) return;
  if (change.at > fault.onset) report([...path, "onset"], { message: `lies before its trigger "${change.id}"` });
  if (set?.livesIn === "version" && (change.kind !== "deploy" || change.target !== fault.target)) {
    report([...path, "trigger"], {
      message: `${fault.class} comes with a deploy of ${fault.target}; "${change.id}" is none`,
    });
  }
}

function checkParameters(fault: WrittenFault, set: FaultParameterSet, path: ValuePath, world: World): void {
  const names = set.parameters.map(({ name }) => name);
  for (const name of Object.keys(fault.parameters)) {
    if (!names.includes(name)) {
      world.report([...path, name], {
        message: `unknown parameter of ${set.class}`,
        hint: suggest(name, names),
        part: "key",
      });
    }
  }
  for (const parameter of set.parameters) {
    const written = entryOf(fault.parameters, parameter.name);
    if (written !== undefined) checkParameter(fault, parameter, written, [...path, parameter.name], world);
    else if (parameter.required)
      world.report([...path, parameter.name], { message: `is missing: ${parameter.description}`, part: "key" });
  }
  for (const group of set.exactlyOneOf) {
    const given = group.filter((name) => entryOf(fault.parameters, name) !== undefined);
    if (given.length !== 1) world.report(path, { message: `takes exactly one of ${group.join(" and ")}`, part: "key" });
  }
}

function checkParameter(
  fault: WrittenFault,
  parameter: FaultParameter,
  written: string | number | boolean,
  path: ValuePath,
  world: World,
): void {
  const value = parameterValue(parameter, written);
  if (value === undefined) {
    world.report(path, { message: `must be ${PARAMETER_FORMS[parameter.kind]}, not ${JSON.stringify(written)}` });
    return;
  }
  if (typeof value === "number" && (value < (parameter.min ?? -Infinity) || value > (parameter.max ?? Infinity))) {
    world.report(path, {
      message: `must lie from ${bound(parameter, parameter.min)} to ${bound(parameter, parameter.max)}`,
    });
  }
  if (parameter.kind === "journey") {
    world.known(
      "journey",
      String(value),
      world.topology.journeys.map(({ id }) => id),
      path,
    );
  }
  if (parameter.kind === "component") world.component(String(value), path);
  if (parameter.kind === "operation") {
    const service = world.topology.services.find(({ id }) => id === fault.target);
    const operations = service?.operations.map(({ name }) => name) ?? [];
    world.known(`operation of ${fault.target}`, String(value), operations, path);
  }
  if (parameter.kind === "choice") world.known(parameter.name, String(value), parameter.choices ?? [], path);
  if (parameter.kind === "query") checkQueryParameter(fault, parameter, String(value), path, world);
}

/** The replaced query is one that the target runs; another one may be any of the same stores. */
function checkQueryParameter(
  fault: WrittenFault,
  parameter: FaultParameter,
  name: string,
  path: ValuePath,
  world: World,
): void {
  const service = world.topology.services.find(({ id }) => id === fault.target);
  if (service === undefined) return;
  const queries = service.operations.flatMap((operation) => queriesOf(operation.steps));
  const stores = new Set(queries.map(({ store }) => store));
  const known =
    parameter.name === "query"
      ? queries.map(({ query }) => query)
      : world.topology.stores.filter(({ id }) => stores.has(id)).flatMap((store) => store.queries.map(({ id }) => id));
  world.known(`query of ${fault.target}`, name, [...new Set(known)], path);
}

function queriesOf(steps: readonly StepSpec[]): (StepSpec & { readonly kind: "query" })[] {
  return steps.flatMap((step) => {
    if (step.kind === "query") return [step];
    if (step.kind === "cache") return queriesOf(step.onMiss);
    return step.kind === "parallel" ? step.branches.flatMap(queriesOf) : [];
  });
}

const PARAMETER_FORMS: Readonly<Record<FaultParameter["kind"], string>> = {
  duration: "a duration such as 2s",
  ratio: "a ratio from 0 to 1 or a percentage such as 5%",
  factor: "a number",
  count: "a whole number",
  query: "the id of a query",
  metric: "the name of a metric",
  label: "the name of a label",
  journey: "the id of a journey",
  component: "the id of a component",
  operation: "the name of an operation of the target",
  choice: "one of its choices",
  switch: "true or false",
  name: "a name",
};

const bound = (parameter: FaultParameter, value: number | undefined): string =>
  value === undefined ? "anything" : parameter.kind === "duration" ? formatDuration(value) : String(value);

/** A written parameter in the unit of its key; undefined when it has the wrong form. */
export function parameterValue(
  parameter: FaultParameter,
  written: string | number | boolean,
): string | number | boolean | undefined {
  switch (parameter.kind) {
    case "duration":
      return typeof written === "string" ? parseDuration(written) : undefined;
    case "ratio":
      return typeof written === "boolean" ? undefined : parseRatio(written);
    case "factor":
      return typeof written === "number" ? written : undefined;
    case "count":
      return typeof written === "number" && Number.isInteger(written) ? written : undefined;
    case "metric":
    case "label":
      return typeof written === "string" && /^[a-zA-Z_]\w*$/.test(written) ? written : undefined;
    case "switch":
      return typeof written === "boolean" ? written : undefined;
    case "query":
    case "journey":
    case "component":
    case "operation":
    case "choice":
    case "name":
      return typeof written === "string" ? written : undefined;
  }
}

function checkGrading(scenario: WrittenScenario, world: World): void {
  const { grading } = scenario;
  const faults = scenario.faults.map(({ id }) => id);
  grading.causes?.forEach((cause, index) => world.known("fault", cause, faults, ["grading", "causes", index]));
  if (grading.alertingComponent !== world.topology.plant.metricsServer) {
    world.component(grading.alertingComponent, ["grading", "alertingComponent"]);
  }
  grading.reference.forEach(({ after, action }, index) => {
    const path = ["grading", "reference", index];
    if (after > scenario.runLimit) world.report([...path, "after"], { message: "lies after the end of the run" });
    if (after < EARLIEST_ACTION_US) {
      world.report([...path, "after"], {
        message: "nobody could know enough that early",
        hint: "allow at least one minute",
        severity: "warning",
      });
    }
    checkAction(scenario, action, [...path, "action"], world);
  });
}

const EARLIEST_ACTION_US = MICROS_PER_MINUTE;

function checkAction(scenario: WrittenScenario, action: WrittenAction, path: ValuePath, world: World): void {
  switch (action.kind) {
    case "rollback": {
      const ids = scenario.changes.map(({ id }) => id);
      world.known("change", action.change, ids, [...path, "change"]);
      return;
    }
    case "set-flag":
      world.known("flag", action.flag, world.flags, [...path, "flag"]);
      return;
    case "restart":
    case "scale":
      world.service(action.service, [...path, "service"]);
      return;
    case "set-timeout":
    case "set-retry":
    case "set-pool":
      if (world.service(action.service, [...path, "service"])) {
        world.dependency(action.service, action.target, [...path, "target"]);
      }
      return;
    case "operate":
      world.known("action", action.operation, [...ACTIONS.keys()], [...path, "operation"]);
      return;
    case "drop-label":
      return;
  }
}
