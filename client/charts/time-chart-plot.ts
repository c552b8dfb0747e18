/**
 * What uPlot is told of a time chart: its scales, axes, lines and areas. Much of it is asked again at every drawing, so that
 * colours, limits and thresholds are those of that moment.
 */
import type uPlot from "uplot";
import type { TimeWindow } from "../../server/wire/telemetry.js";
import { logarithmicRange, valueRange } from "./chart-data.js";
import type { ChartExemplar, ChartSeries } from "./chart-data.js";
import { CHART_FONT } from "./chart-overlays.js";
import type { ChartThreshold } from "./chart-overlays.js";
import { seriesColors } from "./colors.js";
import { formatClockTick, formatTicks } from "./format.js";
import { BASE } from "./stacked-series.js";
import { valueTicks } from "./value-ticks.js";

/** uPlot's number of a logarithmic scale: its enum is only declared and not there at run time. */
const LOGARITHMIC: unknown = 3;
/** How much of its colour an area has: between two lines, and in a stack. */
const BAND_SHADE = 0.16;
const STACK_SHADE = 0.35;
/** Widths of lines. A browser strokes a line of a pixel five times as fast as a wider one, and many read better thin. */
const LINE_PX = 1.5;
const DASHED_PX = 1.25;
const HAIRLINE_PX = 1;
/** Points in all from which a chart draws thin lines. */
const CROWDED_POINTS = 3_000;
/** Of a chart's height: its padding above and its time axis. And how far lines of the value axis stand apart at least. */
const FRAME_PX = 42;
const TICK_PX = 24;
/** A time nearer to the value axis than this would stand on its lowest figure. */
const CORNER_PX = 14;
/** A quiet grid has no more lines than these. */
const TICKS_MAX = 6;
/** A threshold farther off than this many times the highest value does not stretch the axis. */
const THRESHOLD_REACH = 4;

/** What a chart was told by its surroundings, as it is when it is asked. */
interface PlotLook {
  readonly unit: string;
  readonly height: number;
  readonly stacked: boolean;
  readonly logarithmic: boolean;
  readonly fill: number;
  readonly axisMin: number | undefined;
  readonly axisMax: number | undefined;
  readonly exemplars: readonly ChartExemplar[];
  readonly usual: { readonly high: number } | undefined;
  /** Those beside the one that stretches the axis however far off it is. */
  readonly thresholds: readonly ChartThreshold[];
}

export interface PlotSource {
  readonly look: PlotLook;
  readonly window: () => TimeWindow;
  /** All of them. */
  readonly thresholds: () => readonly ChartThreshold[];
  /** All series, drawn or not: a hidden one keeps its colour. */
  readonly lines: () => readonly ChartSeries[];
  readonly isConcealed: (name: string) => boolean;
  /** A CSS colour as a canvas takes it. */
  readonly colorOf: (color: string) => string;
}

type Colors = ReadonlyMap<string, string>;

export function plotScales({ look, window, thresholds }: PlotSource): uPlot.Scales {
  const range = (self: uPlot): [number, number] => valuesRange(self, look, thresholds());
  const y: uPlot.Scale = { range };
  return {
    x: { range: () => [window().fromUs / 1e6, window().toUs / 1e6] },
    y: look.logarithmic ? Object.assign(y, { distr: LOGARITHMIC }) : y,
  };
}

function valuesRange(self: uPlot, look: PlotLook, thresholds: readonly ChartThreshold[]): [number, number] {
  const all = (self.data as readonly (readonly (number | null | undefined)[])[]).slice(1);
  const shown = all.filter((_, index) => self.series[index + 1]?.show ?? true);
  if (look.logarithmic) return [...logarithmicRange(shown)];
  const [low, high] = valueRange(shown);
  const exemplar = Math.max(0, ...look.exemplars.map(({ value }) => value));
  const wanted = [...thresholds.map(({ value }) => value), look.usual?.high ?? 0].map((value) => value * 1.08);
  // One far off would flatten the lines: it is left out of sight then, and its name says so at the edge.
  const reached = wanted.filter(
    (value) => value <= Math.max(high, 0) * THRESHOLD_REACH || look.thresholds.length === 0,
  );
  return [look.axisMin ?? low, look.axisMax ?? Math.max(high, ...reached, Math.min(exemplar * 1.05, high * 4))];
}

export function plotAxes({ look, colorOf }: PlotSource): uPlot.Axis[] {
  const ink = (): string => colorOf("var(--ink-soft)");
  const line = (): string => colorOf("var(--line)");
  const shared = { stroke: ink, font: CHART_FONT, gap: 4, ticks: { show: false } };
  const time: uPlot.Axis = {
    ...shared,
    size: 22,
    space: 76,
    grid: { stroke: line, width: 1 },
    values: (self, splits) =>
      splits.map((seconds) => (self.valToPos(seconds, "x") < CORNER_PX ? "" : formatClockTick(seconds * 1e6))),
  };
  const values: uPlot.Axis = {
    ...shared,
    size: (_self, labels) => axisWidth(labels),
    space: 32,
    grid: { stroke: line, width: 1, ...(look.logarithmic ? { filter: decades } : {}) },
    // A logarithmic axis offers lines that it names only at the decades.
    ...(look.logarithmic
      ? { filter: decades }
      : {
          splits: (_self: uPlot, _axis: number, low: number, high: number) => [
            ...valueTicks(low, high, {
              unit: look.unit,
              most: Math.min(TICKS_MAX, Math.floor((look.height - FRAME_PX) / TICK_PX)),
            }),
          ],
        }),
    values: (_self, splits) => tickNames(splits, look.unit),
  };
  return [time, values];
}

/** Wide enough for the longest label. uPlot asks a first time before there are any, whatever its types say. */
function axisWidth(labels: readonly string[] | null): number {
  return Math.max(40, 12 + 6.8 * Math.max(0, ...(labels ?? []).map(({ length }) => length)));
}

function tickNames(splits: readonly (number | null)[], unit: string): string[] {
  const shown = splits.filter((split) => split !== null);
  const names = new Map(formatTicks(shown, unit).map((name, index) => [shown[index], name]));
  return splits.map((split) => (split === null ? "" : (names.get(split) ?? "")));
}

/** Decades of a logarithmic axis; the lines between have no name. */
const decades = (_self: uPlot, splits: number[]): (number | null)[] =>
  splits.map((split) => (Math.abs(Math.log10(split) - Math.round(Math.log10(split))) < 1e-9 ? split : null));

/** One for each of the series that are drawn. */
export function plotLines(source: PlotSource, drawn: readonly ChartSeries[]): uPlot.Series[] {
  const { look, colorOf, isConcealed } = source;
  const colors = lineColors(source.lines());
  const crowded = isCrowded(drawn);
  return drawn.map((series) => {
    const isBase = series.band === BASE;
    const isFilled = isBase || (look.fill > 0 && series.band === undefined && series.dashed !== true);
    return {
      label: series.name,
      show: !isConcealed(series.name),
      stroke: () => colorOf(colors.get(series.name) ?? ""),
      width: crowded ? HAIRLINE_PX : series.dashed === true ? DASHED_PX : LINE_PX,
      ...(series.dashed === true ? { dash: [5, 4] } : {}),
      points: { show: series.values.length < 3, size: 5 },
      spanGaps: false,
      ...(isFilled ? { fill: () => shadeOf(source, series, colors, isBase ? STACK_SHADE : look.fill) } : {}),
    };
  });
}

/** Areas between two lines. */
export function plotBands(source: PlotSource, drawn: readonly ChartSeries[]): uPlot.Band[] {
  const colors = lineColors(source.lines());
  return drawn.flatMap((series, index) => {
    const other = drawn.findIndex(({ name }) => name === series.band);
    const share = source.look.stacked ? STACK_SHADE : BAND_SHADE;
    return series.band === undefined || other < 0
      ? []
      : [{ series: [index + 1, other + 1] as [number, number], fill: () => shadeOf(source, series, colors, share) }];
  });
}

function shadeOf({ colorOf }: PlotSource, { name }: ChartSeries, colors: Colors, share: number): string {
  const color = colorOf(colors.get(name) ?? "");
  return `color-mix(in srgb, ${color} ${String(Math.round(share * 100))}%, transparent)`;
}

/** By name: the series' own colour, or that of what it measures. */
export function lineColors(all: readonly ChartSeries[]): Colors {
  const colors = seriesColors(all.filter(({ color }) => color === undefined).map(({ name }) => baseName(name)));
  return new Map(all.map(({ name, color }) => [name, color ?? colors.get(baseName(name)) ?? "var(--series-1)"]));
}

/** A twin's or an earlier hour's line has the colour of the line that it is laid under; `{job="order"}` that of the service. */
const baseName = (name: string): string =>
  name.replace(/ \((?:twin|1 h before)\)$/, "").replace(/^\{(?:job|service|service_name|instance)="([^"]+)"\}$/, "$1");

/** There are so many points that lines are drawn thin. */
export const isCrowded = (series: readonly ChartSeries[]): boolean =>
  series.reduce((points, { values }) => points + values.length, 0) >= CROWDED_POINTS;

/** What is not above zero has no place on a logarithmic axis: a gap. */
export const aboveZero = (series: ChartSeries): ChartSeries => ({
  ...series,
  values: series.values.map((value) => (value > 0 ? value : Number.NaN)),
});
