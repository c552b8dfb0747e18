/** Figures of a world over a window: what its spans say, and what the metrics server kept. */
import { assert } from "../../../server/base/assert.js";
import { Digest } from "../../../server/base/digest.js";
import { MICROS_PER_MS, MICROS_PER_SECOND } from "../../../server/base/time.js";
import { evaluateInstant, prepareQuery } from "../../../server/query/promql/query.js";
import type { Engine } from "../../../server/sim/engine.js";
import { SPAN_STATUSES } from "../../../server/sim/span-status.js";
import { SPAN_CHUNK_MASK, SPAN_OPEN } from "../../../server/sim/span-table.js";
import type { MetricStore } from "../../../server/telemetry/metric-store.js";
import type { SpanSite } from "../../../server/topology/model-types.js";
import { cell } from "../../fixtures/span-rows.js";
import type { Measure } from "./signature.js";

export interface Window {
  readonly fromUs: number;
  readonly toUs: number;
}

/** A world, with what its metrics server kept where somebody asks for it. */
export interface Course {
  readonly engine: Engine;
  readonly metrics: MetricStore | undefined;
}

interface Figures {
  readonly count: number;
  readonly failed: number;
  /** µs, ascending. */
  readonly durations: Float64Array;
}

/** A measure of `mine` beside the same one of `twin`. */
export function measure(
  of: string,
  kind: Measure,
  mine: Course,
  twin: Course,
  windows: readonly [Window, Window],
): number {
  const [window, twinWindow] = windows;
  if (kind === "ratio") return quotient(query(mine, of, window), query(twin, of, twinWindow));
  if (kind === "more") return query(mine, of, window) - query(twin, of, twinWindow);
  const a = figures(mine.engine, of, window);
  const b = figures(twin.engine, of, twinWindow);
  return COMPARE[kind](a, b);
}

const COMPARE: Readonly<Record<Exclude<Measure, "ratio" | "more">, (mine: Figures, twin: Figures) => number>> = {
  calls: (mine, twin) => quotient(mine.count, twin.count),
  errors: (mine, twin) => quotient(mine.failed, mine.count) - quotient(twin.failed, twin.count),
  mean: (mine, twin) => quotient(mean(mine), mean(twin)),
  p50: (mine, twin) => quotient(quantile(mine, 0.5), quantile(twin, 0.5)),
  p99: (mine, twin) => quotient(quantile(mine, 0.99), quantile(twin, 0.99)),
};

/** Nothing against nothing is no difference. */
function quotient(a: number, b: number): number {
  return a === 0 && b === 0 ? 1 : a / b;
}

const mean = ({ durations }: Figures): number =>
  durations.reduce((sum, value) => sum + value, 0) / Math.max(1, durations.length);

/** The value at a share of the sorted durations, 0 for none. */
function quantile({ durations }: Figures, share: number): number {
  const at = Math.min(durations.length - 1, Math.floor(share * durations.length));
  return durations.length === 0 ? 0 : cell(durations, at);
}

/** Spans that began in the window; one that goes on counts with its time so far. */
function figures(engine: Engine, of: string, window: Window): Figures {
  const wanted = Uint8Array.from(engine.model.sites, (site) => (isMeant(site, of) ? 1 : 0));
  const failing = Uint8Array.from(SPAN_STATUSES, ({ failed }) => (failed ? 1 : 0));
  const durations: number[] = [];
  let failed = 0;
  forEachSpan(engine, window, ({ site, durationUs, startUs, status }, at) => {
    if (wanted[site[at] ?? 0] !== 1) return;
    const duration = cell(durationUs, at);
    durations.push(duration === SPAN_OPEN ? engine.now - cell(startUs, at) : duration);
    failed += failing[cell(status, at)] ?? 0;
  });
  return { count: durations.length, failed, durations: Float64Array.from(durations).sort() };
}

function isMeant({ kind, component, peer, name }: SpanSite, of: string): boolean {
  const [from = "", to] = of.split(" -> ");
  if (to !== undefined) return (kind === "client" || kind === "producer") && component === from && peer === to;
  const isHandling = kind === "server" || kind === "consumer";
  return isHandling && (component === of || `${component} ${name}` === of);
}

type Chunk = Engine["spans"]["chunks"][number];

/** Rows ascend by their start. */
function forEachSpan({ spans }: Engine, { fromUs, toUs }: Window, visit: (chunk: Chunk, at: number) => void): void {
  const end = firstRow(spans, toUs);
  for (let row = firstRow(spans, fromUs); row < end;) {
    const chunk = spans.chunkAt(row);
    const stop = Math.min(end, (row | SPAN_CHUNK_MASK) + 1);
    for (; row < stop; row++) visit(chunk, row & SPAN_CHUNK_MASK);
  }
}

/** The first row that begins at an instant or later. */
function firstRow(spans: Engine["spans"], atUs: number): number {
  let low = 0;
  let high = spans.rows;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (cell(spans.chunkAt(middle).startUs, middle & SPAN_CHUNK_MASK) < atUs) low = middle + 1;
    else high = middle;
  }
  return low;
}

/** Hash over all that a component did for others in the window, to the bit. */
export function handlingsDigest(engine: Engine, component: string, window: Window): string {
  const wanted = Uint8Array.from(engine.model.sites, (site) => (isMeant(site, component) ? 1 : 0));
  const digest = new Digest();
  forEachSpan(engine, window, (chunk, at) => {
    if (wanted[cell(chunk.site, at)] !== 1) return;
    digest.double(cell(chunk.startUs, at)).int(cell(chunk.durationUs, at)).int(cell(chunk.waitUs, at));
    digest.int(cell(chunk.request, at)).int((cell(chunk.status, at) << 16) | cell(chunk.instance, at));
  });
  return digest.hex();
}

/** First value of the query at the end of the window, 0 when it has none. */
function query({ metrics }: Course, text: string, { fromUs, toUs }: Window): number {
  const seconds = String(Math.round((toUs - fromUs) / MICROS_PER_SECOND));
  const prepared = prepareQuery(text.replaceAll("$window", `${seconds}s`));
  if (!prepared.ok) throw new Error(`${text}\n${prepared.error.map(({ message }) => message).join("\n")}`);
  assert(metrics !== undefined, `a metrics server for ${text}`);
  const result = evaluateInstant(prepared.value, metrics, Math.floor(toUs / MICROS_PER_MS));
  if (result.kind === "scalar") return result.value;
  return result.kind === "vector" ? (result.samples[0]?.value ?? 0) : 0;
}
