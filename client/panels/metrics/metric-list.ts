/** What there is to query: metrics by name with type, unit and help, and a first query for each. Pure. */
import type { Catalogue } from "../../../server/wire/actions.js";

export type MetricEntry = Catalogue["metrics"][number];

/** Every word of `text` must occur in the name or the help, in any case. */
export function searchMetrics(metrics: readonly MetricEntry[], text: string): readonly MetricEntry[] {
  const words = text
    .toLowerCase()
    .split(/\s+/)
    .filter((word) => word !== "");
  return metrics.filter(({ name, help }) => {
    const hay = `${name} ${help}`.toLowerCase();
    return words.every((word) => hay.includes(word));
  });
}

/** The query that one usually wants first: a rate of a counter, a quantile of a histogram, a gauge as it is. */
export function firstQuery({ name, type }: MetricEntry): string {
  switch (type) {
    case "counter":
      return `sum by (job) (rate(${name}[1m]))`;
    case "histogram":
      return `histogram_quantile(0.99, sum by (le, job) (rate(${name}_bucket[1m])))`;
    case "gauge":
      return `sum by (job) (${name})`;
  }
}

/** Selectors of `_bucket` series whose exemplars belong to `query`; undefined where it reads no histogram. */
export const exemplarSelector = (query: string): string | undefined =>
  /[a-zA-Z_:][\w:]*_bucket(?:\s*\{[^}]*\})?/.exec(query)?.[0];
