/**
 * How long a learner waits: a world in its thread until the last 15 minutes can be asked, and until the hour is there. Once
 * in threads that have been warm since the server's start, as learners meet them, and once in new ones, as the first
 * second after a start has them.
 */
import { ThreadPool } from "../../dist/server/sessions/thread-pool.js";
import { WorkerWorldFactory } from "../../dist/server/sessions/worker-world-factory.js";
import { scenarioOf } from "./scenarios.mjs";

export async function benchWorld(size) {
  const scenario = await scenarioOf("checkout-errors");
  // A small history for the small size: the same path in a tenth of the time.
  const played = size === "large" ? scenario : { ...scenario, digest: "small", history: scenario.recent + 60e6 };
  const wanted = (atMost) => (size === "large" ? { wanted: { atMost } } : {});
  const cold = await startOf(played, 0);
  const warm = await startOf(played, 2);
  return [
    {
      figure: "last 15 minutes can be explored",
      value: warm.explorableMs,
      unit: "ms",
      checksum: warm.checksum,
      ...wanted(1_000),
    },
    { figure: "whole hour is there", value: warm.wholeMs, unit: "ms", ...wanted(3_000) },
    { figure: "in new threads: last 15 minutes", value: cold.explorableMs, unit: "ms", checksum: cold.checksum },
    { figure: "in new threads: whole hour", value: cold.wholeMs, unit: "ms" },
    { figure: "memory of the process, more than before", value: cold.memoryMb, unit: "MB" },
    { figure: "log lines of the last 15 minutes", value: warm.lines, unit: "" },
  ];
}

async function startOf(played, spares) {
  const memoryBefore = process.memoryUsage().rss;
  const threads = new ThreadPool(spares, played);
  await threads.fill();
  const factory = new WorkerWorldFactory(() => played, threads);
  const start = { scenarioId: played.id, seed: played.seed, actions: [], faults: true, nowUs: played.startsAt };
  const begun = performance.now();
  const handle = await factory.start(start, () => undefined);
  const explorableMs = performance.now() - begun;
  await handle.historyReady;
  const wholeMs = performance.now() - begun;
  const memoryMb = (process.memoryUsage().rss - memoryBefore) / 1e6;
  const checksum = await handle.digest();
  const window = { fromUs: played.startsAt - 900e6, toUs: played.startsAt };
  const { total: lines } = await handle.queries.logs({ ...window, offset: 0, limit: 1 });
  await handle.close();
  await threads.close();
  return { explorableMs, wholeMs, memoryMb, checksum, lines };
}
