/** What the map says in words: figures of a part now and before, and which parts a search or a filter keeps. Pure. */
import type { MapEdge, MapNode, ServiceMap, TrafficFigures } from "../../../server/wire/telemetry.js";
import { formatDurationUs, formatRate, formatRatio } from "../../charts/format.js";
import { healthOf } from "../../charts/map-health.js";

export interface FigureRow {
  readonly name: string;
  readonly now: string;
  readonly before: string;
}

export const formatMs = (milliseconds: number): string => formatDurationUs(milliseconds * 1_000);

const ROWS: readonly (readonly [string, (figures: TrafficFigures) => string])[] = [
  ["rate", ({ requestsPerSecond }) => formatRate(requestsPerSecond)],
  ["errors", ({ errorRatio }) => formatRatio(errorRatio)],
  ["p50", ({ latencyMsP50 }) => formatMs(latencyMsP50)],
  ["p99", ({ latencyMsP99 }) => formatMs(latencyMsP99)],
];

/** Of no calls no share fails and none is the slowest. */
function written([name, format]: (typeof ROWS)[number], figures: TrafficFigures | undefined): string {
  return figures === undefined || (figures.requestsPerSecond === 0 && name !== "rate") ? "–" : format(figures);
}

/** Four rows; a dash where nothing was measured. */
export function figureRows(now: TrafficFigures | undefined, before: TrafficFigures | undefined): readonly FigureRow[] {
  return ROWS.map((row) => ({ name: row[0], now: written(row, now), before: written(row, before) }));
}

/** `before → now` of a part in one line, for exhibits and screen readers. */
export function figuresText(now: TrafficFigures | undefined, before: TrafficFigures | undefined): string {
  return figureRows(now, before)
    .map((row) => `${row.name} ${row.before} → ${row.now}`)
    .join(", ");
}

export interface MapChoice {
  /** Words of a name or kind. */
  readonly find: string;
  readonly onlyErrors: boolean;
}

/** Ids of the parts that stay lit: all of them unless something is looked for. */
export function litNodes(map: ServiceMap, choice: MapChoice): ReadonlySet<string> {
  const needle = choice.find.trim().toLowerCase();
  const matching = map.nodes.filter(
    (node) => matchesText(node, needle) && (!choice.onlyErrors || isUnwell(node, map.edges)),
  );
  return new Set(matching.map(({ id }) => id));
}

function matchesText({ id, title, kind }: MapNode, needle: string): boolean {
  return needle === "" || [id, title, kind].some((text) => text.toLowerCase().includes(needle));
}

/** It does worse itself, or a call to or from it does. */
function isUnwell(node: MapNode, edges: readonly MapEdge[]): boolean {
  const judged = [node, ...edges.filter(({ from, to }) => from === node.id || to === node.id)];
  return judged.some(({ now, before }) => {
    const { severity } = healthOf(now, before);
    return severity === "warning" || severity === "critical";
  });
}
