import { expect, test } from "vitest";
import { benchChain, type EngineChainRun } from "./chain.js";

/** Half the width of the 99 % interval of a count that is Poisson with this mean. */
const slack = (mean: number): number => 2.58 * Math.sqrt(mean);

test("the chain benchmark runs, and the engine does in it what the reference program does", () => {
  const figures = benchChain("small");
  for (const run of [figures.dedicated, figures.sharing]) {
    // Five handlings and four calls a request, and one more of each for what is retried.
    expect(run.handlings / run.requests).toBeGreaterThan(4.95);
    expect(run.handlings / run.requests).toBeLessThan(5.1);
    expect(run.handlingsPerSecond).toBeGreaterThan(0);
    expectExpectedFailures(run);
  }
  // Four times 0.25 ms of network each way, 2 + 1 ms of work at four services and 3 ms at the last; and some waiting.
  expect(figures.dedicated.meanMs).toBeGreaterThan(17);
  expect(figures.sharing.meanMs).toBeGreaterThan(figures.dedicated.meanMs);
  const { reference } = figures;
  if (reference === undefined) return;
  expect(Math.abs(figures.dedicated.meanMs / reference.meanMs - 1)).toBeLessThan(0.03);
  expect(Math.abs(figures.dedicated.handlings / reference.handlings - 1)).toBeLessThan(0.03);
  expect(Math.abs(figures.dedicated.errors - reference.errors)).toBeLessThan(slack(2 * reference.errors));
  expect(Math.abs(figures.dedicated.retries - reference.retries)).toBeLessThan(slack(2 * reference.retries));
});

/** A request fails when its edge does (0.1 %) or two tries below it do; each of four calls is retried in 0.1 %. */
function expectExpectedFailures({ requests, errors, retries }: EngineChainRun): void {
  expect(Math.abs(errors - requests * 0.001)).toBeLessThan(slack(requests * 0.001) + 1);
  expect(Math.abs(retries - requests * 0.004)).toBeLessThan(slack(requests * 0.004) + 1);
}
