import { describe, expect, it } from "vitest";
import { Engine } from "../../server/sim/engine.js";
import { attributesOf } from "../../server/sim/span-attributes.js";
import { requestOfTraceId, spanIdOf, traceIdOf } from "../../server/sim/span-ids.js";
import { SPAN_CHUNK_MASK, SPAN_OPEN } from "../../server/sim/span-table.js";
import type { ExemplarFacts } from "../../server/telemetry/exemplar-log.js";
import { LogStore } from "../../server/telemetry/log-store.js";
import { STALE_MARKER } from "../../server/telemetry/metric-reader.js";
import { MetricStore } from "../../server/telemetry/metric-store.js";
import type { LogSource, SegmentNumber, SpanIdentity, SpanSource } from "../../server/telemetry/sources.js";
import { TraceStore } from "../../server/telemetry/trace-store.js";
import { NOON, at, model as modelOf } from "../fixtures/topology.js";
import { smallShop } from "../fixtures/small-shop.js";
import { windowOf } from "./scrape-script.js";

const CUT = at(90);
const END = at(180);
const model = modelOf(smallShop());

function engineOf(from: number, until: number, sink: MetricStore): Engine {
  const options = { seed: "agree", faultsOn: true, sink } as const;
  const past = from === NOON ? { stopArrivalsAt: CUT } : {};
  const engine = new Engine(model, {
    ...options,
    startAt: at(from === NOON ? -30 : 60),
    recordFrom: from === NOON ? NOON : CUT,
    ...past,
  });
  engine.run(until === END ? END : CUT);
  return engine;
}

function sourcesOf(engine: Engine, segment: SegmentNumber): { spans: SpanSource; logs: LogSource } {
  const spans: SpanSource = {
    segment,
    table: engine.spans,
    recordedFromUs: engine.options.recordFrom,
    attributes: (row) => attributesOf(model, engine.draws, engine.spans, row, engine.versions),
  };
  return { spans, logs: { segment, table: engine.logs, lifecycle: engine.lifecycle, spans } };
}

function identityOf(engine: Engine): SpanIdentity {
  const { keys } = engine.draws;
  return {
    traceId: (request) => traceIdOf(keys, request),
    requestOf: (traceId) => requestOfTraceId(keys, traceId),
    spanId: (segment, row) => spanIdOf(keys, segment, row),
  };
}

function exemplarOf(engine: Engine, segment: SegmentNumber, row: number): ExemplarFacts {
  const chunk = engine.spans.chunkAt(row);
  const [startUs = 0, durationUs = 0, request = 0] = [chunk.startUs, chunk.durationUs, chunk.request].map(
    (column) => column[row & SPAN_CHUNK_MASK],
  );
  const identity = identityOf(engine);
  return {
    traceId: identity.traceId(request),
    spanId: identity.spanId(segment, row),
    valueSeconds: durationUs / 1e6,
    timeMs: (startUs + durationUs) / 1e3,
  };
}

const engines: Partial<Record<SegmentNumber, Engine>> = {};
const metrics = new MetricStore({
  exemplarOf: (segment, row) => {
    const engine = engines[segment];
    return engine === undefined ? undefined : exemplarOf(engine, segment, row);
  },
});
const recent = engineOf(CUT, END, metrics);
const ids = identityOf(recent);
engines[1] = recent;
const recentSources = sourcesOf(recent, 1);
const logs = new LogStore({ model, identity: ids, recent: recentSources.logs });
const traces = new TraceStore({ model, identity: ids, recent: recentSources.spans, sampleRatio: 1 });

/** Value of every series of the metric at the last scrape up to an instant, by its labels, with that scrape's time. */
function lastSamples(
  name: string,
  byMs = END / 1_000,
): { readonly labels: Readonly<Record<string, string>>; readonly timeMs: number; readonly value: number }[] {
  return metrics.select([{ name: "__name__", operator: "=", value: name }]).flatMap((ref) => {
    const sample = windowOf(metrics, ref, 0, byMs).at(-1);
    return sample === undefined || sample[1] === STALE_MARKER
      ? []
      : [{ labels: metrics.labels(ref), timeMs: sample[0], value: sample[1] }];
  });
}

/** Spans of a service's instance that had ended by then. */
function endedSpans(engine: Engine, service: string, instance: string, byMs: number): number {
  let ended = 0;
  for (let row = 0; row < engine.spans.rows; row++) {
    const chunk = engine.spans.chunkAt(row);
    const offset = row & SPAN_CHUNK_MASK;
    const site = model.sites[chunk.site[offset] ?? 0];
    const durationUs = chunk.durationUs[offset] ?? 0;
    if (site?.kind !== "server" || site.component !== service || durationUs === SPAN_OPEN) continue;
    if (model.instances[chunk.instance[offset] ?? 0]?.scrapeInstance !== instance) continue;
    if ((chunk.startUs[offset] ?? 0) + durationUs <= byMs * 1_000) ended++;
  }
  return ended;
}

describe("signals of a simulated shop", () => {
  it("count the same lines by level in metrics and logs", () => {
    const samples = lastSamples("log_lines_total");
    expect(samples.length).toBeGreaterThan(5);
    for (const { labels, timeMs, value } of samples) {
      const { level = "", job = "", instance = "" } = labels;
      const fields = [
        {
          name: "instance",
          operator: "=" as const,
          value: model.instances.find(({ scrapeInstance }) => scrapeInstance === instance)?.name ?? "",
        },
      ];
      const levels = [level as "info"];
      const lines = logs.page({
        fromUs: 0,
        toUs: timeMs * 1_000,
        levels,
        services: [job],
        fields,
        offset: 0,
        limit: 0,
      }).total;
      expect(lines, `${instance} ${level}`).toBe(value);
    }
  });

  it("count the same requests in histograms and spans", () => {
    const counted = new Map<string, { readonly job: string; readonly timeMs: number; requests: number }>();
    for (const { labels, timeMs, value } of lastSamples("http_server_request_duration_seconds_count")) {
      const { job = "", instance = "" } = labels;
      const known = counted.get(instance);
      if (known === undefined) counted.set(instance, { job, timeMs, requests: value });
      else known.requests += value;
    }
    expect(counted.size).toBe(8);
    for (const [instance, { job, timeMs, requests }] of counted)
      expect(endedSpans(recent, job, instance, timeMs), instance).toBe(requests);
  });

  it("open a trace from every exemplar, whose span took what the exemplar says", () => {
    const refs = metrics.select([
      { name: "__name__", operator: "=", value: "http_server_request_duration_seconds_bucket" },
    ]);
    const exemplars = refs.flatMap((ref) => metrics.exemplars(ref, 0, END / 1_000));
    expect(exemplars.length).toBeGreaterThan(50);
    for (const { labels, value } of exemplars.slice(0, 100)) {
      const span = traces.trace(labels.trace_id ?? "")?.spans.find(({ spanId }) => spanId === labels.span_id);
      expect(span?.durationUs).toBe(Math.round(value * 1e6));
    }
  });

  it("fill every placeholder of the lines", () => {
    const { lines } = logs.page({ fromUs: 0, toUs: END, offset: 0, limit: 500 });
    expect(lines).toHaveLength(500);
    for (const { message } of lines) expect(message).not.toMatch(/[{}]|(^| )-( |$)/);
  });

  it("go on through the cut when the history comes", () => {
    const pastMetrics = new MetricStore({ exemplarOf: () => undefined });
    const past = engineOf(NOON, CUT, pastMetrics);
    engines[0] = past;
    const before = lastSamples("log_lines_total").reduce((sum, { value }) => sum + value, 0);
    metrics.attachHistory(pastMetrics.export());
    const history = sourcesOf(past, 0);
    logs.attachHistory(history.logs);
    traces.attachHistory(history.spans);

    const after = lastSamples("log_lines_total").reduce((sum, { value }) => sum + value, 0);
    const historyLines = logs.page({ fromUs: 0, toUs: CUT - 1, offset: 0, limit: 0 }).total;
    expect(after - before).toBeGreaterThan(historyLines * 0.7);
    expect(after - before).toBeLessThanOrEqual(historyLines);
    for (const name of [
      "log_lines_total",
      "http_server_request_duration_seconds_bucket",
      "process_cpu_seconds_total",
    ]) {
      for (const ref of metrics.select([{ name: "__name__", operator: "=", value: name }])) {
        const values = windowOf(metrics, ref, 0, END / 1_000).map(([, value]) => value);
        expect(values).toEqual([...values].sort((a, b) => a - b));
      }
    }
    const { total } = traces.search({ fromUs: 0, toUs: END, limit: 0, order: "newest" });
    expect(total).toBeGreaterThan(40 * 180 * 0.4);
  });
});
