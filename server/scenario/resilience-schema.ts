/** The written form of call policies and of how services protect themselves, and what the engine makes of it. */
import { z } from "zod";
import { duration } from "../base/time.js";
import type { CallPolicySpec, RateLimitSpec, ServiceGuardSpec } from "../topology/resilience-spec.js";
import { count, durationText, positiveDurationText, quantity, ratio } from "./scalars.js";
import { defined } from "./records.js";

const balancing = z.strictObject({
  kind: z.enum(["random", "round-robin", "least-requests", "locality", "consistent-hash"]),
  choices: count(0, 200).default(2).describe("With least-requests: instances that are compared; 0 is all."),
  hashBy: z.enum(["user", "product"]).default("user").describe("With consistent-hash."),
});

const breaker = z.strictObject({
  failureRatio: ratio.default(0.5).describe("Share of failures at which it opens."),
  window: count(1, 10_000).default(100).describe("Calls over which the share is taken."),
  minimumCalls: count(1, 10_000).default(20).describe("Calls from which the share counts."),
  consecutiveFailures: count(0, 10_000).default(0).describe("Failures in a row at which it opens; 0 is never."),
  openFor: positiveDurationText.prefault("10s"),
  probes: count(1, 1_000).default(5).describe("Calls that are let through half-open."),
});

const retryBudget = z.strictObject({
  ratio: ratio.default(0.2).describe("Retries for each call."),
  minPerSecond: quantity(0, 10_000).default(1).describe("Retries a second of one instance in any case."),
  burst: quantity(0, 100_000).default(10).describe("Unused retries that are kept at most."),
});

const hedge = z.strictObject({
  after: positiveDurationText.describe("How long an answer may take before another instance is asked."),
  extra: count(1, 3).default(1).describe("Further questions at most."),
});

const connections = z.strictObject({
  idleTimeout: durationText.prefault("0s").describe("The caller closes connections that were idle so long; 0 never."),
  maxLifetime: durationText.prefault("0s").describe("The caller closes connections as old as this; 0 never."),
  notice: durationText.prefault("5ms").describe("How long the caller takes to notice that the other side closed."),
  balance: z.enum(["request", "connection"]).default("request").describe("What an instance is chosen for."),
});

const outliers = z.strictObject({
  consecutiveFailures: count(1, 10_000).default(5),
  ejectFor: positiveDurationText.prefault("30s"),
  maxEjected: ratio.default(0.5).describe("Share of the instances that can be out at one time."),
});

const callRate = z.strictObject({
  perSecond: quantity(0.01, 1e6).describe("Calls a second of one caller instance."),
  burst: quantity(1, 1e6).optional().describe("Calls at once; those of one second when left out."),
});

/** Keys of a dependency. */
export const callPolicyFields = {
  balancing: balancing.optional().describe("How an instance of the target is chosen; at random when left out."),
  breaker: breaker.optional().describe("A circuit breaker for each caller instance."),
  retryBudget: retryBudget.optional().describe("How many retries a caller instance may make."),
  hedge: hedge.optional().describe("Asks another instance when an answer is late."),
  connections: connections.optional().describe("Connections belong to one instance and are closed when idle or old."),
  outliers: outliers.optional().describe("Instances that fail are left alone for a time."),
  callRate: callRate.optional().describe("How many calls a caller instance lets itself make; others fail with 429."),
  retryOn: z
    .array(z.string())
    .max(30)
    .optional()
    .describe("Values of error.type after which a call is tried again; all when left out."),
  deadlineAware: z.boolean().optional().describe("No try is begun that cannot end before the request's deadline."),
};

const rateLimit = z.strictObject({
  operation: z.string().optional().describe("Only this operation; all when left out."),
  perSecond: quantity(0.01, 1e6).describe("Requests a second of one instance."),
  burst: quantity(1, 1e6).optional().describe("Requests at once; those of one second when left out."),
  per: z.enum(["all", "client"]).default("all").describe("One allowance for all, or one for each calling service."),
});

const shedding = z.strictObject({
  queueAbove: ratio.default(0.5).describe("Share of the queue from which sheddable requests are refused."),
  runnableAbove: quantity(0, 10_000).default(0).describe("Runnable requests a core from which they are; 0 is none."),
  minimumTimeLeft: durationText.prefault("0s").describe("Requests with less of their deadline left are refused."),
});

const adaptiveLimit = z.strictObject({
  latencyTarget: positiveDurationText.describe("Requests slower than this lower the limit."),
  initial: count(1, 100_000).default(20),
  min: count(1, 100_000).default(1),
  max: count(1, 100_000).default(1_000),
});

/** Keys of a service. */
export const serviceGuardFields = {
  deadlines: z
    .enum(["propagate", "ignore"])
    .optional()
    .describe("Whether the service knows how long its caller waits, drops what is late and passes the deadline on."),
  keepAlive: positiveDurationText.optional().describe("The service closes connections that were idle for so long."),
  rateLimits: z.array(rateLimit).max(100).optional().describe("Requests over the limit are answered 429."),
  shedding: shedding.optional().describe("When requests are refused although there is room for them."),
  adaptiveLimit: adaptiveLimit.optional().describe("A limit of requests in an instance that finds itself."),
};

export const priorityField = z
  .enum(["critical", "normal", "sheddable"])
  .optional()
  .describe("Which requests an overloaded service refuses first; normal when left out.");

type Written<Fields extends z.core.$ZodLooseShape> = z.output<z.ZodObject<Fields>>;

export function buildCallPolicy(written: Written<typeof callPolicyFields>): { readonly policy?: CallPolicySpec } {
  const { balancing, breaker, retryBudget, hedge, connections, outliers, callRate: rate } = written;
  const { retryOn, deadlineAware } = written;
  const policy = defined({
    callRate: rate && { perSecond: rate.perSecond, burst: rate.burst ?? Math.max(1, rate.perSecond) },
    balancing,
    breaker,
    retryBudget,
    hedge,
    connections,
    outliers,
    retryOn,
    deadlineAware,
  }) as CallPolicySpec;
  return Object.keys(policy).length === 0 ? {} : { policy };
}

export function buildServiceGuard(written: Written<typeof serviceGuardFields>): { readonly guard?: ServiceGuardSpec } {
  const { deadlines, keepAlive, rateLimits, shedding, adaptiveLimit } = written;
  const guard: ServiceGuardSpec = {
    ...(deadlines === "propagate" ? { deadlines: true } : {}),
    ...(keepAlive === undefined ? {} : { keepAlive: duration(keepAlive) }),
    ...(rateLimits === undefined
      ? {}
      : {
          rateLimits: rateLimits.map(({ operation, perSecond, burst, per }): RateLimitSpec => ({
            ...(operation === undefined ? {} : { operation }),
            perSecond,
            burst: burst ?? Math.max(1, perSecond),
            per,
          })),
        }),
    ...(shedding === undefined ? {} : { shedding }),
    ...(adaptiveLimit === undefined ? {} : { adaptiveLimit }),
  };
  return Object.keys(guard).length === 0 ? {} : { guard };
}
