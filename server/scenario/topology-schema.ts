/**
 * The written form of a topology file: maps keyed by id, values with units, steps as one-key objects. Everything is
 * strict: an unknown key is an error. `build-topology.ts` turns what comes out into the engine's `Topology`.
 */
import { z } from "zod";
import { cacheDetail, keyspaceDetail } from "./cache-schema.js";
import { computeFields, memoryFields, nodesField, storeVolumeField } from "./compute-schema.js";
import { controlFields } from "./control-schema.js";
import { audienceFields, loadDetailFields } from "./load-schema.js";
import { externalDetail, queueDetail } from "./message-schema.js";
import { networkSchema } from "./network-schema.js";
import { callPolicyFields, priorityField, serviceGuardFields } from "./resilience-schema.js";
import { observabilitySchema } from "./observability-schema.js";
import {
  bytesText,
  count,
  durationText,
  fineDurationText,
  identifier,
  line,
  positiveDurationText,
  prose,
  quantity,
  ratio,
  spreadDurationText,
} from "./scalars.js";
import { queryDetail, storeDetail } from "./store-schema.js";
import { LOG_LEVELS } from "../topology/log-levels.js";

const logLevel = z.enum(LOG_LEVELS);

const repeat = z.union([count(1, 1_000), z.literal("basket")], {
  error: 'must be a whole number from 1 to 1000, or "basket" for one a basket item',
});

const retry = z.strictObject({
  attempts: count(1, 10).describe("Calls at most, the first one included."),
  backoff: durationText.prefault("50ms").describe("Wait before the second call."),
  multiplier: quantity(1, 10).default(2).describe("The wait before each further call is this many times as long."),
  jitter: ratio.default(0.2).describe("Share of the wait by which it is spread either way."),
});

const dependency = z.strictObject({
  pool: count(1, 10_000).describe("Connections of one instance to the target."),
  acquireTimeout: positiveDurationText.prefault("1s").describe("How long a call may wait for a connection."),
  timeout: positiveDurationText.describe("How long one call may take."),
  retry: retry.optional(),
  requestBytes: count(1, 1_000_000_000).optional().describe("Size of a question; 700 B when left out."),
  answerBytes: count(1, 1_000_000_000).optional().describe("Size of an answer; 2500 B when left out."),
  ...callPolicyFields,
});

/** The keys that say what a step is; exactly one of them stands in each step. */
export const STEP_KINDS = ["cpu", "call", "query", "cache", "external", "publish", "parallel"] as const;

const twoWords = (what: string) =>
  z
    .string({ error: `must be ${what}` })
    .regex(/^\S+ +\S.*$/, `must be ${what}`)
    .meta({ description: what });

export interface WrittenStep {
  readonly cpu?: { readonly median: number; readonly sigma: number } | undefined;
  readonly perItem?: number | undefined;
  readonly call?: string | undefined;
  readonly query?: string | undefined;
  readonly cache?: string | undefined;
  readonly onMiss?: readonly WrittenStep[] | undefined;
  readonly external?: string | undefined;
  readonly publish?: string | undefined;
  readonly parallel?: readonly (readonly WrittenStep[])[] | undefined;
  readonly repeat?: number | "basket" | undefined;
  readonly concurrency?: number | undefined;
  readonly optional?: boolean | undefined;
  readonly fallback?: readonly WrittenStep[] | undefined;
  readonly onFailure?: "cancel" | "wait" | undefined;
  readonly when?: string | undefined;
  readonly unless?: string | undefined;
}

const step: z.ZodType<WrittenStep> = z
  .strictObject({
    cpu: spreadDurationText.optional().describe("Processor time."),
    perItem: durationText.optional().describe("With cpu: processor time on top for each basket item."),
    call: twoWords("a service and its operation, such as cart GET /carts/{userId}").optional(),
    query: twoWords("a store and its query, such as orders-db insert-order").optional(),
    cache: twoWords("a cache and its keyspace, such as cache product").optional(),
    get onMiss() {
      return z.array(step).max(50).optional();
    },
    external: twoWords("an external party and its operation, such as payment-provider POST /v1/charges").optional(),
    publish: identifier.optional().describe("A queue."),
    get parallel() {
      return z.array(z.array(step).max(50)).min(2, "must have at least two branches").max(20).optional();
    },
    repeat: repeat.optional().describe("With call or query: how often."),
    concurrency: count(1, 1_000).optional().describe("With repeat: how many at one time; one when left out."),
    get fallback() {
      return z.array(step).max(50).optional();
    },
    onFailure: z
      .enum(["cancel", "wait"])
      .optional()
      .describe("With parallel: whether the failure of one branch cancels the others; they are awaited when left out."),
    optional: z.boolean().optional().describe("The request goes on without the answer when the call fails."),
    when: z.string().optional().describe("Only while this flag is on."),
    unless: z.string().optional().describe("Only while this flag is off."),
  })
  .meta({ id: "step", oneOf: STEP_KINDS.map((kind) => ({ required: [kind] })) });

const log = z.strictObject({
  when: z.enum(["ok", "error", "slow"]),
  level: logLevel,
  message: line.describe("Text with {attribute} placeholders."),
  slowerThan: positiveDurationText.optional().describe("With slow: the duration from which the line is written."),
});

const operation = z.strictObject({
  method: z.string().optional().describe("The first word of the name unless said otherwise."),
  route: z.string().optional().describe("The rest of the name unless said otherwise."),
  errors: ratio.default(0).describe("Share of requests that fail for reasons of the service's own."),
  logs: z.array(log).max(10).default([]),
  steps: z.array(step).min(1, "must have at least one step").max(50),
});

const service = z.strictObject({
  title: line,
  kind: z.enum(["edge", "service", "worker"]).default("service"),
  language: line,
  team: line,
  version: line,
  instances: count(1, 200),
  workers: count(1, 5_000).describe("Requests that one instance works on at a time."),
  queue: count(0, 100_000).default(100).describe("Requests that may wait for a worker of one instance."),
  cores: quantity(0.1, 256).describe("Processor cores of one instance."),
  memory: z.strictObject({
    limit: bytesText,
    base: bytesText.describe("Resident memory of an idle instance."),
    perRequest: bytesText.describe("Memory of each request in work."),
    ...memoryFields,
  }),
  startup: positiveDurationText,
  dependencies: z.record(identifier, dependency).default({}),
  ...serviceGuardFields,
  ...computeFields,
  ...controlFields,
  operations: z.record(z.string(), operation),
});

const query = z.strictObject({
  statement: line,
  operation: z.enum(["SELECT", "INSERT", "UPDATE", "DELETE"]).optional().describe("The statement's first word."),
  table: line,
  rows: z.union([count(0, 1_000_000), z.literal("basket")], {
    error: 'must be a whole number from 0 to 1000000, or "basket"',
  }),
  cpu: spreadDurationText,
  cpuPerRow: durationText.prefault("0us"),
  io: spreadDurationText.describe("Waiting for storage."),
  ...queryDetail,
});

const store = z.strictObject({
  title: line,
  engine: z.literal("postgresql"),
  cores: quantity(0.1, 512),
  connections: count(1, 20_000).describe("Connections that the server allows."),
  memory: bytesText,
  ...storeDetail,
  ...storeVolumeField,
  queries: z.record(identifier, query),
});

const cache = z.strictObject({
  title: line,
  engine: z.literal("redis"),
  latency: spreadDurationText,
  ...cacheDetail,
  keyspaces: z.record(
    identifier,
    z.strictObject({
      keys: count(1, 10_000_000),
      zipf: quantity(0, 4).describe("Exponent of the popularity of keys."),
      timeToLive: positiveDurationText,
      ...keyspaceDetail,
    }),
  ),
});

const queue = z.strictObject({
  title: line,
  engine: z.enum(["rabbitmq", "kafka"]),
  capacity: count(1, 10_000_000),
  publishLatency: spreadDurationText,
  consumer: z.strictObject({
    call: twoWords("a service and its operation, such as notification order-events process"),
    concurrency: count(1, 10_000).describe("Messages at a time over all instances."),
  }),
  ...queueDetail,
});

const external = z.strictObject({
  title: line,
  operations: z.record(
    z.string(),
    z.strictObject({
      method: z.string().optional(),
      route: z.string().optional(),
      latency: spreadDurationText,
      errors: ratio.default(0),
    }),
  ),
  ...externalDetail,
});

const flag = z.strictObject({ title: line, owner: line, initial: z.boolean(), description: prose });

const journey = z.strictObject({
  title: line,
  share: ratio,
  call: twoWords("the edge service and its operation, such as edge GET /"),
  impact: quantity(0, 1_000).default(1).describe("How much one failed request hurts."),
  patience: positiveDurationText.describe("Answers slower than this count as failed for the user."),
  priority: priorityField,
});

const load = z.strictObject({
  rps: quantity(0, 10_000).describe("Requests per second at curve factor 1."),
  dailyCurve: z.array(quantity(0, 20)).length(24, "must have 24 factors, one an hour (UTC)"),
  users: z.strictObject({ count: count(1, 10_000_000), zipf: quantity(0, 4) }),
  basket: z.strictObject({ median: quantity(1, 1_000), sigma: quantity(0, 3), max: count(1, 1_000) }),
  ...loadDetailFields,
});

/** A relative path to another file of the same tree. */
export const filePath = z
  .string()
  .regex(/^\.{1,2}\/[\w./-]+\.ya?ml$/, "must be a relative path to a YAML file, such as ./topologies/shop.yaml");

const plant = z.strictObject({
  metricsServer: identifier,
  scrapeInterval: positiveDurationText,
  scrapeTimeout: positiveDurationText,
  ruleInterval: positiveDurationText,
  sampleLimit: count(0, 10_000_000).default(0).describe("Samples of one scrape; 0 is no limit."),
  memory: z.strictObject({ limit: bytesText, base: bytesText, perSeries: bytesText }),
  samplesPerSecond: quantity(1, 1e8),
  ruleCostPerSeries: fineDurationText,
  traceSampleRatio: ratio,
  logLevel,
  retention: positiveDurationText,
  alertmanager: filePath.optional().describe("Alertmanager's configuration file; one of its own when left out."),
  ...observabilitySchema.shape,
});

const slo = z.strictObject({
  title: line,
  objective: ratio,
  window: positiveDurationText,
  errors: prose.describe("PromQL of bad events per second, with $window for the range."),
  total: prose.describe("PromQL of all events per second, with $window for the range."),
  budgetUsedBefore: ratio.default(0),
});

/** A relative path to a dashboard of the same tree. */
const dashboardPath = z
  .string()
  .regex(/^\.{1,2}\/[\w./-]+\.json$/, "must be a relative path to a JSON file, such as ../dashboards/red.json");

export const topologySchema = z
  .strictObject({
    name: identifier,
    load,
    network: networkSchema,
    journeys: z.record(identifier, journey),
    services: z.record(identifier, service),
    stores: z.record(identifier, store).default({}),
    caches: z.record(identifier, cache).default({}),
    queues: z.record(identifier, queue).default({}),
    externals: z.record(identifier, external).default({}),
    flags: z
      .record(z.string().regex(/^[a-z][a-z0-9.-]*$/, "must be lower-case words joined by dots or hyphens"), flag)
      .default({}),
    ...audienceFields,
    ...nodesField,
    plant,
    rules: z.array(filePath).max(20).default([]).describe("Rule files in Prometheus's own format."),
    dashboards: z.array(dashboardPath).max(40).default([]).describe("Dashboards in Grafana's JSON model."),
    slos: z.record(identifier, slo).default({}),
    sloFiles: z
      .array(filePath)
      .max(20)
      .default([])
      .describe("Files of objectives in Sloth's format (prometheus/v1); their rules are generated."),
    sloBudgetsUsed: z
      .record(identifier, ratio)
      .default({})
      .describe("Share of the budget that was spent before the history, by objective of a file: <service>-<name>."),
  })
  .meta({ title: "Firedrill topology" });

/** YAML makes numbers and truth values of texts that look like one; Prometheus takes them for texts. */
const texts = z.record(z.string(), z.union([z.string(), z.number(), z.boolean()]).transform(String));

const rule = z.strictObject({
  alert: z.string().optional(),
  record: z.string().optional(),
  expr: z.string({ error: "must be a PromQL expression" }),
  for: z.string().optional(),
  keep_firing_for: z.string().optional(),
  labels: texts.optional(),
  annotations: texts.optional(),
});

/** A rule file as Prometheus reads it. */
export const rulesSchema = z
  .strictObject({
    groups: z
      .array(
        z.strictObject({
          name: line,
          interval: z.string().optional(),
          limit: count(0, 1_000_000).optional().describe("Alerts or series of one rule; 0 is no limit."),
          query_offset: z.string().optional().describe("How far queries look back from the evaluation."),
          labels: texts.optional().describe("Of all rules; a rule's own come first."),
          rules: z.array(rule).max(500),
        }),
      )
      .max(100),
  })
  .meta({ title: "Prometheus rule file" });

export type WrittenTopology = z.output<typeof topologySchema>;
export type WrittenService = z.output<typeof service>;
export type WrittenRules = z.output<typeof rulesSchema>;

/** Collections whose entries are keyed by a name of the author's: a broken entry can be set aside by itself. */
export const NAMED_COLLECTIONS: ReadonlySet<string> = new Set([
  "journeys",
  "services",
  "stores",
  "caches",
  "queues",
  "externals",
  "flags",
  "slos",
  "dependencies",
  "operations",
  "queries",
  "keyspaces",
]);
