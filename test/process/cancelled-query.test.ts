/** A question that nobody waits for any more ends soon, on the world's own thread, and the next one is answered. */
import { createServer, request as httpRequest, type Server } from "node:http";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { signalOf } from "../../server/http/gone.js";
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

const PARAMETERS = { method: "GET", body: new Uint8Array(), contentType: "", accept: "", clockAheadMs: 0 } as const;

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

type Question = (queries: AsyncWorldQueries) => Promise<unknown>;

const api =
  (tool: string, path: string, parameters: Readonly<Record<string, string>>): Question =>
  (queries) => {
    const lists = Object.fromEntries(Object.entries(parameters).map(([name, value]) => [name, [value]]));
    return queries.api(tool, { ...PARAMETERS, path, parameters: lists }, undefined);
  };

let number = 0;
const whole = { fromUs: 0, toUs: 4e15 };

/** Each takes the small world tens of milliseconds at least, and is asked in no other words. */
const QUESTIONS: readonly (readonly [string, Question])[] = [
  ["PromQL", (queries) => ask(queries, HEAVY)],
  [
    "LogQL",
    api("loki", "loki/api/v1/query", {
      query: 'sum by (user_id) (count_over_time({job=~".+"} | json | logfmt | user_id=~"u-.*1" [20h]))',
    }),
  ],
  ["sizes of an index", api("loki", "loki/api/v1/index/volume", { query: '{job=~".+"}', start: "1", step: "1" })],
  ["patterns", api("loki", "loki/api/v1/patterns", { query: '{job=~".+"} | user_id=~".+"', start: "1" })],
  ["TraceQL", api("tempo", "api/search", { q: '{ span.user.id =~ "u-.*x" && .session.id =~ "z.*" }' })],
  ["metrics of TraceQL", api("tempo", "api/metrics/query_range", { q: "{} | compare({kind=server})", since: "1h" })],
  ["dependencies", api("jaeger", "api/dependencies", { lookback: "86400000" })],
  [
    "log search",
    (queries) => queries.logs({ ...whole, text: `u-1 nothing ${String(++number)}`, offset: 0, limit: 10 }),
  ],
  [
    "log search by query",
    (queries) => queries.logs({ ...whole, query: '{job=~".+"} | json | user_id=~"x.*"', offset: 0, limit: 10 }),
  ],
];

describe("a connection that is closed ends", () => {
  let server: Server;
  let question: Question = () => Promise.resolve();
  let outcome: Promise<string> = Promise.resolve("");
  let begun = (): void => undefined;
  beforeAll(async () => {
    server = createServer((_request, response) => {
      const queries = handle.cancellable?.(signalOf(response)) ?? handle.queries;
      const answered = question(queries).then(
        (answer) => JSON.stringify(answer).slice(0, 200),
        (error: unknown) => (error instanceof QueryCancelled ? "canceled" : String(error)),
      );
      outcome = answered.then((text) => (/"errorType":"canceled"/.test(text) ? "canceled" : text));
      begun();
    });
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  });
  afterAll(() => {
    server.closeAllConnections();
    server.close();
  });

  test.each(QUESTIONS)("%s", async (_title, asked) => {
    question = asked;
    const address = server.address();
    const port = address === null || typeof address === "string" ? 0 : address.port;
    const client = httpRequest({ host: "127.0.0.1", port });
    client.on("error", () => undefined);
    const isBegun = new Promise<void>((resolve) => (begun = resolve));
    client.end();
    await isBegun;
    setTimeout(() => client.destroy(), 3);
    expect(await new Promise((resolve) => client.once("close", resolve)).then(() => outcome)).toBe("canceled");
    expect(await ask(handle.queries, "up")).toMatchObject({ httpStatus: 200 });
  });
});
