/**
 * Which time the map shows and what it is compared with, as the URL has it: `at` (the end of a short window, µs) and
 * `span` (its length, s), `vs` (`prev`: the same length right before; µs: one that ends there; else the hour before). Pure.
 */
import { formatClock } from "../../charts/format.js";
import type { MapEdge, MapNode, ServiceMap, TimeWindow, TrafficFigures } from "../../../server/wire/telemetry.js";
import type { ReadParameter } from "../logs/logs-query.js";

const SPAN_S_DEFAULT = 60;
export const SPANS_S: readonly number[] = [30, 60, 300];

/** µs of an address; undefined where it holds none. */
export const instantOf = (text: string | undefined): number | undefined =>
  /^\d{1,17}$/.test(text ?? "") ? Number(text) : undefined;

export function spanUs(read: ReadParameter): number {
  const seconds = Number(read("span"));
  return (SPANS_S.includes(seconds) ? seconds : SPAN_S_DEFAULT) * 1_000_000;
}

/** The page's window, or the short one that the scrubber stands at. */
export function mapWindow(read: ReadParameter, window: TimeWindow): TimeWindow {
  const at = instantOf(read("at"));
  return at === undefined ? window : { fromUs: at - spanUs(read), toUs: at };
}

/** Of what the map is compared with; undefined: the hour before, which comes with every map. */
export function versusWindow(read: ReadParameter, window: TimeWindow): TimeWindow | undefined {
  const { fromUs, toUs } = mapWindow(read, window);
  const lengthUs = toUs - fromUs;
  if (read("vs") === "prev") return { fromUs: fromUs - lengthUs, toUs: fromUs };
  const at = instantOf(read("vs"));
  return at === undefined ? undefined : { fromUs: at - lengthUs, toUs: at };
}

interface Measured {
  readonly now?: TrafficFigures;
  readonly before?: TrafficFigures;
}

/** `map` with the figures of another time as those before. */
export function compareMaps(map: ServiceMap, earlier: ServiceMap): ServiceMap {
  const nodes = new Map(earlier.nodes.map((node) => [node.id, node.now]));
  const edges = new Map(earlier.edges.map((edge) => [edgeId(edge), edge.now]));
  const against = <Part extends Measured>({ now, before: _, ...rest }: Part, before: TrafficFigures | undefined) => ({
    ...rest,
    ...(now === undefined ? {} : { now }),
    ...(before === undefined ? {} : { before }),
  });
  return {
    nodes: map.nodes.map((node) => against(node, nodes.get(node.id))),
    edges: map.edges.map((edge) => against(edge, edges.get(edgeId(edge)))),
  };
}

export const edgeId = ({ from, to }: Pick<MapEdge, "from" | "to">): string => `${from}>${to}`;

/** Ids of the parts that are at most `hops` calls away from one of them, in either direction. */
export function withinHops(edges: readonly MapEdge[], start: string, hops: number): ReadonlySet<string> {
  const reached = new Set([start]);
  for (let round = 0; round < hops; round += 1) {
    const border = new Set(reached);
    for (const { from, to } of edges) {
      if (border.has(from)) reached.add(to);
      if (border.has(to)) reached.add(from);
    }
  }
  return reached;
}

/** Parts merged into their groups; calls within a group are left out. Rates add up; errors are weighted by them. */
export function groupMap(map: ServiceMap, groupOf: (node: MapNode) => string): ServiceMap {
  const groups = new Map(map.nodes.map((node) => [node.id, groupOf(node)]));
  const nodes = new Map<string, { readonly parts: MapNode[] }>();
  for (const node of map.nodes) {
    const id = groups.get(node.id) ?? "";
    const group = nodes.get(id);
    if (group === undefined) nodes.set(id, { parts: [node] });
    else group.parts.push(node);
  }
  const edges = new Map<string, { readonly from: string; readonly to: string; readonly parts: MapEdge[] }>();
  for (const edge of map.edges) {
    const from = groups.get(edge.from) ?? "";
    const to = groups.get(edge.to) ?? "";
    if (from === to) continue;
    const merged = edges.get(`${from}>${to}`);
    if (merged === undefined) edges.set(`${from}>${to}`, { from, to, parts: [edge] });
    else merged.parts.push(edge);
  }
  return {
    nodes: [...nodes].map(([id, { parts }]) => ({
      id,
      title: parts.length === 1 ? id : `${id} (${String(parts.length)})`,
      kind: parts.every(({ kind }) => kind === parts[0]?.kind) ? (parts[0]?.kind ?? "service") : "service",
      ...mergeFigures(parts),
    })),
    edges: [...edges.values()].map(({ from, to, parts }) => ({ from, to, ...mergeFigures(parts) })),
  };
}

function mergeFigures(parts: readonly Measured[]): Measured {
  const merged = (pick: (part: Measured) => TrafficFigures | undefined): TrafficFigures | undefined => {
    const known = parts.map(pick).filter((figures) => figures !== undefined);
    if (known.length === 0) return undefined;
    const rate = known.reduce((sum, { requestsPerSecond }) => sum + requestsPerSecond, 0);
    const failed = known.reduce((sum, one) => sum + one.errorRatio * one.requestsPerSecond, 0);
    const weighted = known.reduce((sum, one) => sum + one.latencyMsP50 * one.requestsPerSecond, 0);
    return {
      requestsPerSecond: rate,
      errorRatio: rate === 0 ? 0 : failed / rate,
      // Quantiles of parts cannot be merged: a mean of medians, and the slowest part's p99 as a bound.
      latencyMsP50: rate === 0 ? 0 : weighted / rate,
      latencyMsP99: Math.max(...known.map(({ latencyMsP99 }) => latencyMsP99)),
    };
  };
  const now = merged((part) => part.now);
  const before = merged((part) => part.before);
  return { ...(now === undefined ? {} : { now }), ...(before === undefined ? {} : { before }) };
}

/** Which times the map shows, in words. */
export function timesText(read: ReadParameter, window: TimeWindow): string {
  const versus = versusWindow(read, window);
  const at = instantOf(read("at"));
  const now = at === undefined ? "The window" : `The ${String(spanUs(read) / 1_000_000)} s before ${formatClock(at)}`;
  return versus === undefined
    ? `${now} against the hour before`
    : `${now} against ${formatClock(versus.fromUs)}–${formatClock(versus.toUs)}`;
}
