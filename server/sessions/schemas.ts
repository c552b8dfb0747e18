/**
 * What may come in from outside as a command or an action, checked strictly: unknown fields, wrong types and oversized
 * texts are refused with the path of the field. The types of server/wire are the contract; the checks at the end of
 * this file hold the schemas to them.
 */
import { z } from "zod";
import type { Action } from "../wire/actions.js";
import type { Command } from "../wire/run.js";
import { EXHIBIT_CHARACTERS_MAX, EXHIBITS_PER_SUBMISSION_MAX } from "./limits.js";

/** Ids and names: what the server or a scenario made up, so never long. */
export const nameSchema = z.string().min(1).max(200);
/** Short free text of a learner. */
const noteSchema = z.string().max(4_000);
export const instantSchema = z.int().min(0);
const durationSchema = z.int().min(0).max(3_600_000_000);
const ratioSchema = z.number().min(0).max(1);

export const windowSchema = z.strictObject({ fromUs: instantSchema, toUs: instantSchema });

const retrySchema = z.strictObject({
  attempts: z.int().min(1).max(20),
  backoff: durationSchema,
  multiplier: z.number().min(1).max(10),
  jitter: ratioSchema,
});

const matcherSchema = z.strictObject({
  name: nameSchema,
  value: z.string().max(2_000),
  isRegex: z.boolean(),
  isEqual: z.boolean(),
});

export const actionSchema = z.discriminatedUnion("kind", [
  z.strictObject({ kind: z.literal("rollback"), change: nameSchema }),
  z.strictObject({ kind: z.literal("restart"), service: nameSchema, instance: z.int().min(0).optional() }),
  z.strictObject({ kind: z.literal("scale"), service: nameSchema, instances: z.int().min(0).max(1_000) }),
  z.strictObject({ kind: z.literal("set-flag"), flag: nameSchema, value: z.boolean() }),
  z.strictObject({ kind: z.literal("set-timeout"), service: nameSchema, target: nameSchema, timeout: durationSchema }),
  z.strictObject({ kind: z.literal("set-retry"), service: nameSchema, target: nameSchema, retry: retrySchema }),
  z.strictObject({
    kind: z.literal("set-pool"),
    service: nameSchema,
    target: nameSchema,
    poolSize: z.int().min(1).max(10_000),
  }),
  z.strictObject({ kind: z.literal("drop-label"), metric: nameSchema, label: nameSchema }),
  z.strictObject({
    kind: z.literal("post-silence"),
    id: nameSchema,
    matchers: z.array(matcherSchema).min(1).max(50),
    startsAt: instantSchema,
    endsAt: instantSchema,
    createdBy: z.string().max(200),
    comment: z.string().max(2_000),
    replaces: nameSchema.optional(),
  }),
  z.strictObject({ kind: z.literal("expire-silence"), silence: nameSchema }),
  z.strictObject({
    kind: z.literal("operate"),
    operation: nameSchema,
    target: nameSchema,
    values: z.record(nameSchema, z.union([z.number(), z.string().max(200), z.boolean()])),
  }),
]);

const referenceSchema = z.strictObject({
  view: z.string().min(1).max(40),
  search: z.string().max(4_000),
  window: windowSchema,
});

/** Without a value it is a gap. */
const pointSchema = z.tuple([z.number(), z.number().nullable()]);

const frozenSchema = z.discriminatedUnion("kind", [
  z.strictObject({
    kind: z.literal("series"),
    unit: z.string().max(40),
    series: z.array(z.strictObject({ name: z.string().max(1_000), points: z.array(pointSchema) })),
  }),
  z.strictObject({
    kind: z.literal("lines"),
    total: z.int().min(0),
    lines: z.array(
      z.strictObject({
        timeUs: instantSchema,
        level: z.string().max(20),
        service: z.string().max(200),
        message: z.string(),
      }),
    ),
  }),
  z.strictObject({
    kind: z.literal("facts"),
    facts: z.array(z.strictObject({ name: z.string().max(200), value: z.string().max(4_000) })),
  }),
]);

const exhibitSchema = z.strictObject({
  id: nameSchema,
  title: z.string().max(400),
  reference: referenceSchema,
  frozen: frozenSchema.refine((content) => JSON.stringify(content).length <= EXHIBIT_CHARACTERS_MAX, {
    error: `an exhibit may hold ${String(EXHIBIT_CHARACTERS_MAX)} characters of JSON; pin a shorter window`,
  }),
  pinnedAtUs: instantSchema,
  note: noteSchema,
});

/** Exhibits that one hypothesis is judged by. */
const JUDGEMENTS_MAX = 200;
const PATH_EDGES_MAX = 40;

const hypothesisSchema = z.strictObject({
  id: nameSchema,
  component: z.string().max(200),
  faultClass: z.string().max(200),
  confidence: ratioSchema,
  state: z.enum(["open", "ruled-out", "confirmed"]),
  note: noteSchema,
  judgements: z
    .record(nameSchema, z.int().min(-2).max(2))
    .refine((judgements) => Object.keys(judgements).length <= JUDGEMENTS_MAX, { error: "too many judgements" })
    .optional(),
});

const submissionSchema = z
  .strictObject({
    component: nameSchema,
    faultClass: nameSchema,
    trigger: nameSchema.optional(),
    onsetUs: instantSchema,
    confidence: ratioSchema,
    exhibits: z.array(nameSchema).max(EXHIBITS_PER_SUBMISSION_MAX),
    sentence: noteSchema,
    path: z
      .array(z.strictObject({ from: nameSchema, to: nameSchema }))
      .max(PATH_EDGES_MAX)
      .optional(),
    scope: noteSchema.optional(),
    statusUpdate: noteSchema.optional(),
    misfit: noteSchema.optional(),
  })
  // `none` is an answer: JSON drops it, the record keeps it.
  .transform((submission) => ({ ...submission, trigger: submission.trigger }));

export const commandSchema = z.discriminatedUnion("kind", [
  z.strictObject({ kind: z.literal("start") }),
  z.strictObject({ kind: z.literal("pause") }),
  z.strictObject({ kind: z.literal("resume") }),
  z.strictObject({ kind: z.literal("set-speed"), speed: z.literal([1, 2, 5]) }),
  z.strictObject({ kind: z.literal("next-event") }),
  z.strictObject({ kind: z.literal("look"), reference: referenceSchema }),
  z.strictObject({ kind: z.literal("pin"), exhibit: exhibitSchema }),
  z.strictObject({ kind: z.literal("annotate"), exhibit: nameSchema, note: noteSchema }),
  z.strictObject({ kind: z.literal("unpin"), exhibit: nameSchema }),
  z.strictObject({ kind: z.literal("put-hypothesis"), hypothesis: hypothesisSchema }),
  z.strictObject({ kind: z.literal("remove-hypothesis"), hypothesis: nameSchema }),
  z.strictObject({ kind: z.literal("acknowledge"), alert: z.string().min(1).max(1_000) }),
  z.strictObject({ kind: z.literal("act"), action: actionSchema }),
  z.strictObject({ kind: z.literal("undo"), action: nameSchema }),
  z.strictObject({ kind: z.literal("submit"), submission: submissionSchema }),
  z.strictObject({ kind: z.literal("abandon") }),
]);

/** zod writes `| undefined` where the wire has an optional field; after JSON an absent field is absent. */
type Loose<Value> = Value extends readonly (infer Item)[]
  ? readonly Loose<Item>[]
  : Value extends object
    ? { readonly [Key in keyof Value]: Loose<Value[Key]> | (undefined extends Value[Key] ? undefined : never) }
    : Value;

/** `value` as the wire's type. Compiles only while the schema's output is that type. */
export const asAction = (value: Loose<Action>): Action => value as Action;
export const asCommand = (value: Loose<Command>): Command => value as Command;
