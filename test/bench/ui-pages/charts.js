/** Ten time charts of ten series with a thousand points, as a full dashboard has them. */
import "../../../client/charts/time-chart.ts";
import { painted } from "./painted.js";

const CHARTS = 10;
const SERIES = 10;
const POINTS = 1_000;
const STEP_US = 15e6;
const START_US = Date.UTC(2026, 2, 3, 10) * 1_000;

const timesUs = Float64Array.from({ length: POINTS }, (_, at) => START_US + at * STEP_US);

/** Waves that differ with `seed`, so that each drawing has other points. */
const seriesOf = (seed) =>
  Array.from({ length: SERIES }, (_, line) => ({
    name: `service-${String(line)}`,
    timesUs,
    values: Float64Array.from({ length: POINTS }, (_, at) => 50 + 20 * Math.sin(at / (9 + line) + seed) + line * 3),
    stepUs: STEP_US,
  }));

const grid = document.createElement("div");
grid.style.cssText = "display:grid;grid-template-columns:1fr 1fr;gap:8px;padding:8px";
const charts = Array.from({ length: CHARTS }, (_, index) => {
  const chart = document.createElement("fd-time-chart");
  chart.window = { fromUs: START_US, toUs: START_US + POINTS * STEP_US };
  chart.height = 130;
  chart.caption = `Chart ${String(index)}`;
  chart.series = seriesOf(index);
  grid.append(chart);
  return chart;
});
document.body.append(grid);
await painted();
await painted();

window.bench = {
  /** Milliseconds from new data for all charts to their painting. */
  redraw: async (seed) => {
    const data = charts.map((_, index) => seriesOf(seed * 100 + index));
    await painted();
    const from = performance.now();
    for (const [index, chart] of charts.entries()) chart.series = data[index];
    await Promise.all(charts.map(({ updateComplete }) => updateComplete));
    return (await painted()) - from;
  },
};
