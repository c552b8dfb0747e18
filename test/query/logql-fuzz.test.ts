import { expect, it } from "vitest";
import { fuzz } from "../fuzz/fuzz.js";
import { logqlSubject } from "../fuzz/logql.js";

it("answers or refuses whatever it is asked, and says where", () => {
  const clockMs = (): number => performance.now();
  const report = fuzz(logqlSubject(), { count: 1_500, seed: 11, clockMs, hangMs: 10_000 });
  expect(report.answered).toBeGreaterThan(200);
  expect(report.refused).toBeGreaterThan(200);
});
