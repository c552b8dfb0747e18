/**
 * What stands in story charts: the queries that the learner pinned, and the answers of the run's own world and of its
 * healthy twin as series of one chart.
 */
import type { StoryChart } from "../../../server/wire/debrief.js";
import type { Exhibit } from "../../../server/wire/run.js";
import type { ChartSeries } from "../../charts/chart-data.js";
import { unitOfQuery } from "../../charts/query-unit.js";

/** Series beyond this stay out of a story chart: it is there to show one thing. */
const SERIES_MAX = 12;

/** The run's series first, then the twin's, dashed and named so; a series without labels is called `unnamed`. */
export function storySeries(
  mine: readonly ChartSeries[],
  twin: readonly ChartSeries[],
  unnamed: string,
): readonly ChartSeries[] {
  const nameOf = ({ name }: ChartSeries): string => (name === "" ? unnamed : name);
  return [
    ...mine.slice(0, SERIES_MAX).map((series) => ({ ...series, name: nameOf(series) })),
    ...twin.slice(0, SERIES_MAX).map((series) => ({ ...series, name: `${nameOf(series)} (twin)`, dashed: true })),
  ];
}

/** A chart for each query that was pinned from the metrics view, in the order of pinning; no query twice. */
export function pinnedCharts(exhibits: readonly Exhibit[]): readonly StoryChart[] {
  const charts = new Map<string, StoryChart>();
  for (const { title, note, reference } of exhibits) {
    const query = reference.view === "metrics" ? new URLSearchParams(reference.search).get("query") : null;
    if (query === null || query === "" || charts.has(query)) continue;
    charts.set(query, { title, caption: note === "" ? query : note, query, unit: unitOfQuery(query) });
  }
  return [...charts.values()];
}
