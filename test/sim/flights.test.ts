/** A request that rebuilds an entry and misses the same entry again on the way must not wait for itself. */
import { expect, test } from "vitest";
import { duration } from "../../server/base/time.js";
import type { StepSpec } from "../../server/topology/types.js";
import {
  at,
  cache,
  dependency,
  engine,
  journey,
  model,
  ms,
  operation,
  query,
  service,
  store,
  topology,
} from "../fixtures/topology.js";

const rebuild: StepSpec = { kind: "query", store: "db", query: "item", repeat: 1, optional: false };
const lookUp = (onMiss: readonly StepSpec[]): StepSpec => ({ kind: "cache", cache: "items", keyspace: "item", onMiss });

test.each<[string, StepSpec]>([
  ["directly", lookUp([rebuild])],
  ["in a branch", { kind: "parallel", branches: [[lookUp([rebuild])], [{ kind: "cpu", time: ms(1) }]] }],
])("an entry that is looked up again while it is rebuilt, %s", (_, inner) => {
  const spec = topology({
    rps: 100,
    services: [
      service({
        id: "page",
        kind: "edge",
        dependencies: [dependency("items"), dependency("db")],
        operations: [operation({ name: "GET /", steps: [lookUp([inner])] })],
      }),
    ],
    stores: [store({ id: "db", queries: [query({ id: "item", io: ms(50, 0.2) })] })],
    caches: [
      cache({
        id: "items",
        keyspaces: [{ id: "item", keys: 5, zipf: 1, timeToLive: duration(500_000), singleFlight: "shared" }],
      }),
    ],
    journeys: [journey("all", "page", "GET /")],
  });
  const world = engine(model(spec), { stopArrivalsAt: at(10) });
  world.run(at(20));
  expect(world.spans.rows).toBeGreaterThan(2_000);
  expect(world.state.frames.inUse).toBe(0);
});
