import Database from "libsql";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { LimitError } from "../../server/base/limit-error.js";
import { WorldFailure } from "../../server/world/handle.js";
import { NEXT_EVENT_AFTER_US } from "../fixtures/fake-world.js";
import { settle } from "../fixtures/manual-clock.js";
import { MINUTE_US, pin, playable, reference, RunFixture, STARTS_AT_US, submit } from "../fixtures/run-fixture.js";

const SECOND_US = 1_000_000;
let fixture: RunFixture;
beforeEach(() => {
  fixture = new RunFixture();
});
afterEach(() => fixture.close());

describe("a new run", () => {
  test("stands in briefing at the scenario's start, with its page", async () => {
    const runId = await fixture.create();
    const snapshot = await fixture.open(runId);
    expect(snapshot.run.state).toBe("briefing");
    expect(snapshot.clock).toEqual({ atUs: STARTS_AT_US, running: false, speed: 1, endsAtUs: playable.endsAtUs });
    expect(snapshot.page?.alert).toBe("CheckoutErrors");
    expect(snapshot.historyProgress).toBe(1);
    await fixture.clock.pass(10_000);
    expect((await fixture.open(runId)).clock.atUs).toBe(STARTS_AT_US);
  });

  test("of an unknown scenario is refused", async () => {
    await expect(fixture.runs.createRun("nope", "learner")).rejects.toMatchObject({ code: "not-found" });
  });

  test("an unknown run is not found", async () => {
    await expect(fixture.runs.find("nope")).rejects.toMatchObject({ code: "not-found" });
  });
});

describe("the clock", () => {
  test("runs with the wall at its speed, and stands while paused", async () => {
    const runId = await fixture.createStarted();
    await fixture.clock.pass(2_000);
    expect((await fixture.open(runId)).clock.atUs).toBe(STARTS_AT_US + 2 * SECOND_US);
    await fixture.send(runId, { kind: "set-speed", speed: 5 });
    await fixture.clock.pass(2_000);
    expect((await fixture.open(runId)).clock.atUs).toBe(STARTS_AT_US + 12 * SECOND_US);
    await fixture.send(runId, { kind: "pause" });
    await fixture.clock.pass(2_000);
    expect((await fixture.open(runId)).clock).toMatchObject({
      atUs: STARTS_AT_US + 12 * SECOND_US,
      running: false,
      speed: 5,
    });
  });

  test("does not jump after the machine slept", async () => {
    const runId = await fixture.createStarted();
    await fixture.clock.jump(3_600_000);
    expect((await fixture.open(runId)).clock.atUs).toBe(STARTS_AT_US + SECOND_US);
  });

  test("is written to the log every five seconds", async () => {
    const runId = await fixture.createStarted();
    await fixture.clock.pass(12_000);
    expect((await fixture.kinds(runId)).filter((kind) => kind === "clock-marked")).toHaveLength(2);
  });

  test("next-event goes to the next alert or change", async () => {
    const runId = await fixture.createStarted();
    await fixture.send(runId, { kind: "next-event" });
    expect((await fixture.open(runId)).clock.atUs).toBe(STARTS_AT_US + NEXT_EVENT_AFTER_US);
  });

  test("a run ends at its time limit", async () => {
    const runId = await fixture.createStarted();
    for (let at = 0; at < 60 * MINUTE_US; at += NEXT_EVENT_AFTER_US) await fixture.send(runId, { kind: "next-event" });
    await fixture.clock.pass(500);
    expect((await fixture.open(runId)).run.state).toBe("abandoned");
    expect(fixture.told.at(-1)?.body).toEqual({ kind: "abandoned", reason: "time-limit" });
  });

  test("a run that everybody has left pauses itself", async () => {
    const runId = await fixture.createStarted();
    (await fixture.runs.find(runId)).unfollow();
    await fixture.clock.pass(5 * 60_000 + 500);
    expect((await fixture.kinds(runId)).at(-1)).toBe("paused");
  });
});

describe("commands", () => {
  test("the same command id is done once", async () => {
    const runId = await fixture.createStarted();
    const first = await fixture.send(runId, { kind: "act", action: { kind: "restart", service: "checkout" } }, "same");
    const [again, andAgain] = await Promise.all([
      fixture.send(runId, { kind: "act", action: { kind: "restart", service: "checkout" } }, "same"),
      fixture.send(runId, { kind: "act", action: { kind: "restart", service: "checkout" } }, "same"),
    ]);
    expect([again, andAgain]).toEqual([first, first]);
    expect(fixture.worlds.last.actions).toHaveLength(1);
  });

  test("what the state forbids is refused with a reason", async () => {
    const runId = await fixture.create();
    await expect(fixture.send(runId, { kind: "pause" })).rejects.toMatchObject({
      code: "conflict",
      message: "The run has not begun.",
    });
  });

  test("an action that the world refuses is not logged", async () => {
    const runId = await fixture.createStarted();
    const before = await fixture.kinds(runId);
    await expect(
      fixture.send(runId, { kind: "act", action: { kind: "scale", service: "checkout", instances: 0 } }),
    ).rejects.toThrow("A service needs an instance.");
    expect(await fixture.kinds(runId)).toEqual(before);
  });

  test("undo takes an action back once, and only where there is a way", async () => {
    const runId = await fixture.createStarted();
    await fixture.send(runId, { kind: "act", action: { kind: "set-flag", flag: "f", value: true } });
    await fixture.send(runId, { kind: "act", action: { kind: "restart", service: "checkout" } });
    const [flag, restart] = (await fixture.open(runId)).actions.map(({ id }) => id);
    await fixture.send(runId, { kind: "undo", action: flag ?? "" });
    expect(fixture.worlds.last.actions.at(-1)?.action).toEqual({ kind: "set-flag", flag: "f", value: false });
    await expect(fixture.send(runId, { kind: "undo", action: flag ?? "" })).rejects.toMatchObject({ code: "conflict" });
    await expect(fixture.send(runId, { kind: "undo", action: restart ?? "" })).rejects.toMatchObject({
      code: "conflict",
    });
    await expect(fixture.send(runId, { kind: "undo", action: "nope" })).rejects.toMatchObject({ code: "not-found" });
  });

  test("the same look twice in a row is one event", async () => {
    const runId = await fixture.createStarted();
    await fixture.send(runId, { kind: "look", reference });
    await fixture.send(runId, { kind: "look", reference });
    await fixture.send(runId, { kind: "look", reference: { ...reference, search: "q=down" } });
    expect((await fixture.kinds(runId)).filter((kind) => kind === "looked")).toHaveLength(2);
  });

  test("a pinned exhibit carries the server's time", async () => {
    const runId = await fixture.createStarted();
    await fixture.clock.pass(1_000);
    await fixture.send(runId, pin("e1"));
    expect((await fixture.open(runId)).notebook.exhibits[0]?.pinnedAtUs).toBe(STARTS_AT_US + SECOND_US);
  });

  test("a locked store refuses the command, and neither log nor world has it", async () => {
    const runId = await fixture.createStarted();
    const other = new Database(fixture.file);
    other.exec("BEGIN EXCLUSIVE");
    const act = { kind: "act", action: { kind: "restart", service: "checkout" } } as const;
    await expect(fixture.send(runId, act, "a1")).rejects.toMatchObject({ name: "StorageFailure" });
    await expect(fixture.send(runId, { kind: "next-event" })).rejects.toMatchObject({ name: "StorageFailure" });
    other.exec("COMMIT");
    other.close();
    const snapshot = await fixture.open(runId);
    expect(snapshot.actions).toEqual([]);
    expect(snapshot.clock.atUs).toBe(STARTS_AT_US);
    expect(fixture.worlds.last).toMatchObject({ actions: [], nowUs: STARTS_AT_US });
    await fixture.send(runId, act, "a1");
    expect(fixture.worlds.last.actions).toHaveLength(1);
  });

  test("an answer that names what does not exist is refused, all mistakes at once", async () => {
    const runId = await fixture.createStarted();
    const answer = { ...submit.submission, component: "x", faultClass: "y", trigger: "z", onsetUs: 5, exhibits: ["e"] };
    const refused = fixture.send(runId, { kind: "submit", submission: answer });
    await expect(refused).rejects.toThrow(/component.*fault class.*trigger.*onset.*exhibit/);
    expect((await fixture.open(runId)).run.state).toBe("investigating");
  });
});

describe("submission", () => {
  test("is graded with the whole log, and the debrief is kept", async () => {
    const runId = await fixture.createStarted();
    await fixture.send(runId, { kind: "act", action: { kind: "restart", service: "checkout" } });
    await expect(fixture.runs.readDebrief(runId)).rejects.toMatchObject({ code: "forbidden" });
    await fixture.send(runId, submit);
    await settle();
    const snapshot = await fixture.open(runId);
    expect(snapshot.run).toMatchObject({ state: "debriefed", score: 80 });
    expect(fixture.worlds.graded[0]?.start.actions).toHaveLength(1);
    expect(fixture.worlds.graded[0]?.events.at(-1)?.body.kind).toBe("submitted");
    fixture.restart();
    expect((await fixture.runs.readDebrief(runId)).score).toBe(80);
    expect((await fixture.runs.listRuns())[0]).toMatchObject({ state: "debriefed", score: 80 });
  });

  test("twin and untouched world answer after the debrief and not before", async () => {
    const runId = await fixture.createStarted();
    await expect(fixture.runs.ask(runId, "twin", (queries) => queries.alerts())).rejects.toThrow();
    await fixture.send(runId, submit);
    await settle();
    await fixture.runs.ask(runId, "twin", (queries) => queries.alerts());
    expect(fixture.worlds.last.start).toMatchObject({ faults: false, actions: [] });
    await fixture.runs.ask(runId, "untouched", (queries) => queries.alerts());
    expect(fixture.worlds.last.start).toMatchObject({ faults: true, actions: [] });
  });

  test("a grading that was interrupted begins again after the restart", async () => {
    const runId = await fixture.createStarted();
    fixture.worlds.gate = new Promise(() => undefined);
    await fixture.send(runId, submit);
    fixture.worlds.gate = Promise.resolve();
    fixture.restart();
    expect((await fixture.open(runId)).run.state).toBe("submitted");
    await settle();
    expect((await fixture.open(runId)).run.state).toBe("debriefed");
  });

  test("a grading that fails is told, and tried again when somebody comes back", async () => {
    const runId = await fixture.createStarted();
    fixture.worlds.failing = true;
    fixture.worlds.failure = new WorldFailure("broke");
    await fixture.send(runId, submit);
    await settle();
    expect(fixture.failures).toEqual([fixture.worlds.failure]);
    fixture.worlds.failing = false;
    await fixture.open(runId);
    await settle();
    expect((await fixture.open(runId)).run.state).toBe("debriefed");
  });
});

describe("after a crash", () => {
  test("a run goes on from its last durable event, with the same actions, in the same world", async () => {
    const runId = await fixture.createStarted();
    await fixture.clock.pass(2_000);
    await fixture.send(runId, { kind: "act", action: { kind: "restart", service: "checkout" } });
    const before = await (await fixture.runs.find(runId)).digest();
    await fixture.clock.pass(1_500);
    fixture.restart();
    expect(await (await fixture.runs.find(runId)).digest()).toEqual(before);
    await fixture.open(runId);
    expect(fixture.told.at(-1)?.body).toEqual({ kind: "clock-marked", reason: "recovered" });
    await fixture.clock.pass(1_000);
    expect((await fixture.open(runId)).clock).toMatchObject({ atUs: STARTS_AT_US + 3 * SECOND_US, running: true });
  });

  test("a paused run stays paused", async () => {
    const runId = await fixture.createStarted();
    await fixture.send(runId, { kind: "pause" });
    fixture.restart();
    expect((await fixture.open(runId)).run.state).toBe("paused");
    expect((await fixture.kinds(runId)).at(-1)).toBe("paused");
  });

  test("a scenario that has changed since says so instead of building another world", async () => {
    const runId = await fixture.createStarted();
    fixture.scenario = { ...playable, digest: "d2" };
    fixture.restart();
    const run = await fixture.runs.open(runId);
    expect(run.problem).toMatchObject({ code: "conflict" });
    await expect(fixture.runs.ask(runId, "mine", (queries) => queries.alerts())).rejects.toThrow(/has changed since/);
  });
});

describe("worlds", () => {
  test("one that fails pauses its run and is built again on resume", async () => {
    const runId = await fixture.createStarted();
    fixture.worlds.failure = new WorldFailure("broke");
    fixture.worlds.failing = true;
    await fixture.clock.pass(500);
    expect(fixture.failures).toEqual([fixture.worlds.failure]);
    expect((await fixture.kinds(runId)).at(-1)).toBe("paused");
    fixture.worlds.failing = false;
    await fixture.send(runId, { kind: "resume" });
    await fixture.clock.pass(1_000);
    expect((await fixture.open(runId)).clock).toMatchObject({ running: true, atUs: STARTS_AT_US + SECOND_US });
  });

  test("the least recently used idle one gives its place, and comes back when asked", async () => {
    const [first] = [await fixture.create(), await fixture.create(), await fixture.create(), await fixture.create()];
    await fixture.create();
    expect(fixture.runs.openWorlds).toBe(4);
    expect(fixture.worlds.worlds.map(({ closed }) => closed)).toEqual([true, false, false, false, false]);
    await fixture.runs.ask(first, "mine", (queries) => queries.alerts());
    expect(fixture.worlds.worlds).toHaveLength(6);
  });

  test("running ones keep theirs, and a run too many is told the limit", async () => {
    for (let count = 0; count < 4; count += 1) await fixture.createStarted();
    const { run } = await fixture.runs.createRun("checkout-errors", "learner");
    expect((await fixture.runs.open(run.id)).problem).toBeInstanceOf(LimitError);
  });
});

test("when another server has written to a run, the command is refused and the next one follows on what is there", async () => {
  const runId = await fixture.createStarted();
  const other = new RunFixture(4, fixture.directory);
  await other.send(runId, pin("theirs"), "other-1");
  await expect(fixture.send(runId, pin("mine"))).rejects.toMatchObject({ code: "conflict" });
  await fixture.send(runId, pin("mine"));
  expect((await fixture.open(runId)).notebook.exhibits.map(({ id }) => id)).toEqual(["theirs", "mine"]);
  other.log.close();
});

test("closing marks running clocks, so that nothing is lost", async () => {
  const runId = await fixture.createStarted();
  await fixture.clock.pass(3_000);
  await fixture.runs.close();
  fixture.restart();
  expect((await fixture.open(runId)).clock.atUs).toBe(STARTS_AT_US + 3 * SECOND_US);
});
