/** The written form of a scenario file. Times are offsets from the page; everything is strict. */
import { z } from "zod";
import {
  count,
  durationText,
  identifier,
  instantText,
  line,
  offsetText,
  positiveDurationText,
  prose,
  quantity,
  ratio,
} from "./scalars.js";
import { audienceFields } from "./load-schema.js";
import { observabilitySchema } from "./observability-schema.js";
import { filePath } from "./topology-schema.js";

const change = z.strictObject({
  id: identifier,
  kind: z.enum(["deploy", "flag", "setting"]),
  target: identifier,
  at: offsetText,
  author: line,
  title: line,
  description: prose,
  diff: prose.describe("A unified diff, or a before and after, as the change system shows it."),
  version: z.strictObject({ from: line, to: line }).optional().describe("Of a deploy."),
  flag: z.strictObject({ name: z.string(), value: z.boolean() }).optional().describe("Of a flag change."),
});

const fault = z.strictObject({
  id: identifier,
  class: z.string().describe("A class of the taxonomy, such as dependency/slow."),
  target: identifier,
  onset: offsetText,
  until: offsetText.optional(),
  shape: z.enum(["step", "ramp", "pulse", "flapping"]).default("step"),
  rampTime: positiveDurationText.optional().describe("Of a ramp: from nothing to full strength."),
  pulseTime: positiveDurationText.optional().describe("Of a pulse: how long it is there."),
  period: positiveDurationText
    .optional()
    .describe("Of a flapping fault: the length of one round; 2 min when left out."),
  duty: ratio.optional().describe("Of a flapping fault: the share of a round that it is there; 50% when left out."),
  scope: z
    .strictObject({
      instances: ratio.optional().describe("Share of the instances of a service, rounded up."),
      names: z.array(line).min(1).max(200).optional().describe("Instances by name, such as order-2."),
      zone: line.optional(),
      users: ratio.optional().describe("Share of users."),
      region: line.optional().describe("Only users of this region."),
      tenant: line.optional().describe("Only users of this tenant, such as acct-101, the largest."),
      device: line.optional().describe("Only users with this kind of device."),
      appVersion: line.optional().describe("Only users who run this version of the client."),
      locale: line.optional().describe("Only users with this language."),
    })
    .optional()
    .describe("Where the fault is when it is not everywhere."),
  trigger: identifier.optional().describe("The change that brought it."),
  ownerFixesAfter: positiveDurationText
    .optional()
    .describe("Who owns the target mends it so long after being called; they cannot when left out."),
  parameters: z.record(z.string(), z.union([z.string(), z.number(), z.boolean()])).default({}),
});

const retry = z.strictObject({
  attempts: count(1, 10),
  backoff: durationText,
  multiplier: quantity(1, 10),
  jitter: ratio,
});

const action = z.discriminatedUnion("kind", [
  z.strictObject({ kind: z.literal("rollback"), change: identifier }),
  z.strictObject({ kind: z.literal("restart"), service: identifier, instance: count(1, 1_000).optional() }),
  z.strictObject({ kind: z.literal("scale"), service: identifier, instances: count(1, 1_000) }),
  z.strictObject({ kind: z.literal("set-flag"), flag: z.string(), value: z.boolean() }),
  z.strictObject({
    kind: z.literal("set-timeout"),
    service: identifier,
    target: identifier,
    timeout: positiveDurationText,
  }),
  z.strictObject({ kind: z.literal("set-retry"), service: identifier, target: identifier, retry }),
  z.strictObject({ kind: z.literal("set-pool"), service: identifier, target: identifier, poolSize: count(1, 10_000) }),
  z.strictObject({ kind: z.literal("drop-label"), metric: z.string(), label: z.string() }),
  z.strictObject({
    kind: z.literal("operate"),
    operation: z.string(),
    target: z.string(),
    values: z.record(z.string(), z.union([z.number(), z.string(), z.boolean()])).default({}),
  }),
]);

const followUp = z.strictObject({
  question: prose,
  strong: z.array(prose).min(1, "must have at least one answer").max(10),
  redFlags: z.array(prose).min(1, "must have at least one red flag").max(10),
});

export const scenarioSchema = z
  .strictObject({
    title: line,
    summary: prose.describe("What the start page says; without spoilers."),
    difficulty: z.enum(["introductory", "intermediate", "advanced"]),
    minutes: count(5, 240),
    skills: z.array(line).min(1).max(10),
    severity: line,
    seed: line.optional().describe("The file's name unless said otherwise."),
    topology: filePath,
    starts: instantText.describe("The moment at which the learner takes the page."),
    history: positiveDurationText.prefault("60m"),
    recent: positiveDurationText.prefault("15m").describe("The last part of the history; faults begin in it."),
    runLimit: positiveDurationText.prefault("60m").describe("Simulated time after which the run ends by itself."),
    page: z.strictObject({
      alert: line.describe("Name of the alert rule that paged."),
      runbook: prose.describe("Markdown."),
    }),
    changes: z.array(change).max(50).default([]),
    faults: z.array(fault).min(1, "must have at least one fault").max(20),
    ...audienceFields,
    plant: observabilitySchema
      .optional()
      .describe("Of the observability plant what this story has in place of what the system has."),
    grading: z.strictObject({
      causes: z.array(identifier).min(1).optional().describe("Ids of the faults that are the answer; all unless said."),
      alertingComponent: identifier,
      explanation: prose.describe("Markdown."),
      reference: z.array(z.strictObject({ after: durationText, action })).max(10),
      followUps: z.array(followUp).min(1).max(10),
    }),
  })
  .meta({ title: "Firedrill scenario" });

export type WrittenScenario = z.output<typeof scenarioSchema>;
export type WrittenAction = z.output<typeof action>;
