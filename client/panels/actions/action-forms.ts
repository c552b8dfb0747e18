/**
 * Things that a learner can do to any world, as data: which fields a form has, what stands there now, and which `Action`
 * they make. One table, so that a new kind of action is one more row; what only some worlds have comes from their
 * catalogue (operation-forms.ts). The server judges each action again; the limits here only catch what cannot be meant.
 */
import type { Catalogue, RetryPolicy } from "../../../server/wire/actions.js";
import type { ChangeRecord } from "../../../server/wire/telemetry.js";
import type { ActionDraft, ActionField, ActionForm, ChoiceField } from "./action-fields.js";
import { writeDurationInput } from "./duration-input.js";

const TIMEOUT_MAX_US = 10 * 60 * 1_000_000;
const BACKOFF_MAX_US = 60 * 1_000_000;
const POOL_SIZE_MAX = 10_000;
const ATTEMPTS_MAX = 10;
const ALL_INSTANCES = "all";

type Service = Catalogue["services"][number];
type Dependency = Service["dependencies"][number];

const FORMS: readonly ActionForm[] = [
  {
    kind: "rollback",
    group: "Common",
    title: "Roll back a change",
    purpose: "Brings back what was there before a deploy, a flag or a setting. Instances are replaced one by one.",
    fields: ({ changes }) => [
      {
        kind: "choice",
        name: "change",
        label: "Change",
        options: changes
          .filter(canStillRollBack)
          .map(({ id, target, title }) => ({ value: id, label: `${target}: ${title}` })),
        empty: "No change in sight can be rolled back.",
      },
    ],
    build: (values) => ({ kind: "rollback", change: values.text("change") }),
    draft: (action) => (action.kind === "rollback" ? { change: action.change } : {}),
  },
  {
    kind: "restart",
    group: "Common",
    title: "Restart",
    purpose: "Stops and starts instances in turn. They come back cold and with empty pools.",
    fields: ({ catalogue }, draft) => {
      const service = serviceOf(catalogue, draft);
      const options = (service?.instances ?? []).map(({ name, version, state }, ordinal) => ({
        value: String(ordinal),
        label: `${name} (${version}, ${state})`,
      }));
      return [
        serviceField(catalogue),
        {
          kind: "choice",
          name: "instance",
          label: "Instance",
          options: [{ value: ALL_INSTANCES, label: "All, one after the other" }, ...options],
          initial: ALL_INSTANCES,
          empty: "Choose a service first.",
        },
      ];
    },
    build: (values) => {
      const instance = values.text("instance");
      const service = values.text("service");
      return instance === ALL_INSTANCES
        ? { kind: "restart", service }
        : { kind: "restart", service, instance: Number(instance) };
    },
    draft: (action) =>
      action.kind === "restart"
        ? { service: action.service, instance: action.instance === undefined ? ALL_INSTANCES : String(action.instance) }
        : {},
  },
  {
    kind: "scale",
    group: "Common",
    title: "Scale",
    purpose:
      "Adds or removes instances. New ones need their start-up time; each brings its own pools to what it calls.",
    fields: ({ catalogue }, draft) => {
      const service = serviceOf(catalogue, draft);
      return [
        serviceField(catalogue),
        {
          kind: "number",
          name: "instances",
          label: "Instances",
          unit: "instances",
          min: 1,
          max: service?.instancesMax ?? 1,
          whole: true,
          ...present("current", service && String(service.instances.length)),
          ...present("help", service && `At most ${String(service.instancesMax)}.`),
        },
      ];
    },
    build: (values) => ({ kind: "scale", service: values.text("service"), instances: values.figure("instances") }),
    draft: (action) =>
      action.kind === "scale" ? { service: action.service, instances: String(action.instances) } : {},
  },
  {
    kind: "set-flag",
    group: "Common",
    title: "Set a flag",
    purpose: "Switches a feature flag for everybody.",
    fields: ({ catalogue }, draft) => {
      const flag = catalogue.flags.find(({ name }) => name === draft["flag"]);
      return [
        {
          kind: "choice",
          name: "flag",
          label: "Flag",
          options: catalogue.flags.map(({ name, title }) => ({ value: name, label: `${name}: ${title}` })),
          empty: "This system has no flags.",
          ...present("help", flag && `${flag.description} Owner: ${flag.owner}.`),
        },
        {
          kind: "choice",
          name: "value",
          label: "Value",
          options: [
            { value: "on", label: "On" },
            { value: "off", label: "Off" },
          ],
          empty: "Choose a flag first.",
          ...present("current", flag && onOrOff(flag.value)),
        },
      ];
    },
    build: (values) => ({ kind: "set-flag", flag: values.text("flag"), value: values.text("value") === "on" }),
    draft: (action) => (action.kind === "set-flag" ? { flag: action.flag, value: onOrOff(action.value) } : {}),
  },
  {
    kind: "set-timeout",
    group: "Calls",
    title: "Set a timeout",
    purpose: "How long a service waits for one call to another before it gives up.",
    fields: ({ catalogue }, draft) => {
      const dependency = dependencyOf(catalogue, draft);
      return [
        serviceField(catalogue, "Caller"),
        dependencyField(catalogue, draft),
        {
          kind: "duration",
          name: "timeout",
          label: "Timeout",
          minUs: 1_000,
          maxUs: TIMEOUT_MAX_US,
          ...present("current", dependency && writeDurationInput(dependency.timeout)),
        },
      ];
    },
    build: (values) => ({
      kind: "set-timeout",
      service: values.text("service"),
      target: values.text("target"),
      timeout: values.figure("timeout"),
    }),
    draft: (action) =>
      action.kind === "set-timeout"
        ? { service: action.service, target: action.target, timeout: writeDurationInput(action.timeout) }
        : {},
  },
  {
    kind: "set-retry",
    group: "Calls",
    title: "Set a retry policy",
    purpose: "How often a failed call is tried again, and how long the caller waits in between.",
    fields: ({ catalogue }, draft) => {
      const retry = dependencyOf(catalogue, draft)?.retry;
      return [serviceField(catalogue, "Caller"), dependencyField(catalogue, draft), ...retryFields(retry)];
    },
    build: (values) => ({
      kind: "set-retry",
      service: values.text("service"),
      target: values.text("target"),
      retry: {
        attempts: values.figure("attempts"),
        backoff: values.figure("backoff"),
        multiplier: values.figure("multiplier"),
        jitter: values.figure("jitter"),
      },
    }),
    draft: (action) =>
      action.kind === "set-retry"
        ? {
            service: action.service,
            target: action.target,
            attempts: String(action.retry.attempts),
            backoff: writeDurationInput(action.retry.backoff),
            multiplier: String(action.retry.multiplier),
            jitter: String(action.retry.jitter),
          }
        : {},
  },
  {
    kind: "set-pool",
    group: "Calls",
    title: "Set a pool size",
    purpose: "How many connections each instance may hold to something it calls.",
    fields: ({ catalogue }, draft) => {
      const dependency = dependencyOf(catalogue, draft);
      return [
        serviceField(catalogue, "Caller"),
        dependencyField(catalogue, draft),
        {
          kind: "number",
          name: "poolSize",
          label: "Connections",
          unit: "connections per instance",
          min: 1,
          max: POOL_SIZE_MAX,
          whole: true,
          ...present("current", dependency && String(dependency.poolSize)),
        },
      ];
    },
    build: (values) => ({
      kind: "set-pool",
      service: values.text("service"),
      target: values.text("target"),
      poolSize: values.figure("poolSize"),
    }),
    draft: (action) =>
      action.kind === "set-pool"
        ? { service: action.service, target: action.target, poolSize: String(action.poolSize) }
        : {},
  },
  {
    kind: "drop-label",
    group: "Observability",
    title: "Drop a metric label",
    purpose: "Relabels at the scrape: series that differ only in this label become one from the next scrape on.",
    fields: ({ catalogue }, draft) => [
      {
        kind: "choice",
        name: "metric",
        label: "Metric",
        options: unique(catalogue.droppableLabels.map(({ metric }) => metric)).map((value) => ({
          value,
          label: value,
        })),
        empty: "No metric here has a label that can be dropped.",
      },
      {
        kind: "choice",
        name: "label",
        label: "Label",
        options: catalogue.droppableLabels
          .filter(({ metric, dropped }) => metric === draft["metric"] && !dropped)
          .map(({ label }) => ({ value: label, label })),
        empty: draft["metric"] ? "All labels of this metric are dropped already." : "Choose a metric first.",
      },
    ],
    build: (values) => ({ kind: "drop-label", metric: values.text("metric"), label: values.text("label") }),
    draft: (action) => (action.kind === "drop-label" ? { metric: action.metric, label: action.label } : {}),
  },
];

/** Forms that every world has, in the order in which the view offers them. */
export function actionForms(): readonly ActionForm[] {
  return FORMS;
}

function serviceField(catalogue: Catalogue, label = "Service"): ChoiceField {
  const titles = new Map(catalogue.components.map(({ id, title }) => [id, title]));
  return {
    kind: "choice",
    name: "service",
    label,
    options: catalogue.services.map(({ id }) => ({ value: id, label: titles.get(id) ?? id })),
    empty: "There is no service here.",
  };
}

function dependencyField(catalogue: Catalogue, draft: ActionDraft): ChoiceField {
  const service = serviceOf(catalogue, draft);
  return {
    kind: "choice",
    name: "target",
    label: "Calls to",
    options: (service?.dependencies ?? []).map(({ target }) => ({ value: target, label: target })),
    empty: service ? "This service calls nothing." : "Choose a caller first.",
  };
}

function retryFields(retry: RetryPolicy | undefined): readonly ActionField[] {
  return [
    {
      kind: "number",
      name: "attempts",
      label: "Attempts",
      unit: "calls at most",
      min: 1,
      max: ATTEMPTS_MAX,
      whole: true,
      help: "The first call counts; 1 means no retry.",
      ...present("current", retry && String(retry.attempts)),
    },
    {
      kind: "duration",
      name: "backoff",
      label: "Backoff",
      minUs: 0,
      maxUs: BACKOFF_MAX_US,
      help: "Wait before the second attempt.",
      ...present("current", retry && writeDurationInput(retry.backoff)),
    },
    {
      kind: "number",
      name: "multiplier",
      label: "Multiplier",
      unit: "× per attempt",
      min: 1,
      max: 10,
      whole: false,
      ...present("current", retry && String(retry.multiplier)),
    },
    {
      kind: "number",
      name: "jitter",
      label: "Jitter",
      unit: "share of the wait",
      min: 0,
      max: 1,
      whole: false,
      ...present("current", retry && String(retry.jitter)),
    },
  ];
}

function serviceOf(catalogue: Catalogue, draft: ActionDraft): Service | undefined {
  return catalogue.services.find(({ id }) => id === draft["service"]);
}

function dependencyOf(catalogue: Catalogue, draft: ActionDraft): Dependency | undefined {
  return serviceOf(catalogue, draft)?.dependencies.find(({ target }) => target === draft["target"]);
}

function canStillRollBack(change: ChangeRecord): boolean {
  return change.canRollBack && change.state !== "rolled-back";
}

const onOrOff = (value: boolean): string => (value ? "on" : "off");

const unique = (values: readonly string[]): readonly string[] => [...new Set(values)];

/** An object with the property, or without it where there is no value. */
function present<Name extends string, Value>(name: Name, value: Value | undefined): { readonly [Key in Name]?: Value } {
  return value === undefined ? {} : ({ [name]: value } as { readonly [Key in Name]: Value });
}
