/**
 * What each process would answer when it is scraped: counts as they stand, gauges as they are now. A series that has
 * never been counted and is not exposed from the start is NaN, "not there yet".
 */
import type { Checkpointed, StateReader, StateWriter } from "../base/state-stream.js";
import { LOG_LEVELS } from "../topology/log-levels.js";
import type { ProbeMetrics } from "../topology/audience-layout.js";
import type { InstanceModel, Model, ServiceModel } from "../topology/model-types.js";
import { exposeCacheDetail } from "./cache-exposition.js";
import { exposeDelivery } from "./messages/message-exposition.js";
import type { MessageQueues } from "./message-queues.js";
import type { LongLives } from "./long-lives.js";
import type { MetricCounts } from "./metric-counts.js";
import type { Plant } from "./plant.js";
import type { RequestWalk } from "./request-walk.js";
import type { Probes } from "./probes.js";
import type { Observability } from "./observability/observability.js";
import { plantGauges } from "./observability/plant-exposition.js";
import { exposeCluster, exposeCompute, exposeNode, exposeVolume } from "./compute/compute-exposition.js";
import { type ControlView, exposeOrchestrator } from "./control/orchestrator-exposition.js";
import { exposeStoreDetail } from "./stores/store-exposition.js";
import type { WorldState } from "./world-state.js";

export class Exposition implements Checkpointed {
  /** Laid out as the targets say; valid for a target after `expose`. */
  readonly values: Float64Array;
  /** Processor time that lies before the process, or before the world is recorded. */
  readonly cpuBaseUs: Float64Array;
  /** By target: makes the gauges of the process. */
  readonly #gauges: readonly ((nowUs: number) => void)[];

  constructor(
    readonly model: Model,
    readonly state: WorldState,
    readonly counts: MetricCounts,
    readonly queues: MessageQueues,
    readonly plant: Plant,
    readonly walk: RequestWalk,
    readonly probes: Probes,
    readonly observability: Observability,
    readonly control: ControlView,
    readonly lives: LongLives,
  ) {
    this.values = new Float64Array(model.valueCount).fill(NaN);
    this.cpuBaseUs = new Float64Array(model.instances.length + model.stores.length);
    this.#gauges = this.#gaugesByTarget();
  }

  /** Brings the target's values up to date and returns how many series it exposes, dynamic ones left out. */
  expose(target: number, nowUs: number): number {
    const from = this.model.targets[target].valuesFrom;
    const { histograms, counters } = this.model.layouts[target];
    const { known } = this.lives;
    for (const { offset, boundsUs, fromStart } of histograms)
      this.#histogram(from + offset, boundsUs.length, fromStart || known[from + offset] === 1);
    for (const { offset, fromStart } of counters) {
      const count = this.counts.raw[from + offset];
      this.values[from + offset] = count > 0 || fromStart ? count : NaN;
    }
    this.#gauges[target](nowUs);
    return this.#countExposed(from, from + this.model.layouts[target].series.length);
  }

  /** Brings the counts of a target up to date and leaves what is measured (gauges, processor time) as it was exposed. */
  exposeCounts(target: number): void {
    const from = this.model.targets[target].valuesFrom;
    const { histograms, counters } = this.model.layouts[target];
    for (const { offset, boundsUs } of histograms) {
      // A block that is not exposed (never counted, or hidden by a relabelled metric) is not brought back.
      const infinite = from + offset + boundsUs.length;
      if (!Number.isNaN(this.values[infinite])) this.#histogram(from + offset, boundsUs.length, true);
    }
    for (const { offset } of counters) {
      if (this.counts.raw[from + offset] > 0) this.values[from + offset] = this.counts.raw[from + offset];
    }
  }

  save(writer: StateWriter): void {
    writer.section();
    writer.array(this.cpuBaseUs);
  }

  restore(reader: StateReader): void {
    reader.section();
    reader.into(this.cpuBaseUs);
  }

  #histogram(block: number, bounds: number, fromStart: boolean): void {
    const { raw } = this.counts;
    const { values } = this;
    let total = 0;
    for (let bucket = 0; bucket <= bounds; bucket++) {
      total += raw[block + bucket];
      values[block + bucket] = total;
    }
    if (total > 0 || fromStart) {
      values[block + bounds + 1] = raw[block + bounds + 1] / 1e6;
      values[block + bounds + 2] = total;
    } else {
      values.fill(NaN, block, block + bounds + 3);
    }
  }

  #countExposed(from: number, to: number): number {
    let exposed = 0;
    for (let index = from; index < to; index++) if (!Number.isNaN(this.values[index])) exposed++;
    return exposed;
  }

  #gaugesByTarget(): readonly ((nowUs: number) => void)[] {
    const { model } = this;
    const gauges = new Array<(nowUs: number) => void>(model.targets.length).fill(() => undefined);
    for (const instance of model.instances)
      gauges[instance.target] = (nowUs) => {
        this.#instance(instance, nowUs);
      };
    for (const store of model.stores)
      gauges[store.target] = (nowUs) => {
        this.#store(store.index, nowUs);
      };
    for (const cache of model.caches)
      gauges[cache.target] = () => {
        this.#cache(cache.index);
      };
    for (const queue of model.queues)
      gauges[queue.target] = (nowUs) => {
        this.#queue(queue.index, nowUs);
      };
    const probes = model.probes;
    if (probes !== undefined) {
      gauges[probes.target] = () => {
        this.#probes(probes.metrics, model.targets[probes.target].valuesFrom);
      };
    }
    this.#machineGauges(gauges);
    const { orchestrator } = model;
    if (orchestrator !== undefined) {
      const from = model.targets[orchestrator.target].valuesFrom;
      gauges[orchestrator.target] = () => {
        exposeOrchestrator(this.values, from, orchestrator.metrics, this.control);
      };
    }
    gauges[model.plant.target] = (nowUs) => {
      this.#plant(nowUs);
    };
    for (const [target, fill] of plantGauges(model, this.observability))
      gauges[target] = () => {
        fill(this.values);
      };
    return gauges;
  }

  #machineGauges(gauges: ((nowUs: number) => void)[]): void {
    const { machines, targets } = this.model;
    if (machines === undefined) return;
    const { compute, heap } = this.state;
    machines.nodeTargets.forEach((target, node) => {
      const from = targets[target].valuesFrom;
      gauges[target] = (nowUs) => {
        exposeNode(this.values, from, machines.nodeMetrics, compute, node, { nowUs, sinceUs: heap.originUs });
      };
    });
    gauges[machines.clusterTarget] = () => {
      exposeCluster(this.values, targets[machines.clusterTarget].valuesFrom, machines.clusterMetrics, compute);
    };
  }

  #instance(instance: InstanceModel, nowUs: number): void {
    const { state, values } = this;
    const service = this.model.services[instance.service];
    const { metrics, spec } = service;
    const from = this.model.targets[instance.target].valuesFrom;
    const { index } = instance;
    for (const offset of metrics.active) values[from + offset] = this.counts.raw[from + offset];
    for (const [version, offset] of metrics.versions)
      values[from + offset] = version === state.instanceVersion[index] ? 1 : NaN;
    for (const level of LOG_LEVELS.keys())
      values[from + metrics.logLines[level]] = this.counts.raw[from + metrics.logLines[level]];
    values[from + metrics.workersUsed] = state.instanceBusy[index];
    values[from + metrics.workersLimit] = spec.workers;
    values[from + metrics.queueLength] = state.workerLines.length[index];
    values[from + metrics.cpuSeconds] = (this.cpuUsedUs(index, nowUs) - this.cpuBaseUs[index]) / 1e6;
    values[from + metrics.cpuCores] = state.compute.cpus.cores[index];
    values[from + metrics.memoryResident] = state.compute.memory.residentBytes(index);
    values[from + metrics.memoryLimit] = state.compute.memory.limitBytes[index];
    values[from + metrics.startTime] = state.instanceStartedUs[index] / 1e6;
    if (metrics.compute !== undefined) exposeCompute(values, from, metrics.compute, state.compute, index, nowUs);
    this.#pools(service, index, from);
    this.#hideRelabelled(service, index, from);
  }

  /** Processor time of an instance since the beginning, what something else takes included. */
  cpuUsedUs(instance: number, nowUs: number): number {
    return this.state.processors.busyUs(instance, nowUs) + this.state.compute.cpus.takenUs(instance, nowUs);
  }

  #pools(service: ServiceModel, instance: number, from: number): void {
    const { state, values } = this;
    service.metrics.dependencies.forEach((metrics, ordinal) => {
      const pool = state.poolFrom[instance] + ordinal;
      const used = state.poolUsed[pool];
      values[from + metrics.used] = used;
      values[from + metrics.idle] = Math.max(0, state.poolOpen[pool] - used);
      values[from + metrics.max] = state.poolSize[service.dependenciesFrom + ordinal];
      values[from + metrics.pending] = state.poolLines.length[pool];
      const { breaker } = metrics.policy;
      if (breaker === undefined) return;
      const { breakers } = this.walk.policies;
      breaker.states.forEach((offset, kind) => (values[from + offset] = breakers.state[pool] === kind ? 1 : 0));
      values[from + breaker.failureRate] = breakers.failurePercent(pool);
    });
  }

  /** Where the server metric has a label more, the plain series are not there, unless the scrape drops the label. */
  #hideRelabelled(service: ServiceModel, instance: number, from: number): void {
    const labels = this.state.userLabels[instance];
    if (labels === undefined || this.plant.drops(SERVER_METRIC, labels.label)) return;
    for (const { offset, boundsUs } of service.metrics.layout.histograms) {
      if (service.metrics.layout.series[offset].name === `${SERVER_METRIC}_bucket`) {
        this.values.fill(NaN, from + offset, from + offset + boundsUs.length + 3);
      }
    }
  }

  #store(index: number, nowUs: number): void {
    const { metrics, spec, target } = this.model.stores[index];
    const from = this.model.targets[target].valuesFrom;
    const cpu = this.model.instances.length + index;
    this.values[from + metrics.backends] = this.state.storeConnections[index];
    this.values[from + metrics.connectionMax] = spec.connectionLimit;
    this.values[from + metrics.activeQueries] = this.state.storeActive[index];
    this.values[from + metrics.cpuSeconds] = (this.state.storeBusyUs(index, nowUs) - this.cpuBaseUs[cpu]) / 1e6;
    this.values[from + metrics.cpuCores] = spec.cores;
    if (metrics.volume !== undefined) {
      const { compute } = this.state;
      exposeVolume(this.values, from, metrics.volume, compute, compute.volumes.ofStore(index));
    }
    if (metrics.detail === undefined) return;
    const { statements } = this.walk.databases;
    this.values[from + metrics.cpuCores] = spec.cores * (1 + (spec.replicas?.count ?? 0));
    exposeStoreDetail({ values: this.values, from, metrics: metrics.detail, statements, store: index, nowUs });
  }

  #cache(index: number): void {
    const { metrics, target } = this.model.caches[index];
    let clients = 0;
    for (const instance of this.model.instances) {
      const service = this.model.services[instance.service];
      for (let ordinal = 0; ordinal < service.dependencyCount; ordinal++) {
        const { targetKind, targetIndex } = this.model.dependencies[service.dependenciesFrom + ordinal];
        if (targetKind === "cache" && targetIndex === index)
          clients += this.state.poolOpen[this.state.poolFrom[instance.index] + ordinal];
      }
    }
    const from = this.model.targets[target].valuesFrom;
    this.values[from + metrics.clients] = clients;
    if (metrics.detail !== undefined) exposeCacheDetail(this.values, from, metrics.detail, this.walk.caches, index);
  }

  #queue(index: number, nowUs: number): void {
    const { metrics, target, spec } = this.model.queues[index];
    const from = this.model.targets[target].valuesFrom;
    this.values[from + metrics.messages] = this.queues.waiting[index];
    this.values[from + metrics.capacity] = spec.capacity;
    this.values[from + metrics.oldestAge] = (nowUs - this.queues.oldestUs(index, nowUs)) / 1e6;
    if (metrics.delivery !== undefined) exposeDelivery(this.values, from, metrics.delivery, this.walk.messaging, index);
  }

  #probes(metrics: readonly ProbeMetrics[], from: number): void {
    const { success, durationUs, statusCode, resolveUs, connectUs, tlsUs } = this.probes;
    metrics.forEach((probe, index) => {
      // Before the first result there is nothing to show.
      const known = success[index] >= 0;
      const setUpUs = resolveUs[index] + connectUs[index] + tlsUs[index];
      const phases = [resolveUs[index], connectUs[index], tlsUs[index], Math.max(0, durationUs[index] - setUpUs)];
      this.values[from + probe.success] = known ? success[index] : NaN;
      this.values[from + probe.duration] = known ? durationUs[index] / 1e6 : NaN;
      this.values[from + probe.statusCode] = known ? statusCode[index] : NaN;
      probe.phases.forEach((offset, phase) => (this.values[from + offset] = known ? phases[phase] / 1e6 : NaN));
    });
  }

  #plant(nowUs: number): void {
    const { metrics, target } = this.model.plant;
    const from = this.model.targets[target].valuesFrom;
    for (const [offset, value] of this.plant.figures(metrics, nowUs)) this.values[from + offset] = value;
  }
}

/** The metric that a user label can be added to. */
export const SERVER_METRIC = "http_server_request_duration_seconds";
