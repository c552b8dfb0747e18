/**
 * A scenario played without the server around it: engine, metric store and alert rules in one thread, for authors and
 * tests. Minutes count from the page.
 */
import { longGroups } from "../alerting/long-groups.js";
import { RuleEvaluator } from "../alerting/rule-evaluator.js";
import { MICROS_PER_MINUTE, MICROS_PER_MS, simTime, type SimTime } from "../base/time.js";
import { FAULT_MECHANISMS } from "../faults/mechanisms.js";
import type { Scenario } from "../scenario/types.js";
import { Engine } from "../sim/engine.js";
import type { MetricSink } from "../sim/metric-sink.js";
import { SPAN_STATUSES } from "../sim/span-status.js";
import { SPAN_CHUNK_MASK, SPAN_OPEN } from "../sim/span-table.js";
import type { WorldAction } from "../sim/timeline.js";
import { MetricStore } from "../telemetry/metric-store.js";
import { compileModel } from "../topology/model.js";
import type { SpanSite } from "../topology/model-types.js";

/** Simulated before anything is recorded, so that queues and caches are as they would be. */
const WARM_UP_MINUTES = 2;

export interface SimulationOptions {
  /** False: the healthy twin. */
  readonly faultsOn: boolean;
  /** Minute at which recording begins, before the page and so negative. */
  readonly from: number;
}

/** One ended span. */
export interface SpanView {
  readonly row: number;
  readonly site: SpanSite;
  readonly instance: string;
  readonly parent: number;
  readonly request: number;
  readonly startUs: number;
  readonly durationMs: number;
  /** Name in SPAN_STATUSES. */
  readonly status: string;
  readonly attempt: number;
}

export interface LatencyFigures {
  readonly count: number;
  readonly failedRatio: number;
  readonly latencyMsP50: number;
  readonly latencyMsP99: number;
}

export class Simulation {
  readonly engine: Engine;
  readonly store = new MetricStore({ exemplarOf: () => undefined });
  readonly rules: RuleEvaluator;
  /** Scrapes of targets that were up and whose samples were lost. */
  scrapesLost = 0;
  scrapes = 0;
  private iterations = 0;
  private actions = 0;

  constructor(
    readonly scenario: Scenario,
    options: SimulationOptions,
  ) {
    const { topology, faults, changes, seed } = scenario;
    const model = compileModel(topology, { faults, changes, mechanisms: FAULT_MECHANISMS });
    const recordFrom = this.instant(options.from);
    const startAt = this.instant(options.from - WARM_UP_MINUTES);
    const sink: MetricSink = {
      scrape: (result, values, exemplarRows, dynamic) => {
        this.scrapes++;
        if (!result.ok) this.scrapesLost++;
        this.store.scrape(result, values, exemplarRows, dynamic);
      },
      targetRemoved: (target, atUs) => {
        this.store.targetRemoved(target, atUs);
      },
    };
    this.engine = new Engine(model, { seed, startAt, recordFrom, faultsOn: options.faultsOn, sink });
    // Rules that look back further than a stretch goes say nothing of it.
    const long = longGroups(topology.ruleGroups, scenario.recent / MICROS_PER_MS);
    this.rules = new RuleEvaluator({
      groups: topology.ruleGroups,
      reader: this.store,
      readerOf: (group) => (long.has(group) ? undefined : this.store),
      append: (labels, timeMs, value) => {
        this.store.append(labels, timeMs, value);
      },
    });
  }

  instant(minutes: number): SimTime {
    return simTime(this.scenario.startsAt + Math.round(minutes * MICROS_PER_MINUTE));
  }

  /** Runs up to the minute; rules are evaluated when the metrics server does so. */
  run(toMinute: number): this {
    const end = this.instant(toMinute);
    while (this.engine.now < end) {
      this.engine.run(simTime(Math.min(end, this.engine.now + this.scenario.topology.plant.ruleInterval)));
      this.evaluateRules();
    }
    return this;
  }

  /** Orders actions now. */
  act(...actions: readonly WorldAction[]): this {
    for (const action of actions) this.engine.act(`action-${String(this.actions++)}`, this.engine.now, action);
    return this;
  }

  /** Ended spans of the sites that pass `filter` and that began in the minutes `[from, to)`, by start. */
  spans(from: number, to: number, filter: (site: SpanSite) => boolean): readonly SpanView[] {
    const { spans, model } = this.engine;
    const wanted = Uint8Array.from(model.sites, (site) => (filter(site) ? 1 : 0));
    const fromUs = this.instant(from);
    const toUs = this.instant(to);
    const found: SpanView[] = [];
    for (let row = 0; row < spans.rows; row++) {
      if (wanted[spans.chunkAt(row).site[row & SPAN_CHUNK_MASK] ?? 0] !== 1) continue;
      const span = spanView(this.engine, row);
      if (span !== undefined && span.startUs >= fromUs && span.startUs < toUs) found.push(span);
    }
    return found;
  }

  /** What customers got from an operation of an edge service in these minutes. */
  customers(service: string, operation: string, from: number, to: number): LatencyFigures {
    return latencyFigures(
      this.spans(
        from,
        to,
        ({ component, kind, name }) => component === service && kind === "server" && name === operation,
      ),
    );
  }

  private evaluateRules(): void {
    const { atUs, ran } = this.engine.ruleIterations;
    for (; this.iterations < atUs.length; this.iterations++) {
      const atNow = atUs[this.iterations] ?? 0;
      const changed = this.engine.observability.rules.at(atNow);
      this.rules.iterate(Math.floor(atNow / MICROS_PER_MS), ran[this.iterations] === 1, { changed });
    }
  }
}

/** The span of a row; undefined while it has not ended. */
function spanView({ spans, model }: Engine, row: number): SpanView | undefined {
  const chunk = spans.chunkAt(row);
  const at = row & SPAN_CHUNK_MASK;
  const column = (values: { readonly [index: number]: number }): number => values[at] ?? 0;
  const site = model.sites[column(chunk.site)];
  const status = SPAN_STATUSES[column(chunk.status)];
  const instance = model.instances[column(chunk.instance)];
  if (site === undefined || status === undefined || instance === undefined) return undefined;
  if (column(chunk.durationUs) === SPAN_OPEN) return undefined;
  return {
    row,
    site,
    instance: instance.name,
    parent: column(chunk.parent),
    request: column(chunk.request),
    startUs: column(chunk.startUs),
    durationMs: column(chunk.durationUs) / MICROS_PER_MS,
    status: status.name,
    attempt: column(chunk.attempt),
  };
}

/** Count, share of failures and nearest-rank quantiles; NaN where there is no span. */
export function latencyFigures(spans: readonly SpanView[]): LatencyFigures {
  const sorted = spans.map(({ durationMs }) => durationMs).sort((a, b) => a - b);
  const quantile = (share: number): number => sorted[Math.max(0, Math.ceil(sorted.length * share) - 1)] ?? Number.NaN;
  return {
    count: spans.length,
    failedRatio: spans.filter(({ status }) => status !== "ok").length / spans.length,
    latencyMsP50: quantile(0.5),
    latencyMsP99: quantile(0.99),
  };
}
