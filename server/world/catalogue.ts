/** What can be acted on, and how it stands: for forms and completion. Nothing in it depends on the fault of the scenario. */
import { SCRAPED_METADATA } from "../alerting/scraped-metadata.js";
import type { ActionDefinition, ActionParameter } from "../sim/actions/action-definition.js";
import { ACTION_GROUPS } from "../sim/actions/action-table.js";
import type { Engine, InstanceStatus } from "../sim/engine.js";
import { zoneOf } from "../sim/zones.js";
import type { MetricReader } from "../telemetry/metric-reader.js";
import type { Model, ServiceModel } from "../topology/model-types.js";
import type { Catalogue, Operation } from "../wire/actions.js";

/** Labels of a target, which relabelling has no business with; `le` makes a histogram one. */
const TARGET_LABELS = new Set(["__name__", "job", "instance", "le"]);

/** The metric with labels by request, which can blow up. */
const REQUEST_METRIC = "http_server_request_duration_seconds";

const PHASES = { up: "up", starting: "starting", waiting: "starting", draining: "stopped", absent: "stopped" } as const;

export function catalogueOf(engine: Engine, metrics: MetricReader): Catalogue {
  const { model } = engine;
  const states = engine.instanceStates();
  return {
    components: model.components.map(({ id, title, kind, team, language }) => ({
      id,
      title,
      kind,
      operations: operationsOf(model, id),
      ...(team === undefined ? {} : { team }),
      ...(language === undefined ? {} : { language }),
    })),
    services: model.services.map((service) => serviceEntry(engine, service, states)),
    flags: model.flags.map(({ name, title, owner, description }, index) => ({
      name,
      title,
      owner,
      description,
      value: engine.state.flags[index] === 1,
    })),
    operations: ACTION_GROUPS.flatMap(({ title, actions }) =>
      actions.map((definition) => operationOf(engine, title, definition)).filter(({ targets }) => targets.length > 0),
    ),
    droppableLabels: metrics
      .labelNames([{ name: "__name__", operator: "=", value: `${REQUEST_METRIC}_count` }])
      .filter((label) => !TARGET_LABELS.has(label))
      .map((label) => ({ metric: REQUEST_METRIC, label, dropped: engine.plant.drops(REQUEST_METRIC, label) })),
    metrics: SCRAPED_METADATA,
  };
}

function operationOf(engine: Engine, group: string, definition: ActionDefinition): Operation {
  const { name, title, description, targetTitle } = definition;
  const targets = definition.targets(engine);
  const parameters = definition.parameters.map((parameter) => operationParameter(engine, targets, parameter));
  return { name, title, group, description, targetTitle, targets, parameters };
}

function operationParameter(
  engine: Engine,
  targets: readonly string[],
  parameter: ActionParameter,
): Operation["parameters"][number] {
  const { name, title, kind, min, max, defaultValue } = parameter;
  return {
    name,
    title,
    kind,
    defaultValue,
    ...(min === undefined ? {} : { min }),
    ...(max === undefined ? {} : { max }),
    ...(kind === "choice" ? { choices: targets.map((target) => parameter.choices?.(engine, target) ?? []) } : {}),
  };
}

function operationsOf(model: Model, component: string): readonly string[] {
  const external = model.topology.externals.find(({ id }) => id === component);
  if (external !== undefined) return external.operations.map(({ name }) => name);
  return model.operations
    .filter(({ service, isCheck }) => !isCheck && model.services[service].spec.id === component)
    .map(({ spec }) => spec.name);
}

function serviceEntry(
  engine: Engine,
  service: ServiceModel,
  states: readonly InstanceStatus[],
): Catalogue["services"][number] {
  const { model, state } = engine;
  return {
    id: service.spec.id,
    workers: service.spec.workers,
    instancesMax: service.instancesMax,
    instances: states
      .filter((status) => status.service === service.spec.id)
      .map(({ name, version, phase, instance }) => ({
        name,
        version,
        state: PHASES[phase],
        zone: zoneOf(model, instance),
      })),
    dependencies: model.dependencies
      .filter((dependency) => dependency.service === service.index)
      .map(({ index, target }) => ({
        target,
        timeout: state.timeoutUs[index],
        poolSize: state.poolSize[index],
        retry: state.retry[index],
      })),
  };
}
