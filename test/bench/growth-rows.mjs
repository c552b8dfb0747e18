/** Growth for `npm run bench`: rows by size and by load; the full size also renews the chart of the engine's README. */
import { writeFileSync } from "node:fs";
import { pathToFileURL } from "node:url";
import { bundle } from "./bundle.mjs";
import { growthChart } from "./growth-chart.mjs";

const CHART = "server/sim/growth.svg";
/** The largest may take this many times as long for a span as the smallest. */
const GROWTH_MAX = 2;

export async function benchGrowth(size) {
  const { benchGrowth: run, growthOf } = await import(pathToFileURL(await bundle("test/bench/growth.ts")).href);
  const figures = run(size);
  if (size === "large") writeFileSync(CHART, growthChart(figures));
  const wanted = size === "large" ? { wanted: { atMost: GROWTH_MAX } } : {};
  const rows = (points, nameOf) => [
    ...points.map((point) => ({
      figure: nameOf(point),
      value: point.nanosecondsPerSpan,
      unit: "ns/span",
      checksum: point.checksum,
    })),
    { figure: "  the largest against the first", value: growthOf(points), unit: "times", ...wanted },
  ];
  return [
    ...rows(figures.bySize, ({ services }) => `${services} services`),
    ...rows(figures.byLoad, ({ load }) => `50 services, ${load} times the load`),
  ];
}
