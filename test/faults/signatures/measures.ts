/** Figures of a world over a window beside those of its twin: what its spans say, and what people see of it. */
import { assert } from "../../../server/base/assert.js";
import { Digest } from "../../../server/base/digest.js";
import type { Engine } from "../../../server/sim/engine.js";
import { SPAN_STATUSES } from "../../../server/sim/span-status.js";
import { SPAN_CHUNK_MASK, SPAN_OPEN } from "../../../server/sim/span-table.js";
import type { SpanSite } from "../../../server/topology/model-types.js";
import { cell } from "../../fixtures/span-rows.js";
import type { Measure } from "./signature.js";
import type { Eyes, Window } from "./telemetry-eyes.js";

/** A world, and who watches it where somebody asks. */
export interface Course {
  readonly engine: Engine;
  readonly eyes: Eyes | undefined;
}

interface Figures {
  readonly count: number;
  readonly failed: number;
  /** µs, ascending. */
  readonly durations: Float64Array;
}

type SpanMeasure = "p50" | "p99" | "mean" | "calls" | "errors";

/** Where no difference from the twin is, and in which unit a measure is shown. */
export interface MeasureForm {
  readonly neutral: 0 | 1;
  readonly unit: "times" | "points" | "";
  /** What may be left of it after a cure at least. */
  readonly slack: number;
}

const times: MeasureForm = { neutral: 1, unit: "times", slack: 0.15 };
const points: MeasureForm = { neutral: 0, unit: "points", slack: 0.01 };
const count: MeasureForm = { neutral: 0, unit: "", slack: 0 };

export const MEASURES: Readonly<Record<Measure, MeasureForm>> = {
  p50: times,
  p99: times,
  mean: times,
  calls: times,
  errors: points,
  ratio: times,
  more: count,
  traces: times,
  lines: times,
  early: points,
  alerts: count,
};

/** Whether a measure is of what people see, and not of what is. */
export const isSeen = (kind: Measure): boolean => !(kind in SPANS);

/** A measure of `mine` beside the same one of `twin`. */
export function measure(of: string, kind: Measure, mine: Course, twin: Course, window: Window): number {
  const ask: ((course: Course) => number) | undefined = ASKED[kind]?.(of, window);
  if (ask === undefined) {
    return SPANS[kind as SpanMeasure](figures(mine.engine, of, window), figures(twin.engine, of, window));
  }
  return MEASURES[kind].neutral === 1 ? quotient(ask(mine), ask(twin)) : ask(mine) - ask(twin);
}

const eyesOf = ({ eyes }: Course): Eyes => {
  assert(eyes !== undefined, "somebody watches");
  return eyes;
};

const ASKED: Partial<Record<Measure, (of: string, window: Window) => (course: Course) => number>> = {
  ratio: (of, window) => (course) => eyesOf(course).query(of, window),
  more: (of, window) => (course) => eyesOf(course).query(of, window),
  traces: (of, window) => (course) => eyesOf(course).traces(of, window),
  lines: (of, window) => (course) => eyesOf(course).lines(of, window),
  early: (of, window) => (course) => eyesOf(course).early(of, window),
  alerts: (of, window) => (course) => eyesOf(course).alerts(of, window),
};

const SPANS: Readonly<Record<SpanMeasure, (mine: Figures, twin: Figures) => number>> = {
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
