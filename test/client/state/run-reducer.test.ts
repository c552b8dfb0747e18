import { describe, expect, test } from "vitest";
import { foldEvent } from "../../../client/state/run-reducer.js";
import { RunStore } from "../../../client/state/run-store.js";
import type { RunConnectionHandlers } from "../../../client/net/run-connection.js";
import type { RunEvent, RunEventBody, RunSnapshot } from "../../../server/wire/run.js";

const SNAPSHOT: RunSnapshot = {
  run: { id: "r", scenarioId: "s", scenarioTitle: "S", state: "briefing", createdAtMs: 0 },
  seed: "seed",
  sequence: 1,
  clock: { atUs: 1_000_000, running: false, speed: 1, endsAtUs: 100_000_000 },
  startsAtUs: 1_000_000,
  historyFromUs: 0,
  historyProgress: 1,
  recentFromUs: 0,
  page: undefined,
  notebook: { exhibits: [], hypotheses: [] },
  actions: [],
  acknowledgedAlerts: [],
  submission: undefined,
};

const event = (sequence: number, atUs: number, body: RunEventBody): RunEvent => ({
  sequence,
  atUs,
  wallMs: 0,
  author: "learner",
  body,
});

const fold = (...bodies: readonly RunEventBody[]): RunSnapshot =>
  bodies.reduce((snapshot, body, index) => foldEvent(snapshot, event(index + 2, 2_000_000 + index, body)), SNAPSHOT);

const exhibit = {
  id: "e1",
  title: "p99",
  reference: { view: "metrics", search: "", window: { fromUs: 0, toUs: 1 } },
  frozen: { kind: "facts", facts: [] },
  pinnedAtUs: 0,
  note: "",
} as const;
const plan = {
  summary: "",
  touches: [],
  durationUs: 5,
  sideEffects: [],
  destructive: false,
  watchQuery: "",
  watchTitle: "",
};

describe("foldEvent", () => {
  test("start, pause and resume move state and clock together", () => {
    expect(fold({ kind: "started" })).toMatchObject({
      run: { state: "investigating" },
      clock: { running: true, atUs: 2_000_000 },
    });
    expect(fold({ kind: "started" }, { kind: "paused" })).toMatchObject({
      run: { state: "paused" },
      clock: { running: false, atUs: 2_000_001 },
    });
  });

  test("an event that was seen before changes nothing", () => {
    expect(foldEvent(SNAPSHOT, event(1, 9, { kind: "started" }))).toBe(SNAPSHOT);
  });

  test("pins are put once, annotated and taken away", () => {
    const pinned = fold(
      { kind: "pinned", exhibit },
      { kind: "pinned", exhibit },
      { kind: "annotated", exhibit: "e1", note: "look" },
    );
    expect(pinned.notebook.exhibits).toEqual([{ ...exhibit, note: "look" }]);
    expect(fold({ kind: "pinned", exhibit }, { kind: "unpinned", exhibit: "e1" }).notebook.exhibits).toEqual([]);
  });

  test("an undo marks what it takes back", () => {
    const action = { kind: "set-flag", flag: "f", value: true } as const;
    const { actions } = fold(
      { kind: "acted", actionId: "a1", action, plan, completesAtUs: 3_000_000 },
      {
        kind: "acted",
        actionId: "a2",
        action: { ...action, value: false },
        plan,
        completesAtUs: 4_000_000,
        undoes: "a1",
      },
    );
    expect(actions.map(({ id, undoneBy }) => [id, undoneBy])).toEqual([
      ["a1", "a2"],
      ["a2", undefined],
    ]);
  });

  test("a submission stops the clock and the score ends the run", () => {
    const submission = {
      component: "c",
      faultClass: "f",
      trigger: undefined,
      onsetUs: 1,
      confidence: 0.5,
      exhibits: [],
      sentence: "",
    };
    const graded = fold({ kind: "started" }, { kind: "submitted", submission }, { kind: "debriefed", score: 70 });
    expect(graded).toMatchObject({ run: { state: "debriefed", score: 70 }, clock: { running: false }, submission });
  });
});

describe("RunStore", () => {
  function open(): {
    readonly store: RunStore;
    readonly handlers: RunConnectionHandlers;
    readonly passMs: (ms: number) => void;
  } {
    let wallMs = 0;
    let handlers: RunConnectionHandlers | undefined;
    const store = new RunStore(
      "r",
      (_runId, given) => {
        handlers = given;
        return {
          command: () => Promise.resolve({ ok: true, value: { sequence: 9 } }),
          waiting: 0,
          reconnect: () => undefined,
          close: () => undefined,
        };
      },
      () => wallMs,
    );
    if (handlers === undefined) throw new Error("the store did not connect");
    return { store, handlers, passMs: (ms) => (wallMs += ms) };
  }

  test("carries the clock on at its speed, and not past the end", () => {
    const { store, handlers, passMs } = open();
    handlers.joined({ ...SNAPSHOT, clock: { ...SNAPSHOT.clock, running: true, speed: 5 } });
    passMs(2_000);
    expect(store.nowUs()).toBe(11_000_000);
    passMs(1_000_000);
    expect(store.nowUs()).toBe(100_000_000);
  });

  test("stands still while the line is broken, and goes on from what the server says", () => {
    const { store, handlers, passMs } = open();
    const clock = { ...SNAPSHOT.clock, running: true };
    handlers.joined({ ...SNAPSHOT, clock });
    passMs(2_000);
    handlers.connection("lost");
    passMs(9_000);
    expect(store.nowUs()).toBe(3_000_000);
    handlers.connection("connected");
    handlers.joined({ ...SNAPSHOT, clock: { ...clock, atUs: 2_500_000 } });
    passMs(1_000);
    expect(store.nowUs()).toBe(3_500_000);
  });

  test("counts down to the next try of a lost line", () => {
    const { store, handlers, passMs } = open();
    handlers.joined(SNAPSHOT);
    handlers.connection("lost", 4_000);
    passMs(1_500);
    expect(store.retrySeconds).toBe(3);
    handlers.connection("lost");
    expect(store.retrySeconds).toBe(0);
  });

  test("a paused clock stands still", () => {
    const { store, handlers, passMs } = open();
    handlers.joined(SNAPSHOT);
    passMs(5_000);
    expect(store.nowUs()).toBe(1_000_000);
  });

  test("says what changed: the snapshot, the clock, the line, a failure", () => {
    const { store, handlers } = open();
    const heard: string[] = [];
    for (const name of ["changed", "clock", "connection", "failed", "progress"])
      store.addEventListener(name, () => heard.push(name));
    handlers.joined(SNAPSHOT);
    handlers.events([event(2, 2_000_000, { kind: "started" })]);
    handlers.connection("lost");
    handlers.progress("history", 0.5);
    handlers.failed({ code: "internal", message: "stopped" });
    expect(heard).toEqual(["changed", "clock", "clock", "changed", "clock", "connection", "progress", "failed"]);
    expect(store.snapshot.historyProgress).toBe(0.5);
  });
});
