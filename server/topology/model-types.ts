/**
 * A topology with names resolved to indexes: what the engine runs on. Readonly data; everything that changes while a
 * world runs lives in the engine. Index n of a list is always its element with `index` n.
 */
import type { RuleTurn } from "./rule-turns.js";
import type { LogTemplate } from "../sim/log-table.js";
import type { ScrapeTarget } from "../sim/metric-sink.js";
import type { ChangeSpec, FaultSpec } from "../sim/timeline.js";
import type { BrowserMetrics, ProbeMetrics } from "./audience-layout.js";
import type { ClusterMetrics, ComputeMetrics, NodeMetrics, VolumeMetrics } from "./compute-layout.js";
import type { HealthCheckEffect } from "./control-effects.js";
import type { OrchestratorMetrics } from "./control-layout.js";
import type { Effect } from "./effects.js";
import type { CheckRole, HealthCheckSpec } from "./health-spec.js";
import type { DeliveryMetrics } from "./message-layout.js";
import type {
  CollectorMetrics,
  LogStoreMetrics,
  ProfileStoreMetrics,
  ShipperMetrics,
  TraceStoreMetrics,
} from "./observability-layouts.js";
import type { NodeModel } from "./nodes.js";
import type { Program } from "./program.js";
import type { PolicyMetrics } from "./resilience-layout.js";
import type { SeriesLayout } from "./series-layout.js";
import type {
  CacheSpec,
  DependencySpec,
  ExternalOperationSpec,
  FlagSpec,
  JourneySpec,
  KeyspaceSpec,
  OperationSpec,
  QuerySpec,
  QueueSpec,
  ServiceSpec,
  StoreSpec,
  Topology,
} from "./types.js";

export type ComponentKind = "service" | "store" | "cache" | "queue" | "external" | "plant";

export interface ComponentModel {
  readonly index: number;
  readonly id: string;
  readonly title: string;
  readonly kind: ComponentKind;
  readonly team?: string;
  readonly language?: string;
}

/** What a kind of span says about itself: who emits it, to whom, and its static attributes. */
export interface SpanPlace {
  readonly kind: "server" | "client" | "producer" | "consumer" | "internal";
  /** Who emits the span. */
  readonly component: string;
  /** Target of a client or producer span; queue of a consumer span. */
  readonly peer: string | undefined;
  readonly name: string;
  /** Of who emits the span; absent where it has none. */
  readonly language?: string;
  /** OpenTelemetry semantic attributes that are the same for all spans of the site. */
  readonly attributes: Readonly<Record<string, string>>;
}

/** A place as the model numbers it. */
export interface SpanSite extends SpanPlace {
  readonly index: number;
  /** The query that a database span executes: index into the model's queries, −1 for others. */
  readonly query: number;
}

/** One process that exists or could exist: a service has `instancesMax` of them, of which the first run at the start. */
export interface InstanceModel {
  readonly index: number;
  readonly service: number;
  readonly component: string;
  readonly ordinal: number;
  /** `order-2`. */
  readonly name: string;
  /** Label `instance` of its metrics: `order-2:9464`. */
  readonly scrapeInstance: string;
  readonly target: number;
  /** Where it runs at first, −1 where the topology names no nodes. */
  readonly node: number;
}

export interface ServiceModel {
  readonly index: number;
  readonly component: number;
  readonly spec: ServiceSpec;
  readonly instancesFrom: number;
  readonly instancesMax: number;
  readonly operationsFrom: number;
  readonly dependenciesFrom: number;
  readonly dependencyCount: number;
  readonly metrics: ServiceMetrics;
  readonly callFailedTemplate: number;
  readonly retryTemplate: number;
  readonly lifecycle: LifecycleTemplates;
}

export interface LifecycleTemplates {
  readonly stopping: number;
  readonly started: number;
  readonly ready: number;
  readonly queueFilling: number;
}

export interface MachineTemplates {
  readonly heapExhausted: number;
  readonly volumeFull: number;
  readonly noDescriptors: number;
}

export interface OperationModel {
  readonly index: number;
  readonly service: number;
  readonly spec: OperationSpec;
  readonly serverSite: number;
  /** Queue whose messages it processes, or −1. */
  readonly queue: number;
  /** It answers a health check: nobody else asks for it, and it is neither counted nor traced. */
  readonly isCheck: boolean;
  /** Lines that the end of every handling writes. */
  readonly accessTemplates: { readonly ok: number; readonly failed: number };
  readonly logs: readonly OperationLog[];
}

export interface OperationLog {
  readonly template: number;
  readonly when: "ok" | "error" | "slow";
  readonly slowerThanUs: number;
  /** 0 debug to 3 error. */
  readonly level: number;
}

/** A kind of check of the processes of a service, declared or brought by a fault. */
export interface CheckModel {
  readonly index: number;
  readonly service: number;
  readonly role: CheckRole;
  readonly spec: HealthCheckSpec;
  /** The operation that answers it, −1 for one that only connects or says the same always. */
  readonly operation: number;
  /** The operation that would answer it without asking anybody else. */
  readonly shallow: number;
  /** The effect that brings it; undefined for one that is declared. */
  readonly effect: HealthCheckEffect | undefined;
  /** The line about a failure. */
  readonly failedTemplate: number;
}

export const TARGET_KINDS = ["service", "store", "cache", "queue", "external"] as const;
export type TargetKind = (typeof TARGET_KINDS)[number];

export interface DependencyModel {
  readonly index: number;
  readonly service: number;
  readonly target: string;
  readonly targetKind: TargetKind;
  /** Index of the target among its kind. */
  readonly targetIndex: number;
  readonly spec: DependencySpec;
}

export interface QueryModel {
  readonly index: number;
  readonly store: number;
  readonly spec: QuerySpec;
  /** Items of the basket, or a number. */
  readonly rows: number;
  readonly cpuDuration: number;
  readonly ioDuration: number;
  /** Offset of the store's counters for its operation and table: executions, then rows. */
  readonly counters: number;
}

export interface StoreModel {
  readonly index: number;
  readonly component: number;
  readonly spec: StoreSpec;
  readonly target: number;
  readonly metrics: StoreMetrics;
  /** Lines that it writes itself, where the topology says how it works inside. */
  readonly logs: StoreLogTemplates | undefined;
}

export interface StoreLogTemplates {
  readonly slow: number;
  readonly lockWait: number;
  readonly deadlock: number;
  readonly cancelled: number;
  readonly terminated: number;
  readonly interrupted: number;
  readonly ready: number;
  readonly promoted: number;
}

/** Offsets; −1, or undefined for a group, where the mechanism is not declared. */
export interface StoreDetailMetrics {
  readonly locks:
    | {
        readonly tableShared: number;
        readonly tableAlone: number;
        readonly rows: number;
        readonly active: number;
        readonly waiting: number;
        readonly idleInTransaction: number;
        readonly longestActive: number;
        readonly longestIdle: number;
        readonly deadlocks: number;
      }
    | undefined;
  readonly buffers: { readonly hit: number; readonly read: number } | undefined;
  readonly replicationLag: number;
  readonly up: number;
  readonly checkpoints: number;
}

export interface KeyspaceModel {
  readonly index: number;
  readonly cache: number;
  readonly spec: KeyspaceSpec;
  /** Accesses per arrival at the edge, estimated. */
  readonly visitsPerArrival: number;
}

export interface CacheModel {
  readonly index: number;
  readonly component: number;
  readonly spec: CacheSpec;
  readonly duration: number;
  readonly target: number;
  readonly metrics: CacheMetrics;
}

export interface QueueModel {
  readonly index: number;
  readonly component: number;
  readonly spec: QueueSpec;
  readonly duration: number;
  readonly consumerService: number;
  readonly consumerOperation: number;
  /** Lines that its consumers write, where the topology says how it delivers. */
  readonly templates: { readonly givenUp: number; readonly rebalanced: number } | undefined;
  readonly target: number;
  readonly metrics: QueueMetrics;
}

export interface ExternalOperationModel {
  readonly index: number;
  readonly component: number;
  readonly spec: ExternalOperationSpec;
  readonly duration: number;
}

export interface JourneyModel {
  readonly index: number;
  readonly spec: JourneySpec;
  readonly service: number;
  readonly operation: number;
}

export interface FaultModel {
  readonly index: number;
  readonly spec: FaultSpec;
  readonly effects: readonly Effect[];
  /** The change that brings it, or −1. */
  readonly trigger: number;
  /** Bit in the variant of a program, 0 when it changes no program. */
  readonly variantBit: number;
  /** Service whose code it is in, or −1 for a fault of the environment. */
  readonly codeService: number;
  /** Label that it adds to the server metric, when it does. */
  readonly userLabel: string | undefined;
}

export interface ChangeModel {
  readonly index: number;
  readonly spec: ChangeSpec;
  /** Service of a deploy, or −1. */
  readonly service: number;
  /** Flag of a flag change, or −1. */
  readonly flag: number;
}

/* Offsets of series, from the target's `valuesFrom`. */

export interface ServiceMetrics {
  readonly layout: SeriesLayout;
  /** By operation of the service: first block (status ok); for a consumer's operation too. */
  readonly server: Int32Array;
  /** By operation: gauge of requests in work. */
  readonly active: Int32Array;
  /** By dependency of the service. */
  readonly dependencies: readonly DependencyMetrics[];
  /** First client block of a step, by `clientKey`. */
  readonly client: ReadonlyMap<string, number>;
  readonly workersUsed: number;
  readonly workersLimit: number;
  readonly queueLength: number;
  readonly rejections: number;
  readonly cpuSeconds: number;
  readonly cpuCores: number;
  readonly memoryResident: number;
  readonly memoryLimit: number;
  readonly startTime: number;
  /** debug, info, warn, error. */
  readonly logLines: readonly number[];
  readonly versions: ReadonlyMap<string, number>;
  /** Where the topology says more of its container. */
  readonly compute: ComputeMetrics | undefined;
}

/** −1 where the kind of dependency has no such series. */
export interface DependencyMetrics {
  readonly used: number;
  readonly idle: number;
  readonly max: number;
  readonly pending: number;
  readonly timeouts: number;
  readonly retries: number;
  readonly policy: PolicyMetrics;
}

export interface StoreMetrics {
  readonly layout: SeriesLayout;
  readonly backends: number;
  readonly connectionMax: number;
  readonly activeQueries: number;
  readonly cpuSeconds: number;
  readonly cpuCores: number;
  readonly volume: VolumeMetrics | undefined;
  /** Where the topology says how the store works inside. */
  readonly detail: StoreDetailMetrics | undefined;
}

export interface CacheMetrics {
  readonly layout: SeriesLayout;
  readonly hits: number;
  readonly misses: number;
  readonly commands: number;
  readonly clients: number;
  /** Where the cache has a declared capacity. */
  readonly detail: CacheDetailMetrics | undefined;
}

export interface CacheDetailMetrics {
  readonly up: number;
  readonly memoryUsed: number;
  readonly memoryMax: number;
  readonly keys: number;
  readonly evicted: number;
  readonly expired: number;
}

export interface QueueMetrics {
  readonly layout: SeriesLayout;
  readonly messages: number;
  readonly capacity: number;
  readonly oldestAge: number;
  readonly published: number;
  readonly delivered: number;
  /** Where the topology says how it delivers. */
  readonly delivery: DeliveryMetrics | undefined;
}

export interface PlantMetrics {
  readonly layout: SeriesLayout;
  readonly headSeries: number;
  readonly samplesAppended: number;
  readonly iterations: number;
  readonly iterationsMissed: number;
  readonly lastDuration: number;
  readonly interval: number;
  readonly sampleLimitExceeded: number;
  readonly targetLimitExceeded: number;
  readonly outOfOrder: number;
  readonly scrapeTimeouts: number;
  readonly memoryResident: number;
  readonly memoryLimit: number;
  readonly cpuSeconds: number;
  readonly cpuCores: number;
  readonly startTime: number;
}

export interface PlantModel {
  readonly target: number;
  readonly metrics: PlantMetrics;
  readonly ruleTurns: readonly RuleTurn[];
  readonly collector: { readonly target: number; readonly metrics: CollectorMetrics } | undefined;
  readonly shipper: { readonly target: number; readonly metrics: ShipperMetrics } | undefined;
  /** Stores that limit what they take, each a target of its own. */
  readonly logStore: { readonly target: number; readonly metrics: LogStoreMetrics } | undefined;
  readonly traceStore: { readonly target: number; readonly metrics: TraceStoreMetrics } | undefined;
  readonly profileStore: { readonly target: number; readonly metrics: ProfileStoreMetrics } | undefined;
  /** By operation: the line that a handling writes at level debug; none without a log shipper. */
  readonly debugTemplates: Int32Array;
}

/** The durations of the world: sample i is `medians[i] · quantile(shapes[i])`. */
export interface DurationTables {
  readonly medians: Float64Array;
  /** Offset of the shape in `tables`. */
  readonly shapes: Int32Array;
  readonly tables: Float64Array;
}

export interface Model {
  readonly topology: Topology;
  readonly components: readonly ComponentModel[];
  readonly services: readonly ServiceModel[];
  readonly operations: readonly OperationModel[];
  readonly dependencies: readonly DependencyModel[];
  readonly instances: readonly InstanceModel[];
  readonly stores: readonly StoreModel[];
  readonly queries: readonly QueryModel[];
  readonly caches: readonly CacheModel[];
  readonly keyspaces: readonly KeyspaceModel[];
  readonly queues: readonly QueueModel[];
  readonly externals: readonly ExternalOperationModel[];
  readonly flags: readonly FlagSpec[];
  readonly journeys: readonly JourneyModel[];
  readonly changes: readonly ChangeModel[];
  readonly faults: readonly FaultModel[];
  readonly sites: readonly SpanSite[];
  readonly logTemplates: readonly LogTemplate[];
  /** By service: the line about a change of a circuit breaker. */
  readonly breakerTemplates: Int32Array;
  /** By service: the line about a process that has ended by itself. */
  readonly crashTemplates: Int32Array;
  /** By service, and by store: lines about what the machine has no more of. */
  readonly machineTemplates: { readonly services: readonly MachineTemplates[]; readonly storeFull: Int32Array };
  readonly checks: readonly CheckModel[];
  /** What the orchestrator shows of checks, autoscalers and roll-outs, where there are any. */
  readonly orchestrator?: { readonly target: number; readonly metrics: OrchestratorMetrics };
  readonly nodes: readonly NodeModel[];
  /** Exporters of the machines, and who tells what runs where; absent without nodes. */
  readonly machines?: {
    readonly nodeTargets: readonly number[];
    readonly nodeMetrics: NodeMetrics;
    readonly clusterTarget: number;
    readonly clusterMetrics: ClusterMetrics;
  };
  readonly targets: readonly ScrapeTarget[];
  /** Layout of each target, by target index. */
  readonly layouts: readonly SeriesLayout[];
  readonly valueCount: number;
  readonly program: Program;
  readonly durations: DurationTables;
  readonly networkDuration: number;
  readonly browser?: { readonly target: number; readonly metrics: BrowserMetrics };
  readonly probes?: { readonly target: number; readonly metrics: readonly ProbeMetrics[] };
  readonly plant: PlantModel;
}
