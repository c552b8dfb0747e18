/** How long a learner waits: a world in its thread, cold, until the last 15 minutes can be asked, and until the hour is there. */
import { WorkerWorldFactory } from "../../dist/server/sessions/worker-world-factory.js";
import { scenarioOf } from "./scenarios.mjs";

export async function benchWorld(size) {
  const scenario = await scenarioOf("checkout-errors");
  // A small history for the small size: the same path in a tenth of the time.
  const played = size === "large" ? scenario : { ...scenario, digest: "small", history: scenario.recent + 60e6 };
  const factory = new WorkerWorldFactory(() => played);
  const start = { scenarioId: played.id, seed: played.seed, actions: [], faults: true, nowUs: played.startsAt };
  const memoryBefore = process.memoryUsage().rss;
  const begun = performance.now();
  const handle = await factory.start(start, () => undefined);
  const explorableMs = performance.now() - begun;
  await handle.historyReady;
  const wholeMs = performance.now() - begun;
  const memoryMb = (process.memoryUsage().rss - memoryBefore) / 1e6;
  const checksum = await handle.digest();
  const found = await handle.queries.logs({
    fromUs: played.startsAt - 900e6,
    toUs: played.startsAt,
    offset: 0,
    limit: 1,
  });
  await handle.close();
  const wanted = (atMost) => (size === "large" ? { wanted: { atMost } } : {});
  return [
    { figure: "last 15 minutes can be explored", value: explorableMs, unit: "ms", checksum, ...wanted(1_000) },
    { figure: "whole hour is there", value: wholeMs, unit: "ms", ...wanted(3_000) },
    { figure: "memory of the process, more than before", value: memoryMb, unit: "MB" },
    { figure: "log lines of the last 15 minutes", value: found.total, unit: "" },
  ];
}
