/** How the time for one span grows with the size of the system and with its load: processor time over rows written. */
import { layeredTopology } from "../fixtures/layered-topology.js";
import { at, engine, model, NOON } from "../fixtures/topology.js";

export interface GrowthPoint {
  readonly services: number;
  readonly load: number;
  readonly spans: number;
  readonly nanosecondsPerSpan: number;
  readonly checksum: string;
}

const SERVICES: Readonly<Record<"small" | "large", readonly number[]>> = {
  small: [10, 50],
  large: [10, 50, 200, 1_000],
};
const LOADS: Readonly<Record<"small" | "large", readonly number[]>> = { small: [1, 10], large: [1, 10, 100] };
/** The size at which the load is varied. */
const SERVICES_UNDER_LOAD = 50;
const REQUESTS: Readonly<Record<"small" | "large", number>> = { small: 1_500, large: 150_000 };
const WARM_UP_SECONDS = 2;
/** The fastest of so many: others may be disturbed by what else the machine does. */
const TURNS: Readonly<Record<"small" | "large", number>> = { small: 1, large: 3 };

export interface GrowthFigures {
  readonly bySize: readonly GrowthPoint[];
  readonly byLoad: readonly GrowthPoint[];
}

export function benchGrowth(size: "small" | "large"): GrowthFigures {
  // Once for nothing: the first worlds of a process run while their code is being compiled.
  measure(SERVICES_UNDER_LOAD, 1, REQUESTS[size]);
  const point = (services: number, load: number): GrowthPoint =>
    Array.from({ length: TURNS[size] }, () => measure(services, load, REQUESTS[size])).reduce((best, other) =>
      other.nanosecondsPerSpan < best.nanosecondsPerSpan ? other : best,
    );
  return {
    bySize: SERVICES[size].map((services) => point(services, 1)),
    byLoad: LOADS[size].map((load) => point(SERVICES_UNDER_LOAD, load)),
  };
}

/** Times of the largest over the smallest. */
export function growthOf(points: readonly GrowthPoint[]): number {
  const times = points.map(({ nanosecondsPerSpan }) => nanosecondsPerSpan);
  return Math.max(...times) / (times[0] ?? NaN);
}

function measure(services: number, load: number, requests: number): GrowthPoint {
  const spec = layeredTopology(services, load);
  const world = engine(model(spec), { seed: "growth", startAt: at(-WARM_UP_SECONDS) });
  world.run(NOON);
  const before = process.cpuUsage();
  world.run(at(requests / spec.load.rps));
  const { user, system } = process.cpuUsage(before);
  return {
    services: spec.services.length,
    load,
    spans: world.spans.rows,
    nanosecondsPerSpan: ((user + system) * 1_000) / world.spans.rows,
    checksum: world.digest(),
  };
}
