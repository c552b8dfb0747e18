import { describe, expect, test } from "vitest";
import type { Engine } from "../../server/sim/engine.js";
import { smallShop } from "../fixtures/small-shop.js";
import { cell } from "../fixtures/span-rows.js";
import { at, deploy, engine, journey, model } from "../fixtures/topology.js";

/** Ways to answer that an instance of the small shop's edge exposes for a route. */
function answers(world: Engine, instance: string): readonly string[] {
  const target = world.model.targets.find((candidate) => candidate.instance.startsWith(`${instance}:`));
  if (target === undefined) throw new Error(`no ${instance}`);
  const values = world.valuesOf(target.index);
  return target.series.flatMap(({ name, labels }, index) =>
    name === "http_server_request_duration_seconds_count" && !Number.isNaN(cell(values, index))
      ? [`${labels["http_route"] ?? ""} ${labels["http_response_status_code"] ?? ""}`]
      : [],
  );
}

describe("a process that has been up since yesterday", () => {
  test("has counted the failures that happen now and then", () => {
    const world = engine(model(smallShop()));
    world.run(at(1));
    expect(answers(world, "edge-0")).toEqual(["/browse 200", "/checkout 200", "/checkout 500"]);
  });

  test("has not counted what never happens", () => {
    const world = engine(model(smallShop({ journeys: [journey("browse", "edge", "GET /browse", 1)] })));
    expect(answers(world, "edge-0")).toEqual(["/browse 200", "/checkout 200"]);
  });

  test("has counted nothing any more after a restart", () => {
    const world = engine(model(smallShop(), { changes: [deploy("edge", at(10))] }));
    world.run(at(9));
    expect(answers(world, "edge-0")).toContain("/checkout 500");
    world.run(at(100));
    expect(answers(world, "edge-0")).not.toContain("/checkout 500");
  });
});
