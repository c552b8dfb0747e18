/**
 * Entry of a world's thread: one task at a time (a world that answers requests for the rest of the thread's life, the
 * history of one, the grading of a run). Nothing here decides anything: it carries messages to the portable core and back.
 */
import { parentPort } from "node:worker_threads";
import { assert, assertNever } from "../base/assert.js";
import { duration, MICROS_PER_SECOND, simTime } from "../base/time.js";
import { gradeRun } from "../grading/grade-run.js";
import { HistoryBuilder } from "../world/history.js";
import type { Scenario } from "../scenario/types.js";
import { QueryCancelledError } from "../query/promql/errors.js";
import { World } from "../world/world.js";
import {
  toPortableError,
  type ThreadInput,
  type ThreadMessage,
  type ThreadTask,
  type WorldRequest,
  type WorldRequestBody,
} from "./world-protocol.js";

assert(parentPort !== null, "this file is the entry of a worker thread");
const port = parentPort;

const send = (message: ThreadMessage): void => port.postMessage(message);

/** Of simulated time: enough for the hot path to be compiled by what it really meets. */
const WARM_UP = duration(120 * MICROS_PER_SECOND);

/** Plays the newest stretch of a scenario before its beginning and throws it away. */
function warmUp(scenario: Scenario): void {
  const { id, seed, startsAt } = scenario;
  const start = { scenarioId: id, seed, actions: [], faults: true, nowUs: startsAt };
  World.at({ ...scenario, recent: WARM_UP }, start, () => performance.now());
}

/** Lets the messages that have arrived meanwhile be read. */
const breathe = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

let world: World | undefined;
/** Of the question that is being answered. */
let cancel: Int32Array | undefined;

const checkCancelled = (): void => {
  if (cancel !== undefined && Atomics.load(cancel, 0) === 1) throw new QueryCancelledError();
};

/** Queries look at the clock as they go; that is when they hear that nobody waits for them. */
function clockMs(): number {
  checkCancelled();
  return performance.now();
}

async function run(task: ThreadTask): Promise<void> {
  switch (task.kind) {
    case "warm-up":
      warmUp(task.scenario);
      send({ kind: "ready", value: undefined });
      return;
    case "world":
      world = World.at(task.scenario, task.start, clockMs);
      send({ kind: "ready", value: world.nowUs });
      return;
    case "history": {
      const builder = new HistoryBuilder(task.scenario, task.seed);
      while (!builder.done) {
        send({ kind: "progress", fraction: builder.step() });
        await breathe();
      }
      send({ kind: "ready", value: builder.export() });
      return;
    }
    case "grade": {
      const debrief = gradeRun(task.scenario, task.input, task.history, (fraction) =>
        send({ kind: "progress", fraction }),
      );
      send({ kind: "ready", value: debrief });
      return;
    }
    default:
      assertNever(task);
  }
}

function serve({ id, body, cancel: word }: WorldRequest): void {
  try {
    assert(world !== undefined, "requests come after the world");
    cancel = word === undefined ? undefined : new Int32Array(word);
    checkCancelled();
    send({ kind: "answer", id, value: answer(world, body) });
  } catch (error) {
    const portable = toPortableError(error);
    // A refused action or an exceeded query budget is an answer; a broken assumption or a full world is the end.
    if (portable.kind === "world-failure" || (portable.kind === "limit" && changesWorld(body)))
      send({ kind: "failed", error: portable });
    else send({ kind: "refused", id, error: portable });
  }
}

function changesWorld(body: WorldRequestBody): boolean {
  return body.kind === "advance" || body.kind === "advance-to-next-event" || body.kind === "act";
}

function answer(world: World, body: WorldRequestBody): unknown {
  switch (body.kind) {
    case "query":
      return world.query(body.name, body.parameters);
    case "advance":
      return world.advance(simTime(body.toUs));
    case "advance-to-next-event":
      return world.advanceToNextEvent(simTime(body.limitUs));
    case "act":
      return world.act(body.actionId, body.action, simTime(body.atUs));
    case "attach-history":
      world.attachHistory(body.history);
      return undefined;
    case "digest":
      return world.digest();
    default:
      return assertNever(body);
  }
}

port.on("message", (input: ThreadInput) => {
  if (input.kind === "request") serve(input);
  else run(input.task).catch((error: unknown) => send({ kind: "failed", error: toPortableError(error) }));
});
