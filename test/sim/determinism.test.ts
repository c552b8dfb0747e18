import { describe, expect, test } from "vitest";
import { duration } from "../../server/base/time.js";
import { smallShop } from "../fixtures/small-shop.js";
import { type SpanRow, spanRows } from "../fixtures/span-rows.js";
import { at, deploy, engine, fault, model } from "../fixtures/topology.js";

const timeline = {
  changes: [deploy("cart", at(20))],
  faults: [
    fault({
      class: "dependency/slow",
      target: "bank",
      onset: at(40),
      until: at(60),
      parameters: { latencyUs: 2_000_000 },
    }),
  ],
};

const rowText = ({ startUs, durationUs, site, instance, status, attempt, waitUs }: SpanRow): string =>
  [startUs, durationUs, site, instance, status, attempt, waitUs].join(" ");

describe("a world is a function of model, seed and orders", () => {
  test("one step and a thousand give the same digest", () => {
    const compiled = model(smallShop(), timeline);
    const whole = engine(compiled);
    whole.run(at(90));
    const sliced = engine(compiled);
    for (let step = 1; step <= 1_000; step++) sliced.run(at((90 * step) / 1_000));
    expect(sliced.digest()).toBe(whole.digest());
  });

  test("orders at the same instants give the same digest, cut or not", () => {
    const compiled = model(smallShop(), timeline);
    const play = (steps: number): string => {
      const world = engine(compiled);
      for (let step = 1; step <= steps; step++) world.run(at((50 * step) / steps));
      world.act("a1", at(50), { kind: "set-timeout", service: "order", target: "bank", timeout: duration(300_000) });
      world.act("a2", at(55), { kind: "restart", service: "cart" });
      world.run(at(100));
      return world.digest();
    };
    expect(play(1)).toBe(play(137));
  });

  test("another seed gives another world", () => {
    const compiled = model(smallShop());
    const digest = (seed: string): string => {
      const world = engine(compiled, { seed });
      world.run(at(5));
      return world.digest();
    };
    expect(digest("a")).not.toBe(digest("b"));
  });
});

describe("the healthy twin", () => {
  test("equals the world row by row until the onset", () => {
    const compiled = model(smallShop(), timeline);
    const world = engine(compiled);
    const twin = engine(compiled, { faultsOn: false });
    world.run(at(40));
    twin.run(at(40));
    expect(world.digest()).toBe(twin.digest());
    world.run(at(55));
    twin.run(at(55));
    expect(world.digest()).not.toBe(twin.digest());
  });

  test("draws the same luck for the same requests after the fault has passed", () => {
    const compiled = model(smallShop(), timeline);
    const requests = (faultsOn: boolean): Map<number, string> => {
      const world = engine(compiled, { faultsOn });
      world.run(at(150));
      const found = new Map<number, string>();
      for (const span of spanRows(world)) {
        if (span.startUs >= at(110)) found.set(span.request, `${found.get(span.request) ?? ""}|${rowText(span)}`);
      }
      return found;
    };
    const world = requests(true);
    const twin = requests(false);
    expect(world.size).toBeGreaterThan(1_000);
    let same = 0;
    for (const [request, text] of world) if (twin.get(request) === text) same++;
    expect(same / world.size).toBe(1);
  });

  test("a world that begins later has the same arrivals", () => {
    const compiled = model(smallShop());
    const arrivals = (startSeconds: number): number[] => {
      const world = engine(compiled, { startAt: at(startSeconds), recordFrom: at(30) });
      world.run(at(40));
      const roots = spanRows(world).filter(({ parent }) => parent < 0);
      return roots.flatMap(({ request, startUs }) => [request, startUs]);
    };
    expect(arrivals(-60)).toEqual(arrivals(25));
  });
});
