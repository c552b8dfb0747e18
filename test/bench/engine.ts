/**
 * How fast the engine simulates a shop, metrics and logs counted: spans a second of processor time, with a checksum.
 * Run the compiled form (`tsc`), since that is what worlds run.
 */
import type { MetricSink } from "../../server/sim/metric-sink.js";
import { smallShop } from "../fixtures/small-shop.js";
import { at, engine, model } from "../fixtures/topology.js";

export interface EngineFigures {
  readonly spans: number;
  readonly logs: number;
  readonly samples: number;
  readonly cpuSeconds: number;
  readonly spansPerSecond: number;
  readonly digest: string;
}

const SECONDS: Readonly<Record<"small" | "large", number>> = { small: 60, large: 3_600 };

class CountingSink implements MetricSink {
  samples = 0;
  scrape(result: { readonly samplesKept: number }): void {
    this.samples += result.samplesKept;
  }
  targetRemoved(): void {
    // Nothing is kept.
  }
}

/** Simulates a minute or an hour of the small shop at 100 requests a second. */
export function benchEngine(size: "small" | "large"): EngineFigures {
  const sink = new CountingSink();
  const compiled = model(smallShop({ rps: 100 }));
  const before = process.cpuUsage();
  const world = engine(compiled, { sink, seed: "bench" });
  world.run(at(SECONDS[size]));
  const { user, system } = process.cpuUsage(before);
  const cpuSeconds = (user + system) / 1e6;
  return {
    spans: world.spans.rows,
    logs: world.logs.rows,
    samples: sink.samples,
    cpuSeconds,
    spansPerSecond: Math.round(world.spans.rows / cpuSeconds),
    digest: world.digest(),
  };
}
