import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { AssertionFailure } from "../../server/base/assert.js";
import { emptyRecord, foldEvent, foldRun, type RunHeader, type RunRecord } from "../../server/sessions/run-fold.js";
import { nextRunState } from "../../server/sessions/run-machine.js";
import type { RunEvent, RunEventBody } from "../../server/wire/run.js";
import { planOf } from "../fixtures/fake-world.js";
import { MINUTE_US, reference, STARTS_AT_US, submit } from "../fixtures/run-fixture.js";

const header: RunHeader = {
  id: "r1",
  scenarioId: "s",
  scenarioTitle: "S",
  scenarioDigest: "d",
  seed: "1",
  startsAtUs: STARTS_AT_US,
  historyFromUs: STARTS_AT_US - 60 * MINUTE_US,
  recentFromUs: STARTS_AT_US - 15 * MINUTE_US,
  endsAtUs: STARTS_AT_US + 60 * MINUTE_US,
  createdAtMs: 1_000,
};

const created: RunEventBody = {
  kind: "created",
  scenarioId: "s",
  scenarioDigest: "d",
  seed: "1",
  startsAtUs: STARTS_AT_US,
};
const flag = { kind: "set-flag", flag: "f", value: true } as const;
const exhibit = (id: string, note = "") => ({
  id,
  title: id,
  reference,
  frozen: { kind: "facts" as const, facts: [] },
  pinnedAtUs: 0,
  note,
});
const hypothesis = (id: string, confidence: number) => ({
  id,
  component: "c",
  faultClass: "x/y",
  confidence,
  state: "open" as const,
  note: "",
});

/** Events one simulated and one wall second apart. */
function eventsOf(...bodies: readonly RunEventBody[]): readonly RunEvent[] {
  return bodies.map((body, index) => ({
    sequence: index + 1,
    atUs: STARTS_AT_US + index * 1_000_000,
    wallMs: 1_000 + index * 1_000,
    author: "learner",
    body,
  }));
}

describe("fold of a run", () => {
  test("the clock is where the last event left it", () => {
    const record = foldRun(
      header,
      eventsOf(
        created,
        { kind: "started" },
        { kind: "speed-set", speed: 5 },
        { kind: "clock-marked", reason: "heartbeat" },
      ),
    );
    expect(record.clock).toEqual({ atUs: STARTS_AT_US + 3_000_000, wallMs: 4_000, running: true, speed: 5 });
  });

  test("pausing stops it and resuming keeps the speed", () => {
    const events = eventsOf(
      created,
      { kind: "started" },
      { kind: "speed-set", speed: 2 },
      { kind: "paused" },
      { kind: "resumed" },
    );
    expect(foldRun(header, events.slice(0, 4)).clock.running).toBe(false);
    expect(foldRun(header, events).clock).toMatchObject({ running: true, speed: 2 });
  });

  test("an exhibit that is pinned again replaces the first, a removed one is gone", () => {
    const record = foldRun(
      header,
      eventsOf(
        created,
        { kind: "pinned", exhibit: exhibit("a") },
        { kind: "pinned", exhibit: exhibit("b") },
        { kind: "pinned", exhibit: exhibit("a", "again") },
        { kind: "annotated", exhibit: "a", note: "better" },
        { kind: "unpinned", exhibit: "b" },
      ),
    );
    expect(record.notebook.exhibits).toEqual([exhibit("a", "better")]);
  });

  test("an undone action names what undid it", () => {
    const acted = (actionId: string, undoes?: string): RunEventBody => ({
      kind: "acted",
      actionId,
      action: flag,
      plan: planOf(flag),
      completesAtUs: STARTS_AT_US,
      ...(undoes === undefined ? {} : { undoes }),
    });
    const record = foldRun(header, eventsOf(created, { kind: "started" }, acted("a1"), acted("a2", "a1")));
    expect(record.actions.map(({ id, undoneBy }) => [id, undoneBy])).toEqual([
      ["a1", "a2"],
      ["a2", undefined],
    ]);
  });

  test("a gap, a step back in time and an event in the wrong state are no log", () => {
    const record = foldRun(header, eventsOf(created, { kind: "started" }));
    const next: RunEvent = {
      sequence: 3,
      atUs: STARTS_AT_US + 5_000_000,
      wallMs: 9,
      author: "a",
      body: { kind: "paused" },
    };
    expect(foldEvent(record, next).state).toBe("paused");
    expect(() => foldEvent(record, { ...next, sequence: 4 })).toThrow(AssertionFailure);
    expect(() => foldEvent(record, { ...next, atUs: STARTS_AT_US })).toThrow(AssertionFailure);
    expect(() => foldEvent(record, { ...next, body: { kind: "resumed" } })).toThrow(AssertionFailure);
  });
});

const { submission } = submit;
const bodies: fc.Arbitrary<RunEventBody> = fc.oneof(
  fc.constantFrom<RunEventBody>(
    { kind: "started" },
    { kind: "paused" },
    { kind: "resumed" },
    { kind: "speed-set", speed: 2 },
    { kind: "clock-marked", reason: "next-event" },
    { kind: "looked", reference },
    { kind: "acknowledged", alert: "A" },
    { kind: "abandoned", reason: "learner" },
    { kind: "debriefed", score: 50 },
    { kind: "submitted", submission },
  ),
  fc.constantFrom("a", "b", "c").map((id): RunEventBody => ({ kind: "pinned", exhibit: exhibit(id) })),
  fc.constantFrom("a", "b", "c").map((id): RunEventBody => ({ kind: "unpinned", exhibit: id })),
  fc
    .tuple(fc.constantFrom("h", "i"), fc.double({ min: 0, max: 1, noNaN: true }))
    .map(([id, confidence]): RunEventBody => ({ kind: "hypothesis-put", hypothesis: hypothesis(id, confidence) })),
);

/** Those of `wanted` that may stand after each other, as a log. */
function legalLog(wanted: readonly RunEventBody[]): readonly RunEvent[] {
  let record = emptyRecord(header);
  const events: RunEvent[] = [];
  for (const body of [created, ...wanted]) {
    if (nextRunState(record.state, body.kind) === undefined) continue;
    const event: RunEvent = {
      sequence: record.sequence + 1,
      atUs: record.clock.atUs + 7,
      wallMs: record.clock.wallMs + 3,
      author: "x",
      body,
    };
    record = foldEvent(record, event);
    events.push(event);
  }
  return events;
}

const invariants = (record: RunRecord): void => {
  const ids = record.notebook.exhibits.map(({ id }) => id);
  expect(new Set(ids).size).toBe(ids.length);
  expect(record.clock.running).toBe(record.state === "investigating");
  expect(record.submission !== undefined).toBe(record.state === "submitted" || record.state === "debriefed");
  expect(record.score !== undefined).toBe(record.state === "debriefed");
};

test("whatever happens: ids are unique, the clock runs exactly while investigating, a score follows a submission", () => {
  fc.assert(
    fc.property(fc.array(bodies, { maxLength: 40 }), (wanted) => {
      const events = legalLog(wanted);
      events.forEach((_event, index) => {
        invariants(foldRun(header, events.slice(0, index + 1)));
      });
    }),
    { numRuns: 100 },
  );
});

test("folding in two parts, with the log as JSON between them, is folding at once", () => {
  fc.assert(
    fc.property(fc.array(bodies, { maxLength: 40 }), fc.nat(40), (wanted, cut) => {
      const events = legalLog(wanted);
      const stored = JSON.parse(JSON.stringify(events)) as readonly RunEvent[];
      const first = foldRun(header, stored.slice(0, cut));
      expect(stored.slice(cut).reduce(foldEvent, first)).toEqual(foldRun(header, stored));
    }),
    { numRuns: 100 },
  );
});
