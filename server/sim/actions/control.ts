/**
 * What learners can do to processes and to those who look after them: take instances, zones and machines out, help a
 * roll-out on, bounds of autoscalers, health checks, certificates, and a word to those who own something.
 */
import { assert } from "../../base/assert.js";
import { failure, success } from "../../base/result.js";
import { CHECK_ROLES, type CheckRole } from "../../topology/health-spec.js";
import type { Model, ServiceModel } from "../../topology/model-types.js";
import type { NodeModel } from "../../topology/nodes.js";
import type { Plan, PlannedAction } from "../action-plan.js";
import type { CheckSetting } from "../control/health-checks.js";
import type { Engine } from "../engine.js";
import type { Parts } from "../parts.js";
import { DRAIN_US, SETTING_US } from "../roll-out-schedule.js";
import { INSTANCE_ABSENT, INSTANCE_UP, WITHHELD_BY_ORDER } from "../world-state.js";
import { zoneOf, zonesOf } from "../zones.js";
import type { ActionDefinition, ActionParameter, ActionValues } from "./action-definition.js";

/** A new certificate is issued and has reached every process. */
const CERTIFICATE_US = 30_000_000;
/** Until somebody who was called has said that they look at it. */
const ANSWERED_US = 120_000_000;

type Control = NonNullable<Parts["control"]>;

function controlOf({ control }: Parts): Control {
  assert(control !== undefined, "a world without a control plane");
  return control;
}

function serviceOf({ services }: Model, id: string): ServiceModel {
  const found = services.find(({ spec }) => spec.id === id);
  assert(found !== undefined, `service ${id}`);
  return found;
}

const serviceIds = ({ model }: Engine): readonly string[] => model.services.map(({ spec }) => spec.id);

const watchFailures = (services: readonly string[]): Pick<PlannedAction, "watchQuery" | "watchTitle"> => {
  const all = `http_server_request_duration_seconds_count{job=~"${services.join("|")}"`;
  return {
    watchTitle: "Share of failed requests",
    watchQuery: `(sum(rate(${all},http_response_status_code=~"5.."}[1m])) or vector(0)) / sum(rate(${all}}[1m]))`,
  };
};

const refuse = (message: string, remedy: string): Plan => failure({ message, remedy });

// Out of balancing.

/** What is taken out and put back: its name, and the instances that it is. */
interface Outing {
  readonly name: string;
  readonly title: string;
  readonly description: string;
  readonly targetTitle: string;
  readonly targets: (engine: Engine) => readonly string[];
  readonly instancesOf: (model: Model, target: string) => readonly number[];
  readonly sideEffects: readonly string[];
}

function outing(action: Outing): ActionDefinition {
  const { name, title, description, targetTitle, targets, instancesOf } = action;
  return {
    name,
    title,
    description,
    targetTitle,
    targets,
    parameters: [{ name: "out", title: "Out", kind: "switch", defaultValue: true }],
    plan: ({ model, parts }, target, { out }) => {
      const { withheld, instanceState } = parts.state;
      const present = instancesOf(model, target).filter((instance) => instanceState[instance] !== INSTANCE_ABSENT);
      const concerned = present.filter((instance) => ((withheld[instance] & WITHHELD_BY_ORDER) === 0) === out);
      if (concerned.length === 0)
        return refuse(`${target} is ${out === true ? "out" : "in"} already`, "Choose the other position.");
      const services = [...new Set(concerned.map((instance) => model.instances[instance].component))];
      return success({
        summary: out === true ? `Send no more requests to ${target}` : `Send requests to ${target} again`,
        touches: concerned.map((instance) => model.instances[instance].name),
        durationUs: SETTING_US,
        sideEffects: out === true ? action.sideEffects : ["It gets its share of the requests at once."],
        undo: { kind: "operate", operation: name, target, values: { out: out !== true } },
        destructive: out === true,
        ...watchFailures(services),
      });
    },
    schedule: () => [SETTING_US],
    step: (parts, target, { out }, _step, nowUs) => {
      for (const instance of instancesOf(parts.model, target)) withhold(parts, instance, out === true, nowUs);
    },
  };
}

function withhold(parts: Parts, instance: number, out: boolean, nowUs: number): void {
  const { state } = parts;
  state.withhold(instance, WITHHELD_BY_ORDER, out);
  if (!out && state.instanceState[instance] === INSTANCE_UP) controlOf(parts).serves(instance, nowUs);
}

const OUTINGS: readonly Outing[] = [
  {
    name: "drain-instance",
    title: "Take an instance out of balancing",
    description: "An instance gets no new requests and ends those that it has; its process stays up.",
    targetTitle: "Instance",
    targets: (engine) => engine.instanceStates().map(({ name }) => name),
    instancesOf: ({ instances }, target) => instances.filter(({ name }) => name === target).map(({ index }) => index),
    sideEffects: ["The others get its share of the load.", "Of the last one that is taken out nobody takes the place."],
  },
  {
    name: "drain-zone",
    title: "Take a zone out of balancing",
    description: "No instance of a zone gets new requests; those of other zones get them.",
    targetTitle: "Zone",
    targets: ({ model }) => zonesOf(model),
    instancesOf: (model, target) =>
      model.instances.filter(({ index }) => zoneOf(model, index) === target).map(({ index }) => index),
    sideEffects: [
      "The other zones get its share of the load: half as much again with three zones.",
      "A service that has instances in this zone only is down.",
    ],
  },
];

// Machines.

const onNode = ({ model, state }: Pick<Parts, "model" | "state">, target: string): readonly number[] => {
  const node = model.nodes.findIndex(({ name }) => name === target);
  const { nodeOf } = state.compute.cpus;
  return model.instances
    .map(({ index }) => index)
    .filter((instance) => nodeOf[instance] === node && state.instanceState[instance] !== INSTANCE_ABSENT);
};

/** Of the other nodes that the service may use the one with the fewest instances. */
function roomElsewhere({ model, state }: Parts, instance: number, leaving: string): NodeModel | undefined {
  const groups = model.services[model.instances[instance].service].spec.compute?.nodes;
  const count = ({ index }: NodeModel): number =>
    model.instances.filter(
      (other) =>
        state.compute.cpus.nodeOf[other.index] === index && state.instanceState[other.index] !== INSTANCE_ABSENT,
    ).length;
  return model.nodes
    .filter(({ name, group }) => name !== leaving && (groups?.includes(group) ?? true))
    .reduce<NodeModel | undefined>(
      (best, node) => (best === undefined || count(node) < count(best) ? node : best),
      undefined,
    );
}

const DRAIN_NODE: ActionDefinition = {
  name: "drain-node",
  title: "Drain a node",
  description: "Stops every instance on a machine and starts it again on others.",
  targetTitle: "Node",
  targets: ({ model }) => (model.nodes.length < 2 ? [] : model.nodes.map(({ name }) => name)),
  parameters: [],
  plan: ({ model, parts }, target) => {
    const instances = onNode(parts, target);
    if (instances.length === 0) return refuse(`nothing runs on ${target}`, "Choose another node.");
    const stuck = instances.find((instance) => roomElsewhere(parts, instance, target) === undefined);
    if (stuck !== undefined)
      return refuse(`${model.instances[stuck].name} can run nowhere else`, "Choose another node.");
    const services = [...new Set(instances.map((instance) => model.instances[instance].component))];
    return success({
      summary: `Move everything off ${target}`,
      touches: instances.map((instance) => model.instances[instance].name),
      durationUs: DRAIN_US + longestStart(model, instances),
      sideEffects: [
        "All instances of the node are away at one time until they have started elsewhere.",
        "The other nodes have more to do from then on.",
      ],
      destructive: true,
      ...watchFailures(services),
    });
  },
  // Where they go is settled when they have stopped; the rest is waiting for them.
  schedule: (parts, target) => [0, DRAIN_US, DRAIN_US + longestStart(parts.model, onNode(parts, target))],
  step: (parts, target, _values, step, nowUs) => {
    if (step > 1) return;
    for (const instance of onNode(parts, target)) {
      if (step === 0) controlOf(parts).processes.drain(instance, "restart", nowUs);
      else {
        const place = roomElsewhere(parts, instance, target);
        if (place !== undefined) parts.state.compute.move(instance, place.index, nowUs);
      }
    }
  },
};

const longestStart = ({ instances, services }: Model, concerned: readonly number[]): number =>
  concerned.reduce((most, instance) => Math.max(most, services[instances[instance].service].spec.startup), 0);

// Roll-outs.

const STEER_ROLL_OUT: ActionDefinition = {
  name: "steer-roll-out",
  title: "Pause a roll-out or go on with it",
  description: "No further instance is replaced for now; or one that is paused or a canary goes on with all at once.",
  targetTitle: "Service",
  targets: serviceIds,
  parameters: [{ name: "paused", title: "Paused", kind: "switch", defaultValue: true }],
  plan: (engine, target, { paused }) => {
    const { index } = serviceOf(engine.model, target);
    const state = controlOf(engine.parts).rollOuts.stateOf(index);
    if (state === "none")
      return refuse(`no roll-out of ${target} is under way`, "Choose a service that is rolled out.");
    if (paused === true && state === "paused") return refuse("it is paused already", "Choose the other position.");
    if (paused === false && state === "under way")
      return refuse(`the roll-out of ${target} waits for nobody`, "Wait until it is done.");
    return success({
      summary: paused === true ? `Pause the roll-out of ${target}` : `Go on with the roll-out of ${target}`,
      touches: [target],
      durationUs: SETTING_US,
      sideEffects: [
        paused === true
          ? "Instances of both versions serve side by side meanwhile."
          : "All instances get the new version, whatever it does.",
      ],
      undo: { kind: "operate", operation: "steer-roll-out", target, values: { paused: paused !== true } },
      destructive: paused === false,
      ...watchFailures([target]),
    });
  },
  schedule: () => [SETTING_US],
  step: (parts, target, { paused }, _step, nowUs) => {
    const { rollOuts } = controlOf(parts);
    const { index } = serviceOf(parts.model, target);
    if (paused === true) rollOuts.pause(index);
    else rollOuts.resume(index, nowUs);
  },
};

// Autoscalers.

const count = (name: string, title: string, defaultValue: number): ActionParameter => ({
  name,
  title,
  kind: "count",
  min: 1,
  max: 1_000,
  defaultValue,
});

const SET_AUTOSCALER: ActionDefinition = {
  name: "set-autoscaler",
  title: "Set the bounds of an autoscaler",
  description: "Gives an autoscaler other bounds, or lets it do nothing for the time being.",
  targetTitle: "Service",
  targets: serviceIds,
  parameters: [
    count("min", "Instances at least", 1),
    count("max", "Instances at most", 10),
    { name: "paused", title: "Paused", kind: "switch", defaultValue: false },
  ],
  plan: (engine, target, values) => {
    const { index } = serviceOf(engine.model, target);
    const before = controlOf(engine.parts).autoscaler.boundsOf(index);
    if (before === undefined) return refuse(`${target} has no autoscaler`, "Scale it by hand.");
    const { min, max, paused } = boundsOf(values);
    if (min > max) return refuse(`at least ${String(min)} is more than at most ${String(max)}`, "Exchange them.");
    return success({
      summary: paused
        ? `Pause the autoscaler of ${target}`
        : `Let the autoscaler of ${target} choose from ${String(min)} to ${String(max)} instances`,
      touches: [target],
      durationUs: SETTING_US,
      sideEffects: ["It takes effect when the autoscaler looks next."],
      undo: { kind: "operate", operation: "set-autoscaler", target, values: { ...before } },
      destructive: false,
      watchTitle: `Instances of ${target} that are up`,
      watchQuery: `sum(up{job="${target}"})`,
    });
  },
  schedule: () => [SETTING_US],
  step: (parts, target, values) => {
    controlOf(parts).autoscaler.setBounds(serviceOf(parts.model, target).index, boundsOf(values));
  },
};

const boundsOf = ({ min, max, paused }: ActionValues) => ({
  min: Number(min),
  max: Number(max),
  paused: paused === true,
});

// Health checks.

const DEPTHS: readonly CheckSetting["depth"][] = ["declared", "shallow", "off"];

function roleOf(target: string): { readonly service: string; readonly role: CheckRole } {
  const [service = "", role = ""] = target.split(" ");
  return { service, role: role === "readiness" ? "readiness" : "liveness" };
}

const settingOf = ({ depth, every, timeout, failures }: ActionValues): CheckSetting => ({
  depth: DEPTHS.find((one) => one === depth) ?? "declared",
  everyUs: Number(every),
  timeoutUs: Number(timeout),
  failures: Number(failures),
});

const period = (name: string, title: string, min: number, defaultValue: number): ActionParameter => ({
  name,
  title,
  kind: "duration",
  min,
  max: 600_000_000,
  defaultValue,
});

const SET_HEALTH_CHECK: ActionDefinition = {
  name: "set-health-check",
  title: "Set a health check",
  description: "Changes how often a service's processes are asked, how long they may take, and what they look at.",
  targetTitle: "Service and check",
  targets: (engine) => serviceIds(engine).flatMap((id) => CHECK_ROLES.map((role) => `${id} ${role}`)),
  parameters: [
    { name: "depth", title: "Looks at", kind: "choice", defaultValue: "shallow", choices: () => DEPTHS },
    period("every", "Every", 100_000, 10_000_000),
    period("timeout", "Time for an answer", 1_000, 1_000_000),
    { name: "failures", title: "Failures in a row", kind: "count", min: 1, max: 1_000, defaultValue: 3 },
  ],
  plan: (engine, target, values) => {
    const { service, role } = roleOf(target);
    const before = controlOf(engine.parts).checks.settingOf(serviceOf(engine.model, service).index, role);
    if (before === undefined) return refuse(`${service} has no ${role} check`, "Choose one that it has.");
    const { depth, everyUs, timeoutUs, failures } = before;
    return success({
      summary: `${role === "liveness" ? "Liveness" : "Readiness"} check of ${service}: ${String(values.depth)}, every ${String(Number(values.every) / 1e6)} s, ${String(Number(values.timeout) / 1e3)} ms for an answer, ${String(values.failures)} failures in a row`,
      touches: [service],
      durationUs: SETTING_US,
      sideEffects:
        values.depth === "off"
          ? ["Processes that hang or have no connection are no longer found out."]
          : ["What the check does not look at, it does not find."],
      undo: {
        kind: "operate",
        operation: "set-health-check",
        target,
        values: { depth, every: everyUs, timeout: timeoutUs, failures },
      },
      destructive: false,
      ...watchFailures([service]),
    });
  },
  schedule: () => [SETTING_US],
  step: (parts, target, values, _step, nowUs) => {
    const { service, role } = roleOf(target);
    controlOf(parts).checks.set(serviceOf(parts.model, service).index, role, settingOf(values), nowUs);
  },
};

// Others.

/** Whoever is called by somebody. */
const called = ({ model }: Engine): readonly string[] => [...new Set(model.dependencies.map(({ target }) => target))];

const ROTATE_CERTIFICATE: ActionDefinition = {
  name: "rotate-certificate",
  title: "Renew a certificate",
  description: "Issues a new certificate for a component and brings it to its processes.",
  targetTitle: "Component",
  targets: called,
  parameters: [],
  plan: ({ model }, target) =>
    success({
      summary: `Renew the certificate of ${target}`,
      touches: [target],
      durationUs: CERTIFICATE_US,
      sideEffects: ["Connections that are opened afterwards see the new certificate; open ones stay as they are."],
      destructive: false,
      ...watchFailures([
        ...new Set(
          model.dependencies
            .filter((dependency) => dependency.target === target)
            .map(({ service }) => model.services[service].spec.id),
        ),
      ]),
    }),
  schedule: () => [CERTIFICATE_US],
  step: ({ walk }, target) => {
    const { setup } = walk.network;
    for (const link of setup.linksTo(target)) setup.certificateRenewed[link] = 1;
  },
};

const PAGE_OWNER: ActionDefinition = {
  name: "page-owner",
  title: "Call who owns it",
  description: "Calls the people who look after a component; they see to what is wrong with it, in their own time.",
  targetTitle: "Component",
  targets: ({ model }) =>
    model.components.filter(({ kind }) => kind !== "plant" && kind !== "external").map(({ id }) => id),
  parameters: [],
  plan: ({ model }, target) => {
    const edges = model.services.filter(({ spec }) => spec.kind === "edge").map(({ spec }) => spec.id);
    return success({
      summary: `Call the owners of ${target}`,
      touches: [target],
      durationUs: ANSWERED_US,
      sideEffects: ["Somebody is woken or kept from other work; where nothing is wrong they find nothing."],
      destructive: false,
      ...watchFailures(edges),
    });
  },
  schedule: () => [0, ANSWERED_US],
  step: (parts, target, _values, step, nowUs) => {
    if (step === 0) controlOf(parts).ownerPaged(target, nowUs);
  },
};

export const CONTROL_ACTIONS: readonly ActionDefinition[] = [
  ...OUTINGS.map(outing),
  DRAIN_NODE,
  STEER_ROLL_OUT,
  SET_AUTOSCALER,
  SET_HEALTH_CHECK,
  ROTATE_CERTIFICATE,
  PAGE_OWNER,
];
