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
import { benchQueries } from "./bench/ui-queries.mjs";

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
  { name: "heap", run: benchHeap },
];

function chosen() {
  const at = process.argv.indexOf("--only");
  const names = at < 0 ? BENCHMARKS.map(({ name }) => name) : (process.argv[at + 1] ?? "").split(",");
  const unknown = names.filter((name) => !BENCHMARKS.some((benchmark) => benchmark.name === name));
  if (unknown.length > 0) {
    console.error(`unknown benchmark ${unknown.join(", ")}: one of ${BENCHMARKS.map(({ name }) => name).join(", ")}`);
    process.exit(2);
  }
  return BENCHMARKS.filter(({ name }) => names.includes(name));
}

const missed = ({ value, wanted }) =>
  wanted !== undefined && (wanted.atLeast === undefined ? value > wanted.atMost : value < wanted.atLeast);

const grouped = (value) => value.toLocaleString("en", { maximumFractionDigits: Math.abs(value) < 10 ? 1 : 0 });

function line(name, row) {
  const { figure, value, unit, wanted } = row;
  const budget =
    wanted === undefined
      ? ""
      : wanted.atLeast === undefined
        ? `at most ${grouped(wanted.atMost)}`
        : `at least ${grouped(wanted.atLeast)}`;
  const verdict = wanted === undefined ? "" : missed(row) ? "MISSED" : "ok";
  return `${name.padEnd(9)} ${figure.padEnd(66)} ${`${grouped(value)} ${unit}`.padStart(14)} ${budget.padStart(16)} ${verdict}`.trimEnd();
}

async function main() {
  const harness = await openHarness({ hour: process.argv.includes("--hour") });
  let failures = 0;
  try {
    for (const { name, run } of chosen()) {
      for (const row of await run(harness)) {
        console.log(line(name, row));
        if (missed(row)) failures++;
      }
    }
  } finally {
    await harness.close();
  }
  if (failures > 0) process.exitCode = 1;
}

await main();
