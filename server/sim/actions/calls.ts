/** Actions on how calls are made and on how services guard themselves. All are settings: in force after a few seconds. */
import { success } from "../../base/result.js";
import { duration } from "../../base/time.js";
import type { DependencyModel, Model, OperationModel } from "../../topology/model-types.js";
import type { BalancingKind, CallPolicySpec } from "../../topology/resilience-spec.js";
import type { Plan } from "../action-plan.js";
import type { Engine } from "../engine.js";
import type { CallPolicies } from "../resilience/call-policies.js";
import type { ServerGuards } from "../resilience/server-guards.js";
import { SETTING_US } from "../roll-out-schedule.js";
import type { ActionDefinition, ActionParameter, ActionValues } from "./action-definition.js";

const ARROW = " → ";
const BALANCING: readonly BalancingKind[] = ["random", "round-robin", "least-requests", "locality", "consistent-hash"];

const parameter = (
  name: string,
  title: string,
  kind: ActionParameter["kind"],
  defaultValue: number | string | boolean,
  min?: number,
  max?: number,
): ActionParameter => ({
  name,
  title,
  kind,
  defaultValue,
  ...(min === undefined ? {} : { min }),
  ...(max === undefined ? {} : { max }),
});

const ON = parameter("on", "On", "switch", true);

const nameOf = (model: Model, { service, target }: DependencyModel): string =>
  model.services[service].spec.id + ARROW + target;

const numberOf = (values: ActionValues, name: string): number => Number(values[name]);

/** A setting of the policy of one dependency. */
interface PolicyAction {
  readonly name: string;
  readonly title: string;
  readonly description: string;
  readonly parameters: readonly ActionParameter[];
  readonly sideEffects: readonly string[];
  /** Whether it can be set for the dependency. */
  readonly applies: (dependency: DependencyModel) => boolean;
  readonly change: (policy: CallPolicySpec, values: ActionValues) => CallPolicySpec;
  /** The values that would set what is in force now. */
  readonly present: (policy: CallPolicySpec) => ActionValues;
}

function policyAction(action: PolicyAction): ActionDefinition {
  const find = (model: Model, target: string): DependencyModel => {
    const found = model.dependencies.find((dependency) => nameOf(model, dependency) === target);
    if (found === undefined) throw new RangeError(`no dependency ${target}`);
    return found;
  };
  return {
    name: action.name,
    title: action.title,
    description: action.description,
    targetTitle: "Caller and what it calls",
    targets: ({ model }) => model.dependencies.filter(action.applies).map((dependency) => nameOf(model, dependency)),
    parameters: action.parameters,
    plan: (engine, target, values) => {
      const dependency = find(engine.model, target);
      const before = engine.policies.policyOf(dependency.index);
      return planned(action, {
        target,
        touches: target,
        present: action.present(before),
        same: JSON.stringify(action.change(before, values)) === JSON.stringify(before),
        values,
        watch: callsOf(engine, dependency),
      });
    },
    schedule: () => [SETTING_US],
    step: ({ model, walk }, target, values) => {
      setPolicy(walk.policies, find(model, target).index, action, values);
    },
  };
}

function setPolicy(policies: CallPolicies, dependency: number, action: PolicyAction, values: ActionValues): void {
  policies.setPolicy(dependency, action.change(policies.policyOf(dependency), values));
}

interface Planning {
  readonly target: string;
  readonly touches: string;
  readonly present: ActionValues;
  readonly same: boolean;
  readonly values: ActionValues;
  readonly watch: { readonly watchTitle: string; readonly watchQuery: string };
}

function planned(
  { name, title, parameters, sideEffects }: Pick<PolicyAction, "name" | "title" | "parameters" | "sideEffects">,
  { target, touches, present, same, values, watch }: Planning,
): Plan {
  const words = parameters.map(({ name: key, title: text, kind }) => `${text} ${shown(kind, values[key])}`);
  return success({
    summary: `${title} of ${target}: ${words.join(", ")}`,
    touches: [touches],
    durationUs: SETTING_US,
    sideEffects: same ? ["It is set like this already."] : sideEffects,
    undo: { kind: "operate", operation: name, target, values: present },
    destructive: false,
    ...watch,
  });
}

function shown(kind: ActionParameter["kind"], value: number | string | boolean | undefined): string {
  if (kind === "switch") return value === true ? "yes" : "no";
  if (kind === "duration") return `${String(Number(value) / 1_000)} ms`;
  return kind === "ratio" ? `${String(Number(value) * 100)} %` : String(value);
}

function callsOf({ model }: Engine, { service, target, targetKind }: DependencyModel): Planning["watch"] {
  const database = targetKind === "store" || targetKind === "cache";
  const metric = database ? "db_client_operation_duration_seconds_count" : "http_client_request_duration_seconds_count";
  const labels = `job="${model.services[service].spec.id}",${database ? "db_namespace" : "server_address"}="${target}"`;
  return {
    watchTitle: `Share of failed calls to ${target}`,
    watchQuery: `(sum(rate(${metric}{${labels},error_type!=""}[1m])) or vector(0)) / sum(rate(${metric}{${labels}}[1m]))`,
  };
}

function requestsOf(service: string): Planning["watch"] {
  const metric = `http_server_request_duration_seconds_count{job="${service}"`;
  return {
    watchTitle: `Share of requests that ${service} refuses`,
    watchQuery: `(sum(rate(${metric},error_type=~"429|load_shed"}[1m])) or vector(0)) / sum(rate(${metric}}[1m]))`,
  };
}

const without = (policy: CallPolicySpec, key: keyof CallPolicySpec): CallPolicySpec =>
  Object.fromEntries(Object.entries(policy).filter(([name]) => name !== key));

const POLICY_ACTIONS: readonly PolicyAction[] = [
  {
    name: "set-breaker",
    title: "Circuit breaker",
    description: "Lets a caller stop calling a target that keeps failing, and try again after a while.",
    parameters: [
      ON,
      parameter("failureRatio", "Opens at failures of", "ratio", 0.5, 0.01, 1),
      parameter("window", "Calls in the window", "count", 50, 1, 10_000),
      parameter("openFor", "Open for", "duration", 10_000_000, 100_000, 600_000_000),
      parameter("probes", "Probes", "count", 5, 1, 1_000),
    ],
    sideEffects: ["While it is open calls fail at once: what needs them fails too, and the target has rest."],
    applies: () => true,
    change: (policy, values) =>
      values.on === true
        ? {
            ...policy,
            breaker: {
              failureRatio: numberOf(values, "failureRatio"),
              window: numberOf(values, "window"),
              minimumCalls: Math.min(10, numberOf(values, "window")),
              consecutiveFailures: policy.breaker?.consecutiveFailures ?? 0,
              openFor: duration(numberOf(values, "openFor")),
              probes: numberOf(values, "probes"),
            },
          }
        : without(policy, "breaker"),
    present: ({ breaker }) =>
      breaker === undefined
        ? { on: false }
        : {
            on: true,
            failureRatio: breaker.failureRatio,
            window: breaker.window,
            openFor: breaker.openFor,
            probes: breaker.probes,
          },
  },
  {
    name: "set-retry-budget",
    title: "Retry budget",
    description: "Bounds retries to a share of the calls.",
    parameters: [
      ON,
      parameter("ratio", "Retries for each call", "ratio", 0.1, 0, 1),
      parameter("minPerSecond", "Retries a second in any case", "factor", 1, 0, 1_000),
    ],
    sideEffects: [
      "When the budget is used up a failed call stays failed; the target has less load while it has trouble.",
    ],
    applies: () => true,
    change: (policy, values) =>
      values.on === true
        ? {
            ...policy,
            retryBudget: {
              ratio: numberOf(values, "ratio"),
              minPerSecond: numberOf(values, "minPerSecond"),
              burst: policy.retryBudget?.burst ?? 10,
            },
          }
        : without(policy, "retryBudget"),
    present: ({ retryBudget }) =>
      retryBudget === undefined
        ? { on: false }
        : { on: true, ratio: retryBudget.ratio, minPerSecond: retryBudget.minPerSecond },
  },
  {
    name: "limit-calls",
    title: "Call rate",
    description: "Bounds the calls that each instance of a caller makes; its own proxy answers others with 429.",
    parameters: [ON, parameter("perSecond", "Calls a second of one instance", "factor", 10, 0.01, 1e6)],
    sideEffects: ["Calls over the rate fail at once; the target has no more load than that, and a quota lasts longer."],
    applies: ({ targetKind }) => targetKind === "external" || targetKind === "service",
    change: (policy, values) => {
      const perSecond = numberOf(values, "perSecond");
      return values.on === true
        ? { ...policy, callRate: { perSecond, burst: Math.max(1, perSecond) } }
        : without(policy, "callRate");
    },
    present: ({ callRate }) => (callRate === undefined ? { on: false } : { on: true, perSecond: callRate.perSecond }),
  },
  {
    name: "set-balancing",
    title: "Balancing",
    description: "Changes how a caller picks an instance of the target.",
    parameters: [{ ...parameter("kind", "Kind", "choice", "least-requests"), choices: () => BALANCING }],
    sideEffects: ["Calls that begin afterwards are spread in the new way."],
    applies: ({ targetKind }) => targetKind === "service",
    change: (policy, values) => ({
      ...policy,
      balancing: { choices: 2, hashBy: "user", ...policy.balancing, kind: values.kind as BalancingKind },
    }),
    present: ({ balancing }) => ({ kind: balancing?.kind ?? "random" }),
  },
  {
    name: "set-connection-idle",
    title: "Idle timeout of connections",
    description: "Lets a caller close connections that were idle for so long; 0 keeps them.",
    parameters: [
      parameter("idleTimeout", "Idle for", "duration", 60_000_000, 0, 3_600_000_000),
      parameter("maxLifetime", "At most as old as", "duration", 0, 0, 86_400_000_000),
    ],
    sideEffects: [
      "Calls after a pause open a connection first; connections that the other side has closed are not used.",
    ],
    applies: ({ targetKind }) => targetKind !== "queue",
    change: (policy, values) => ({
      ...policy,
      connections: {
        notice: duration(5_000),
        balance: "request",
        ...policy.connections,
        idleTimeout: duration(numberOf(values, "idleTimeout")),
        maxLifetime: duration(numberOf(values, "maxLifetime")),
      },
    }),
    present: ({ connections }) => ({
      idleTimeout: connections?.idleTimeout ?? 0,
      maxLifetime: connections?.maxLifetime ?? 0,
    }),
  },
  {
    name: "set-hedging",
    title: "Hedging",
    description: "Asks another instance when an answer is late; the first good answer counts.",
    parameters: [
      ON,
      parameter("after", "After", "duration", 100_000, 1_000, 60_000_000),
      parameter("extra", "Further questions", "count", 1, 1, 3),
    ],
    sideEffects: ["Late answers come sooner; the target has more calls to answer, most of all when it is slow."],
    applies: ({ targetKind }) => targetKind === "service",
    change: (policy, values) =>
      values.on === true
        ? { ...policy, hedge: { after: duration(numberOf(values, "after")), extra: numberOf(values, "extra") } }
        : without(policy, "hedge"),
    present: ({ hedge }) =>
      hedge === undefined ? { on: false } : { on: true, after: hedge.after, extra: hedge.extra },
  },
];

const SHED: Pick<ActionDefinition, "name" | "title" | "description" | "parameters"> = {
  name: "shed-load",
  title: "Load shedding",
  description: "Lets a service refuse the less important requests while it has a queue.",
  parameters: [
    ON,
    parameter("queueAbove", "From a queue filled by", "ratio", 0.2, 0, 1),
    parameter("runnableAbove", "From runnable requests a core (0: never)", "factor", 0, 0, 10_000),
  ],
};

const serviceIds = ({ model }: { readonly model: Model }): readonly string[] =>
  model.services.map(({ spec }) => spec.id);

const SHED_LOAD: ActionDefinition = {
  ...SHED,
  targetTitle: "Service",
  targets: serviceIds,
  plan: (engine, target, values) => {
    const before = engine.guards.sheddingOf(serviceIds(engine).indexOf(target));
    return planned(
      { ...SHED, sideEffects: ["Refused requests fail; the others are answered in time."] },
      {
        target,
        touches: target,
        present:
          before === undefined
            ? { on: false }
            : { on: true, queueAbove: before.queueAbove, runnableAbove: before.runnableAbove },
        same: false,
        values,
        watch: requestsOf(target),
      },
    );
  },
  schedule: () => [SETTING_US],
  step: (parts, target, values) => {
    const service = serviceIds(parts).indexOf(target);
    const { guards } = parts.walk;
    guards.setShedding(
      service,
      values.on === true
        ? {
            queueAbove: numberOf(values, "queueAbove"),
            runnableAbove: numberOf(values, "runnableAbove"),
            minimumTimeLeft: guards.sheddingOf(service)?.minimumTimeLeft ?? duration(0),
          }
        : undefined,
    );
  },
};

const LIMIT: Pick<ActionDefinition, "name" | "title" | "description" | "parameters"> = {
  name: "rate-limit-route",
  title: "Rate limit",
  description: "Answers requests of one route over the limit with 429.",
  parameters: [ON, parameter("perSecond", "Requests a second of one instance", "factor", 20, 0.01, 1e6)],
};

const routesOf = ({ model }: { readonly model: Model }): readonly OperationModel[] =>
  model.operations.filter(({ queue, isCheck }) => queue < 0 && !isCheck);

const routeName = ({ services }: Model, { service, spec }: OperationModel): string =>
  `${services[service].spec.id} ${spec.name}`;

function operationOf(model: Model, target: string): OperationModel {
  const found = routesOf({ model }).find((operation) => routeName(model, operation) === target);
  if (found === undefined) throw new RangeError(`no route ${target}`);
  return found;
}

function setLimit(guards: ServerGuards, operation: number, values: ActionValues): void {
  const perSecond = numberOf(values, "perSecond");
  const limit = { perSecond, burst: Math.max(1, perSecond), per: "all" } as const;
  guards.setRateLimit(operation, values.on === true ? limit : undefined);
}

const RATE_LIMIT_ROUTE: ActionDefinition = {
  ...LIMIT,
  targetTitle: "Service and route",
  targets: (engine) => routesOf(engine).map((operation) => routeName(engine.model, operation)),
  plan: (engine, target, values) => {
    const operation = operationOf(engine.model, target);
    const before = engine.guards.rateLimitOf(operation.index);
    const { id } = engine.model.services[operation.service].spec;
    return planned(
      { ...LIMIT, sideEffects: ["Requests over the limit fail at once and use nothing up."] },
      {
        target,
        touches: target,
        present: before === undefined ? { on: false } : { on: true, perSecond: before.perSecond },
        same: false,
        values,
        watch: requestsOf(id),
      },
    );
  },
  schedule: () => [SETTING_US],
  step: ({ model, walk }, target, values) => {
    setLimit(walk.guards, operationOf(model, target).index, values);
  },
};

export const CALL_ACTIONS: readonly ActionDefinition[] = [
  ...POLICY_ACTIONS.map(policyAction),
  SHED_LOAD,
  RATE_LIMIT_ROUTE,
];
