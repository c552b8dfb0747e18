/** A question that nobody waits for any more ends soon, on the world's own thread, and the next one is answered. */
import { afterAll, beforeAll, expect, test } from "vitest";
import { readScenario } from "../../server/scenario/read-scenario.js";
import { ThreadPool } from "../../server/sessions/thread-pool.js";
import { WorkerWorldFactory } from "../../server/sessions/worker-world-factory.js";
import { QueryCancelled, type AsyncWorldQueries, type WorldHandle } from "../../server/world/handle.js";
import { SCENARIO_FILE, smallFiles } from "../scenario/small-files.js";

let handle: WorldHandle;
beforeAll(async () => {
  const { scenario } = readScenario(smallFiles(), SCENARIO_FILE);
  if (scenario === undefined) throw new Error("the small scenario has errors");
  const factory = new WorkerWorldFactory(() => scenario, new ThreadPool(0, undefined));
  const start = { scenarioId: scenario.id, seed: "small", actions: [], faults: true, nowUs: scenario.startsAt };
  handle = await factory.start(start, () => undefined);
  await handle.historyReady;
});
afterAll(() => handle.close());

function ask(queries: AsyncWorldQueries, query: string) {
  return queries.prometheus("query", { query: [query], timeout: ["120s"] });
}

/** Sixty thousand steps over all buckets. */
const HEAVY = 'max_over_time(sum(rate({__name__="http_server_request_duration_seconds_bucket"}[5m]))[20m:20ms])';

test("a query that runs, and one that waits for its turn", async () => {
  const begunMs = performance.now();
  const free = await ask(handle.queries, HEAVY);
  const wholeMs = performance.now() - begunMs;
  expect(free.httpStatus, JSON.stringify(free.body).slice(0, 300)).toBe(200);
  const gone = new AbortController();
  const queries = handle.cancellable?.(gone.signal) ?? handle.queries;
  const abortedMs = performance.now();
  const running = ask(queries, HEAVY);
  const waiting = ask(queries, "up");
  waiting.catch(() => undefined);
  setTimeout(() => {
    gone.abort();
  }, wholeMs / 20);
  expect(await running).toMatchObject({ httpStatus: 503, body: { errorType: "canceled" } });
  await expect(waiting).rejects.toThrow(QueryCancelled);
  expect(performance.now() - abortedMs).toBeLessThan(wholeMs / 2);
  await expect(ask(queries, "up")).rejects.toThrow(QueryCancelled);
  expect(await ask(handle.queries, "up")).toMatchObject({ httpStatus: 200 });
});
