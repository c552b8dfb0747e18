/**
 * Series of the orchestrator under the names of kube-state-metrics and of the kubelet: of services that declare how they
 * are replaced, checked or scaled.
 */
import type { MetricMetadata } from "../sim/metric-sink.js";
import { CHECK_ROLES, type CheckRole } from "./health-spec.js";
import { type SeriesLayout, SeriesLayoutBuilder } from "./series-layout.js";
import type { ServiceSpec } from "./types.js";

/** A service and the places of its instances. */
export interface Orchestrated {
  readonly index: number;
  readonly spec: ServiceSpec;
  readonly instancesFrom: number;
  readonly pods: readonly string[];
}

/** Offsets from the target's `valuesFrom`. */
export interface DeploymentMetrics {
  readonly service: number;
  readonly wanted: number;
  readonly available: number;
  readonly autoscaler:
    { readonly min: number; readonly max: number; readonly wanted: number; readonly current: number } | undefined;
}

export interface PodMetrics {
  readonly instance: number;
  readonly ready: number;
  readonly unready: number;
  readonly restarts: number;
  readonly waiting: number;
}

export interface ProbeCounts {
  readonly instance: number;
  readonly role: CheckRole;
  readonly successful: number;
  readonly failed: number;
}

export interface OrchestratorMetrics {
  readonly layout: SeriesLayout;
  readonly deployments: readonly DeploymentMetrics[];
  readonly pods: readonly PodMetrics[];
  readonly probes: readonly ProbeCounts[];
}

export const isOrchestrated = ({ deploy, health, autoscale }: ServiceSpec): boolean =>
  deploy !== undefined || health !== undefined || autoscale !== undefined;

export function orchestratorMetrics(services: readonly Orchestrated[]): OrchestratorMetrics {
  const layout = new SeriesLayoutBuilder();
  return {
    layout,
    deployments: services.map((service) => deploymentMetrics(layout, service)),
    pods: services.flatMap((service) => service.pods.map((_, ordinal) => podMetrics(layout, service, ordinal))),
    probes: services.flatMap((service) =>
      CHECK_ROLES.filter((role) => service.spec.health?.[role] !== undefined).flatMap((role) =>
        service.pods.map((_, ordinal) => probeCounts(layout, service, ordinal, role)),
      ),
    ),
  };
}

function deploymentMetrics(layout: SeriesLayoutBuilder, { index, spec }: Orchestrated): DeploymentMetrics {
  const deployment = { deployment: spec.id };
  const autoscaler = { horizontalpodautoscaler: spec.id };
  return {
    service: index,
    wanted: layout.gauge("kube_deployment_spec_replicas", deployment),
    available: layout.gauge("kube_deployment_status_replicas_available", deployment),
    autoscaler:
      spec.autoscale === undefined
        ? undefined
        : {
            min: layout.gauge("kube_horizontalpodautoscaler_spec_min_replicas", autoscaler),
            max: layout.gauge("kube_horizontalpodautoscaler_spec_max_replicas", autoscaler),
            wanted: layout.gauge("kube_horizontalpodautoscaler_status_desired_replicas", autoscaler),
            current: layout.gauge("kube_horizontalpodautoscaler_status_current_replicas", autoscaler),
          },
  };
}

function podMetrics(
  layout: SeriesLayoutBuilder,
  { instancesFrom, pods, spec }: Orchestrated,
  ordinal: number,
): PodMetrics {
  const pod = { pod: pods[ordinal], container: spec.id };
  return {
    instance: instancesFrom + ordinal,
    ready: layout.gauge("kube_pod_status_ready", { ...pod, condition: "true" }),
    unready: layout.gauge("kube_pod_status_ready", { ...pod, condition: "false" }),
    restarts: layout.counter("kube_pod_container_status_restarts_total", pod),
    waiting: layout.gauge("kube_pod_container_status_waiting_reason", { ...pod, reason: "CrashLoopBackOff" }),
  };
}

function probeCounts(
  layout: SeriesLayoutBuilder,
  { instancesFrom, pods, spec }: Orchestrated,
  ordinal: number,
  role: CheckRole,
): ProbeCounts {
  const probe = { pod: pods[ordinal], container: spec.id, probe_type: role === "liveness" ? "Liveness" : "Readiness" };
  return {
    instance: instancesFrom + ordinal,
    role,
    successful: layout.counter("prober_probe_total", { ...probe, result: "successful" }),
    failed: layout.counter("prober_probe_total", { ...probe, result: "failed" }),
  };
}

const describe = (type: MetricMetadata["type"], name: string, help: string): MetricMetadata => ({
  name,
  type,
  unit: "",
  help,
});

/** Of series that have none elsewhere. */
export const CONTROL_METADATA: readonly MetricMetadata[] = [
  describe("gauge", "kube_deployment_spec_replicas", "Instances that the service shall have."),
  describe("gauge", "kube_deployment_status_replicas_available", "Instances that are ready."),
  describe("gauge", "kube_horizontalpodautoscaler_spec_min_replicas", "Lower bound of the autoscaler."),
  describe("gauge", "kube_horizontalpodautoscaler_spec_max_replicas", "Upper bound of the autoscaler."),
  describe("gauge", "kube_horizontalpodautoscaler_status_desired_replicas", "Instances that the autoscaler wants."),
  describe("gauge", "kube_horizontalpodautoscaler_status_current_replicas", "Instances that the autoscaler sees."),
  describe("gauge", "kube_pod_status_ready", "Whether the pod says that it is ready."),
  describe("gauge", "kube_pod_container_status_waiting_reason", "Why the container waits to be started."),
  describe("counter", "prober_probe_total", "Liveness and readiness probes of a container by their result."),
];
