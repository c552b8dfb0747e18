/** What people who watch a world see of it: metrics as they were stored, traces and lines as they arrived, alerts. */
import { RuleEvaluator } from "../../../server/alerting/rule-evaluator.js";
import { MICROS_PER_MS, MICROS_PER_SECOND } from "../../../server/base/time.js";
import { evaluateInstant, prepareQuery } from "../../../server/query/promql/query.js";
import type { Engine } from "../../../server/sim/engine.js";
import { livingParts } from "../../../server/sim/observability/seen-spans.js";
import { LogStore } from "../../../server/telemetry/log-store.js";
import type { MetricStore } from "../../../server/telemetry/metric-store.js";
import { TraceStore } from "../../../server/telemetry/trace-store.js";
import type { Trace } from "../../../server/wire/telemetry.js";
import { identityOf, segmentOf } from "../../../server/world/segment.js";

export interface Window {
  readonly fromUs: number;
  readonly toUs: number;
}

/** Traces whose summaries are looked at; what they say is taken to hold for the others. */
const SUMMARIES_MAX = 1_000;
/** Traces that are looked at one by one. */
const TRACES_MAX = 60;

export class Eyes {
  readonly #engine: Engine;
  readonly #metrics: MetricStore;
  readonly #traces: TraceStore;
  readonly #logs: LogStore;
  readonly #rules: RuleEvaluator;
  #iterations = 0;

  constructor(engine: Engine, metrics: MetricStore) {
    const { model, spans, logs, lifecycle, versions, observability, draws, options } = engine;
    const seen = livingParts(observability);
    const facts = { spans, logs, lifecycle, versions, seen, shipping: observability.shipper };
    const segment = segmentOf(1, facts, { model, draws, recordedFromUs: options.recordFrom });
    const identity = identityOf(draws);
    const sampleRatio = model.topology.plant.traceSampleRatio;
    this.#engine = engine;
    this.#metrics = metrics;
    this.#traces = new TraceStore({ model, identity, recent: segment.spans, sampleRatio });
    this.#logs = new LogStore({ model, identity, recent: segment.logs });
    this.#rules = new RuleEvaluator({
      groups: model.topology.ruleGroups,
      reader: metrics,
      append: (labels, timeMs, value) => {
        metrics.append(labels, timeMs, value);
      },
    });
  }

  /** First value of a PromQL query at the end of the window, 0 when it has none. */
  query(text: string, { fromUs, toUs }: Window): number {
    const seconds = String(Math.round((toUs - fromUs) / MICROS_PER_SECOND));
    const prepared = prepareQuery(text.replaceAll("$window", `${seconds}s`));
    if (!prepared.ok) throw new Error(`${text}\n${prepared.error.map(({ message }) => message).join("\n")}`);
    const result = evaluateInstant(prepared.value, this.#metrics, Math.floor(toUs / MICROS_PER_MS));
    if (result.kind === "scalar") return result.value;
    return result.kind === "vector" ? (result.samples[0]?.value ?? 0) : 0;
  }

  /** Traces that begin in the window at a service. */
  traces(service: string, window: Window): number {
    const { traces, total } = this.#traces.search({ ...window, limit: SUMMARIES_MAX, order: "newest" });
    const share = traces.filter(({ rootService }) => rootService === service).length / Math.max(1, traces.length);
    return share * total;
  }

  /** Share of the handlings of a service that seem to begin before the calls that they answer. */
  early(service: string, window: Window): number {
    const { traces } = this.#traces.search({ ...window, service, limit: TRACES_MAX, order: "newest" });
    const handlings = traces.flatMap(({ traceId }) => handlingsOf(this.#traces.trace(traceId), service));
    return handlings.filter((isEarly) => isEarly).length / Math.max(1, handlings.length);
  }

  /** Log lines of a service. */
  lines(service: string, window: Window): number {
    return this.#logs.page({ ...window, services: [service], offset: 0, limit: 1 }).total;
  }

  /** Alerts of a rule that fire at the end of the window. */
  alerts(rule: string, { toUs }: Window): number {
    const { ruleIterations, observability } = this.#engine;
    const { atUs, ran } = ruleIterations;
    for (; this.#iterations < atUs.length; this.#iterations++) {
      const at = atUs[this.#iterations] ?? 0;
      if (at > toUs) break;
      const isRun = ran[this.#iterations] === 1;
      this.#rules.iterate(Math.floor(at / MICROS_PER_MS), isRun, { changed: observability.rules.at(at) });
    }
    const found = this.#rules.alerts().rules.find(({ name }) => name === rule);
    return found?.alerts.filter(({ state }) => state === "firing").length ?? 0;
  }
}

function handlingsOf(trace: Trace | undefined, service: string): readonly boolean[] {
  const spans = trace?.spans ?? [];
  const starts = new Map(spans.map(({ spanId, startUs }) => [spanId, startUs]));
  return spans
    .filter((span) => span.service === service && span.kind === "server")
    .map(({ parentSpanId = "", startUs }) => startUs < (starts.get(parentSpanId) ?? -Infinity));
}
