import { expect, it } from "vitest";
import { fuzz, luckOf } from "../fuzz/fuzz.js";
import { promqlSubject } from "../fuzz/promql.js";

const clockMs = (): number => performance.now();

it("random and broken queries crash nothing, and every error has its place", () => {
  const report = fuzz(promqlSubject(clockMs), { count: 2_000, seed: 7, clockMs, hangMs: 10_000 });
  expect(report.answered).toBeGreaterThan(400);
  expect(report.refused).toBeGreaterThan(400);
  expect(report.failed).toBeGreaterThan(20);
});

it("the driver notices a crash, a hang and an error without a place", () => {
  const subject = promqlSubject(clockMs);
  const options = { count: 1, seed: 1, clockMs, hangMs: 10_000 };
  const crash = (): never => {
    throw new TypeError("boom");
  };
  expect(() => fuzz({ ...subject, ask: crash }, options)).toThrow("promql, seed 1, query 0: crashed: TypeError: boom");
  const homeless = { kind: "refused", place: undefined, message: "no" } as const;
  expect(() => fuzz({ ...subject, ask: () => homeless }, options)).toThrow("an error without a place: no");
  let now = 0;
  const slow = { ...options, clockMs: () => (now += 20_000) };
  expect(() => fuzz(subject, slow)).toThrow("took 20000 ms");
  expect(subject.generate(luckOf(3))).toBe(subject.generate(luckOf(3)));
});
