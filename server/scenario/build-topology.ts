/** Turns a checked topology file into the engine's `Topology`: maps become lists in the file's order, words become fields. */
import type { Duration } from "../base/time.js";
import { duration, milliseconds } from "../base/time.js";
import { sloRules } from "../topology/slo-rules.js";
import type {
  DependencySpec,
  FlagCondition,
  OperationSpec,
  QuerySpec,
  RetrySpec,
  RuleGroupSpec,
  RuleSpec,
  ServiceSpec,
  SloSpec,
  StepSpec,
  Topology,
} from "../topology/types.js";
import { defined } from "./records.js";
import { buildQueryDetail, buildStoreDetail } from "./store-schema.js";
import { buildCacheDetail, buildKeyspaceDetail } from "./cache-schema.js";
import { buildCompute, buildNodes, buildStoreVolume } from "./compute-schema.js";
import { buildControl } from "./control-schema.js";
import { buildAudience, buildLoad } from "./load-schema.js";
import { buildExternalDetail, buildQueueDetail } from "./message-schema.js";
import { buildNetwork } from "./network-schema.js";
import { buildCallPolicy, buildServiceGuard } from "./resilience-schema.js";
import { buildObservability } from "./observability-schema.js";
import { DEFAULT_ANSWER_BYTES, DEFAULT_REQUEST_BYTES } from "../sim/links.js";
import type { WrittenRules, WrittenService, WrittenStep, WrittenTopology } from "./topology-schema.js";

/** One call each, with no second try. */
const NO_RETRY: RetrySpec = { attempts: 1, backoff: milliseconds(50), multiplier: 2, jitter: 0.2 };

/** The topology of a written file and the groups of its rule files, in order. References must have been checked. */
/** What other files say of a topology. */
export interface TopologyParts {
  readonly rules: readonly WrittenRules[];
  readonly slos: readonly SloSpec[];
  /** The values of Alertmanager's configuration file. */
  readonly alertmanager: Readonly<Record<string, unknown>> | undefined;
}

export function buildTopology(written: WrittenTopology, parts: TopologyParts): Topology {
  const { rules, alertmanager } = parts;
  const load = buildLoad(written.load);
  return {
    name: written.name,
    services: entries(written.services).map(([id, service]) => buildService(id, service)),
    stores: entries(written.stores).map(([id, store]) => ({
      id,
      title: store.title,
      engine: store.engine,
      cores: store.cores,
      connectionLimit: store.connections,
      memoryBytes: store.memory,
      ...buildStoreDetail(store),
      ...buildStoreVolume(store),
      queries: entries(store.queries).map(([queryId, query]): QuerySpec => ({
        id: queryId,
        statement: query.statement,
        operation: query.operation ?? firstWordOperation(query.statement),
        table: query.table,
        rows: query.rows,
        cpu: query.cpu,
        cpuPerRow: query.cpuPerRow,
        io: query.io,
        ...buildQueryDetail(query),
      })),
    })),
    caches: entries(written.caches).map(([id, cache]) => ({
      id,
      title: cache.title,
      engine: cache.engine,
      latency: cache.latency,
      ...buildCacheDetail(cache),
      keyspaces: entries(cache.keyspaces).map(([keyspaceId, keyspace]) => ({
        id: keyspaceId,
        keys: keyspace.keys,
        zipf: keyspace.zipf,
        timeToLive: keyspace.timeToLive,
        ...buildKeyspaceDetail(keyspace),
      })),
    })),
    queues: entries(written.queues).map(([id, queue]) => {
      const [service, operation] = splitCall(queue.consumer.call);
      return {
        id,
        title: queue.title,
        engine: queue.engine,
        capacity: queue.capacity,
        publishLatency: queue.publishLatency,
        consumer: { service, operation, concurrency: queue.consumer.concurrency },
        ...buildQueueDetail(queue),
      };
    }),
    externals: entries(written.externals).map(([id, external]) => ({
      id,
      title: external.title,
      ...buildExternalDetail(external),
      operations: entries(external.operations).map(([name, operation]) => ({
        name,
        method: operation.method ?? methodOf(name),
        route: operation.route ?? routeOf(name),
        latency: operation.latency,
        errorRatio: operation.errors,
      })),
    })),
    flags: entries(written.flags).map(([name, flag]) => ({ name, ...flag })),
    journeys: entries(written.journeys).map(([id, journey]) => {
      const [service, operation] = splitCall(journey.call);
      const { title, share, patience, priority } = journey;
      const rest = priority === undefined ? {} : { priority };
      return { id, title, share, service, operation, impactWeight: journey.impact, patience, ...rest };
    }),
    load,
    ...buildAudience(written, load),
    ...buildNodes(written),
    network: buildNetwork(written.network),
    plant: { ...buildPlant(written.plant), ...(alertmanager === undefined ? {} : { alertmanager }) },
    ruleGroups: [...rules.flatMap((file) => file.groups.map(buildRuleGroup)), ...parts.slos.flatMap(sloRules)],
    slos: [
      ...entries(written.slos).map(([id, slo]) => ({
        id,
        title: slo.title,
        objective: slo.objective,
        window: slo.window,
        errorQuery: slo.errors,
        totalQuery: slo.total,
        budgetUsedBefore: slo.budgetUsedBefore,
      })),
      ...parts.slos.map((slo) => ({ ...slo, budgetUsedBefore: written.sloBudgetsUsed[slo.id] ?? 0 })),
    ],
  };
}

/** First word and the rest: `cart GET /carts/{userId}` is the operation `GET /carts/{userId}` of `cart`. */
export function splitCall(text: string): readonly [target: string, operation: string] {
  const [target = "", ...rest] = text.trim().split(/ +/);
  return [target, rest.join(" ")];
}

function buildService(id: string, written: WrittenService): ServiceSpec {
  return {
    id,
    title: written.title,
    kind: written.kind,
    language: written.language,
    team: written.team,
    version: written.version,
    instances: written.instances,
    workers: written.workers,
    queueCapacity: written.queue,
    cores: written.cores,
    memoryLimitBytes: written.memory.limit,
    memoryBaseBytes: written.memory.base,
    memoryPerRequestBytes: written.memory.perRequest,
    startup: written.startup,
    ...buildServiceGuard(written),
    ...buildCompute(written),
    ...buildControl(written),
    operations: entries(written.operations).map(([name, operation]): OperationSpec => ({
      name,
      method: operation.method ?? methodOf(name),
      route: operation.route ?? routeOf(name),
      steps: operation.steps.map(buildStep),
      errorRatio: operation.errors,
      logs: operation.logs.map(({ when, level, message, slowerThan }) => ({
        when,
        level,
        message,
        ...(slowerThan === undefined ? {} : { slowerThan }),
      })),
    })),
    dependencies: entries(written.dependencies).map(([target, dependency]): DependencySpec => ({
      target,
      poolSize: dependency.pool,
      acquireTimeout: dependency.acquireTimeout,
      timeout: dependency.timeout,
      retry: dependency.retry ?? NO_RETRY,
      ...(dependency.requestBytes === undefined && dependency.answerBytes === undefined
        ? {}
        : {
            messageSize: {
              requestBytes: dependency.requestBytes ?? DEFAULT_REQUEST_BYTES,
              answerBytes: dependency.answerBytes ?? DEFAULT_ANSWER_BYTES,
            },
          }),
      ...buildCallPolicy(dependency),
    })),
  };
}

function buildStep(written: WrittenStep): StepSpec {
  const flag = flagCondition(written);
  const gated = flag === undefined ? {} : { flag };
  const repeat = written.repeat ?? 1;
  const optional = written.optional ?? false;
  if (written.call !== undefined) {
    const [service, operation] = splitCall(written.call);
    return { kind: "call", service, operation, repeat, optional, ...gated, ...repetition(written) };
  }
  if (written.query !== undefined) {
    const [store, query] = splitCall(written.query);
    return { kind: "query", store, query, repeat, optional, ...gated, ...repetition(written) };
  }
  if (written.cache !== undefined) {
    const [cache, keyspace] = splitCall(written.cache);
    return { kind: "cache", cache, keyspace, onMiss: (written.onMiss ?? []).map(buildStep) };
  }
  if (written.external !== undefined) {
    const [external, operation] = splitCall(written.external);
    return { kind: "external", external, operation, optional, ...gated, ...instead(written) };
  }
  if (written.publish !== undefined) return { kind: "publish", queue: written.publish, ...gated };
  if (written.parallel !== undefined) {
    const onFailure = written.onFailure === "cancel" ? { onFailure: written.onFailure } : {};
    return { kind: "parallel", branches: written.parallel.map((branch) => branch.map(buildStep)), ...onFailure };
  }
  const time = { median: duration(written.cpu?.median ?? 0), sigma: written.cpu?.sigma ?? 0 };
  return { kind: "cpu", time, ...(written.perItem === undefined ? {} : { perItem: written.perItem as Duration }) };
}

const instead = ({ fallback }: WrittenStep): { readonly fallback?: readonly StepSpec[] } =>
  fallback === undefined ? {} : { fallback: fallback.map(buildStep) };

const repetition = (
  written: WrittenStep,
): { readonly fallback?: readonly StepSpec[]; readonly concurrency?: number } => ({
  ...instead(written),
  ...(written.concurrency === undefined ? {} : { concurrency: written.concurrency }),
});

function flagCondition(written: WrittenStep): FlagCondition | undefined {
  if (written.when !== undefined) return { name: written.when, is: true };
  return written.unless === undefined ? undefined : { name: written.unless, is: false };
}

/** Without what stands in a file of its own. */
export function buildPlant(written: WrittenTopology["plant"]): Topology["plant"] {
  const { memory, headCompaction, outOfMemory, collector, logShipper, clocks, alertmanager: _, ...others } = written;
  const { profileStore, targetLimit, tiers, ...rest } = others;
  const observed = { headCompaction, outOfMemory, collector, logShipper, clocks, profileStore, targetLimit, tiers };
  return {
    ...rest,
    ...buildObservability(observed),
    memoryBaseBytes: memory.base,
    memoryPerSeriesBytes: memory.perSeries,
    memoryLimitBytes: memory.limit,
  };
}

function buildRuleGroup(group: WrittenRules["groups"][number]): RuleGroupSpec {
  const rules = group.rules.map((rule): RuleSpec => defined(rule) as RuleSpec);
  return { ...(defined(group) as RuleGroupSpec), rules };
}

const OPERATIONS = ["SELECT", "INSERT", "UPDATE", "DELETE"] as const;

/** The kind of statement by its first word; SELECT for one that begins otherwise (`WITH …`). */
function firstWordOperation(statement: string): QuerySpec["operation"] {
  const word = (/^\w+/.exec(statement)?.[0] ?? "").toUpperCase();
  return OPERATIONS.find((operation) => operation === word) ?? "SELECT";
}

function methodOf(name: string): string {
  return splitCall(name)[0];
}

/** What follows the method: `/checkout` of `POST /checkout`; the name itself where it is one word. */
function routeOf(name: string): string {
  const [, rest] = splitCall(name);
  return rest === "" ? name : rest;
}

const entries = <Value>(map: Readonly<Record<string, Value>>): [string, Value][] => Object.entries(map);
