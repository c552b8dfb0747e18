/**
 * What Loki's index knows: labels, series, how much there is: lines and the bytes of their
 * texts, counted. Source: grafana/loki docs, reference/loki-http-api.
 */
import { MICROS_PER_HOUR } from "../../base/time.js";
import type { LogSelector } from "../../query/logql/ast.js";
import { LogqlBudget } from "../../query/logql/limits.js";
import type { LabelMatcher, Labels } from "../../telemetry/metric-reader.js";
import { type ApiAnswer, type ApiRequest, firstParameter, jsonAnswer } from "../api.js";
import type { ApiWorld } from "../api-world.js";
import { limitsOf } from "./loki-limits.js";
import {
  aheadUsOf,
  BadLokiRequest,
  limitOf,
  parsedQuery,
  selectorOf,
  stepMsOf,
  VOLUMES_MAX,
  windowOf,
  type LokiWindow,
} from "./loki-parameters.js";

/** Time that a question about labels looks back unless it says so. */
const LABELS_SINCE_US = 6 * MICROS_PER_HOUR;
/** Rows of one volume unless the client says how many. */
const VOLUMES_DEFAULT = 100;
/** Lines of a chunk, for what Loki would say of their number. */
const CHUNK_LINES = 10_000;

function matchersOf(request: ApiRequest): readonly LabelMatcher[] {
  return selectorOf(request, true).matchers;
}

function streamLabels(world: ApiWorld, matchers: readonly LabelMatcher[], { fromUs, toUs }: LokiWindow): Labels[] {
  const { reader } = world.logs;
  return reader.streams(matchers, fromUs, toUs).map((stream) => reader.streamLabels(stream));
}

export function labelNames(request: ApiRequest, world: ApiWorld): ApiAnswer {
  const streams = streamLabels(world, matchersOf(request), windowOf(request, world, LABELS_SINCE_US));
  return success([...new Set(streams.flatMap((labels) => Object.keys(labels)))].sort());
}

export function labelValues(request: ApiRequest, world: ApiWorld, name: string): ApiAnswer {
  const streams = streamLabels(world, matchersOf(request), windowOf(request, world, LABELS_SINCE_US));
  const values = streams.flatMap((labels) => (Object.hasOwn(labels, name) ? [labels[name]] : []));
  return success([...new Set(values)].sort());
}

export function series(request: ApiRequest, world: ApiWorld): ApiAnswer {
  const window = windowOf(request, world);
  const texts = ["match[]", "match"].flatMap((name) =>
    Object.hasOwn(request.parameters, name) ? request.parameters[name] : [],
  );
  const selections = texts.length === 0 ? [[]] : texts.map(matchersIn);
  const { reader } = world.logs;
  const streams = selections.flatMap((matchers) => reader.streams(matchers, window.fromUs, window.toUs));
  return success([...new Set(streams)].sort((a, b) => a - b).map((stream) => reader.streamLabels(stream)));
}

function matchersIn(text: string): readonly LabelMatcher[] {
  if (/^\s*\{\s*\}\s*$/.test(text)) return [];
  const expr = parsedQuery(text);
  if (expr.kind !== "log" || expr.stages.length > 0) throw new BadLokiRequest("only label matchers is supported");
  return expr.matchers;
}

/** Visits every line of the chosen streams with its bytes. */
function measure(
  world: ApiWorld,
  matchers: readonly LabelMatcher[],
  { fromUs, toUs }: LokiWindow,
  visit: (stream: number, timeUs: number, bytes: number) => void,
): void {
  const budget = new LogqlBudget(limitsOf(world));
  const counted = {
    lines: 0,
    watch: () => {
      budget.checkTime();
    },
  };
  world.logs.reader.scan(
    { matchers, fromUs, toUs, tests: [], newestFirst: false },
    (line) => {
      visit(line.stream, line.timeUs, line.bytes());
      return true;
    },
    counted,
  );
  budget.addLines(counted.lines);
}

/** How much there is in the streams of the question. */
export function lineFigures(
  request: ApiRequest,
  world: ApiWorld,
): Readonly<Record<"streams" | "chunks" | "bytes" | "entries", number>> {
  const streams = new Set<number>();
  let [entries, bytes] = [0, 0];
  measure(world, matchersOf(request), windowOf(request, world), (stream, _timeUs, size) => {
    streams.add(stream);
    entries++;
    bytes += size;
  });
  const chunks = entries === 0 ? 0 : Math.max(streams.size, Math.ceil(entries / CHUNK_LINES));
  return { streams: streams.size, chunks, bytes, entries };
}

export const indexStats = (request: ApiRequest, world: ApiWorld): ApiAnswer => jsonAnswer(lineFigures(request, world));

/** Under which labels a volume is counted: those named, or those of the selector; every label by itself, or all together. */
function volumeKeys(request: ApiRequest, { matchers }: LogSelector): (labels: Labels) => readonly Labels[] {
  const named = firstParameter(request, "targetLabels")
    ?.split(",")
    .map((name) => name.trim());
  const wanted = new Set(named ?? matchers.map(({ name }) => name));
  const isWanted = (name: string): boolean => wanted.size === 0 || wanted.has(name);
  const isByLabel = firstParameter(request, "aggregateBy") === "labels";
  return (labels) => {
    const chosen = Object.entries(labels).filter(([name]) => isWanted(name));
    return isByLabel ? chosen.map(([name]) => ({ [name]: "" })) : [Object.fromEntries(chosen)];
  };
}

interface Volume {
  readonly metric: Labels;
  total: number;
  readonly steps: Map<number, number>;
}

/** Volumes by labels, the greatest first. */
function volumes(request: ApiRequest, world: ApiWorld, stepOf: (timeUs: number) => number): Volume[] {
  const selector = selectorOf(request, true);
  const keysOf = volumeKeys(request, selector);
  const table = new Map<string, Volume>();
  const ofStream: (readonly Volume[] | undefined)[] = [];
  const rowsOf = (stream: number): readonly Volume[] =>
    keysOf(world.logs.reader.streamLabels(stream)).map((metric) => {
      const key = JSON.stringify(metric);
      const row = table.get(key) ?? { metric, total: 0, steps: new Map<number, number>() };
      table.set(key, row);
      return row;
    });
  measure(world, selector.matchers, windowOf(request, world), (stream, timeUs, bytes) => {
    const step = stepOf(timeUs);
    for (const row of (ofStream[stream] ??= rowsOf(stream))) {
      row.total += bytes;
      row.steps.set(step, (row.steps.get(step) ?? 0) + bytes);
    }
  });
  const sorted = [...table.values()].sort((left, right) => right.total - left.total);
  return sorted.slice(0, limitOf(request, VOLUMES_DEFAULT, VOLUMES_MAX));
}

/** A volume by labels names the label and not its value, as `{service_name=""}` would be no metric. */
const metricOf = (metric: Labels): Labels =>
  Object.fromEntries(Object.entries(metric).map(([name, value]) => [name, value === "" ? name : value]));

export function indexVolume(request: ApiRequest, world: ApiWorld): ApiAnswer {
  const { toUs } = windowOf(request, world);
  const seconds = clientSeconds(toUs, request);
  const result = volumes(request, world, () => 0).map(({ metric, total }) => ({
    metric: metricOf(metric),
    value: [seconds, String(total)],
  }));
  return success({ resultType: "vector", result });
}

/** Steps stand on whole multiples of their length by the client's clock; the first begins where the time does. */
export function indexVolumeRange(request: ApiRequest, world: ApiWorld): ApiAnswer {
  const window = windowOf(request, world);
  const stepUs = stepMsOf(request, window) * 1e3;
  const aheadUs = aheadUsOf(request);
  const first = Math.floor((window.fromUs + aheadUs) / stepUs);
  const stepOf = (timeUs: number): number => Math.floor((timeUs + aheadUs) / stepUs);
  const beginOf = (step: number): number => (step === first ? window.fromUs : step * stepUs - aheadUs);
  const result = volumes(request, world, stepOf).map(({ metric, steps }) => ({
    metric: metricOf(metric),
    values: [...steps].map(([step, bytes]) => [clientSeconds(beginOf(step), request), String(bytes)]),
  }));
  return success({ resultType: "matrix", result });
}

/** With milliseconds, as Loki has times of samples. */
const clientSeconds = (us: number, request: ApiRequest): number => Math.floor((us + aheadUsOf(request)) / 1e3) / 1e3;

export function detectedLabels(request: ApiRequest, world: ApiWorld): ApiAnswer {
  const values = new Map<string, Set<string>>();
  for (const labels of streamLabels(world, matchersOf(request), windowOf(request, world))) {
    for (const [name, value] of Object.entries(labels)) values.set(name, (values.get(name) ?? new Set()).add(value));
  }
  const found = [...values].map(([label, each]) => ({ label, cardinality: each.size }));
  return jsonAnswer({ detectedLabels: found.sort((a, b) => (a.label < b.label ? -1 : 1)) });
}

export const success = (data: unknown): ApiAnswer => jsonAnswer({ status: "success", data });
