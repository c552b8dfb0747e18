/** The written form of how the processes of a service are replaced, checked, scaled and warm up. */
import { z } from "zod";
import { type AutoscaleSpec, defaultAutoscale } from "../topology/autoscale-spec.js";
import type { DeploySpec } from "../topology/deploy-spec.js";
import type { HealthCheckSpec, HealthSpec, WarmUpSpec } from "../topology/health-spec.js";
import { defined } from "./records.js";
import {
  count,
  durationText,
  identifier,
  positiveDurationText,
  quantity,
  ratio,
  spreadDurationText,
} from "./scalars.js";

const deploy = z.strictObject({
  strategy: z
    .enum(["rolling", "canary", "blue-green"])
    .default("rolling")
    .describe("Some at a time; a share first and the others after a time; or new ones beside the old ones."),
  maxUnavailable: count(0, 200).default(1).describe("Instances that may be missing."),
  maxSurge: count(0, 200).default(0).describe("Instances that there may be beyond those that the service shall have."),
  pause: durationText.prefault("2s").describe("Between one instance being ready and the next being stopped."),
  canaryShare: ratio.default(0.1).describe("With canary: share of the instances that get the version first."),
  canaryTime: positiveDurationText.prefault("10m").describe("With canary: how long the others wait."),
});

const check = z.strictObject({
  kind: z
    .enum(["connect", "request"])
    .default("request")
    .describe("That the port takes a connection, or that the process answers a request well."),
  every: positiveDurationText.prefault("10s"),
  timeout: positiveDurationText.prefault("1s"),
  initialDelay: durationText
    .optional()
    .describe("From the start of a process to its first check; when left out none before it takes connections."),
  failures: count(1, 1_000).default(3).describe("Failures in a row after which something is done."),
  successes: count(1, 1_000).default(1).describe("Answers in a row after which an instance is well again."),
  worker: z.boolean().default(true).describe("Whether a worker answers, or a thread of its own."),
  cpu: spreadDurationText.prefault("200us ~0.2").describe("Processor time of an answer."),
  asks: z.array(identifier).max(20).default([]).describe("Dependencies that are asked before the answer."),
});

const health = z.strictObject({
  liveness: check.optional().describe("What does not answer is killed and started again."),
  readiness: check.optional().describe("What does not answer gets no requests."),
  panicShare: ratio.default(0).describe("With a smaller share of ready instances than this all get requests."),
});

const autoscale = z.strictObject({
  metric: z.enum(["cpu", "concurrency"]).default("cpu").describe("Used share of the cores, or requests per worker."),
  target: quantity(0.001, 1_000).default(0.8).describe("Wanted value of the metric."),
  min: count(1, 600).optional().describe("The service's instances when left out."),
  max: count(1, 600).optional().describe("Twice the service's instances when left out."),
  every: positiveDurationText.prefault("15s"),
  stabilization: durationText
    .prefault("5m")
    .describe("How long more must not have been wanted before there are fewer."),
  tolerance: quantity(0, 1).default(0.1).describe("Relative distance from the target at which nothing is done."),
});

const warmUp = z.strictObject({
  factor: quantity(1, 1_000).describe("How many times its usual time computation takes in a fresh process."),
  time: positiveDurationText.describe("Until it is as fast as ever."),
});

/** Keys of a service. */
export const controlFields = {
  deploy: deploy.optional().describe("How instances are replaced by others; one after the other when left out."),
  health: health.optional().describe("How the orchestrator finds out how instances are; it does not when left out."),
  autoscale: autoscale.optional().describe("How many instances there are follows what they do."),
  warmUp: warmUp.optional().describe("Fresh processes are slow."),
};

export interface ControlSpec {
  readonly deploy?: DeploySpec;
  readonly health?: HealthSpec;
  readonly autoscale?: AutoscaleSpec;
  readonly warmUp?: WarmUpSpec;
}

type Written = z.output<z.ZodObject<typeof controlFields>>;
type WrittenCheck = z.output<typeof check>;

export function buildControl(written: Written & { readonly instances: number }): ControlSpec {
  const { autoscale: scaled, health: checks, instances } = written;
  return {
    ...(written.deploy === undefined ? {} : { deploy: written.deploy }),
    ...(checks === undefined
      ? {}
      : {
          health: {
            ...buildCheck("liveness", checks.liveness),
            ...buildCheck("readiness", checks.readiness),
            panicShare: checks.panicShare,
          },
        }),
    ...(scaled === undefined
      ? {}
      : { autoscale: { ...defaultAutoscale(instances), ...(defined(scaled) as Partial<AutoscaleSpec>) } }),
    ...(written.warmUp === undefined ? {} : { warmUp: written.warmUp }),
  };
}

function buildCheck(role: "liveness" | "readiness", written: WrittenCheck | undefined): Partial<HealthSpec> {
  return written === undefined ? {} : { [role]: defined(written) as HealthCheckSpec };
}
