/**
 * The map of who calls whom, from the spans that were kept: rate, errors and latency of every component and every edge
 * in a window and in the hour before it, in one pass over the columns. A service is measured by its own server and
 * consumer spans; stores, caches, queues and external parties by the client and producer spans of their callers.
 */
import { MICROS_PER_HOUR, MICROS_PER_MS, MICROS_PER_SECOND } from "../base/time.js";
import { SPAN_STATUSES } from "../sim/span-status.js";
import { SPAN_OPEN, type SpanChunk } from "../sim/span-table.js";
import type { ComponentKind, MapEdge, MapNode, ServiceMap, TimeWindow, TrafficFigures } from "../wire/telemetry.js";
import { LatencySketches } from "./latency-sketch.js";
import type { SpanPlace } from "../topology/model-types.js";
import type { SpanSource, TelemetryModel } from "./sources.js";
import { eachChunk, firstRowFrom } from "./span-rows.js";
import { isSpanKept } from "./span-sight.js";

export interface MapComponent {
  readonly id: string;
  readonly title: string;
  readonly kind: ComponentKind;
}

export interface ServiceMapOptions {
  readonly model: TelemetryModel;
  readonly components: readonly MapComponent[];
  readonly sampleRatio: number;
  readonly recent: SpanSource;
}

const NOWHERE = -1;

export class ServiceMapper {
  readonly #options: ServiceMapOptions;
  #sources: readonly SpanSource[];
  /** Subjects that are measured: first the components, then the edges. By site: its component, its edge. */
  readonly #nodeOfSite: Int16Array;
  readonly #edgeOfSite: Int16Array;
  readonly #edges: readonly { readonly from: string; readonly to: string }[];

  constructor(options: ServiceMapOptions) {
    this.#options = options;
    this.#sources = [options.recent];
    const { model, components } = options;
    const componentIndex = new Map(components.map(({ id }, index) => [id, index]));
    const isService = new Set(components.filter(({ kind }) => kind === "service").map(({ id }) => id));
    this.#nodeOfSite = Int16Array.from(
      model.sites,
      (site) => componentIndex.get(measuredBy(site, isService)) ?? NOWHERE,
    );
    const edges = new Map<string, { readonly index: number; readonly from: string; readonly to: string }>();
    this.#edgeOfSite = Int16Array.from(model.sites, (site) => edgeIndex(site, edges, components.length));
    this.#edges = [...edges.values()];
  }

  attachHistory(history: SpanSource): void {
    this.#sources = [history, ...this.#sources];
  }

  /** Components in their own order, all of them; edges that carried something in either window. `toUs` must not be later than now. */
  map(window: TimeWindow): ServiceMap {
    const { components } = this.#options;
    const now = this.#measure(window.fromUs, window.toUs);
    const before = this.#measure(window.fromUs - MICROS_PER_HOUR, window.fromUs - 1);
    const nodes = components.map((component, i): MapNode => ({ ...component, ...figuresOf(now, before, i) }));
    const edges = this.#edges.map(({ from, to }, i): MapEdge => ({
      from,
      to,
      ...figuresOf(now, before, components.length + i),
    }));
    return { nodes, edges: edges.filter((edge) => edge.now !== undefined || edge.before !== undefined) };
  }

  #measure(fromUs: number, toUs: number): Traffic {
    const { components, sampleRatio } = this.#options;
    const recordedFromUs = this.#sources.reduce((least, source) => Math.min(least, source.recordedFromUs), Infinity);
    const coveredUs = toUs - Math.max(fromUs, recordedFromUs) + 1;
    const ratio = this.#options.recent.sight?.ratioAt(toUs) ?? sampleRatio;
    const traffic = new Traffic(components.length + this.#edges.length, coveredUs, ratio);
    for (const source of this.#sources) {
      const { table } = source;
      eachChunk(table, firstRowFrom(table, fromUs), firstRowFrom(table, toUs + 1), (chunk, from, to, base) => {
        this.#add(traffic, { source, chunk, base }, from, to);
      });
    }
    return traffic;
  }

  #add(
    traffic: Traffic,
    { source, chunk, base }: { readonly source: SpanSource; readonly chunk: SpanChunk; readonly base: number },
    from: number,
    to: number,
  ): void {
    const { sampleRatio } = this.#options;
    const { site, durationUs, status } = chunk;
    for (let at = from; at < to; at++) {
      if (durationUs[at] === SPAN_OPEN || !isSpanKept(source, base + at, sampleRatio)) continue;
      const node = this.#nodeOfSite[site[at]];
      const edge = this.#edgeOfSite[site[at]];
      if (node !== NOWHERE) traffic.add(node, durationUs[at], status[at]);
      if (edge !== NOWHERE) traffic.add(edge, durationUs[at], status[at]);
    }
  }
}

/** What was measured of each subject in one window. */
class Traffic {
  readonly #sketches: LatencySketches;
  readonly #errors: Uint32Array;
  readonly #failed = Uint8Array.from(SPAN_STATUSES, ({ failed }) => (failed ? 1 : 0));

  constructor(
    subjects: number,
    readonly coveredUs: number,
    readonly sampleRatio: number,
  ) {
    this.#sketches = new LatencySketches(subjects);
    this.#errors = new Uint32Array(subjects);
  }

  add(subject: number, durationUs: number, status: number): void {
    this.#sketches.add(subject, durationUs);
    this.#errors[subject] += this.#failed[status];
  }

  isSilent(subject: number): boolean {
    return this.coveredUs <= 0 || this.#sketches.totals[subject] === 0;
  }

  figures(subject: number): TrafficFigures {
    const requests = this.#sketches.totals[subject];
    return {
      requestsPerSecond: requests / this.sampleRatio / (this.coveredUs / MICROS_PER_SECOND),
      errorRatio: requests === 0 ? 0 : this.#errors[subject] / requests,
      latencyMsP50: this.#sketches.quantileUs(subject, 0.5) / MICROS_PER_MS,
      latencyMsP99: this.#sketches.quantileUs(subject, 0.99) / MICROS_PER_MS,
    };
  }
}

/** Where nothing was measured in either window both are absent; a subject that fell silent shows a rate of 0. */
function figuresOf(
  now: Traffic,
  before: Traffic,
  subject: number,
): { readonly now?: TrafficFigures; readonly before?: TrafficFigures } {
  const hasNow = !now.isSilent(subject);
  const hasBefore = !before.isSilent(subject);
  return {
    ...(hasNow || (hasBefore && now.coveredUs > 0) ? { now: now.figures(subject) } : {}),
    ...(hasBefore ? { before: before.figures(subject) } : {}),
  };
}

/** The component that a span of this site measures; empty when another span measures it better. */
function measuredBy(site: SpanPlace, isService: ReadonlySet<string>): string {
  if (site.kind === "server" || site.kind === "consumer") return site.component;
  return site.kind !== "internal" && site.peer !== undefined && !isService.has(site.peer) ? site.peer : "";
}

function edgeIndex(
  site: SpanPlace,
  edges: Map<string, { readonly index: number; readonly from: string; readonly to: string }>,
  offset: number,
): number {
  const ends = endsOf(site);
  if (ends === undefined) return NOWHERE;
  const key = `${ends.from}\n${ends.to}`;
  let edge = edges.get(key);
  if (edge === undefined) edges.set(key, (edge = { ...ends, index: offset + edges.size }));
  return edge.index;
}

/** From caller to callee, and from a queue to whoever consumes it. */
function endsOf({ kind, component, peer }: SpanPlace): { readonly from: string; readonly to: string } | undefined {
  if (peer === undefined) return undefined;
  if (kind === "client" || kind === "producer") return { from: component, to: peer };
  return kind === "consumer" ? { from: peer, to: component } : undefined;
}
