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
import { chosenFrom, printRows } from "./bench/table.mjs";
import { benchWorld } from "./bench/world-start.mjs";

/** In this order. */
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

const size = process.argv.includes("--small") ? "small" : "large";
const failures = await printRows(chosenFrom(BENCHMARKS), size);
if (size === "large" && failures > 0) process.exitCode = 1;
