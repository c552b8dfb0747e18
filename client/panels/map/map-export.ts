/** What the map gives out: a row for each part and each call with its figures, the questions behind them, and exhibits. Pure. */
import type { ServiceMap, TrafficFigures } from "../../../server/wire/telemetry.js";
import type { TimeWindow } from "../../../server/wire/telemetry.js";
import { healthOf } from "../../charts/map-health.js";
import type { ExhibitParts } from "../../elements/pin-button.js";
import { jaegerDependencies } from "../../state/export-text.js";
import type { Cell, CurlRequest, ExportTable } from "../../state/export-text.js";
import { figureRows, figuresText } from "./map-figures.js";
import type { Measured } from "./map-health-text.js";

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

/** The figures of a part or a call. */
export function partExhibit(title: string, part: Measured): ExhibitParts {
  const facts = figureRows(part.now, part.before).map(({ name, now, before }) => ({
    name,
    value: `${now} (before: ${before})`,
  }));
  return { title, frozen: { kind: "facts", facts } };
}

/** Only what is worse: the rest of a map says little in a notebook. */
export function mapExhibit(map: ServiceMap): ExhibitParts {
  const parts = [
    ...map.nodes.map((node) => ({ name: node.id, part: node })),
    ...map.edges.map((edge) => ({ name: `${edge.from} → ${edge.to}`, part: edge })),
  ];
  const facts = parts
    .filter(({ part }) => healthOf(part.now, part.before).reasons.length > 0)
    .map(({ name, part }) => ({ name, value: figuresText(part.now, part.before) }));
  return {
    title: "Service map",
    frozen: {
      kind: "facts",
      facts: facts.length > 0 ? facts : [{ name: "map", value: "everything as in the hour before" }],
    },
  };
}
