import { expect, test } from "vitest";
import type { RunSnapshot } from "../../../../server/wire/run.js";
import { failureReport } from "../../../../client/panels/shell/failure-report.js";

const FAILURE = { code: "unavailable", message: "The simulated world of this run has stopped." } as const;

test("a report of a world that failed says which, where and when, and nothing that the learner wrote or answered", () => {
  const snapshot = {
    run: { id: "abc", scenarioId: "slow-baskets", state: "investigating" },
    seed: "s-17",
    sequence: 41,
    clock: { atUs: 3_600_000_000 },
    actions: [{ atUs: 1_800_000_000, action: { kind: "restart", target: "order" } }],
    notebook: { hypotheses: [{ text: "the secret thought" }], exhibits: [] },
    submission: { sentence: "the secret answer" },
  } as unknown as RunSnapshot;
  const report = failureReport({ runId: "abc", failure: FAILURE, snapshot, address: "/run/abc/map?hops=2" });
  for (const part of [
    "run: abc",
    "slow-baskets",
    "seed: s-17",
    "01:00:00",
    "event: 41",
    "restart",
    "has stopped",
    "/map?hops=2",
  ])
    expect(report).toContain(part);
  expect(report).not.toContain("secret");
});

test("of a run that never opened it says what is known", () => {
  const report = failureReport({ runId: "abc", failure: FAILURE, snapshot: undefined, address: "/run/abc" });
  expect(report.split("\n")).toHaveLength(4);
});
