/**
 * The part of a world before its recent part: simulated by itself, in steps, without faults and actions, up to the cut,
 * and handed over as plain data. A request that arrived before the cut ends here, however late.
 */
import { MICROS_PER_MS, addTime, minutes, seconds, simTime, subtractTime, type SimTime } from "../base/time.js";
import type { AlertPipeline, PipelineCounts } from "../alerting/alert-pipeline.js";
import { FAULT_MECHANISMS } from "../faults/mechanisms.js";
import type { Scenario } from "../scenario/types.js";
import { Engine } from "../sim/engine.js";
import { LogTable, type LifecycleRecord } from "../sim/log-table.js";
import type { ObservabilityExport } from "../sim/observability/observability.js";
import { ShippedLines } from "../sim/observability/log-shipper.js";
import { importedParts } from "../sim/observability/seen-spans.js";
import type { ProfileColumns } from "../sim/profile-table.js";
import type { ProfileAccounts } from "../sim/profiler.js";
import { SpanTable, type SpanTableExport } from "../sim/span-table.js";
import { VersionHistory, type VersionStep } from "../sim/version-history.js";
import type { FateTally } from "../telemetry/fate-tally.js";
import type { ExportedMetrics } from "../telemetry/metric-history.js";
import { MetricStore } from "../telemetry/metric-store.js";
import { ScrapeTally } from "../telemetry/scrape-tally.js";
import { compileModel, type Model } from "../topology/model.js";
import type { SegmentFacts } from "./segment.js";
import { watch } from "./watch.js";

/** Simulated before anything is recorded, so that queues and caches are as they would be. */
export const WARM_UP = minutes(1);

/** After the last arrival; longer than any request of a healthy system takes with all its retries. */
const DRAIN = seconds(60);

/** Simulated time of one step: a few hundredths of a second of work. */
const STEP = minutes(1);

export interface HistoryExport {
  readonly spans: SpanTableExport;
  readonly logs: {
    readonly rows: number;
    readonly timeUs: Float64Array;
    readonly subject: Int32Array;
    readonly template: Uint16Array;
  };
  readonly lifecycle: readonly LifecycleRecord[];
  readonly versions: readonly VersionStep[];
  readonly observability: ObservabilityExport;
  readonly profiles: {
    readonly rows: number;
    readonly columns: ProfileColumns;
    readonly accounts: ProfileAccounts;
  };
  /** What became of the samples, by step of the ledger. */
  readonly scrapes: ReturnType<FateTally["export"]>;
  readonly metrics: ExportedMetrics;
  /** What the metrics server and Alertmanager had counted in the end. */
  readonly alerting: PipelineCounts;
}

export const modelOf = ({ topology, faults, changes }: Scenario): Model =>
  compileModel(topology, { faults, changes, mechanisms: FAULT_MECHANISMS });

/** Where the history begins, and where the recent part takes over. */
export const historyFrom = (scenario: Scenario): SimTime => subtractTime(scenario.startsAt, scenario.history);
export const recentFrom = (scenario: Scenario): SimTime => subtractTime(scenario.startsAt, scenario.recent);

export class HistoryBuilder {
  readonly #engine: Engine;
  readonly #metrics = new MetricStore({ exemplarOf: () => undefined });
  readonly #scrapes = new ScrapeTally();
  readonly #from: SimTime;
  readonly #cut: SimTime;
  readonly #until: SimTime;
  readonly #closedAtMs: number;
  readonly #alerting: AlertPipeline;

  constructor(scenario: Scenario, seed: string) {
    const cut = recentFrom(scenario);
    this.#cut = cut;
    this.#from = subtractTime(historyFrom(scenario), WARM_UP);
    this.#until = addTime(cut, DRAIN);
    this.#closedAtMs = cut / MICROS_PER_MS - 1;
    const model = modelOf(scenario);
    this.#engine = new Engine(model, {
      seed,
      startAt: this.#from,
      recordFrom: historyFrom(scenario),
      stopArrivalsAt: cut,
      faultsOn: false,
      sink: {
        scrape: (result, ...values) => {
          // The closing sample is nobody's scrape.
          if (result.atUs !== this.#closedAtMs * MICROS_PER_MS) this.#scrapes.hear(result);
          this.#metrics.scrape(result, ...values);
        },
        scrapeMissed: (...missed) => {
          this.#scrapes.missed(...missed);
        },
        targetRemoved: (target, atUs) => {
          this.#metrics.targetRemoved(target, atUs);
        },
      },
    });
    this.#alerting = watch(scenario, {
      model,
      metrics: this.#metrics,
      fromUs: historyFrom(scenario),
      silences: () => this.#engine.observability.silences,
      before: "nothing",
    });
  }

  get done(): boolean {
    return this.#engine.now >= this.#until;
  }

  /** Simulates one more stretch; the share that is done, 0 to 1. */
  step(): number {
    this.#engine.run(simTime(Math.min(this.#until, this.#engine.now + STEP)));
    if (this.done) {
      this.#evaluateRules();
      this.#engine.closeSegment();
    }
    return (this.#engine.now - this.#from) / (this.#until - this.#from);
  }

  /** All of them when all samples are there: that takes one pass over them. */
  #evaluateRules(): void {
    const { ruleIterations, observability } = this.#engine;
    this.#alerting.follow(ruleIterations, this.#cut, (atUs) => observability.rules.at(atUs));
  }

  /** When done. Span columns are shared memory; the rest is copied when it crosses a thread. */
  export(): HistoryExport {
    const { spans, logs, profiles, lifecycle, versions } = this.#engine;
    return {
      spans: spans.export(),
      logs: {
        rows: logs.rows,
        timeUs: logs.timeUs.slice(0, logs.rows),
        subject: logs.subject.slice(0, logs.rows),
        template: logs.template.slice(0, logs.rows),
      },
      lifecycle,
      versions: versions.steps,
      observability: this.#engine.observability.export(),
      profiles: { rows: profiles.rows, columns: profiles.columns, accounts: this.#engine.profileAccounts },
      scrapes: this.#scrapes.tally.export(),
      metrics: withoutClosing(this.#metrics.export(), this.#closedAtMs),
      alerting: this.#alerting.counts,
    };
  }
}

/**
 * Leaves out the time of the closing sample of each target. What counters stood at in the end is kept, so that they go
 * on from there; the sample itself lies off the grid of scrapes, and rates over short windows would dip beside it.
 */
function withoutClosing(metrics: ExportedMetrics, closedAtMs: number): ExportedMetrics {
  const targets = metrics.targets.map((target) => {
    const last = target.timesMs.length - 1;
    if (last < 0 || target.timesMs[last] !== closedAtMs) return target;
    return { ...target, timesMs: target.timesMs.slice(0, last), absent: target.absent.slice(0, last) };
  });
  return { ...metrics, targets };
}

/** The facts of a history that was handed over. */
export function importHistory(history: HistoryExport, model: Model, startUs: number): SegmentFacts {
  const { lines } = history.observability;
  const spans = new SpanTable(history.spans.rows, history.spans);
  const logs = new LogTable(0);
  logs.timeUs = history.logs.timeUs;
  logs.subject = history.logs.subject;
  logs.template = history.logs.template;
  logs.rows = history.logs.rows;
  return {
    spans,
    logs,
    lifecycle: history.lifecycle,
    versions: new VersionHistory(model, history.versions),
    seen: importedParts(model, history.observability, startUs),
    shipping: lines === undefined ? undefined : new ShippedLines(lines),
  };
}
