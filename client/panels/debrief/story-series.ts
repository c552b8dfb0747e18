/**
 * What stands in story charts: the queries that the learner pinned, and the answers of the run's own world and of its
 * healthy twin as series of one chart.
 */
import type { StoryChart } from "../../../server/wire/debrief.js";
import type { Exhibit } from "../../../server/wire/run.js";
import { unitOfQuery } from "../../charts/query-unit.js";
import type { MatrixSeries, PrometheusResult } from "../../net/prometheus.js";
import { valueOf } from "../../net/prometheus.js";

export interface StorySeries {
  readonly name: string;
  readonly timesUs: Float64Array;
  readonly values: Float64Array;
  readonly dashed: boolean;
}

/** Series beyond this stay out of a story chart: it is there to show one thing. */
const SERIES_MAX = 12;

/** Steps that a range of this length is asked in: about 200 points, not finer than five seconds. */
export function storyStepSeconds(fromUs: number, toUs: number): number {
  const seconds = (toUs - fromUs) / 1_000_000;
  return Math.max(5, Math.ceil(seconds / 200 / 5) * 5);
}

/**
 * The run's series first, then the twin's, dashed and named so. All share one grid of instants, as one range query
 * gives them; where a series has no sample there is a gap.
 */
export function storySeries(mine: PrometheusResult, twin: PrometheusResult | undefined): readonly StorySeries[] {
  return [...seriesOf(mine, false), ...(twin === undefined ? [] : seriesOf(twin, true))];
}

function seriesOf(result: PrometheusResult, dashed: boolean): readonly StorySeries[] {
  if (result.resultType !== "matrix") return [];
  return result.result.slice(0, SERIES_MAX).map((series) => ({
    name: dashed ? `${nameOf(series)} (twin)` : nameOf(series),
    timesUs: Float64Array.from(series.values, ([seconds]) => Math.round(seconds * 1_000_000)),
    values: Float64Array.from(series.values, ([, text]) => finite(valueOf(text))),
    dashed,
  }));
}

/** Labels as `service="order"`, the metric's name when it has no others. */
function nameOf({ metric }: MatrixSeries): string {
  const labels = Object.entries(metric).filter(([name]) => name !== "__name__");
  const values = labels.map(([, value]) => value).join(" · ");
  return values === "" ? (metric["__name__"] ?? "Value") : values;
}

const finite = (value: number): number => (Number.isFinite(value) ? value : Number.NaN);

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
