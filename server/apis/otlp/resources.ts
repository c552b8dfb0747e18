/**
 * Which process something comes from, as attributes of a resource: the same for its spans, its lines and its samples, so
 * that a backend can lay them side by side. Source: OpenTelemetry, 'Prometheus and OpenMetrics compatibility' (resource
 * attributes, target_info) and the semantic conventions of services.
 */
import type { LogLine } from "../../wire/telemetry.js";
import type { Labels } from "../../telemetry/metric-reader.js";
import { isResourceAttribute } from "../../telemetry/stored-spans.js";
import type { Model } from "../../topology/model-types.js";

type Attributes = Readonly<Record<string, string | number | boolean>>;

/** What every simulated process is instrumented with. */
export const SCOPE = { name: "firedrill" } as const;

/** Of the metric that says what a target is: it is told as the resource and not as a metric. */
export const INFO_METRIC = "target_info";

const HOST_AND_PORT = /^(.+):(\d+)$/;

/** Labels of `target_info` that are named otherwise as attributes. */
const INFO_NAMES: Readonly<Record<string, string>> = {
  service_version: "service.version",
  service_name: "service.name",
};

/** @param info labels of the target's `target_info`, where there is one */
export function resourceOfTarget(model: Model, { job, instance }: Labels, info: Labels = {}): Attributes {
  const known = model.instances.find(({ scrapeInstance }) => scrapeInstance === instance);
  const address = HOST_AND_PORT.exec(instance);
  const told = Object.entries(info)
    .filter(([name]) => !["__name__", "job", "instance"].includes(name))
    .map(([name, value]) => [Object.hasOwn(INFO_NAMES, name) ? INFO_NAMES[name] : name, value]);
  return {
    "service.name": job,
    "service.instance.id": known?.name ?? instance,
    ...(address === null ? {} : { "server.address": address[1], "server.port": Number(address[2]) }),
    ...(Object.fromEntries(told) as Attributes),
  };
}

/** What a line says about its process, and what about itself. */
export function splitAttributes({ service, instance, attributes }: LogLine): {
  readonly resource: Attributes;
  readonly own: Attributes;
} {
  const resource: Record<string, string | number | boolean> = {
    "service.name": service,
    "service.instance.id": instance,
  };
  const own: Record<string, string | number | boolean> = {};
  for (const name in attributes) (isResourceAttribute(name) ? resource : own)[name] = attributes[name];
  return { resource, own };
}
