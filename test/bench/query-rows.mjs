/** How dense the metric store is, on the shop and on 4,000 series of two hours every 5 s; how fast PromQL over the latter. */
import { Engine } from "../../dist/server/sim/engine.js";
import { MetricStore } from "../../dist/server/telemetry/metric-store.js";
import { historyFrom, modelOf } from "../../dist/server/world/history.js";
import { evaluateInstant, evaluateRange, prepareQuery } from "../../dist/server/query/promql/query.js";
import { scenarioOf } from "./scenarios.mjs";
import { BEGINS_MS, INSTANT_QUERY, RANGE_QUERIES, STEP_MS, storeOf } from "./query-data.mjs";

const ROWS = { small: 200, large: 1_440 };
const RUNS = { small: 1, large: 7 };
const HOUR_MS = 3_600_000;
const MINUTE_US = 60e6;
/** Of the shop: its history and its last quarter of an hour. */
const SHOP_MINUTES = { small: 2, large: 75 };

export async function benchQuery(size) {
  const rows = ROWS[size];
  const begun = performance.now();
  const store = storeOf(rows);
  const writtenMs = performance.now() - begun;
  const { samples, sampleBytes } = store.figures();
  const endMs = BEGINS_MS + (rows - 1) * STEP_MS;
  const startMs = Math.max(BEGINS_MS, endMs - HOUR_MS);
  const wanted = (atMost) => (size === "large" ? { wanted: { atMost } } : {});
  return [
    { figure: "bytes a sample", value: sampleBytes / samples, unit: "B", ...wanted(2.2) },
    {
      figure: `bytes a sample, shop of ${SHOP_MINUTES[size]} min`,
      value: await bytesOnShop(size),
      unit: "B",
      ...wanted(2.2),
    },
    { figure: "nanoseconds a sample written", value: (writtenMs * 1e6) / samples, unit: "ns" },
    ...RANGE_QUERIES.map((text) => ({
      figure: text.slice(0, 58),
      value: fastest(RUNS[size], text, (query) => evaluateRange(query, store, startMs, endMs, 15_000)),
      unit: "ms",
    })),
    {
      figure: INSTANT_QUERY,
      value: fastest(RUNS[size], INSTANT_QUERY, (query) => evaluateInstant(query, store, endMs)),
      unit: "ms",
      ...wanted(10),
    },
  ];
}

/** With what series that a label makes up cost, and the times of scrapes. */
async function bytesOnShop(size) {
  const scenario = await scenarioOf("checkout-errors");
  const store = new MetricStore({ exemplarOf: () => undefined });
  const from = historyFrom(scenario);
  const options = { seed: scenario.seed, startAt: from - MINUTE_US, recordFrom: from, faultsOn: true, sink: store };
  new Engine(modelOf(scenario), options).run(from + SHOP_MINUTES[size] * MINUTE_US);
  const { samples, sampleBytes } = store.figures();
  return sampleBytes / samples;
}

/** Milliseconds of the fastest run; each with a query that remembers nothing. */
function fastest(runs, text, run) {
  let best = Infinity;
  for (let at = 0; at < runs; at++) {
    const prepared = prepareQuery(text);
    const begun = performance.now();
    run(prepared.value);
    best = Math.min(best, performance.now() - begun);
  }
  return best;
}
