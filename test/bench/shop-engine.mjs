/**
 * The engine on the real shop, one core: every request with processor sharing, pools, retries and caches, its spans and
 * log lines written, its metrics counted and scraped. The sink keeps nothing: stores are measured with the world.
 */
import { Engine } from "../../dist/server/sim/engine.js";
import { historyFrom, modelOf } from "../../dist/server/world/history.js";
import { scenarioOf } from "./scenarios.mjs";

const MINUTE_US = 60e6;
const MINUTES = { small: 2, large: 60 };
const WANTED_SPANS_PER_SECOND = 1_000_000;

class CountingSink {
  samples = 0;
  scrape(result) {
    this.samples += result.samplesKept;
  }
  targetRemoved() {
    // Nothing is kept.
  }
}

export async function benchEngine(size) {
  const scenario = await scenarioOf("checkout-errors");
  const sink = new CountingSink();
  const from = size === "large" ? historyFrom(scenario) : scenario.startsAt - MINUTES.small * MINUTE_US;
  const before = process.cpuUsage();
  const engine = new Engine(modelOf(scenario), {
    seed: scenario.seed,
    startAt: from - MINUTE_US,
    recordFrom: from,
    faultsOn: true,
    sink,
  });
  engine.run(from + MINUTES[size] * MINUTE_US);
  const { user, system } = process.cpuUsage(before);
  const seconds = (user + system) / 1e6;
  const wanted = size === "large" ? { wanted: { atLeast: WANTED_SPANS_PER_SECOND } } : {};
  return [
    {
      figure: `shop, ${MINUTES[size]} min: spans, metrics and logs counted`,
      value: engine.spans.rows / seconds,
      unit: "spans/s",
      checksum: engine.digest(),
      ...wanted,
    },
    { figure: "spans", value: engine.spans.rows, unit: "" },
    { figure: "log lines", value: engine.logs.rows, unit: "" },
    { figure: "samples scraped", value: sink.samples, unit: "" },
    { figure: "bytes a stored span", value: bytesPerSpan(engine.spans), unit: "B", wanted: { atMost: 32 } },
  ];
}

/** Of the columns of a chunk, which all have as many rows. */
function bytesPerSpan(spans) {
  const columns = Object.values(spans.chunks[0]).filter(ArrayBuffer.isView);
  return columns.reduce((sum, column) => sum + column.BYTES_PER_ELEMENT, 0);
}
