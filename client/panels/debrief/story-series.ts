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

/** The value of a lone label: what it is a value of stands in the chart's caption. */
const LONE_LABEL = /^\{[\w.]+="([^"\\]+)"\}$/;

/**
 * The run's series first, then the twin's, dashed and named so. A lone series, and one without labels, is called
 * `unnamed`; of a lone label the value is name enough.
 */
export function storySeries(
  mine: readonly ChartSeries[],
  twin: readonly ChartSeries[],
  unnamed: string,
): readonly ChartSeries[] {
  const isLone = mine.length <= 1 && twin.length <= 1;
  const nameOf = ({ name }: ChartSeries): string =>
    name === "" || isLone ? unnamed : (LONE_LABEL.exec(name)?.[1] ?? name);
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
