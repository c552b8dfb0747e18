import { io, type Socket } from "socket.io-client";
import { expect, test } from "vitest";
import type { Command, RunSnapshot, RunSummary } from "../../server/wire/run.js";
import type { ScenarioList } from "../../server/wire/scenario.js";
import type { Acknowledgement, ClientToServerEvents, ServerToClientEvents } from "../../server/wire/socket.js";
import { ServerProcess } from "../fixtures/server-process.js";

const KILLS = 3;

async function getJson<Value>(url: string, init?: RequestInit): Promise<Value> {
  const answer = await fetch(url, init);
  if (!answer.ok) throw new Error(`${url}: ${String(answer.status)} ${await answer.text()}`);
  return (await answer.json()) as Value;
}

async function createRun(url: string): Promise<string> {
  const { scenarios } = await getJson<ScenarioList>(`${url}/api/scenarios`);
  const body = JSON.stringify({ scenarioId: scenarios[0]?.id });
  const init = { method: "POST", headers: { "content-type": "application/json" }, body };
  return (await getJson<RunSummary>(`${url}/api/runs`, init)).id;
}

/** Sends commands one after the other until the connection breaks; the sequences that were acknowledged. */
class Learner {
  acknowledged = 0;
  readonly #socket: Socket<ServerToClientEvents, ClientToServerEvents>;

  constructor(
    url: string,
    private readonly runId: string,
    private readonly name: string,
  ) {
    this.#socket = io(url, { transports: ["websocket"], reconnection: false });
  }

  join(): Promise<RunSnapshot> {
    return new Promise((resolve, reject) => {
      this.#socket.emit("run:join", { runId: this.runId }, (answer) => {
        if (answer.ok) resolve(answer.value);
        else reject(new Error(answer.error.message));
      });
    });
  }

  send(command: Command, commandId: string): Promise<Acknowledgement<{ sequence: number }>> {
    return new Promise((resolve) => {
      this.#socket.emit("run:command", { runId: this.runId, commandId, command }, (answer) => {
        if (answer.ok) this.acknowledged = Math.max(this.acknowledged, answer.value.sequence);
        resolve(answer);
      });
    });
  }

  /** Runs on until the server is gone. */
  work(): void {
    let count = 0;
    const next = (): void => {
      count += 1;
      const alert = `${this.name} ${String(count)}`;
      void this.send({ kind: "acknowledge", alert }, alert).then(() => setTimeout(next, 50));
    };
    next();
  }

  leave(): void {
    this.#socket.disconnect();
  }
}

interface Stand {
  readonly nowUs: number;
  readonly digest: string;
}

/** What the world of the run is, while nothing happens. */
const standOf = (url: string, runId: string): Promise<Stand> => getJson<Stand>(`${url}/api/runs/${runId}/digest`);

test("a server killed again and again during a run loses nothing acknowledged and builds the same world again", async () => {
  let server = await ServerProcess.start();
  const runId = await createRun(server.url);
  let acknowledged = 0;
  for (let kill = 0; kill < KILLS; kill += 1) {
    const learner = new Learner(server.url, runId, `kill ${String(kill)}`);
    const snapshot = await learner.join();
    expect(snapshot.sequence).toBeGreaterThanOrEqual(acknowledged);
    if (kill === 0) await learner.send({ kind: "start" }, "start");
    learner.work();
    await new Promise((resolve) => setTimeout(resolve, 200 + Math.random() * 800));
    await server.kill();
    acknowledged = Math.max(acknowledged, learner.acknowledged);
    learner.leave();
    server = await ServerProcess.start(server.dataFolder);
  }
  const learner = new Learner(server.url, runId, "last");
  expect((await learner.join()).sequence).toBeGreaterThanOrEqual(acknowledged);
  await learner.send({ kind: "pause" }, "pause");
  const before = await standOf(server.url, runId);
  await server.kill();
  learner.leave();
  server = await ServerProcess.start(server.dataFolder);
  expect(await standOf(server.url, runId)).toEqual(before);
  await server.stop();
}, 180_000);
