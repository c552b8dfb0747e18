/** What the orchestrator shows of services and their processes; the series are those of topology/control-layout.ts. */
import type { DeploymentMetrics, OrchestratorMetrics, PodMetrics, ProbeCounts } from "../../topology/control-layout.js";
import { INSTANCE_ABSENT, INSTANCE_WAITING } from "../world-state.js";
import type { Autoscaler } from "./autoscaler.js";
import type { HealthChecks } from "./health-checks.js";
import type { Processes } from "./processes.js";
import type { Replicas } from "./replicas.js";

/** Parts of the control plane that the orchestrator tells about. */
export interface ControlView {
  readonly checks: HealthChecks;
  readonly autoscaler: Autoscaler;
  readonly replicas: Replicas;
  readonly processes: Processes;
}

/** What is absent has no series. */
export function exposeOrchestrator(
  values: Float64Array,
  from: number,
  metrics: OrchestratorMetrics,
  control: ControlView,
): void {
  for (const deployment of metrics.deployments) exposeDeployment(values, from, deployment, control);
  for (const pod of metrics.pods) exposePod(values, from, pod, control);
  for (const probe of metrics.probes) exposeProbe(values, from, probe, control);
}

function exposeDeployment(
  values: Float64Array,
  from: number,
  { service, wanted, available, autoscaler }: DeploymentMetrics,
  control: ControlView,
): void {
  const ready = control.processes.present(service).filter((instance) => control.checks.isReady(instance)).length;
  values[from + wanted] = control.replicas.desired[service];
  values[from + available] = ready;
  const bounds = control.autoscaler.boundsOf(service);
  if (autoscaler === undefined || bounds === undefined) return;
  values[from + autoscaler.min] = bounds.min;
  values[from + autoscaler.max] = bounds.max;
  values[from + autoscaler.wanted] = control.autoscaler.wantedOf(service);
  values[from + autoscaler.current] = control.replicas.desired[service];
}

function exposePod(
  values: Float64Array,
  from: number,
  { instance, ready, unready, restarts, waiting }: PodMetrics,
  { checks, processes }: ControlView,
): void {
  const phase = processes.state.instanceState[instance];
  const isThere = phase !== INSTANCE_ABSENT;
  const isReady = checks.isReady(instance);
  values[from + ready] = isThere ? Number(isReady) : NaN;
  values[from + unready] = isThere ? Number(!isReady) : NaN;
  values[from + restarts] = isThere ? processes.restarts[instance] : NaN;
  values[from + waiting] = phase === INSTANCE_WAITING ? 1 : NaN;
}

function exposeProbe(
  values: Float64Array,
  from: number,
  { instance, role, successful, failed }: ProbeCounts,
  { checks, processes }: ControlView,
): void {
  const isThere = processes.state.instanceState[instance] !== INSTANCE_ABSENT;
  const counts = checks.countsOf(instance, role);
  values[from + successful] = isThere ? counts.successful : NaN;
  values[from + failed] = isThere ? counts.failed : NaN;
}
