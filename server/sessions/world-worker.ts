/**
 * Entry of a world's thread: one task for the life of the thread (a world that answers requests, the history of one,
 * or the grading of a run). Nothing here decides anything: it carries messages to the portable core and back.
 */
import { parentPort, workerData } from "node:worker_threads";
import { assert, assertNever } from "../base/assert.js";
import { simTime } from "../base/time.js";
import { gradeRun } from "../grading/grade-run.js";
import { HistoryBuilder } from "../world/history.js";
import { World } from "../world/world.js";
import {
  toPortableError,
  type ThreadMessage,
  type ThreadTask,
  type WorldRequest,
  type WorldRequestBody,
} from "./world-protocol.js";

assert(parentPort !== null, "this file is the entry of a worker thread");
const port = parentPort;

const send = (message: ThreadMessage): void => port.postMessage(message);

/** Lets the messages that have arrived meanwhile be read. */
const breathe = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

async function run(task: ThreadTask): Promise<void> {
  switch (task.kind) {
    case "world": {
      const world = World.at(task.scenario, task.start, () => performance.now());
      port.on("message", (request: WorldRequest) => serve(world, request));
      send({ kind: "ready", value: world.nowUs });
      return;
    }
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

function serve(world: World, { id, body }: WorldRequest): void {
  try {
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

run(workerData as ThreadTask).catch((error: unknown) => send({ kind: "failed", error: toPortableError(error) }));
