/**
 * A scenario played on the engine with its metrics and alert rules, without the server around it: for tests of what
 * the files in `scenarios/` lead to. Minutes count from the page.
 */
import { readFileSync, readdirSync } from "node:fs";
import { RuleEvaluator } from "../../server/alerting/rule-evaluator.js";
import { formatDiagnostic } from "../../server/base/diagnostic.js";
import { MICROS_PER_MINUTE, MICROS_PER_MS, MICROS_PER_SECOND, simTime, type SimTime } from "../../server/base/time.js";
import { FAULT_MECHANISMS } from "../../server/faults/mechanisms.js";
import { evaluateInstant, prepareQuery } from "../../server/query/promql/query.js";
import { readScenario } from "../../server/scenario/read-scenario.js";
import type { Scenario } from "../../server/scenario/types.js";
import { Engine } from "../../server/sim/engine.js";
import { SPAN_STATUSES } from "../../server/sim/span-status.js";
import { SPAN_CHUNK_MASK, SPAN_OPEN } from "../../server/sim/span-table.js";
import type { WorldAction } from "../../server/sim/timeline.js";
import { MetricStore } from "../../server/telemetry/metric-store.js";
import { compileModel } from "../../server/topology/model.js";
import type { SpanSite } from "../../server/topology/model-types.js";

/** For hooks that play a scenario: some seconds on a free machine, many on a busy one. */
export const PLAY_TIME_LIMIT_MS = 120_000;

const FOLDER = new URL("../../scenarios/", import.meta.url);

/** All YAML files below `scenarios/`, by their path from there. */
export function scenarioTexts(): ReadonlyMap<string, string> {
  const files = readdirSync(FOLDER, { recursive: true, encoding: "utf8" }).filter((file) => file.endsWith(".yaml"));
  return new Map(files.map((file) => [file, readFileSync(new URL(file, FOLDER), "utf8")]));
}

export function loadScenario(id: string): Scenario {
  const { scenario, diagnostics } = readScenario(scenarioTexts(), `${id}.yaml`);
  if (scenario === undefined) throw new Error(diagnostics.map(formatDiagnostic).join("\n"));
  return scenario;
}

export interface PlayOptions {
  readonly faultsOn: boolean;
  /** Minutes before the page at which recording begins. */
  readonly from: number;
}

/** One span with what is known about it. */
export interface SpanView {
  readonly row: number;
  readonly site: SpanSite;
  readonly parent: number;
  readonly request: number;
  readonly startUs: number;
  readonly durationMs: number;
  readonly status: string;
  readonly attempt: number;
}

export class Play {
  readonly engine: Engine;
  readonly store = new MetricStore({ exemplarOf: () => undefined });
  readonly rules: RuleEvaluator;
  private iterations = 0;
  private actions = 0;

  constructor(
    readonly scenario: Scenario,
    options: PlayOptions,
  ) {
    const { topology, faults, changes, seed } = scenario;
    const model = compileModel(topology, { faults, changes, mechanisms: FAULT_MECHANISMS });
    const recordFrom = this.instant(options.from);
    const startAt = simTime(recordFrom - 2 * MICROS_PER_MINUTE);
    this.engine = new Engine(model, { seed, startAt, recordFrom, faultsOn: options.faultsOn, sink: this.store });
    this.rules = new RuleEvaluator({
      groups: topology.ruleGroups,
      reader: this.store,
      append: (labels, timeMs, value) => {
        this.store.append(labels, timeMs, value);
      },
    });
  }

  instant(minutes: number): SimTime {
    return simTime(this.scenario.startsAt + Math.round(minutes * MICROS_PER_MINUTE));
  }

  /** Runs up to the minute, rules evaluated in time with the metrics server. */
  run(toMinute: number): this {
    const end = this.instant(toMinute);
    const slice = this.scenario.topology.plant.ruleInterval;
    while (this.engine.now < end) {
      this.engine.run(simTime(Math.min(end, this.engine.now + slice)));
      const { atUs, ran } = this.engine.ruleIterations;
      for (; this.iterations < atUs.length; this.iterations++) {
        this.rules.iterate(Math.floor((atUs[this.iterations] ?? 0) / MICROS_PER_MS), ran[this.iterations] === 1);
      }
    }
    return this;
  }

  act(...actions: readonly WorldAction[]): this {
    for (const action of actions) this.engine.act(`action-${String(this.actions++)}`, this.engine.now, action);
    return this;
  }

  /** Names of the alerts that ever fired, in order. */
  fired(): readonly string[] {
    return this.rules.transitions.filter(({ state }) => state === "firing").map(({ rule }) => rule);
  }

  /** Minute from the page at which the alert first fired; undefined when it did not. */
  firedAt(alert: string): number | undefined {
    const found = this.rules.transitions.find(({ rule, state }) => rule === alert && state === "firing");
    return found === undefined ? undefined : (found.atMs * MICROS_PER_MS - this.scenario.startsAt) / MICROS_PER_MINUTE;
  }

  /** First value of a PromQL query now; undefined when it has none. */
  query(text: string): number | undefined {
    const prepared = prepareQuery(text);
    if (!prepared.ok) throw new Error(prepared.error.map(({ message }) => message).join("\n"));
    const result = evaluateInstant(prepared.value, this.store, Math.floor(this.engine.now / MICROS_PER_MS));
    if (result.kind === "scalar") return result.value;
    return result.kind === "vector" ? result.samples[0]?.value : undefined;
  }

  /** Ended spans that began in the minutes `[from, to)`. */
  spans(from: number, to: number, filter: (site: SpanSite) => boolean): readonly SpanView[] {
    const { spans, model } = this.engine;
    const fromUs = this.instant(from);
    const toUs = this.instant(to);
    const wanted = model.sites.map(filter);
    const found: SpanView[] = [];
    for (let row = 0; row < spans.rows; row++) {
      const site = spans.chunkAt(row).site[row & SPAN_CHUNK_MASK] ?? -1;
      const span = wanted[site] === true ? spanView(this.engine, row) : undefined;
      if (span !== undefined && span.startUs >= fromUs && span.startUs < toUs) found.push(span);
    }
    return found;
  }

  /** What customers got from an operation of the edge in these minutes. */
  customers(operation: string, from: number, to: number): CustomerFigures {
    const roots = this.spans(
      from,
      to,
      ({ component, kind, name }) => component === "edge" && kind === "server" && name === operation,
    );
    const sorted = roots.map(({ durationMs }) => durationMs).sort((a, b) => a - b);
    const quantile = (share: number): number =>
      sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? Number.NaN;
    return {
      count: roots.length,
      perSecond: roots.length / (((to - from) * MICROS_PER_MINUTE) / MICROS_PER_SECOND),
      failedRatio: roots.filter(({ status }) => status !== "ok").length / roots.length,
      latencyMsP50: quantile(0.5),
      latencyMsP99: quantile(0.99),
    };
  }

  basketOf(span: SpanView): number {
    return this.engine.draws.basketOf(span.request);
  }
}

/** The span of a row; undefined while it has not ended. */
function spanView({ spans, model }: Engine, row: number): SpanView | undefined {
  const chunk = spans.chunkAt(row);
  const at = row & SPAN_CHUNK_MASK;
  const column = (values: { readonly [index: number]: number }): number => values[at] ?? 0;
  const site = model.sites[column(chunk.site)];
  const status = SPAN_STATUSES[column(chunk.status)];
  if (site === undefined || status === undefined || column(chunk.durationUs) === SPAN_OPEN) return undefined;
  return {
    row,
    site,
    parent: column(chunk.parent),
    request: column(chunk.request),
    startUs: column(chunk.startUs),
    durationMs: column(chunk.durationUs) / MICROS_PER_MS,
    status: status.name,
    attempt: column(chunk.attempt),
  };
}

export interface CustomerFigures {
  readonly count: number;
  readonly perSecond: number;
  readonly failedRatio: number;
  readonly latencyMsP50: number;
  readonly latencyMsP99: number;
}

export const play = (id: string, options: PlayOptions): Play => new Play(loadScenario(id), options);
