/**
 * The socket side of runs: followers of a run share a room, commands come in and are acknowledged when durable, events
 * and clock ticks go out. Every message is checked before it is believed; a wrong one is refused with a reason and the
 * connection lives. Websocket only: a client that comes back joins again and gets the snapshot with its sequence.
 */
import type { Server as HttpServer } from "node:http";
import { Server, type Socket } from "socket.io";
import { z } from "zod";
import { toApiError, type ErrorReporter } from "../http/errors.js";
import type { OriginGuard } from "../http/origin.js";
import { LEARNER } from "../sessions/authors.js";
import { checkInput } from "../sessions/input-check.js";
import { Refusal } from "../sessions/refusal.js";
import type { RunService } from "../sessions/run-service.js";
import { asCommand, commandSchema, nameSchema } from "../sessions/schemas.js";
import type { Acknowledgement, ClientToServerEvents, ServerToClientEvents } from "../wire/socket.js";
import { ClockCoalescer } from "./clock-coalescer.js";
import { CommandBudget } from "./command-budget.js";

/** An exhibit of 64 KB with its envelope. */
const MESSAGE_BYTES_MAX = 256 * 1024;
/** Runs that one tab may follow at once. */
const JOINED_RUNS_MAX = 16;

interface SocketOptions {
  readonly server: HttpServer;
  readonly runs: RunService;
  readonly guard: OriginGuard;
  readonly report: ErrorReporter;
}

type FiredrillServer = Server<ClientToServerEvents, ServerToClientEvents>;
type FiredrillSocket = Socket<ClientToServerEvents, ServerToClientEvents>;

interface Connection {
  readonly io: FiredrillServer;
  readonly socket: FiredrillSocket;
  readonly runs: RunService;
  readonly budget: CommandBudget;
  /** Runs that this socket follows. */
  readonly joined: Set<string>;
}

const runMessageSchema = z.strictObject({ runId: nameSchema });
const commandMessageSchema = z.strictObject({ runId: nameSchema, commandId: nameSchema, command: commandSchema });

/** Answers sockets on `server`. Resolving the returned function closes every connection. */
export function attachSockets({ server, runs, guard, report }: SocketOptions): () => Promise<void> {
  const io: FiredrillServer = new Server(server, {
    transports: ["websocket"],
    serveClient: false,
    maxHttpBufferSize: MESSAGE_BYTES_MAX,
    perMessageDeflate: false,
    allowRequest: (request, decide) => {
      try {
        guard.checkSocket(request);
        decide(null, true);
      } catch (error) {
        decide(toApiError(error, report).message, false);
      }
    },
  });
  const stopTelling = tellRooms(io, runs, report);
  io.on("connection", (socket) => {
    const connection = { io, socket, runs, budget: new CommandBudget(() => Date.now()), joined: new Set<string>() };
    serve(connection, report);
  });
  return async () => {
    stopTelling();
    await io.close();
  };
}

const roomOf = (runId: string): string => `run:${runId}`;

/** What happens to a run goes to its room; clock ticks at most four times a second. */
function tellRooms(io: FiredrillServer, runs: RunService, report: ErrorReporter): () => void {
  const coalescer = new ClockCoalescer((message) => io.to(roomOf(message.runId)).emit("run:clock", message));
  const stop = runs.observe({
    events: (runId, events) => io.to(roomOf(runId)).emit("run:events", { runId, events }),
    clock: (runId, clock, state) => {
      coalescer.push({ runId, clock, state });
    },
    progress: (runId, what, fraction) => io.to(roomOf(runId)).emit("run:progress", { runId, what, fraction }),
    failed: (runId, error) => io.to(roomOf(runId)).emit("run:failed", { runId, error: toApiError(error, report) }),
  });
  return () => {
    stop();
    coalescer.stop();
  };
}

/** One handler per event of the wire: the checked message to its answer. */
const handlers: Readonly<
  Record<
    keyof ClientToServerEvents,
    (connection: Connection, message: unknown, report: ErrorReporter) => Promise<unknown>
  >
> = {
  "run:join": join,
  "run:leave": leave,
  "run:command": command,
};

function serve(connection: Connection, report: ErrorReporter): void {
  const { socket, joined, runs } = connection;
  socket.onAny((event: string, ...parts: readonly unknown[]) => {
    void answer(connection, event, parts, report);
  });
  socket.on("disconnect", () => {
    for (const runId of joined) void unfollow(runs, runId);
    joined.clear();
  });
}

/** Never rejects: a rejected handler would end the process. */
async function answer(
  connection: Connection,
  event: string,
  parts: readonly unknown[],
  report: ErrorReporter,
): Promise<void> {
  const last = parts.at(-1);
  const acknowledge = typeof last === "function" ? (last as (answer: Acknowledgement<unknown>) => void) : undefined;
  try {
    connection.budget.take();
    const value = await handlerOf(event)(connection, parts[0], report);
    acknowledge?.({ ok: true, value });
  } catch (thrown) {
    const error = toApiError(thrown, report);
    if (acknowledge === undefined) connection.socket.emit("run:refused", { event: event.slice(0, 64), error });
    else acknowledge({ ok: false, error });
  }
}

function handlerOf(event: string): (typeof handlers)["run:join"] {
  if (Object.hasOwn(handlers, event)) return handlers[event as keyof ClientToServerEvents];
  const known = Object.keys(handlers).join(", ");
  throw new Refusal(
    "bad-request",
    `There is no message ${JSON.stringify(event.slice(0, 64))}.`,
    `Send one of: ${known}.`,
  );
}

async function join(connection: Connection, message: unknown, report: ErrorReporter): Promise<unknown> {
  const { socket, runs, joined } = connection;
  const { runId } = checkInput(runMessageSchema, message, "message");
  if (!joined.has(runId) && joined.size >= JOINED_RUNS_MAX) {
    throw new Refusal("limit", `One page can follow ${String(JOINED_RUNS_MAX)} runs.`, "Leave another run first.");
  }
  const run = await runs.open(runId);
  if (!socket.connected) return undefined;
  if (!joined.has(runId)) {
    joined.add(runId);
    run.follow();
  }
  // In one go with the snapshot: the next event that the room hears is the one after it.
  await socket.join(roomOf(runId));
  if (run.problem !== undefined) socket.emit("run:failed", { runId, error: toApiError(run.problem, report) });
  return run.snapshot();
}

async function leave({ socket, runs, joined }: Connection, message: unknown): Promise<unknown> {
  const { runId } = checkInput(runMessageSchema, message, "message");
  await socket.leave(roomOf(runId));
  if (joined.delete(runId)) await unfollow(runs, runId);
  return {};
}

async function unfollow(runs: RunService, runId: string): Promise<void> {
  const run = await runs.find(runId).catch(() => undefined);
  run?.unfollow();
}

async function command({ runs }: Connection, message: unknown): Promise<{ readonly sequence: number }> {
  const checked = checkInput(commandMessageSchema, message, "command");
  const { runId, commandId } = checked;
  const sequence = await runs.command({ runId, commandId, command: asCommand(checked.command), author: LEARNER });
  return { sequence };
}
