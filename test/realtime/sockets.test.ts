import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { MESSAGES_BURST_MAX } from "../../server/realtime/command-budget.js";
import type { Command, RunClock, RunEvent, RunSnapshot } from "../../server/wire/run.js";
import type { Acknowledgement } from "../../server/wire/socket.js";
import { HttpFixture, type ClientSocket } from "../fixtures/http-fixture.js";
import { settle } from "../fixtures/manual-clock.js";
import { leaks, pin, reference, submit } from "../fixtures/run-fixture.js";

let fixture: HttpFixture;
beforeAll(async () => {
  fixture = await HttpFixture.start();
});
afterAll(() => fixture.close());

/** What goes to a socket, valid or not. */
const say = (socket: ClientSocket, event: string, ...parts: readonly unknown[]): void => {
  (socket.emit as (event: string, ...parts: readonly unknown[]) => void).call(socket, event, ...parts);
};
const ask = <Value>(socket: ClientSocket, event: string, message: unknown): Promise<Acknowledgement<Value>> =>
  new Promise((resolve) => {
    say(socket, event, message, resolve);
  });

let commands = 0;
const send = (socket: ClientSocket, runId: string, command: Command): Promise<Acknowledgement<{ sequence: number }>> =>
  ask(socket, "run:command", { runId, commandId: `s${String((commands += 1))}`, command });

async function join(socket: ClientSocket, runId: string): Promise<RunSnapshot> {
  const answer = await ask<RunSnapshot>(socket, "run:join", { runId });
  if (!answer.ok) throw new Error(answer.error.message);
  return answer.value;
}

function heardEvents(socket: ClientSocket): RunEvent[] {
  const heard: RunEvent[] = [];
  socket.on("run:events", ({ events }) => heard.push(...events));
  return heard;
}

/** Until what was sent to the sockets has arrived there. */
const arrive = async (...sockets: readonly ClientSocket[]): Promise<void> => {
  await Promise.all(sockets.map((socket) => ask(socket, "run:leave", { runId: "none" })));
};

describe("two tabs on one run", () => {
  test("hear the same events, each once, following on their snapshots", async () => {
    const runId = await fixture.runs.create();
    const [one, other] = [await fixture.connect(), await fixture.connect()];
    const heard = [heardEvents(one), heardEvents(other)];
    const snapshots = [await join(one, runId), await join(other, runId)];
    await send(one, runId, { kind: "start" });
    await send(other, runId, pin("e1"));
    await send(one, runId, { kind: "pause" });
    await arrive(one, other);
    const kinds = ["started", "pinned", "paused"];
    expect(heard.map((events) => events.map(({ body }) => body.kind))).toEqual([kinds, kinds]);
    expect(heard[0]?.[0]?.sequence).toBe((snapshots[0]?.sequence ?? 0) + 1);
    expect(snapshots[0]).toEqual(snapshots[1]);
  });

  test("a tab that comes back gets what it missed with the snapshot", async () => {
    const runId = await fixture.runs.create();
    const one = await fixture.connect();
    const before = await join(one, runId);
    one.disconnect();
    await fixture.runs.send(runId, pin("e1"));
    const back = await fixture.connect();
    const after = await join(back, runId);
    expect(after.sequence).toBe(before.sequence + 1);
    expect(after.notebook.exhibits).toHaveLength(1);
  });

  test("a tab that left hears nothing more", async () => {
    const runId = await fixture.runs.create();
    const socket = await fixture.connect();
    const heard = heardEvents(socket);
    await join(socket, runId);
    await ask(socket, "run:leave", { runId });
    await fixture.runs.send(runId, pin("e1"));
    await arrive(socket);
    expect(heard).toEqual([]);
  });
});

test("the clock is told, at most four times a second, and the newest arrives", async () => {
  const runId = await fixture.runs.create();
  const socket = await fixture.connect();
  const clocks: RunClock[] = [];
  await join(socket, runId);
  socket.on("run:clock", ({ clock }) => clocks.push(clock));
  await send(socket, runId, { kind: "start" });
  await fixture.runs.clock.pass(5_000);
  await new Promise((resolve) => setTimeout(resolve, 600));
  expect(clocks.length).toBeLessThanOrEqual(5);
  expect(clocks.at(-1)).toEqual((await fixture.runs.open(runId)).clock);
  await send(socket, runId, { kind: "abandon" });
});

describe("messages that are wrong", () => {
  const wrong: readonly (readonly [string, string, unknown])[] = [
    ["no message", "run:join", undefined],
    ["a text", "run:join", "x"],
    ["an unknown field", "run:join", { runId: "a", more: 1 }],
    ["an unknown run", "run:join", { runId: "nope" }],
    ["no command id", "run:command", { runId: "a", command: { kind: "start" } }],
    ["an unknown command", "run:command", { runId: "a", commandId: "b", command: { kind: "explode" } }],
    ["a speed that is none", "run:command", { runId: "a", commandId: "b", command: { kind: "set-speed", speed: 3 } }],
    ["a prototype as command", "run:command", { runId: "a", commandId: "b", command: { kind: "__proto__" } }],
    ["an event of objects", "constructor", {}],
    ["an unknown event", "run:explode", {}],
  ];

  test.each(wrong)("%s: refused with a reason, and the connection lives", async (_what, event, message) => {
    const socket = await fixture.connect();
    const answer = await ask(socket, event, message);
    expect(answer).toMatchObject({
      ok: false,
      error: { code: expect.stringMatching(/bad-request|not-found/) as string },
    });
    expect(socket.connected).toBe(true);
    socket.disconnect();
  });

  test("without an acknowledgement the reason comes as an event", async () => {
    const socket = await fixture.connect();
    const refused = new Promise((resolve) => socket.once("run:refused", resolve));
    say(socket, "run:command", { runId: 5 });
    expect(await refused).toMatchObject({ event: "run:command", error: { code: "bad-request" } });
  });

  test("an exhibit that is too large is refused, one that fits is not", async () => {
    const runId = await fixture.runs.create();
    const socket = await fixture.connect();
    const facts = (count: number): Command => {
      const frozen = {
        kind: "facts" as const,
        facts: Array.from({ length: count }, () => ({ name: "n", value: "v".repeat(1_000) })),
      };
      return { kind: "pin", exhibit: { id: "e", title: "e", reference, frozen, pinnedAtUs: 0, note: "" } };
    };
    expect((await send(socket, runId, facts(70))).ok).toBe(false);
    expect((await send(socket, runId, facts(60))).ok).toBe(true);
  });

  test("too many at once are refused by the limit's name", async () => {
    const socket = await fixture.connect();
    const answers = await Promise.all(
      Array.from({ length: MESSAGES_BURST_MAX + 20 }, () => ask(socket, "run:join", { runId: "nope" })),
    );
    const codes = answers.map((answer) => (answer.ok ? "ok" : answer.error.code));
    expect(codes.filter((code) => code === "limit").length).toBeGreaterThan(0);
    expect(codes.filter((code) => code === "not-found").length).toBeGreaterThanOrEqual(MESSAGES_BURST_MAX);
  });
});

test("a refused command says why", async () => {
  const runId = await fixture.runs.create();
  const socket = await fixture.connect();
  expect(await send(socket, runId, { kind: "resume" })).toEqual({
    ok: false,
    error: { code: "conflict", message: "The run has not begun.", remedy: "Start it first." },
  });
});

test("a page of another site, or under a foreign name, gets no connection", async () => {
  await expect(fixture.connect({ origin: "https://evil.example" })).rejects.toThrow();
  await expect(fixture.connect({ host: "evil.example" })).rejects.toThrow();
});

test("nothing that a socket hears before the debrief holds the answer", async () => {
  const runId = await fixture.runs.create();
  const socket = await fixture.connect();
  const heard: string[] = [];
  socket.onAny((...parts: readonly unknown[]) => heard.push(JSON.stringify(parts)));
  heard.push(JSON.stringify(await join(socket, runId)));
  const all: readonly Command[] = [
    { kind: "start" },
    { kind: "look", reference },
    pin("e1"),
    { kind: "act", action: { kind: "set-flag", flag: "f", value: true } },
    { kind: "next-event" },
    { kind: "acknowledge", alert: "A" },
    submit,
    { kind: "pause" },
  ];
  for (const command of all) heard.push(JSON.stringify(await send(socket, runId, command)));
  await settle();
  await arrive(socket);
  expect(heard.length).toBeGreaterThan(12);
  expect(heard.join()).toContain("debriefed");
  expect(leaks(heard.join())).toBe(false);
});
