/**
 * How fast a large world runs against its own clock: the shop with so much more load, and so much more of everything
 * that serves it, that it writes 200,000 spans a simulated second. One core keeps real time when it is above 1.
 */
import { Engine } from "../../dist/server/sim/engine.js";
import { historyFrom, modelOf } from "../../dist/server/world/history.js";
import { scenarioOf } from "./scenarios.mjs";

const TIMES = { small: 20, large: 360 };
const WARM_UP_US = 5e6;
const SECONDS = { small: 5, large: 30 };
const WANTED_SPANS_A_SECOND = 200_000;

export async function benchRealTime(size) {
  const scenario = await scenarioOf("checkout-errors");
  const from = historyFrom(scenario);
  const engine = new Engine(modelOf({ ...scenario, topology: larger(scenario.topology, TIMES[size]) }), {
    seed: scenario.seed,
    startAt: from - WARM_UP_US,
    recordFrom: from,
    faultsOn: true,
    sink: { scrape: () => undefined, targetRemoved: () => undefined },
  });
  engine.run(from);
  const before = process.cpuUsage();
  engine.run(from + SECONDS[size] * 1e6);
  const { user, system } = process.cpuUsage(before);
  const wanted = (atLeast) => (size === "large" ? { wanted: { atLeast } } : {});
  return [
    {
      figure: `shop with ${TIMES[size]} times the load: spans a simulated second`,
      value: engine.spans.rows / SECONDS[size],
      unit: "spans",
      checksum: engine.digest(),
      ...wanted(WANTED_SPANS_A_SECOND),
    },
    {
      figure: "simulated seconds a second of one core",
      value: SECONDS[size] / ((user + system) / 1e6),
      unit: "",
      ...wanted(1),
    },
  ];
}

/** The topology with `times` the load and with as many times the room for it in every process. */
function larger(topology, times) {
  const of = (count) => Math.ceil(count * times);
  return {
    ...topology,
    load: { ...topology.load, rps: topology.load.rps * times },
    services: topology.services.map((service) => ({
      ...service,
      workers: of(service.workers),
      queueCapacity: of(service.queueCapacity),
      cores: service.cores * times,
      dependencies: service.dependencies.map((dependency) => ({ ...dependency, poolSize: of(dependency.poolSize) })),
    })),
    stores: topology.stores.map((store) => ({
      ...store,
      cores: store.cores * times,
      connectionLimit: of(store.connectionLimit),
    })),
    queues: topology.queues.map((queue) => ({
      ...queue,
      capacity: of(queue.capacity),
      consumer: { ...queue.consumer, concurrency: of(queue.consumer.concurrency) },
    })),
  };
}
