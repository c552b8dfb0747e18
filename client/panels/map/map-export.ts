/** What the map gives out: a row for each part and each call with its figures, and the questions behind them. Pure. */
import type { ServiceMap, TrafficFigures } from "../../../server/wire/telemetry.js";
import type { TimeWindow } from "../../../server/wire/telemetry.js";
import { healthOf } from "../../charts/map-health.js";
import { jaegerDependencies } from "../../state/export-text.js";
import type { Cell, CurlRequest, ExportTable } from "../../state/export-text.js";

const FIGURES = ["rate", "error_ratio", "p50_ms", "p99_ms"] as const;

const cells = (figures: TrafficFigures | undefined): readonly Cell[] =>
  figures === undefined
    ? FIGURES.map(() => null)
    : [figures.requestsPerSecond, figures.errorRatio, figures.latencyMsP50, figures.latencyMsP99];

/** Parts have no `to`. */
export function mapTable({ nodes, edges }: ServiceMap): ExportTable {
  const parts = [
    ...nodes.map(({ id, kind, now, before }) => ({ from: id, to: null, kind, now, before })),
    ...edges.map(({ from, to, now, before }) => ({ from, to, kind: "call", now, before })),
  ];
  return {
    columns: ["from", "to", "kind", ...FIGURES, ...FIGURES.map((name) => `${name}_before`), "against_before"],
    rows: parts.map(({ from, to, kind, now, before }) => [
      from,
      to,
      kind,
      ...cells(now),
      ...cells(before),
      healthOf(now, before).reasons.join(", "),
    ]),
  };
}

/** The map itself, and the counts of its calls as Jaeger answers them. */
export const mapRequests = (window: TimeWindow): readonly CurlRequest[] => [
  { own: "map", json: window },
  jaegerDependencies(window),
];
