/** LogQL and the free text search over the hour of a shop, some million lines, in the world's thread. */
import { ThreadPool } from "../../dist/server/sessions/thread-pool.js";
import { WorkerWorldFactory } from "../../dist/server/sessions/worker-world-factory.js";
import { scenarioOf } from "./scenarios.mjs";

const RUNS = { small: 1, large: 5 };
/** A text that the templates decide, one that stands in values, and an expression. */
const FILTERS = ['|= "connection refused"', '|= "3 items"', '|~ "session [0-9a-f]+"'];
const WORDS = ["refused", "u-10023"];

export async function benchLogs(size) {
  const scenario = await scenarioOf("checkout-errors");
  const played = size === "large" ? scenario : { ...scenario, digest: "small", history: scenario.recent + 60e6 };
  const factory = new WorkerWorldFactory(() => played, new ThreadPool(0, undefined));
  const start = { scenarioId: played.id, seed: played.seed, actions: [], faults: true, nowUs: played.startsAt };
  const handle = await factory.start(start, () => undefined);
  await handle.historyReady;
  const { queries } = handle;
  const window = { fromUs: played.startsAt - 3_600e6, toUs: played.startsAt };
  const { total } = await queries.logs({ ...window, offset: 0, limit: 1 });
  const rows = [{ figure: "log lines", value: total, unit: "" }];
  for (const filter of FILTERS) {
    const query = `sum(count_over_time({job=~".+"} ${filter} [1h]))`;
    const { ms, answer } = await fastest(RUNS[size], () => queries.api("loki", instant(query)));
    const { result } = JSON.parse(answer.body).data;
    // Of a million lines, in 300 ms.
    const wanted = size === "large" ? { wanted: { atMost: 300 } } : {};
    const perMillion = (ms / total) * 1e6;
    rows.push({
      figure: `LogQL ${filter}, a million lines`,
      value: perMillion,
      unit: "ms",
      checksum: count(result),
      ...wanted,
    });
  }
  for (const text of WORDS) {
    // Once: what a search has found is remembered.
    const begun = performance.now();
    const page = await queries.logs({ ...window, text, offset: 0, limit: 100 });
    const value = performance.now() - begun;
    rows.push({ figure: `free text ${text}, first time`, value, unit: "ms", checksum: String(page.total) });
  }
  await handle.close();
  return rows;
}

const count = ([sample]) => sample?.value[1] ?? "0";

function instant(query) {
  return {
    method: "GET",
    path: "loki/api/v1/query",
    parameters: { query: [query] },
    body: new Uint8Array(),
    contentType: "",
    accept: "",
  };
}

async function fastest(runs, ask) {
  let ms = Infinity;
  let answer;
  for (let run = 0; run < runs; run++) {
    const begun = performance.now();
    answer = await ask();
    ms = Math.min(ms, performance.now() - begun);
  }
  return { ms, answer };
}
