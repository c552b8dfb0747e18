import { describe, expect, it } from "vitest";
import { buildTimeline, type TimelineInput } from "../../server/grading/timeline.js";
import type { AlertRule, ChangeRecord } from "../../server/wire/telemetry.js";

const change = (author: string, atUs: number): ChangeRecord => ({
  id: `change-${String(atUs)}`,
  kind: "deploy",
  target: "cart",
  atUs,
  author,
  title: `by ${author}`,
  description: "",
  diff: "",
  canRollBack: true,
  state: "live",
});

const alert = (history: AlertRule["history"]): AlertRule => ({
  group: "customers",
  name: "Burn",
  expr: "vector(1)",
  forSeconds: 60,
  severity: "page",
  state: "inactive",
  lastEvaluationUs: 0,
  missedEvaluations: 0,
  alerts: [],
  history,
});

const titles = (input: Partial<TimelineInput>): readonly string[] =>
  buildTimeline({ causes: [], changes: [], alerts: [], events: [], ...input }).map(({ title }) => title);

describe("timeline", () => {
  it("is in order of time, causes before changes of the same instant", () => {
    const cause = { component: "cart", faultClass: "resource/cpu", onsetUs: 20, description: "" };
    expect(titles({ causes: [cause], changes: [change("Mei", 20), change("Jonas", 10)] })).toEqual([
      "by Jonas",
      "resource/cpu at cart",
      "by Mei",
    ]);
  });

  it("leaves out what the learner did as a change, since it is there as an action", () => {
    expect(titles({ changes: [change("you", 10)] })).toEqual([]);
  });

  it("tells of alerts that fired and not of those that were only pending", () => {
    const history: AlertRule["history"] = [
      { atUs: 1, state: "pending" },
      { atUs: 2, state: "inactive" },
      { atUs: 3, state: "pending" },
      { atUs: 4, state: "firing" },
      { atUs: 5, state: "inactive" },
    ];
    expect(titles({ alerts: [alert(history)] })).toEqual(["Burn pending", "Burn firing", "Burn inactive"]);
  });
});
