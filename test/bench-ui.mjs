/**
 * `npm run bench:ui`: what the client takes in a headless Chromium on this machine, processor not throttled: each figure
 * is the median of five with its budget beside it. `-- --only name,name` measures some, `-- --hour` plays the whole hour
 * for the heap. Exit 1 when a budget is missed.
 */
import { benchCharts } from "./bench/ui-charts.mjs";
import { benchFlame } from "./bench/ui-flame.mjs";
import { openHarness } from "./bench/ui-harness.mjs";
import { benchHeap } from "./bench/ui-heap.mjs";
import { benchInput } from "./bench/ui-input.mjs";
import { benchLoad } from "./bench/ui-load.mjs";
import { benchMap } from "./bench/ui-map.mjs";
import { benchLogs } from "./bench/ui-logs.mjs";
import { benchQueries } from "./bench/ui-queries.mjs";
import { chosenFrom, printRows } from "./bench/table.mjs";
import { benchWaterfall } from "./bench/ui-waterfall.mjs";

/**
 * In this order; each takes the harness and answers with rows { figure, value, unit, wanted? }. A benchmark of one
 * element stands in `bench/ui-<name>.mjs`, the page that it opens in `bench/ui-pages/<name>.js`.
 */
const BENCHMARKS = [
  { name: "load", run: benchLoad },
  { name: "input", run: benchInput },
  { name: "queries", run: benchQueries },
  { name: "charts", run: benchCharts },
  { name: "flame", run: benchFlame },
  { name: "map", run: benchMap },
  { name: "logs", run: benchLogs },
  { name: "waterfall", run: benchWaterfall },
  { name: "heap", run: benchHeap },
];

const chosen = chosenFrom(BENCHMARKS).map(({ name, run }) => ({
  name,
  run: async (subject) => {
    const rows = await run(subject);
    await subject.endWorlds();
    return rows;
  },
}));
const harness = await openHarness({ hour: process.argv.includes("--hour") });
try {
  if ((await printRows(chosen, harness)) > 0) process.exitCode = 1;
} finally {
  await harness.close();
}
