/**
 * What a system of services is made of, as readonly data: the form that the scenario reader produces from YAML and
 * that the engine compiles. All durations are µs, all ratios 0 to 1, sizes are counts. Every component (service,
 * store, cache, queue, external party) has an id that is unique over the whole topology and serves as its name in
 * metrics (`job`), logs (`service`), traces (`service.name` or peer) and answers.
 */
import type { Duration } from "../base/time.js";
import type { CacheDetailSpec, KeyspaceDetailSpec } from "./cache-spec.js";
import type { BrowserSpec } from "./browser-spec.js";
import type { ComputeSpec, NodeGroupSpec, VolumeSpec } from "./compute-spec.js";
import type { ExternalDetailSpec } from "./external-spec.js";
import type { LoadDetailSpec } from "./load-spec.js";
import type { ProbeSpec } from "./probe-spec.js";
import type { QueueDetailSpec } from "./message-spec.js";
import type { MessageSizeSpec, NetworkDetailSpec } from "./network-spec.js";
import type { CallPolicySpec, Priority, ServiceGuardSpec } from "./resilience-spec.js";
import type { ObservabilitySpec } from "./observability-spec.js";
import type { AutoscaleSpec } from "./autoscale-spec.js";
import type { DeploySpec } from "./deploy-spec.js";
import type { HealthSpec, WarmUpSpec } from "./health-spec.js";
import type { QueryDetailSpec, StoreDetailSpec } from "./store-spec.js";

export interface Topology {
  readonly name: string;
  readonly services: readonly ServiceSpec[];
  readonly stores: readonly StoreSpec[];
  readonly caches: readonly CacheSpec[];
  readonly queues: readonly QueueSpec[];
  readonly externals: readonly ExternalSpec[];
  readonly flags: readonly FlagSpec[];
  readonly journeys: readonly JourneySpec[];
  readonly load: LoadSpec;
  readonly network: NetworkSpec;
  /** Machines that the services run on; without them each container has its cores to itself. */
  readonly nodes?: readonly NodeGroupSpec[];
  readonly probes?: readonly ProbeSpec[];
  readonly browser?: BrowserSpec;
  readonly plant: PlantSpec;
  /** Prometheus rule groups, in the file format's own shape. */
  readonly ruleGroups: readonly RuleGroupSpec[];
  readonly slos: readonly SloSpec[];
}

/** A lognormal duration: its median and the sigma of the underlying normal. sigma 0 is constant. */
export interface DurationSpec {
  readonly median: Duration;
  readonly sigma: number;
  /** Lognormal unless it says otherwise; an exponential one has the mean median / ln 2, and `sigma` means nothing. */
  readonly law?: "lognormal" | "exponential";
}

export interface ServiceSpec {
  readonly id: string;
  readonly title: string;
  /** `edge` receives the journeys, `worker` consumes queues. */
  readonly kind: "edge" | "service" | "worker";
  readonly language: string;
  readonly team: string;
  readonly version: string;
  readonly instances: number;
  /** Requests that one instance works on at a time; a worker is held during downstream calls. */
  readonly workers: number;
  /** Requests that may wait for a worker; one more is answered 503. */
  readonly queueCapacity: number;
  /** Processor cores of one instance, shared by the requests that compute (processor sharing). */
  readonly cores: number;
  readonly memoryLimitBytes: number;
  /** Resident memory of an idle instance, and per request in work. */
  readonly memoryBaseBytes: number;
  readonly memoryPerRequestBytes: number;
  /** Time from start of the process until it takes requests, after a restart or deploy. */
  readonly startup: Duration;
  readonly operations: readonly OperationSpec[];
  /** Connection pools and their call policies, by target component. */
  readonly dependencies: readonly DependencySpec[];
  readonly guard?: ServiceGuardSpec;
  readonly compute?: ComputeSpec;
  readonly deploy?: DeploySpec;
  readonly health?: HealthSpec;
  readonly autoscale?: AutoscaleSpec;
  readonly warmUp?: WarmUpSpec;
}

/** How a service talks to one other component: one pool and one policy for all calls to it. */
export interface DependencySpec {
  readonly target: string;
  /** Connections of one caller instance to the target; a call holds one until it ends or times out. */
  readonly poolSize: number;
  readonly acquireTimeout: Duration;
  readonly timeout: Duration;
  readonly retry: RetrySpec;
  readonly messageSize?: MessageSizeSpec;
  readonly policy?: CallPolicySpec;
}

export interface RetrySpec {
  /** Calls at most, the first one included; 1 means no retry. */
  readonly attempts: number;
  readonly backoff: Duration;
  /** The backoff of try n is backoff · multiplier^(n−1), uniformly spread by ±jitter of it. */
  readonly multiplier: number;
  readonly jitter: number;
}

export interface OperationSpec {
  /** Name as spans show it: `POST /checkout`, `orders.created process`. */
  readonly name: string;
  readonly method: string;
  readonly route: string;
  readonly steps: readonly StepSpec[];
  /** Share of requests that fail for reasons of the service's own (answered 500). */
  readonly errorRatio: number;
  /** What the service logs besides its access line; rendered from the request when read. */
  readonly logs: readonly LogSpec[];
}

export interface LogSpec {
  readonly when: "ok" | "error" | "slow";
  readonly level: LogLevel;
  /** Text with `{attribute}` placeholders out of the span's attributes. */
  readonly message: string;
  /** For `slow`: the duration from which the line is written. */
  readonly slowerThan?: Duration;
}

export type LogLevel = "debug" | "info" | "warn" | "error";

/** How often a step repeats: a number, or the size of the basket of this request (keyed by the request). */
export type RepeatSpec = number | "basket";

export type StepSpec =
  | { readonly kind: "cpu"; readonly time: DurationSpec; readonly perItem?: Duration }
  | {
      readonly kind: "call";
      readonly service: string;
      readonly operation: string;
      readonly repeat: RepeatSpec;
      /** Repetitions that are under way at one time; one after the other when left out. */
      readonly concurrency?: number;
      /** When the call fails: the whole request fails, or it goes on without the answer. */
      readonly optional: boolean;
      /** Run in place of the answer when the call has failed; the request goes on after them. */
      readonly fallback?: readonly StepSpec[];
      /** Only when the flag has this value. */
      readonly flag?: FlagCondition;
    }
  | {
      readonly kind: "query";
      readonly store: string;
      readonly query: string;
      readonly repeat: RepeatSpec;
      /** Repetitions that are under way at one time; one after the other when left out. */
      readonly concurrency?: number;
      readonly optional: boolean;
      /** Run in place of the answer when the call has failed; the request goes on after them. */
      readonly fallback?: readonly StepSpec[];
      readonly flag?: FlagCondition;
    }
  | {
      readonly kind: "cache";
      readonly cache: string;
      readonly keyspace: string;
      /** Run when the key is not there; its result is then stored. */
      readonly onMiss: readonly StepSpec[];
    }
  | {
      readonly kind: "external";
      readonly external: string;
      readonly operation: string;
      readonly optional: boolean;
      /** Run in place of the answer when the call has failed; the request goes on after them. */
      readonly fallback?: readonly StepSpec[];
      readonly flag?: FlagCondition;
    }
  | { readonly kind: "publish"; readonly queue: string; readonly flag?: FlagCondition }
  /** All branches start together; the step ends when each has ended. */
  | {
      readonly kind: "parallel";
      readonly branches: readonly (readonly StepSpec[])[];
      /** The failure of one branch ends the others; they go on when left out. */
      readonly onFailure?: "cancel";
    };

export interface FlagCondition {
  readonly name: string;
  readonly is: boolean;
}

export interface FlagSpec {
  readonly name: string;
  readonly title: string;
  readonly owner: string;
  readonly initial: boolean;
  /** What the flag does, as its page in the flag system says. */
  readonly description: string;
}

/** An SQL database: connections, cores under processor sharing, and classes of queries with their cost. */
export interface StoreSpec extends StoreDetailSpec {
  readonly id: string;
  readonly title: string;
  readonly engine: "postgresql";
  readonly cores: number;
  readonly connectionLimit: number;
  readonly memoryBytes: number;
  readonly volume?: VolumeSpec;
  readonly queries: readonly QuerySpec[];
}

export interface QuerySpec extends QueryDetailSpec {
  readonly id: string;
  /** The statement as a span shows it, parameters as $1. */
  readonly statement: string;
  readonly operation: "SELECT" | "INSERT" | "UPDATE" | "DELETE";
  readonly table: string;
  /** Rows that one execution reads or writes; `basket` is one a basket item. */
  readonly rows: RepeatSpec;
  /** Processor time of one execution, and of each row on top. */
  readonly cpu: DurationSpec;
  readonly cpuPerRow: Duration;
  /** Waiting for storage, not for the processor. */
  readonly io: DurationSpec;
}

export interface CacheSpec extends CacheDetailSpec {
  readonly id: string;
  readonly title: string;
  readonly engine: "redis";
  readonly latency: DurationSpec;
  readonly keyspaces: readonly KeyspaceSpec[];
}

export interface KeyspaceSpec extends KeyspaceDetailSpec {
  readonly id: string;
  /** Keys that exist, drawn by a Zipf law with this exponent. */
  readonly keys: number;
  readonly zipf: number;
  readonly timeToLive: Duration;
}

export interface QueueSpec extends QueueDetailSpec {
  readonly id: string;
  readonly title: string;
  readonly engine: "rabbitmq" | "kafka";
  readonly capacity: number;
  readonly publishLatency: DurationSpec;
  /** The service and the operation that take messages from it, and how many at a time over all instances. */
  readonly consumer: { readonly service: string; readonly operation: string; readonly concurrency: number };
}

export interface ExternalSpec extends ExternalDetailSpec {
  readonly id: string;
  readonly title: string;
  readonly operations: readonly ExternalOperationSpec[];
}

export interface ExternalOperationSpec {
  readonly name: string;
  readonly method: string;
  readonly route: string;
  readonly latency: DurationSpec;
  readonly errorRatio: number;
}

/** A thing that a user does: one request at the edge. */
export interface JourneySpec {
  readonly id: string;
  readonly title: string;
  /** Share of all requests; shares of a topology sum to 1. */
  readonly share: number;
  /** Where it enters: an operation of the edge service. */
  readonly service: string;
  readonly operation: string;
  /** How much one failed request hurts, against 1 for the plainest journey. */
  readonly impactWeight: number;
  /** Answers slower than this count as a failed experience. */
  readonly patience: Duration;
  /** Which requests an overloaded service refuses first; normal when left out. */
  readonly priority?: Priority;
}

export interface LoadSpec extends LoadDetailSpec {
  /** Requests per second over all journeys at curve factor 1. */
  readonly rps: number;
  /** Factors of the 24 hours of a day (UTC), joined linearly. */
  readonly dailyCurve: readonly number[];
  readonly users: { readonly count: number; readonly zipf: number };
  /** Items in a basket: lognormal, rounded, at least 1, at most `max`. */
  readonly basket: { readonly median: number; readonly sigma: number; readonly max: number };
}

export interface NetworkSpec extends NetworkDetailSpec {
  /** One way between two components. */
  readonly latency: DurationSpec;
}

/** The observability plant: what it keeps, what that costs it, and where it breaks. */
export interface PlantSpec extends ObservabilitySpec {
  /** Component id of the metrics server, also its `job`. */
  readonly metricsServer: string;
  readonly scrapeInterval: Duration;
  readonly scrapeTimeout: Duration;
  readonly ruleInterval: Duration;
  /** Samples that one scrape of one target may bring; one more and the whole scrape is dropped. 0 is no limit. */
  readonly sampleLimit: number;
  /** Memory of the metrics server: base, per active series; past the limit it slows down (see sim/plant). */
  readonly memoryBaseBytes: number;
  readonly memoryPerSeriesBytes: number;
  readonly memoryLimitBytes: number;
  /** Samples it takes in per second of one of its cores, and the cost of a rule per series that is active. */
  readonly samplesPerSecond: number;
  /** µs. */
  readonly ruleCostPerSeries: number;
  /** Share of traces kept, decided at the head by trace id. */
  readonly traceSampleRatio: number;
  readonly logLevel: LogLevel;
  readonly retention: Duration;
  /** The values of Alertmanager's configuration file, checked; one of its own when left out. */
  readonly alertmanager?: Readonly<Record<string, unknown>>;
}

/** One group of a Prometheus rule file. Durations in text are Prometheus's (`30s`). */
export interface RuleGroupSpec {
  readonly name: string;
  readonly interval?: string;
  /** Alerts or series that one of its rules may have; 0 is no limit. */
  readonly limit?: number;
  /** How far its queries look back from the instant of the evaluation, for samples that come late. */
  readonly query_offset?: string;
  /** Of all its rules; a rule's own come first. */
  readonly labels?: Readonly<Record<string, string>>;
  readonly rules: readonly RuleSpec[];
}

export interface RuleSpec {
  readonly alert?: string;
  readonly record?: string;
  readonly expr: string;
  readonly for?: string;
  readonly keep_firing_for?: string;
  readonly labels?: Readonly<Record<string, string>>;
  readonly annotations?: Readonly<Record<string, string>>;
}

/** How an objective of a file in Sloth's shape alerts. */
export interface SloAlerting {
  readonly name?: string;
  readonly labels?: Readonly<Record<string, string>>;
  readonly annotations?: Readonly<Record<string, string>>;
  readonly page?: SloAlert;
  readonly ticket?: SloAlert;
}

interface SloAlert {
  readonly disable?: boolean;
  readonly labels?: Readonly<Record<string, string>>;
  readonly annotations?: Readonly<Record<string, string>>;
}

export interface SloSpec {
  readonly id: string;
  /** Within its service. */
  readonly name?: string;
  readonly service?: string;
  readonly description?: string;
  /** Of the series that its rules record. */
  readonly labels?: Readonly<Record<string, string>>;
  /** Its rules are generated where this is given. */
  readonly alerting?: SloAlerting;
  readonly title: string;
  readonly objective: number;
  /** Budget window, for example 30 days. */
  readonly window: Duration;
  /** PromQL with `$window` in place of the range: bad events and all events per second. */
  readonly errorQuery: string;
  readonly totalQuery: string;
  /** Share of the budget that had been used before the history begins. */
  readonly budgetUsedBefore: number;
}
