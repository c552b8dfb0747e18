/** Processes that are there when a world begins: they were started by roll-outs of days before, in working hours. */
import { expect, test } from "vitest";
import { shop } from "../../fixtures/shop.js";
import { at, engine, model, NOON } from "../../fixtures/topology.js";

const DAY_SECONDS = 86_400;
const HOUR_SECONDS = 3_600;

/** By service: when each of its processes was started, seconds since the epoch. */
function startsAt(seconds: number): ReadonlyMap<string, readonly number[]> {
  const compiled = model(shop());
  const world = engine(compiled, { startAt: at(seconds), recordFrom: at(seconds) });
  world.run(at(seconds + 1));
  const starts = new Map<string, number[]>();
  for (const { target, service } of compiled.instances) {
    const { series } = compiled.targets[target] ?? { series: [] };
    const value = world.valuesOf(target)[series.findIndex(({ name }) => name === "process_start_time_seconds")] ?? 0;
    const id = compiled.services[service]?.spec.id ?? "";
    if (value > 0) starts.set(id, [...(starts.get(id) ?? []), value]);
  }
  return starts;
}

test("services were rolled out on days of their own, one instance after the other", () => {
  const starts = startsAt(0);
  const days = new Set([...starts.values()].map(([first = 0]) => Math.floor(first / DAY_SECONDS)));
  expect(days.size).toBeGreaterThan(3);
  for (const [service, times] of starts) {
    expect(new Set(times).size, service).toBe(times.length);
    for (const time of times) {
      expect(time).toBeLessThan(NOON / 1e6 - 12 * HOUR_SECONDS);
      expect((time % DAY_SECONDS) / HOUR_SECONDS).toBeGreaterThanOrEqual(8);
      expect((time % DAY_SECONDS) / HOUR_SECONDS).toBeLessThan(17);
      expect(Math.abs(time - (times[0] ?? 0))).toBeLessThan(HOUR_SECONDS);
    }
  }
});

test("worlds that begin at different moments of a day agree on it", () => {
  expect(startsAt(HOUR_SECONDS)).toEqual(startsAt(0));
});
