/**
 * `npm run bench`: how fast the compiled server is, each figure with its checksum and its budget, beside a reference
 * workload of the same run (machines differ, ratios less so). `-- --small` does the same on small sizes; `-- --only
 * name,name` some of them. Exit 1 when a budget is missed in the full size.
 */
import { benchChain } from "./bench/chain-rows.mjs";
import { benchCourses } from "./bench/courses.mjs";
import { benchEngine } from "./bench/shop-engine.mjs";
import { benchGrowth } from "./bench/growth-rows.mjs";
import { benchQuery } from "./bench/query-rows.mjs";
import { benchLogs } from "./bench/log-rows.mjs";
import { benchRealTime } from "./bench/real-time.mjs";
import { benchReference } from "./bench/reference.mjs";
import { benchServer } from "./bench/server.mjs";
import { benchTraceqlRows } from "./bench/traceql-rows.mjs";
import { benchWorld } from "./bench/world-start.mjs";

/** In this order; each answers with rows { figure, value, unit, wanted?, checksum? }. */
const BENCHMARKS = [
  { name: "reference", run: benchReference },
  { name: "engine", run: benchEngine },
  { name: "chain", run: benchChain },
  { name: "growth", run: benchGrowth },
  { name: "real-time", run: benchRealTime },
  { name: "world", run: benchWorld },
  { name: "logs", run: benchLogs },
  { name: "courses", run: benchCourses },
  { name: "server", run: benchServer },
  { name: "query", run: benchQuery },
  { name: "traceql", run: benchTraceqlRows },
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

const grouped = (value) => value.toLocaleString("en", { maximumFractionDigits: value < 10 ? 2 : 0 });

function line(name, row) {
  const wanted =
    row.wanted === undefined
      ? ""
      : row.wanted.atLeast === undefined
        ? `at most ${grouped(row.wanted.atMost)}`
        : `at least ${grouped(row.wanted.atLeast)}`;
  const verdict = row.wanted === undefined ? "" : missed(row) ? "MISSED" : "ok";
  return [
    name.padEnd(10),
    row.figure.padEnd(58),
    `${grouped(row.value)} ${row.unit}`.padStart(20),
    wanted.padStart(20),
    verdict.padEnd(7),
    row.checksum ?? "",
  ].join(" ");
}

async function main() {
  const size = process.argv.includes("--small") ? "small" : "large";
  let failures = 0;
  for (const { name, run } of chosen()) {
    for (const row of await run(size)) {
      console.log(line(name, row));
      if (missed(row)) failures++;
    }
  }
  if (size === "large" && failures > 0) process.exitCode = 1;
}

await main();
