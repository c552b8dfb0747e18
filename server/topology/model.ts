/**
 * Compiles a topology: names become indexes, operations become programs, every series, span site and log line gets its
 * number. Expects a topology that the scenario reader has checked; a name that does not resolve is an assertion.
 */
import { assert } from "../base/assert.js";
import type { LogTemplate } from "../sim/log-table.js";
import type { ScrapeTarget } from "../sim/metric-sink.js";
import type { ChangeSpec, FaultSpec } from "../sim/timeline.js";
import { browserMetrics, probeMetrics } from "./audience-layout.js";
import { ProgramCompiler, type StepResolver, type StepTarget } from "./compile-program.js";
import { DurationRegistry } from "./duration-registry.js";
import { type CodeEffect, type FaultMechanisms, FaultRefused, isCodeEffect } from "./effects.js";
import {
  cacheMetrics,
  clientKey,
  type ClientUse,
  plantMetrics,
  queueMetrics,
  serviceMetrics,
  storeMetrics,
} from "./layouts.js";
import { clusterMetrics, nodeMetrics } from "./compute-layout.js";
import { isOrchestrated, orchestratorMetrics } from "./control-layout.js";
import { checkOperation, type PlannedCheck, plannedChecks } from "./health-checks.js";
import {
  collectorMetrics,
  logStoreMetrics,
  profileStoreMetrics,
  shipperMetrics,
  traceStoreMetrics,
} from "./observability-layouts.js";
import type { LogAgent } from "./observability-spec.js";
import { ruleTurns } from "./rule-turns.js";
import type {
  CacheModel,
  ChangeModel,
  CheckModel,
  ComponentModel,
  DependencyModel,
  ExternalOperationModel,
  FaultModel,
  InstanceModel,
  JourneyModel,
  KeyspaceModel,
  Model,
  OperationModel,
  QueryModel,
  QueueModel,
  ServiceModel,
  SpanSite,
  StoreModel,
  TargetKind,
} from "./model-types.js";
import { LOG_LEVELS } from "./log-levels.js";
import { type NodeModel, nodesOfGroups, placeOf } from "./nodes.js";
import type { Program } from "./program.js";
import { type SeriesLayout, TargetSeries } from "./series-layout.js";
import { regionNamesOf } from "./regions.js";
import type { DependencySpec, LogLevel, OperationSpec, QuerySpec, ServiceSpec, StepSpec, Topology } from "./types.js";
import { keyspaceVisits } from "./visit-rates.js";
import { hasStoreDetail, storeLogTemplates } from "./store-layout.js";
import { duration } from "../base/time.js";

export type { Model } from "./model-types.js";

/** A service can be scaled to this many times its first size. */
export const INSTANCES_FACTOR_MAX = 3;
/** Code faults of one world: each doubles the variants of the programs it touches. */
const CODE_FAULTS_MAX = 4;
const METRICS_PORT = "9464";
/** Where log agents answer when they are scraped. */
const AGENT_ADDRESSES: Readonly<Record<LogAgent, string>> = {
  "fluent-bit": "fluent-bit:2020",
  promtail: "promtail:9080",
};

export interface ModelInput {
  readonly faults: readonly FaultSpec[];
  readonly changes: readonly ChangeSpec[];
  /** What fault classes do: the table of server/faults. */
  readonly mechanisms: FaultMechanisms;
}

/** Compiles `topology` with what will happen to it. Throws FaultRefused for a fault that it cannot have. */
export function compileModel(topology: Topology, input: ModelInput): Model {
  return new ModelCompiler(topology, input).compile();
}

/** Policy of a call to a component for which the service declares none. */
function undeclaredDependency(target: string): DependencySpec {
  return {
    target,
    poolSize: 100,
    acquireTimeout: duration(1_000_000),
    timeout: duration(30_000_000),
    retry: { attempts: 1, backoff: duration(0), multiplier: 1, jitter: 0 },
  };
}

class ModelCompiler {
  readonly #durations = new DurationRegistry();
  readonly #sites: SpanSite[] = [];
  readonly #siteIndexes = new Map<string, number>();
  /** By id of the service. */
  readonly #languages: ReadonlyMap<string, string>;
  readonly #templates: LogTemplate[] = [];
  readonly #targets: ScrapeTarget[] = [];
  readonly #layouts: SeriesLayout[] = [];
  readonly #components: ComponentModel[] = [];
  readonly #services: ServiceModel[] = [];
  readonly #operations: OperationModel[] = [];
  readonly #dependencies: DependencyModel[] = [];
  readonly #instances: InstanceModel[] = [];
  readonly #stores: StoreModel[] = [];
  readonly #queries: QueryModel[] = [];
  readonly #caches: CacheModel[] = [];
  readonly #keyspaces: KeyspaceModel[] = [];
  readonly #queues: QueueModel[] = [];
  readonly #externals: ExternalOperationModel[] = [];
  readonly #nodes: readonly NodeModel[];
  #valueCount = 0;

  constructor(
    readonly topology: Topology,
    readonly input: ModelInput,
  ) {
    this.#nodes = nodesOfGroups(topology.nodes ?? []);
    this.#languages = new Map(topology.services.map(({ id, language }) => [id, language]));
  }

  compile(): Model {
    const { topology } = this;
    this.#addServices();
    this.#addStores();
    this.#addCaches();
    this.#addQueues();
    this.#addExternals();
    const changes = this.#changeModels();
    const faults = this.#faultModels(changes);
    const checks = this.#checks(faults);
    const networkDuration = this.#durations.indexOf(topology.network.latency);
    // Templates that came later than others are numbered after them, so that the numbers of older worlds stay.
    const breakerTemplates = Int32Array.from(this.#services, ({ spec }) =>
      this.#template(spec.id, "warn", "circuit breaker {breaker} changed state from {from} to {to}", false),
    );
    const program = this.#program(faults);
    const plant = this.#plant();
    const machineTemplates = this.#machineTemplates();
    const audience = this.#audience();
    const machines = this.#machines();
    const crashTemplates = Int32Array.from(this.#services, ({ spec }) =>
      this.#template(spec.id, "warn", "process ended: {reason}; it is started again in {delay}", false),
    );
    const orchestrator = this.#orchestrator();
    return {
      topology,
      components: this.#components,
      services: this.#services,
      operations: this.#operations,
      dependencies: this.#dependencies,
      instances: this.#instances,
      stores: this.#stores,
      queries: this.#queries,
      caches: this.#caches,
      keyspaces: this.#keyspaces,
      queues: this.#queues,
      externals: this.#externals,
      flags: topology.flags,
      journeys: this.#journeys(),
      changes,
      faults,
      sites: this.#sites,
      logTemplates: this.#templates,
      breakerTemplates,
      crashTemplates,
      machineTemplates,
      checks: checks.map((check) => ({ ...check, failedTemplate: this.#failedTemplate(check) })),
      nodes: this.#nodes,
      targets: this.#targets,
      layouts: this.#layouts,
      valueCount: this.#valueCount,
      program,
      networkDuration,
      durations: this.#durations.build(),
      plant,
      ...audience,
      ...machines,
      ...orchestrator,
    };
  }

  // Parts of the topology, in the order in which they refer to each other.

  #component(component: Omit<ComponentModel, "index">): number {
    return this.#components.push({ ...component, index: this.#components.length }) - 1;
  }

  #addServices(): void {
    for (const spec of this.topology.services) this.#addService(spec);
  }

  #addService(spec: ServiceSpec): void {
    const index = this.#services.length;
    const component = this.#component({
      id: spec.id,
      title: spec.title,
      kind: "service",
      team: spec.team,
      language: spec.language,
    });
    const dependencies = this.#dependenciesOf(spec);
    const metrics = serviceMetrics({
      spec,
      versions: this.#versionsOf(spec),
      dependencies: dependencies.map(({ target, policy }) => ({ target, kind: this.#targetOf(target).kind, policy })),
      uses: this.#usesOf(spec),
      consumes: (operation) => this.#consumedQueue(spec.id, operation),
    });
    const template = (level: LogLevel, message: string, ofSpan: boolean): number =>
      this.#template(spec.id, level, message, ofSpan);
    const service: ServiceModel = {
      index,
      component,
      spec,
      metrics,
      instancesFrom: this.#instances.length,
      instancesMax: Math.max(spec.instances * INSTANCES_FACTOR_MAX, spec.autoscale?.max ?? 0),
      operationsFrom: this.#operations.length,
      dependenciesFrom: this.#dependencies.length,
      dependencyCount: dependencies.length,
      callFailedTemplate: template("warn", "call to {server.address} failed: {error.message}", true),
      retryTemplate: template("warn", "call to {server.address} failed: {error.message}, trying again", true),
      lifecycle: {
        stopping: template("info", "stopping, version {version}", false),
        started: template("info", "starting version {version}", false),
        ready: template("info", "ready to serve, version {version}", false),
        queueFilling: template("warn", "request queue is filling: {queued} of {capacity} places taken", false),
      },
    };
    this.#services.push(service);
    dependencies.forEach((dependency) => {
      const { kind, index: targetIndex } = this.#targetOf(dependency.target);
      this.#dependencies.push({
        index: this.#dependencies.length,
        service: index,
        target: dependency.target,
        targetKind: kind,
        targetIndex,
        spec: dependency,
      });
    });
    for (const operation of spec.operations) this.#addOperation(service, operation);
    for (let ordinal = 0; ordinal < service.instancesMax; ordinal++) this.#addInstance(service, ordinal);
  }

  #addOperation(service: ServiceModel, spec: OperationSpec): void {
    const queueId = this.#consumedQueue(service.spec.id, spec);
    const text =
      queueId === undefined
        ? "{http.request.method} {http.route} {http.response.status_code}"
        : "processed message of {messaging.destination.name}";
    const failedText =
      queueId === undefined
        ? `${text}: {error.message}`
        : "processing of a message of {messaging.destination.name} failed: {error.message}";
    this.#operations.push({
      index: this.#operations.length,
      service: service.index,
      spec,
      serverSite:
        queueId === undefined
          ? this.#serverSite(service.spec.id, spec)
          : this.#consumerSite(service.spec.id, spec, queueId),
      queue: this.topology.queues.findIndex((queue) => queue.id === queueId),
      isCheck: false,
      accessTemplates: {
        ok: this.#template(service.spec.id, "info", text, true),
        failed: this.#template(service.spec.id, "error", failedText, true),
      },
      logs: spec.logs.map((log) => ({
        template: this.#template(service.spec.id, log.level, log.message, true),
        when: log.when,
        slowerThanUs: log.slowerThan ?? 1_000_000,
        level: LOG_LEVELS.indexOf(log.level),
      })),
    });
  }

  #addInstance(service: ServiceModel, ordinal: number): void {
    const id = service.spec.id;
    const name = `${id}-${String(ordinal)}`;
    const scrapeInstance = `${name}:${METRICS_PORT}`;
    this.#instances.push({
      index: this.#instances.length,
      service: service.index,
      component: id,
      ordinal,
      name,
      scrapeInstance,
      target: this.#target(id, scrapeInstance, service.metrics.layout),
      node: placeOf(this.#nodes, service.spec.compute?.nodes, service.index, ordinal),
    });
  }

  /** Operations that answer checks come after all others: those of a service stay side by side. */
  #checks(faults: readonly FaultModel[]): readonly Omit<CheckModel, "failedTemplate">[] {
    const effects = faults.flatMap((fault) => fault.effects);
    return plannedChecks(this.topology, effects).map((check, index) => {
      const service = this.#serviceOf(check.service);
      const { role, spec, effect } = check;
      const isAsked = spec.kind === "request" && spec.says === undefined;
      const operation = isAsked ? this.#addCheck(service, check) : -1;
      const isShallow = isAsked && spec.asks.length === 0;
      const shallow = isShallow ? operation : this.#addCheck(service, { ...check, spec: { ...spec, asks: [] } });
      return { index, service: service.index, role, spec, effect, operation, shallow };
    });
  }

  #addCheck({ index, spec: { id } }: ServiceModel, check: PlannedCheck): number {
    const spec = checkOperation(this.topology, check);
    return (
      this.#operations.push({
        index: this.#operations.length,
        service: index,
        spec,
        isCheck: true,
        serverSite: this.#serverSite(id, spec),
        queue: -1,
        accessTemplates: { ok: -1, failed: -1 },
        logs: [],
      }) - 1
    );
  }

  #failedTemplate({ service, role }: Omit<CheckModel, "failedTemplate">): number {
    const probe = role === "liveness" ? "Liveness" : "Readiness";
    return this.#template(this.#services[service].spec.id, "warn", `${probe} probe failed: {reason}`, false);
  }

  #orchestrator(): Pick<Model, "orchestrator"> {
    const services = this.#services.filter(({ spec }) => isOrchestrated(spec));
    if (services.length === 0) return {};
    const podsOf = (index: number): readonly string[] =>
      this.#instances.filter(({ service }) => service === index).map(({ name }) => name);
    const metrics = orchestratorMetrics(
      services.map(({ index, spec, instancesFrom }) => ({ index, spec, instancesFrom, pods: podsOf(index) })),
    );
    // The machines' own target has the name before it.
    return {
      orchestrator: {
        target: this.#target("kube-state-metrics", "kube-state-metrics-1:8080", metrics.layout),
        metrics,
      },
    };
  }

  #addStores(): void {
    for (const spec of this.topology.stores) {
      const component = this.#component({ id: spec.id, title: spec.title, kind: "store" });
      const { metrics, counters } = storeMetrics(spec);
      const store: StoreModel = {
        index: this.#stores.length,
        component,
        spec,
        metrics,
        target: this.#target(spec.id, `${spec.id}:9187`, metrics.layout),
        logs: hasStoreDetail(spec)
          ? storeLogTemplates((level, message) => this.#template(spec.id, level, message, false, `${spec.id}-0`))
          : undefined,
      };
      this.#stores.push(store);
      for (const query of spec.queries) {
        this.#queries.push({
          index: this.#queries.length,
          store: store.index,
          spec: query,
          rows: query.rows === "basket" ? -1 : query.rows,
          cpuDuration: this.#durations.indexOf(query.cpu),
          ioDuration: this.#durations.indexOf(query.io),
          counters: counters(query),
        });
      }
    }
  }

  #addCaches(): void {
    const visits = keyspaceVisits(this.topology);
    for (const spec of this.topology.caches) {
      const component = this.#component({ id: spec.id, title: spec.title, kind: "cache" });
      const metrics = cacheMetrics(spec);
      const index = this.#caches.length;
      this.#caches.push({
        index,
        component,
        spec,
        metrics,
        duration: this.#durations.indexOf(spec.latency),
        target: this.#target(spec.id, `${spec.id}:9121`, metrics.layout),
      });
      for (const keyspace of spec.keyspaces) {
        this.#keyspaces.push({
          index: this.#keyspaces.length,
          cache: index,
          spec: keyspace,
          visitsPerArrival: visits.get(`${spec.id}/${keyspace.id}`) ?? 0,
        });
      }
    }
  }

  #addQueues(): void {
    for (const spec of this.topology.queues) {
      const component = this.#component({ id: spec.id, title: spec.title, kind: "queue" });
      const metrics = queueMetrics(spec);
      const consumer = this.#serviceOf(spec.consumer.service);
      this.#queues.push({
        index: this.#queues.length,
        component,
        spec,
        metrics,
        duration: this.#durations.indexOf(spec.publishLatency),
        consumerService: consumer.index,
        consumerOperation: this.#operationOf(consumer, spec.consumer.operation),
        templates:
          metrics.delivery === undefined
            ? undefined
            : {
                givenUp: this.#template(
                  spec.consumer.service,
                  "error",
                  "giving up on a message of {messaging.destination.name} after its last delivery",
                  true,
                ),
                rebalanced: this.#template(
                  spec.consumer.service,
                  "info",
                  "group rebalanced for {queue}: {members} members share {partitions} partitions",
                  false,
                ),
              },
        target: this.#target(spec.id, `${spec.id}:15692`, metrics.layout),
      });
    }
  }

  #addExternals(): void {
    for (const spec of this.topology.externals) {
      const component = this.#component({ id: spec.id, title: spec.title, kind: "external" });
      for (const operation of spec.operations) {
        this.#externals.push({
          index: this.#externals.length,
          component,
          spec: operation,
          duration: this.#durations.indexOf(operation.latency),
        });
      }
    }
  }

  #plant(): Model["plant"] {
    const id = this.topology.plant.metricsServer;
    this.#component({ id, title: id, kind: "plant" });
    const metrics = plantMetrics();
    return {
      target: this.#target(id, `${id}:9090`, metrics.layout),
      metrics,
      ruleTurns: ruleTurns(this.topology.ruleGroups, this.topology.plant.ruleInterval),
      collector: this.#collector(),
      shipper: this.#shipper(),
      ...this.#limitedStores(),
      debugTemplates: this.#debugTemplates(),
    };
  }

  #collector(): Model["plant"]["collector"] {
    const { collector } = this.topology.plant;
    if (collector === undefined) return undefined;
    const { id } = collector;
    this.#component({ id, title: id, kind: "plant" });
    const metrics = collectorMetrics(collector);
    return { target: this.#target(id, `${id}:8888`, metrics.layout), metrics };
  }

  #shipper(): Model["plant"]["shipper"] {
    const { logShipper } = this.topology.plant;
    if (logShipper === undefined) return undefined;
    const { agent = "fluent-bit" } = logShipper;
    const metrics = shipperMetrics(
      this.topology.services.map(({ id }) => id),
      agent,
    );
    return { target: this.#target(agent, AGENT_ADDRESSES[agent], metrics.layout), metrics };
  }

  /** The stores behind, each where it has limits. */
  #limitedStores(): Pick<Model["plant"], "logStore" | "traceStore" | "profileStore"> {
    const { logShipper, collector, profileStore } = this.topology.plant;
    const made = <Metrics extends { readonly layout: SeriesLayout }>(id: string, port: number, metrics: Metrics) => {
      this.#component({ id, title: id, kind: "plant" });
      return { target: this.#target(id, `${id}:${String(port)}`, metrics.layout), metrics };
    };
    return {
      logStore: logShipper?.store === undefined ? undefined : made("loki", 3100, logStoreMetrics()),
      traceStore: collector?.store === undefined ? undefined : made("tempo", 3200, traceStoreMetrics()),
      profileStore: profileStore === undefined ? undefined : made("pyroscope", 4040, profileStoreMetrics()),
    };
  }

  /** Numbered after all others, so that the numbers of older worlds stay. */
  #machineTemplates(): Model["machineTemplates"] {
    return {
      services: this.#services.map(({ spec }) => ({
        heapExhausted: this.#template(
          spec.id,
          "error",
          "out of memory: the heap has no room for what is in use",
          false,
        ),
        volumeFull: this.#template(spec.id, "error", "write failed: no space left on device", false),
        noDescriptors: this.#template(spec.id, "error", "accept failed: too many open files", false),
      })),
      storeFull: Int32Array.from(this.#stores, ({ spec }) =>
        this.#template(spec.id, "error", "could not extend file: No space left on device", false, `${spec.id}-0`),
      ),
    };
  }

  /** The machines' exporters, where there are machines. */
  #machines(): Pick<Model, "machines"> {
    const nodes = this.#nodes;
    if (nodes.length === 0) return {};
    const metrics = nodeMetrics();
    const pods = this.#instances.map(({ name }) => name);
    const cluster = clusterMetrics(pods, nodes);
    return {
      machines: {
        nodeTargets: nodes.map(({ name }) => this.#target("node-exporter", `${name}:9100`, metrics.layout)),
        nodeMetrics: metrics,
        clusterTarget: this.#target("kube-state-metrics", "kube-state-metrics:8080", cluster.layout),
        clusterMetrics: cluster,
      },
    };
  }

  #debugTemplates(): Int32Array {
    const lines = this.topology.plant.logShipper?.debugLines ?? 0;
    if (lines === 0) return new Int32Array(0);
    return Int32Array.from(this.#operations, ({ service }) =>
      this.#template(
        this.#services[service].spec.id,
        "debug",
        "{http.route}: state of the handling of session {session.id}, {app.cart.items} items",
        true,
      ),
    );
  }

  /** What users' browsers and probes report, each a target of its own where it is declared. */
  #audience(): Pick<Model, "browser" | "probes"> {
    const { browser, probes, load } = this.topology;
    const pages = browser === undefined ? undefined : browserMetrics(browser, regionNamesOf(load));
    const checks = probes === undefined ? undefined : probeMetrics(probes);
    return {
      ...(pages === undefined
        ? {}
        : { browser: { target: this.#target("rum", "rum:9464", pages.layout), metrics: pages } }),
      ...(checks === undefined
        ? {}
        : { probes: { target: this.#target("probes", "probes:9115", checks.layout), metrics: checks.probes } }),
    };
  }

  #journeys(): readonly JourneyModel[] {
    return this.topology.journeys.map((spec, index) => {
      const service = this.#serviceOf(spec.service);
      return { index, spec, service: service.index, operation: this.#operationOf(service, spec.operation) };
    });
  }

  #changeModels(): readonly ChangeModel[] {
    return this.input.changes.map((spec, index) => ({
      index,
      spec,
      service: spec.kind === "deploy" ? this.#services.findIndex((service) => service.spec.id === spec.target) : -1,
      flag: this.topology.flags.findIndex((flag) => flag.name === spec.flag?.name),
    }));
  }

  #faultModels(changes: readonly ChangeModel[]): readonly FaultModel[] {
    let variantBits = 0;
    return this.input.faults.map((spec, index) => {
      const mechanism = this.input.mechanisms.get(spec.class);
      if (mechanism === undefined) {
        const known = [...this.input.mechanisms.keys()].join(", ");
        throw new FaultRefused(spec.id, `the engine knows no class ${spec.class}`, `Known are ${known}.`);
      }
      const effects = mechanism.effects(spec, this.topology);
      const code = effects.find(isCodeEffect);
      const changesProgram = effects.some((effect) => effect.kind === "query-per-item");
      assert(
        !changesProgram || variantBits < CODE_FAULTS_MAX,
        `more than ${String(CODE_FAULTS_MAX)} faults that change programs`,
      );
      return {
        index,
        spec,
        effects,
        trigger: changes.findIndex((change) => change.spec.id === spec.trigger),
        variantBit: changesProgram ? 1 << variantBits++ : 0,
        codeService: code === undefined ? -1 : this.#serviceOf(code.service).index,
        userLabel: code?.kind === "user-label" ? code.label : undefined,
      };
    });
  }

  // Programs.

  #program(faults: readonly FaultModel[]): Program {
    const compiler = new ProgramCompiler(this.#durations);
    const changing = faults.filter((fault) => fault.variantBit !== 0);
    const variants = 1 << changing.length;
    const entries = new Int32Array(variants * this.#operations.length);
    let plainLength = 0;
    for (let variant = 0; variant < variants; variant++) {
      for (const operation of this.#operations) {
        const own = changing.filter(
          (fault) => fault.codeService === operation.service && (fault.variantBit & variant) !== 0,
        );
        const effective = own.reduce((bits, fault) => bits | fault.variantBit, 0);
        const effects = own.flatMap((fault): readonly CodeEffect[] => fault.effects.filter(isCodeEffect));
        entries[variant * this.#operations.length + operation.index] =
          effective < variant
            ? entries[effective * this.#operations.length + operation.index]
            : compiler.operation(
                operation.spec,
                this.#resolver(this.#services[operation.service]),
                effects,
                !operation.isCheck,
              );
      }
      if (variant === 0) plainLength = compiler.length;
    }
    return { code: compiler.code(), plainLength, entries };
  }

  #resolver(service: ServiceModel): StepResolver {
    const id = service.spec.id;
    const step = (use: ClientUse, site: Omit<SpanSite, "index" | "component">, target: number): StepTarget => ({
      dependency: this.#dependencyOrdinal(service, use.target),
      site: this.#site({ ...site, component: id }),
      target,
      metric: service.metrics.client.get(clientKey(use)) ?? 0,
    });
    return {
      call: (target, operation) => {
        const callee = this.#serviceOf(target);
        const index = this.#operationOf(callee, operation);
        const { method, route } = this.#operations[index].spec;
        return step({ kind: "http", target, what: method }, httpClientSite(target, method, route), index);
      },
      external: (target, operation) => {
        const index = this.#externals.findIndex(
          (candidate) => this.#components[candidate.component].id === target && candidate.spec.name === operation,
        );
        assert(index >= 0, `external operation ${target} ${operation}`);
        const { method, route } = this.#externals[index].spec;
        return step({ kind: "http", target, what: method }, httpClientSite(target, method, route), index);
      },
      query: (store, query) => {
        const index = this.#queries.findIndex(
          (candidate) => this.#stores[candidate.store].spec.id === store && candidate.spec.id === query,
        );
        assert(index >= 0, `query ${store} ${query}`);
        const { spec } = this.#queries[index];
        return step({ kind: "database", target: store, what: summaryOf(spec) }, querySite(store, spec, index), index);
      },
      cache: (cache, keyspace, command) => {
        const index = this.#keyspaces.findIndex(
          (candidate) => this.#caches[candidate.cache].spec.id === cache && candidate.spec.id === keyspace,
        );
        assert(index >= 0, `keyspace ${cache} ${keyspace}`);
        return step(
          { kind: "cache", target: cache, what: `${command} ${keyspace}` },
          cacheSite(cache, keyspace, command),
          index,
        );
      },
      publish: (queue) => {
        const index = this.#queues.findIndex((candidate) => candidate.spec.id === queue);
        assert(index >= 0, `queue ${queue}`);
        return step(
          { kind: "queue", target: queue, what: "" },
          producerSite(queue, this.#queues[index].spec.engine),
          index,
        );
      },
      flag: (name) => {
        const index = this.topology.flags.findIndex((flag) => flag.name === name);
        assert(index >= 0, `flag ${name}`);
        return index;
      },
    };
  }

  #dependencyOrdinal(service: ServiceModel, target: string): number {
    const ordinal = this.#dependencies.findIndex(
      (dependency) => dependency.service === service.index && dependency.target === target,
    );
    assert(ordinal >= 0, `dependency of ${service.spec.id} on ${target}`);
    return ordinal - service.dependenciesFrom;
  }

  // What a service uses, found in its steps before anything has an index.

  /** Declared dependencies, then those that only steps mention. Deferred faults may use other queries of the same stores. */
  #dependenciesOf(spec: ServiceSpec): readonly DependencySpec[] {
    const declared = new Set(spec.dependencies.map((dependency) => dependency.target));
    const mentioned = new Set(this.#usesOf(spec).map((use) => use.target));
    const missing = [...mentioned].filter((target) => !declared.has(target));
    return [...spec.dependencies, ...missing.map(undeclaredDependency)];
  }

  #usesOf(spec: ServiceSpec): readonly ClientUse[] {
    const uses = new Map<string, ClientUse>();
    const add = (use: ClientUse): void => void uses.set(clientKey(use), use);
    const visit = (step: StepSpec): void => {
      for (const use of this.#usesOfStep(spec, step)) add(use);
      if (step.kind === "cache") step.onMiss.forEach(visit);
      if ("fallback" in step) step.fallback.forEach(visit);
      if (step.kind === "parallel") for (const branch of step.branches) branch.forEach(visit);
    };
    for (const operation of spec.operations) operation.steps.forEach(visit);
    return [...uses.values()];
  }

  #usesOfStep(spec: ServiceSpec, step: StepSpec): readonly ClientUse[] {
    switch (step.kind) {
      case "cpu":
      case "parallel":
        return [];
      case "call": {
        const callee = this.topology.services.find((service) => service.id === step.service);
        const operation = callee?.operations.find((candidate) => candidate.name === step.operation);
        return [{ kind: "http", target: step.service, what: operation?.method ?? "" }];
      }
      case "external": {
        const external = this.topology.externals.find((candidate) => candidate.id === step.external);
        const operation = external?.operations.find((candidate) => candidate.name === step.operation);
        return [{ kind: "http", target: step.external, what: operation?.method ?? "" }];
      }
      case "query":
        return this.#queriesThatMayRun(spec, step).map((query) => ({
          kind: "database",
          target: step.store,
          what: summaryOf(query),
        }));
      case "cache":
        return (["GET", "SET"] as const).map((command) => ({
          kind: "cache",
          target: step.cache,
          what: `${command} ${step.keyspace}`,
        }));
      case "publish":
        return [{ kind: "queue", target: step.queue, what: "" }];
    }
  }

  /** The query of the step, and what a fault may put in its place. */
  #queriesThatMayRun(spec: ServiceSpec, step: Extract<StepSpec, { kind: "query" }>): readonly QuerySpec[] {
    const replacements = this.input.faults
      .filter((fault) => fault.target === spec.id)
      .map((fault) => fault.parameters.perItemQuery);
    const store = this.topology.stores.find((candidate) => candidate.id === step.store);
    return (store?.queries ?? []).filter((query) => query.id === step.query || replacements.includes(query.id));
  }

  #versionsOf(spec: ServiceSpec): readonly string[] {
    const deploys = this.input.changes.filter((change) => change.kind === "deploy" && change.target === spec.id);
    const named = deploys.flatMap((change) => [change.versionFrom, change.versionTo]);
    return [...new Set([spec.version, ...named.filter((version) => version !== undefined)])];
  }

  #consumedQueue(service: string, operation: OperationSpec): string | undefined {
    return this.topology.queues.find(
      (queue) => queue.consumer.service === service && queue.consumer.operation === operation.name,
    )?.id;
  }

  #targetOf(id: string): { readonly kind: TargetKind; readonly index: number } {
    const { services, stores, caches, queues, externals } = this.topology;
    const lists: readonly (readonly [TargetKind, readonly { readonly id: string }[]])[] = [
      ["service", services],
      ["store", stores],
      ["cache", caches],
      ["queue", queues],
      ["external", externals],
    ];
    for (const [kind, list] of lists) {
      const index = list.findIndex((candidate) => candidate.id === id);
      if (index >= 0) return { kind, index };
    }
    assert(false, `component ${id}`);
  }

  #serviceOf(id: string): ServiceModel {
    const service = this.#services.find((candidate) => candidate.spec.id === id);
    assert(service !== undefined, `service ${id}`);
    return service;
  }

  #operationOf(service: ServiceModel, name: string): number {
    const ordinal = service.spec.operations.findIndex((operation) => operation.name === name);
    assert(ordinal >= 0, `operation ${service.spec.id} ${name}`);
    return service.operationsFrom + ordinal;
  }

  // Sites, templates, targets.

  #site(site: Omit<SpanSite, "index">): number {
    const name = `${site.kind} ${site.component} ${site.peer ?? ""} ${site.name} ${JSON.stringify(site.attributes)}`;
    const known = this.#siteIndexes.get(name);
    if (known !== undefined) return known;
    const language = this.#languages.get(site.component);
    const index = this.#sites.length;
    this.#sites.push({ ...site, index, ...(language === undefined ? {} : { language }) });
    this.#siteIndexes.set(name, index);
    return index;
  }

  #serverSite(component: string, operation: OperationSpec): number {
    const attributes = {
      "http.request.method": operation.method,
      "http.route": operation.route,
      "url.scheme": "http",
      "server.address": component,
    };
    return this.#site({ kind: "server", component, peer: undefined, name: operation.name, attributes, query: -1 });
  }

  #consumerSite(component: string, operation: OperationSpec, queue: string): number {
    const engine = this.topology.queues.find((candidate) => candidate.id === queue)?.engine ?? "";
    const attributes = {
      "messaging.system": engine,
      "messaging.destination.name": queue,
      "messaging.operation.name": "process",
      "messaging.operation.type": "process",
    };
    return this.#site({ kind: "consumer", component, peer: queue, name: operation.name, attributes, query: -1 });
  }

  #template(component: string, level: LogLevel, message: string, ofSpan: boolean, writer?: string): number {
    const template = { index: this.#templates.length, component, level, message, ofSpan };
    return this.#templates.push(writer === undefined ? template : { ...template, writer }) - 1;
  }

  #target(component: string, instance: string, layout: SeriesLayout): number {
    const index = this.#targets.length;
    const series = new TargetSeries(layout, component, instance);
    this.#targets.push({
      index,
      job: component,
      instance,
      component,
      valuesFrom: this.#valueCount,
      get series() {
        return series.all();
      },
    });
    this.#layouts.push(layout);
    this.#valueCount += layout.series.length;
    return index;
  }
}

type SiteOfStep = Omit<SpanSite, "index" | "component">;

/** OpenTelemetry's query summary: operation and table. */
const summaryOf = (query: QuerySpec): string => `${query.operation} ${query.table}`;

function httpClientSite(target: string, method: string, route: string): SiteOfStep {
  const attributes = { "http.request.method": method, "server.address": target, "url.template": route };
  return { kind: "client", peer: target, name: `${method} ${route}`, attributes, query: -1 };
}

function querySite(store: string, query: QuerySpec, index: number): SiteOfStep {
  const attributes = {
    "db.system.name": "postgresql",
    "db.namespace": store,
    "db.operation.name": query.operation,
    "db.collection.name": query.table,
    "db.query.summary": summaryOf(query),
    "db.query.text": query.statement,
    "server.address": store,
  };
  return { kind: "client", peer: store, name: summaryOf(query), attributes, query: index };
}

function cacheSite(cache: string, keyspace: string, command: string): SiteOfStep {
  const attributes = {
    "db.system.name": "redis",
    "db.namespace": cache,
    "db.operation.name": command,
    "db.query.summary": `${command} ${keyspace}`,
    "server.address": cache,
  };
  return { kind: "client", peer: cache, name: `${command} ${keyspace}`, attributes, query: -1 };
}

function producerSite(queue: string, engine: string): SiteOfStep {
  const attributes = {
    "messaging.system": engine,
    "messaging.destination.name": queue,
    "messaging.operation.name": "publish",
    "messaging.operation.type": "send",
    "server.address": queue,
  };
  return { kind: "producer", peer: queue, name: `publish ${queue}`, attributes, query: -1 };
}
