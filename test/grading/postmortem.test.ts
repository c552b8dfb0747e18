import { describe, expect, it } from "vitest";
import { writePostmortem, type PostmortemInput } from "../../server/grading/postmortem.js";

const MINUTE = 60_000_000;
const START = Date.UTC(2025, 10, 13, 14) * 1_000;

const input: PostmortemInput = {
  runId: "run",
  scenarioTitle: "Slow for some",
  score: 90,
  dimensions: [],
  submission: {
    component: "inventory",
    faultClass: "database/n-plus-one",
    onsetUs: START,
    confidence: 0.9,
    sentence: " ",
  },
  causes: [
    { component: "inventory", faultClass: "database/n-plus-one", onsetUs: START + MINUTE, description: "A deploy." },
  ],
  explanation: "It asked once for each item.",
  trouble: [
    {
      from: "order",
      to: "inventory",
      operation: "POST /reservations",
      hurtRatio: 0.464,
      latencyMsP99: 1_290,
      latencyMsP99Twin: 64,
      errorRatio: 0.0003,
      errorRatioTwin: 0,
    },
  ],
  troubledEdges: 3,
  impact: {
    unit: "hurt requests",
    stepUs: MINUTE,
    fromUs: START,
    mine: [0, 20, 10, 0],
    untouched: [0, 20, 20, 20],
    par: [],
    twin: [],
  },
  referenceActions: [],
  timeline: [
    { atUs: START + MINUTE, kind: "fault", title: "database/n-plus-one at inventory" },
    { atUs: START + 2 * MINUTE, kind: "look", title: "Looked at traces" },
  ],
  charts: [],
  followUps: [{ question: "Where should this have been caught?", strong: [], redFlags: [] }],
  severity: "SEV-3",
};

describe("postmortem", () => {
  const text = writePostmortem(input);

  it("states severity, beginning and impact beside what would have been", () => {
    expect(text).toContain("- Severity: SEV-3");
    expect(text).toContain("- Began: 14:01:00 UTC");
    expect(text).toContain("- Impact: 30 hurt requests (60 had nobody acted), until 14:04:00 UTC");
    expect(text).toContain("_The trouble lasted 2 min in this run._");
  });

  it("tells apart what lies after the submission", () => {
    const submission = { atUs: START + 2 * MINUTE, kind: "submission", title: "N+1 queries at inventory" } as const;
    expect(writePostmortem({ ...input, timeline: [submission] })).toContain(
      "_The trouble lasted 2 min; of these, 1 min lie after the submission, as the world would have gone on._",
    );
  });

  it("leaves the summary to be written where nothing was said", () => {
    expect(text).toContain("_To be written._");
  });

  it("has the way of the trouble as a table and the timeline without looks", () => {
    expect(text).toContain("| order | inventory | POST /reservations | 46.4 % | 1.29 s | 64 ms | 0.03 % |");
    expect(text).toContain("1 of 3 are listed.");
    expect(text).toContain("- 14:01:00 fault: database/n-plus-one at inventory");
    expect(text).not.toContain("Looked at");
  });
});
