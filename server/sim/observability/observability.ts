/**
 * The observability plant of one world besides its metrics server: what becomes of spans, lines, samples and alerts on
 * their way to whoever looks. Nothing here touches a request; a world with a fault in it has the same users as its twin.
 */
import type { Checkpointed, StateReader, StateWriter } from "../../base/state-stream.js";
import { LOG_LEVELS } from "../../topology/log-levels.js";
import type { Model } from "../../topology/model-types.js";
import type { Agent } from "../agent.js";
import type { WorldState } from "../world-state.js";
import { Clocks, type ClocksExport } from "./clocks.js";
import { Collector } from "./collector.js";
import { HeadSampling } from "./head-sampling.js";
import { type LineAccounts, LogShipper, type ShippedTables } from "./log-shipper.js";
import { OrderedSetting } from "./ordered-setting.js";
import { RuleChanges } from "./rule-changes.js";
import { EXPORTER_REFUSES, EXPORTER_SILENT, EXPORTER_UP, ScrapeFilter } from "./scrape-filter.js";
import { Silences } from "./silences.js";
import type { Step } from "./step-history.js";
import { TraceContext, type TraceContextExport } from "./trace-context.js";

/** What a reader elsewhere needs to show the spans and lines of a stretch as the plant had them. */
export interface ObservabilityExport {
  readonly context: TraceContextExport;
  readonly clocks: ClocksExport;
  readonly ratios: readonly (readonly Step[])[];
  /** By row; undefined where there is no collector, no shipper. */
  readonly spanFates: Uint8Array | undefined;
  readonly spanDelays: Uint8Array | undefined;
  readonly lines: LineAccounts | undefined;
}

export class Observability implements Checkpointed {
  readonly context: TraceContext;
  readonly clocks: Clocks;
  readonly sampling: HeadSampling;
  readonly filter: ScrapeFilter;
  readonly silences = new Silences();
  readonly rules = new RuleChanges();
  readonly collector: Collector | undefined;
  readonly shipper: LogShipper | undefined;
  /** By journey and one more, as HeadSampling has them; by service: 0 debug to 3 error. */
  readonly ratios: OrderedSetting;
  readonly levels: OrderedSetting;
  /** By process, while effects are applied: what clocks and contexts shall be. */
  readonly nextOffsetUs: Float64Array;
  readonly nextDriftPpm: Float64Array;
  readonly nextContextLost: Uint8Array;
  readonly nextQueueLost: Uint8Array;
  /** Service through which the metrics server reaches the others, −1 for directly. */
  scrapesThrough = -1;
  readonly agents: readonly Agent[];

  constructor(
    readonly model: Model,
    readonly state: WorldState,
    tables: ShippedTables,
    startUs: number,
    /** Where the minimum level of each process is. */
    readonly levelMin: Uint8Array,
  ) {
    const { plant } = model.topology;
    this.context = new TraceContext(model);
    this.clocks = new Clocks(model, startUs);
    this.sampling = new HeadSampling(model, this.context);
    this.filter = new ScrapeFilter(model);
    this.ratios = new OrderedSetting(new Float64Array(model.journeys.length + 1).fill(plant.traceSampleRatio));
    const level = LOG_LEVELS.indexOf(plant.logLevel);
    this.levels = new OrderedSetting(new Float64Array(model.services.length).fill(level));
    this.nextOffsetUs = new Float64Array(model.instances.length);
    this.nextDriftPpm = new Float64Array(model.instances.length);
    this.nextContextLost = new Uint8Array(model.instances.length);
    this.nextQueueLost = new Uint8Array(model.queues.length);
    if (plant.collector !== undefined)
      this.collector = new Collector(plant.collector, tables.spans, this.sampling, model.instances.length, startUs);
    if (plant.logShipper !== undefined) this.shipper = new LogShipper(plant.logShipper, model, tables, startUs);
    state.profiler.begin(startUs);
    this.agents = [this.collector, this.shipper, state.profiler].filter((agent) => agent !== undefined);
  }

  /** Puts back everything that faults move. */
  reset(): void {
    this.filter.reset();
    this.ratios.reset();
    this.levels.reset();
    this.rules.reset();
    this.nextOffsetUs.fill(0);
    this.nextDriftPpm.fill(0);
    this.nextContextLost.fill(0);
    this.nextQueueLost.fill(0);
    this.scrapesThrough = -1;
    if (this.collector !== undefined) this.collector.rateFactor = 1;
    this.shipper?.rateFactor.fill(1);
  }

  /** Makes take place what faults and orders have set. */
  commit(nowUs: number): void {
    const { clocks, context } = this;
    this.nextOffsetUs.forEach((offsetUs, instance) => {
      clocks.offsets.set(instance, offsetUs, nowUs);
      clocks.drifts.set(instance, this.nextDriftPpm[instance], nowUs);
    });
    this.nextContextLost.forEach((lost, instance) => context.instances.set(instance, lost, nowUs));
    this.nextQueueLost.forEach((lost, queue) => context.queues.set(queue, lost, nowUs));
    for (let subject = 0; subject < this.ratios.declared.length; subject++)
      this.sampling.ratios.set(subject, this.ratios.value(subject), nowUs);
    for (const { index, service } of this.model.instances) this.levelMin[index] = this.levels.value(service);
    this.rules.commit(nowUs);
    this.filter.refresh();
  }

  /** How a target answers the metrics server, for reasons of the plant: one of the EXPORTER_… */
  reach(target: number): number {
    if (this.filter.exporter[target] !== EXPORTER_UP) return this.filter.exporter[target];
    if (this.scrapesThrough < 0 || target === this.model.plant.target) return EXPORTER_UP;
    return this.#way(target);
  }

  /** What the service in between has for a scrape: nobody to take it, no worker to take it up, or an open way. */
  #way(target: number): number {
    const { instancesFrom, spec } = this.model.services[this.scrapesThrough];
    const up = this.state.upCount[this.scrapesThrough];
    if (up === 0) return EXPORTER_REFUSES;
    const instance = this.state.upInstances[instancesFrom + (target % up)];
    return this.state.instanceBusy[instance] >= spec.workers ? EXPORTER_SILENT : EXPORTER_UP;
  }

  export(): ObservabilityExport {
    return {
      context: this.context.export(),
      clocks: this.clocks.export(),
      ratios: this.sampling.ratios.export(),
      spanFates: this.collector?.fates,
      spanDelays: this.collector?.delays,
      lines: this.shipper?.export(),
    };
  }

  save(writer: StateWriter): void {
    for (const owner of this.#owners()) owner.save(writer);
    for (const column of this.#columns()) writer.array(column);
    writer.int(this.scrapesThrough);
  }

  restore(reader: StateReader): void {
    for (const owner of this.#owners()) owner.restore(reader);
    for (const column of this.#columns()) reader.into(column);
    this.scrapesThrough = reader.int();
  }

  #owners(): readonly Checkpointed[] {
    const { context, clocks, sampling, filter, silences, rules, ratios, levels, agents } = this;
    return [context, clocks, sampling, filter, silences, rules, ratios, levels, ...agents];
  }

  #columns(): readonly (Uint8Array | Float64Array)[] {
    return [this.nextOffsetUs, this.nextDriftPpm, this.nextContextLost, this.nextQueueLost, this.levelMin];
  }
}
