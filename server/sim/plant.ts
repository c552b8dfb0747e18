/**
 * The metrics server as a part of the world: it scrapes and evaluates rules, both cost it time, and it can fall behind.
 *
 * Model. One line for all its work, first come first served: a scrape costs its samples at `samplesPerSecond`, an
 * evaluation costs rules × series in memory × `ruleCostPerSeries`. Memory is a base plus a cost per series in the head
 * block. From 70 % of its limit on it spends ever more time on garbage collection; its speed falls smoothly to a tenth
 * at the limit and exponentially beyond (it swaps), to a five-hundredth at most. With `outOfMemory` declared it is killed at
 * the limit instead: nothing is scraped or evaluated until it is back and has read its write-ahead log, which costs time
 * per series and restores them all, so that it may be killed again at once. A scrape that is not done `scrapeTimeout`
 * after it was due fails and its samples are lost, but the series that it had got to are in memory; a target over
 * `sampleLimit` loses the whole scrape, its series up to the limit likewise; a job with more than `targetLimit` targets loses
 * the scrapes of all of them; an evaluation that is due while the last one
 * is not done is missed. Series that are no longer scraped stay in the head block until the next head compaction that
 * finds them idle; memory that this frees gives speed to the work in the line.
 *
 * Simplifications, named: a real server scrapes targets concurrently (the line stands for its processor); heads are
 * compacted every 2 h in reality, here every 5 minutes unless declared, so that relief can be seen within a run; samples
 * are visible as soon as the scrape begins.
 *
 * Source for the constants' order of magnitude: Prometheus documentation, "Storage"; ~3 KB of memory an active series.
 */
import type { Checkpointed, StateReader, StateWriter } from "../base/state-stream.js";
import { combine, type DrawKey, uniform } from "../base/draw.js";
import { MICROS_PER_MINUTE, MICROS_PER_SECOND } from "../base/time.js";
import { rulesDue } from "../topology/rule-turns.js";
import type { Model, PlantMetrics } from "../topology/model-types.js";
import type { DynamicSeries, MetricSink, ScrapeFailure, ScrapeResult } from "./metric-sink.js";

/** Every so often idle series leave the head block, those that were idle at the time before. */
const HEAD_COMPACTION_US = 5 * MICROS_PER_MINUTE;
/** Share of the memory limit from which collection costs speed, and the speed that is left at the limit. */
const PRESSURE_FROM = 0.7;
const SPEED_LEFT = 0.1;
/** Beyond the limit speed falls by e for each such share of it, down to the least. */
const SWAP_SHARE = 0.02;
const SPEED_LEAST = 0.002;
/** How it comes back where nothing is declared: 20 s, and 100 µs for each series. */
const RESTART = { restart: 20 * MICROS_PER_SECOND, replayPerSeries: 100 };
/** What a scrape costs besides its samples: connection, parsing, the target's answer. */
const SCRAPE_BASE_US = 4_000;
const PLANT_CORES = 2;
/** A sample that relabelling merges is parsed but not stored: this share of the cost of one that is kept. */
const MERGED_SAMPLE_COST = 0.3;
/** Synthetic series of each scrape: up, scrape_duration_seconds and three more. */
export const SYNTHETIC_SERIES = 5;

/** In Prometheus's words. */
const SCRAPE_ERRORS: Readonly<Record<ScrapeFailure, string>> = {
  "target down": "connect: connection refused",
  "scrape timed out": "context deadline exceeded",
  "sample limit": "sample limit exceeded",
  "target limit": "target_limit exceeded",
  "metrics server away": "",
};

/** Of a scrape whose answer was not read. */
const NOTHING_READ = { durationUs: SCRAPE_BASE_US, samples: 0, kept: 0, dynamic: undefined };

/** What the plant asks of the processes it scrapes. */
export interface Scrapeable {
  /** False: nothing answers (process starting or stopped). Undefined: the target does not exist now. */
  answers(target: number): boolean | undefined;
  /** The target takes the connection and does not answer. */
  isSilent(target: number): boolean;
  /** Brings the values up to date; how many samples they are. */
  expose(target: number, nowUs: number): number;
  dynamic(target: number): DynamicSeries | undefined;
  /** Samples of dynamic series that relabelling merges into plain ones. */
  merged(target: number): number;
  /** The process has made an answer of so many samples, which costs it processor time. */
  exposed(target: number, samples: number, nowUs: number): void;
  readonly values: Float64Array;
  readonly exemplarRows: Int32Array;
  readonly exemplarUs: Float64Array;
}

/** Columns of the rule evaluations that were due: when, whether they ran, and how long they took; 0 where they did not. */
export interface RuleIterations {
  readonly atUs: number[];
  readonly ran: number[];
  readonly tookUs: number[];
}

export class Plant implements Checkpointed {
  readonly iterations: RuleIterations = { atUs: [], ran: [], tookUs: [] };
  /** When the next scrape or evaluation is due. */
  nextUs: number;
  readonly #offsetsUs: Float64Array;
  readonly #order: Int32Array;
  #position = 0;
  #cycleUs: number;
  #ruleUs: number;
  readonly #compactionEachUs: number;
  #compactionUs: number;
  /** Whether it knows what its targets had when it began. */
  #begun = false;
  /** Killed: when it will be back. */
  #downUntilUs = 0;
  #startedUs = 0;
  #kills = 0;
  #busyUntilUs = 0;
  #ruleDoneUs = 0;
  #lastRuleUs = 0;
  #workedUs = 0;
  readonly #series: Int32Array;
  readonly #wasUp: Uint8Array;
  readonly #lastOk: Uint8Array;
  #idleSeries = 0;
  #idleBefore = 0;
  #samplesAppended = 0;
  #missed = 0;
  #limitExceeded = 0;
  #timeouts = 0;
  #targetLimitExceeded = 0;
  readonly #overTargetLimit = new Set<string>();
  readonly #dropped: { readonly metric: string; readonly label: string }[] = [];

  constructor(
    readonly model: Model,
    readonly sink: MetricSink,
    key: DrawKey,
    readonly startUs: number,
    /** Nothing is scraped from here on; Infinity for never. */
    readonly stopUs: number,
  ) {
    const interval = model.topology.plant.scrapeInterval;
    this.#offsetsUs = Float64Array.from(
      model.targets,
      ({ index }) => Math.floor(uniform(combine(key, index)) * (interval / 1_000)) * 1_000,
    );
    this.#order = Int32Array.from(model.targets.keys()).sort(
      (a, b) => this.#offsetsUs[a] - this.#offsetsUs[b] || a - b,
    );
    this.#series = new Int32Array(model.targets.length);
    this.#wasUp = new Uint8Array(model.targets.length);
    this.#lastOk = new Uint8Array(model.targets.length);
    this.#cycleUs = Math.floor(startUs / interval) * interval;
    this.#ruleUs = Math.ceil(startUs / model.topology.plant.ruleInterval) * model.topology.plant.ruleInterval;
    this.#compactionEachUs = model.topology.plant.headCompaction ?? HEAD_COMPACTION_US;
    this.#compactionUs = (Math.floor(startUs / this.#compactionEachUs) + 1) * this.#compactionEachUs;
    while (this.#scrapeUs() < startUs) this.#nextTarget();
    this.nextUs = this.#due();
  }

  /** Does what is due at `nextUs`. */
  step(world: Scrapeable): void {
    const nowUs = this.nextUs;
    if (!this.#begun) this.#begin(world, nowUs);
    if (nowUs >= this.#compactionUs) this.#compact(nowUs);
    if (this.#scrapeUs() <= this.#ruleUs) {
      if (nowUs >= this.#downUntilUs) this.#scrape(this.#order[this.#position], nowUs, world);
      else this.#miss(this.#order[this.#position], nowUs, world);
      this.#nextTarget();
      if (this.#position === 0) this.#checkMemory(nowUs);
    } else {
      this.#evaluate(nowUs);
      this.#ruleUs += this.model.topology.plant.ruleInterval;
    }
    this.nextUs = this.#due();
  }

  /** It has been watching before the world is recorded: it holds the series of whoever answers. */
  #begin(world: Scrapeable, nowUs: number): void {
    this.#begun = true;
    for (const { index } of this.model.targets) {
      if (world.answers(index) === true)
        this.#series[index] = world.expose(index, nowUs) + (world.dynamic(index)?.count ?? 0);
    }
  }

  /**
   * Hands over one last sample of every target whose last scrape went well, at `atUs`: for a world whose end is the
   * beginning of another, so that no count falls between their scrapes. Costs the plant nothing.
   */
  close(world: Scrapeable, atUs: number): void {
    for (const target of this.model.targets) {
      if (this.#lastOk[target.index] === 0) continue;
      const dynamic = world.dynamic(target.index);
      const samples = this.#series[target.index];
      const result: ScrapeResult = {
        target,
        atUs,
        ok: true,
        durationSeconds: SCRAPE_BASE_US / 1e6,
        samplesScraped: samples,
        samplesKept: samples,
        seriesAdded: 0,
        error: "",
        exemplarUs: world.exemplarUs,
      };
      this.sink.scrape(result, world.values, world.exemplarRows, dynamic);
    }
  }

  drops(metric: string, label: string): boolean {
    return this.#dropped.some((rule) => rule.metric === metric && rule.label === label);
  }

  get droppedLabels(): readonly { readonly metric: string; readonly label: string }[] {
    return this.#dropped;
  }

  /** Drops the label of the metric at every scrape from now on. */
  dropLabel(metric: string, label: string): void {
    if (!this.drops(metric, label)) this.#dropped.push({ metric, label });
  }

  /** The process of the target is gone: its series are idle until a compaction takes them. */
  targetGone(target: number): void {
    this.#resize(target, 0);
  }

  get headSeries(): number {
    let active = 0;
    for (const count of this.#series) active += count;
    return active + this.#idleSeries;
  }

  get memoryBytes(): number {
    const { memoryBaseBytes, memoryPerSeriesBytes, memoryLimitBytes } = this.model.topology.plant;
    return Math.min(memoryLimitBytes, memoryBaseBytes + this.headSeries * memoryPerSeriesBytes);
  }

  /** Times it was killed, for lack of memory or on purpose. */
  get kills(): number {
    return this.#kills;
  }

  /** Share of its speed that collection leaves it: 1 to SPEED_LEFT, by a smooth step over the memory pressure. */
  get speed(): number {
    const { memoryBaseBytes, memoryPerSeriesBytes, memoryLimitBytes } = this.model.topology.plant;
    const pressure = (memoryBaseBytes + this.headSeries * memoryPerSeriesBytes) / memoryLimitBytes;
    if (pressure > 1) return Math.max(SPEED_LEAST, SPEED_LEFT * Math.exp((1 - pressure) / SWAP_SHARE));
    const x = Math.min(Math.max((pressure - PRESSURE_FROM) / (1 - PRESSURE_FROM), 0), 1);
    return 1 - (1 - SPEED_LEFT) * x * x * (3 - 2 * x);
  }

  /** The plant's own metrics: offset and value. */
  figures(metrics: PlantMetrics, nowUs: number): readonly (readonly [number, number])[] {
    const { plant } = this.model.topology;
    return [
      [metrics.headSeries, this.headSeries],
      [metrics.samplesAppended, this.#samplesAppended],
      [metrics.iterations, this.iterations.atUs.length],
      [metrics.iterationsMissed, this.#missed],
      [metrics.lastDuration, this.#lastRuleUs / 1e6],
      [metrics.interval, plant.ruleInterval / 1e6],
      [metrics.sampleLimitExceeded, this.#limitExceeded],
      [metrics.targetLimitExceeded, this.#targetLimitExceeded],
      // It stamps samples with its own time, which does not go back.
      [metrics.outOfOrder, 0],
      [metrics.scrapeTimeouts, this.#timeouts],
      [metrics.memoryResident, this.memoryBytes],
      [metrics.memoryLimit, plant.memoryLimitBytes],
      [metrics.cpuSeconds, Math.min(this.#workedUs, (nowUs - this.startUs) * PLANT_CORES) / 1e6],
      [metrics.cpuCores, PLANT_CORES],
      // It has been up for a week when the world begins.
      [metrics.startTime, this.#kills > 0 ? this.#startedUs / 1e6 : this.#cycleStart()],
    ];
  }

  save(writer: StateWriter): void {
    writer.section();
    writer.array(Float64Array.from(this.iterations.atUs));
    writer.array(Uint8Array.from(this.iterations.ran));
    writer.array(Float64Array.from(this.iterations.tookUs));
    for (const value of this.#numbers()) writer.double(value);
    writer.array(this.#series);
    writer.array(this.#wasUp);
    writer.array(this.#lastOk);
    writer.json([this.#dropped, [...this.#overTargetLimit], this.#targetLimitExceeded]);
  }

  restore(reader: StateReader): void {
    reader.section();
    this.iterations.atUs.splice(0, Infinity, ...reader.doubles());
    this.iterations.ran.splice(0, Infinity, ...reader.octets());
    this.iterations.tookUs.splice(0, Infinity, ...reader.doubles());
    this.nextUs = reader.double();
    this.#position = reader.double();
    this.#cycleUs = reader.double();
    this.#ruleUs = reader.double();
    this.#compactionUs = reader.double();
    this.#busyUntilUs = reader.double();
    this.#ruleDoneUs = reader.double();
    this.#lastRuleUs = reader.double();
    this.#lastWorkUs = reader.double();
    this.#workedUs = reader.double();
    this.#idleSeries = reader.double();
    this.#idleBefore = reader.double();
    this.#samplesAppended = reader.double();
    this.#missed = reader.double();
    this.#limitExceeded = reader.double();
    this.#timeouts = reader.double();
    this.#begun = reader.double() === 1;
    this.#downUntilUs = reader.double();
    this.#startedUs = reader.double();
    this.#kills = reader.double();
    reader.into(this.#series);
    reader.into(this.#wasUp);
    reader.into(this.#lastOk);
    const [dropped, over, exceeded] = reader.json() as [{ metric: string; label: string }[], string[], number];
    this.#dropped.splice(0, Infinity, ...dropped);
    this.#overTargetLimit.clear();
    for (const job of over) this.#overTargetLimit.add(job);
    this.#targetLimitExceeded = exceeded;
  }

  /** In the order in which `restore` reads them. */
  #numbers(): readonly number[] {
    return [
      this.nextUs,
      this.#position,
      this.#cycleUs,
      this.#ruleUs,
      this.#compactionUs,
      this.#busyUntilUs,
      this.#ruleDoneUs,
      this.#lastRuleUs,
      this.#lastWorkUs,
      this.#workedUs,
      this.#idleSeries,
      this.#idleBefore,
      this.#samplesAppended,
      this.#missed,
      this.#limitExceeded,
      this.#timeouts,
      this.#begun ? 1 : 0,
      this.#downUntilUs,
      this.#startedUs,
      this.#kills,
    ];
  }

  #cycleStart(): number {
    return Math.floor(this.startUs / MICROS_PER_SECOND / 86_400) * 86_400 - 7 * 86_400;
  }

  #due(): number {
    const next = Math.min(this.#scrapeUs(), this.#ruleUs);
    return next >= this.stopUs ? Infinity : next;
  }

  #scrapeUs(): number {
    return this.#cycleUs + this.#offsetsUs[this.#order[this.#position]];
  }

  #nextTarget(): void {
    this.#position++;
    if (this.#position < this.#order.length) return;
    this.#position = 0;
    this.#cycleUs += this.model.topology.plant.scrapeInterval;
  }

  #scrape(target: number, nowUs: number, world: Scrapeable): void {
    const answers = world.answers(target);
    if (answers === undefined) {
      this.#remove(target, nowUs);
      return;
    }
    this.#wasUp[target] = 1;
    if (!answers) {
      this.#report(target, nowUs, world, { ...NOTHING_READ, failure: "target down" });
      return;
    }
    if (this.#isOverTargetLimit(target, world)) {
      this.#report(target, nowUs, world, { ...NOTHING_READ, failure: "target limit" });
      return;
    }
    if (world.isSilent(target)) {
      this.#timeouts++;
      const durationUs = this.model.topology.plant.scrapeTimeout;
      this.#report(target, nowUs, world, { ...NOTHING_READ, durationUs, failure: "scrape timed out" });
      return;
    }
    const dynamic = world.dynamic(target);
    const kept = world.expose(target, nowUs) + (dynamic?.count ?? 0);
    const merged = world.merged(target);
    const samples = kept + merged;
    world.exposed(target, samples, nowUs);
    const cost = ((kept + merged * MERGED_SAMPLE_COST) / this.model.topology.plant.samplesPerSecond) * 1e6;
    const durationUs = this.#work(SCRAPE_BASE_US, cost, nowUs);
    const { failure, tookUs, reached } = this.#outcome(kept, durationUs);
    this.#report(target, nowUs, world, { durationUs: tookUs, samples, kept, failure, dynamic });
    if (failure !== undefined) this.#resize(target, this.#inMemoryAfter(target, kept, reached));
  }

  /**
   * Series of a target that are in memory after a scrape that failed when it had reached some of its samples. New ones lie
   * scattered over all of them; those that the target no longer exposes are idle, whether the scrape went well or not.
   */
  #inMemoryAfter(target: number, samples: number, reached: number): number {
    const before = this.#series[target];
    return samples <= before ? samples : before + Math.floor(((samples - before) * reached) / samples);
  }

  /** How a scrape ended, and how many of its series it got to. */
  #outcome(
    samples: number,
    durationUs: number,
  ): { readonly failure: ScrapeFailure | undefined; readonly tookUs: number; readonly reached: number } {
    const { scrapeTimeout, sampleLimit } = this.model.topology.plant;
    if (durationUs > scrapeTimeout) {
      this.#timeouts++;
      // The work that was not begun is given up with the scrape.
      const notBegunUs = Math.min(durationUs - scrapeTimeout, this.#lastWorkUs);
      this.#busyUntilUs -= notBegunUs;
      const share = this.#lastWorkUs === 0 ? 0 : 1 - notBegunUs / this.#lastWorkUs;
      return { failure: "scrape timed out", tookUs: scrapeTimeout, reached: Math.floor(samples * share) };
    }
    if (sampleLimit > 0 && samples > sampleLimit) {
      this.#limitExceeded++;
      return { failure: "sample limit", tookUs: durationUs, reached: sampleLimit };
    }
    return { failure: undefined, tookUs: durationUs, reached: samples };
  }

  /**
   * After a round of scrapes: kills the server when it has met its limit, where that is declared. One that came back in
   * the middle of the round goes on to the next, so that it hears once from every target what that exposes by now.
   */
  #checkMemory(nowUs: number): void {
    const { plant } = this.model.topology;
    if (plant.outOfMemory === undefined || this.memoryBytes < plant.memoryLimitBytes) return;
    if (this.#downUntilUs > this.#cycleUs - plant.scrapeInterval) return;
    this.restart(nowUs);
  }

  /** µs from a kill until it scrapes and evaluates again. */
  get restartUs(): number {
    const { restart, replayPerSeries } = this.model.topology.plant.outOfMemory ?? RESTART;
    return restart + Math.round(this.headSeries * replayPerSeries);
  }

  /** The process ends and starts anew: its counts begin at nothing, its series come back from the write-ahead log. */
  restart(nowUs: number): void {
    this.#kills++;
    this.#downUntilUs = nowUs + this.restartUs;
    this.#startedUs = nowUs + (this.model.topology.plant.outOfMemory ?? RESTART).restart;
    this.#busyUntilUs = this.#downUntilUs;
    this.#ruleDoneUs = this.#downUntilUs;
    this.#workedUs = 0;
    this.#samplesAppended = 0;
    this.#missed = 0;
    this.#limitExceeded = 0;
    this.#targetLimitExceeded = 0;
    this.#timeouts = 0;
  }

  #lastWorkUs = 0;

  /** Puts work into the line; the time from now until it is done. `fixedUs` passes without the processor. */
  #work(fixedUs: number, workUs: number, nowUs: number): number {
    const slowed = workUs / this.speed;
    const begin = Math.max(nowUs + fixedUs, this.#busyUntilUs);
    this.#busyUntilUs = begin + slowed;
    this.#lastWorkUs = slowed;
    this.#workedUs += slowed;
    return Math.round(this.#busyUntilUs - nowUs);
  }

  #report(
    target: number,
    atUs: number,
    world: Scrapeable,
    scrape: {
      readonly durationUs: number;
      readonly samples: number;
      readonly kept: number;
      readonly failure: ScrapeFailure | undefined;
      readonly dynamic: DynamicSeries | undefined;
    },
  ): void {
    const { failure } = scrape;
    const ok = failure === undefined;
    const samplesDue = scrape.samples > 0 ? scrape.samples : this.#series[target];
    this.#lastOk[target] = ok ? 1 : 0;
    const kept = ok ? scrape.kept : 0;
    const added = ok ? this.#resize(target, kept) : 0;
    this.#samplesAppended += kept + SYNTHETIC_SERIES;
    const result: ScrapeResult = {
      target: this.model.targets[target],
      atUs,
      ok,
      durationSeconds: scrape.durationUs / 1e6,
      samplesScraped: scrape.samples,
      samplesKept: kept,
      seriesAdded: added,
      error: ok ? "" : SCRAPE_ERRORS[failure],
      samplesDue,
      ...(ok ? {} : { failure }),
      exemplarUs: world.exemplarUs,
    };
    this.sink.scrape(result, world.values, world.exemplarRows, scrape.dynamic);
  }

  #miss(target: number, nowUs: number, world: Scrapeable): void {
    if (world.answers(target) === undefined) return;
    this.sink.scrapeMissed?.(this.model.targets[target], nowUs, this.#series[target]);
  }

  /** A job over the limit is counted when it is found so, not at each of its scrapes. */
  #isOverTargetLimit(target: number, world: Scrapeable): boolean {
    const { targetLimit } = this.model.topology.plant;
    if (targetLimit === undefined) return false;
    const { job } = this.model.targets[target];
    const there = this.model.targets.filter(({ index, job: own }) => own === job && world.answers(index) !== undefined);
    if (there.length <= targetLimit) {
      this.#overTargetLimit.delete(job);
      return false;
    }
    if (!this.#overTargetLimit.has(job)) this.#targetLimitExceeded++;
    this.#overTargetLimit.add(job);
    return true;
  }

  /** Notes how many series the target has now; returns how many are new. */
  #resize(target: number, count: number): number {
    const before = this.#series[target];
    this.#series[target] = count;
    if (count < before) this.#idleSeries += before - count;
    return Math.max(0, count - before);
  }

  #remove(target: number, nowUs: number): void {
    if (this.#wasUp[target] === 0) return;
    this.#wasUp[target] = 0;
    this.#lastOk[target] = 0;
    this.targetGone(target);
    this.sink.targetRemoved(this.model.targets[target], nowUs);
  }

  #compact(nowUs: number): void {
    const before = this.speed;
    // Series that were idle at the last compaction already have had no sample since.
    this.#idleSeries -= this.#idleBefore;
    this.#idleBefore = this.#idleSeries;
    this.#compactionUs = (Math.floor(nowUs / this.#compactionEachUs) + 1) * this.#compactionEachUs;
    this.#goOnAt(this.speed / before, nowUs);
  }

  /** What is left in the line is done so many times as fast from now on. */
  #goOnAt(factor: number, nowUs: number): void {
    if (factor <= 1 || nowUs < this.#downUntilUs) return;
    const sooner = (doneUs: number): number => (doneUs <= nowUs ? doneUs : nowUs + (doneUs - nowUs) / factor);
    this.#busyUntilUs = sooner(this.#busyUntilUs);
    this.#ruleDoneUs = sooner(this.#ruleDoneUs);
  }

  #evaluate(nowUs: number): void {
    const ran = this.#ruleDoneUs <= nowUs;
    const due = rulesDue(this.model.plant.ruleTurns, this.iterations.atUs.length);
    this.iterations.atUs.push(nowUs);
    this.iterations.ran.push(ran ? 1 : 0);
    if (!ran) {
      if (nowUs >= this.#downUntilUs) this.#missed++;
      this.iterations.tookUs.push(0);
      return;
    }
    const cost = due * this.headSeries * this.model.topology.plant.ruleCostPerSeries;
    this.#lastRuleUs = this.#work(0, cost, nowUs);
    this.#ruleDoneUs = nowUs + this.#lastRuleUs;
    this.iterations.tookUs.push(this.#lastRuleUs);
  }
}
