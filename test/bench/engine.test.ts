import { expect, test } from "vitest";
import { benchEngine } from "./engine.js";

test("the engine benchmark runs, and gives the same world each time", () => {
  const first = benchEngine("small");
  expect(first.spans).toBeGreaterThan(20_000);
  expect(first.spansPerSecond).toBeGreaterThan(0);
  expect(benchEngine("small").digest).toBe(first.digest);
});
