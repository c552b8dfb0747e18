/**
 * The socket of one run. Joins, and joins again after every interruption; the answer is always the whole snapshot, so
 * nothing is missed. Commands carry an id: one that was not acknowledged before the line broke is sent again under the
 * same id and is done once. It keeps its own times of trying again, so that the page can say when it will.
 */
import { io } from "socket.io-client";
import type { Socket } from "socket.io-client";
import type { ApiError } from "../../server/wire/errors.js";
import type { Command, RunClock, RunEvent, RunSnapshot, RunState } from "../../server/wire/run.js";
import type { Acknowledgement, ClientToServerEvents, ServerToClientEvents } from "../../server/wire/socket.js";

/** `joining`: the server is there and opens the world, which takes seconds where it was put aside. */
export type ConnectionState = "connecting" | "joining" | "connected" | "lost";

export interface RunConnectionHandlers {
  readonly joined: (snapshot: RunSnapshot) => void;
  readonly events: (events: readonly RunEvent[]) => void;
  readonly clock: (clock: RunClock, state: RunState) => void;
  readonly progress: (what: "history" | "grading", fraction: number) => void;
  readonly failed: (error: ApiError) => void;
  /** @param retryMs with `lost`: how long until it is tried again; undefined while it is being tried */
  readonly connection: (state: ConnectionState, retryMs?: number) => void;
}

type CommandAnswer = Acknowledgement<{ readonly sequence: number }>;

interface PendingCommand {
  readonly command: Command;
  readonly resolve: (answer: CommandAnswer) => void;
}

/** How long the server may take to make a command durable before it is sent again. */
const ACKNOWLEDGE_TIMEOUT_MS = 15_000;
/** Waits before a lost line is tried again, the last of them over and over: a server that starts anew takes seconds. */
const RETRY_MS: readonly number[] = [300, 1_000, 2_000, 4_000, 8_000];

export class RunConnection {
  private readonly socket: Socket<ServerToClientEvents, ClientToServerEvents>;
  private readonly pending = new Map<string, PendingCommand>();
  private joined = false;
  private closed = false;
  /** Times in a row that the server was not reached. */
  private failures = 0;
  private timer: ReturnType<typeof setTimeout> | undefined;

  constructor(
    private readonly runId: string,
    private readonly handlers: RunConnectionHandlers,
  ) {
    this.socket = io({ transports: ["websocket"], reconnection: false });
    this.socket.on("connect", () => void this.join());
    this.socket.on("disconnect", () => {
      this.joined = false;
      this.retryLater();
    });
    this.socket.on("connect_error", () => {
      this.retryLater();
    });
    this.listen();
  }

  /** Resolves when the server has made the command durable or refused it; waits for the line to come back. */
  command(command: Command): Promise<CommandAnswer> {
    return new Promise((resolve) => {
      const commandId = crypto.randomUUID();
      this.pending.set(commandId, { command, resolve });
      if (this.joined) void this.transmit(commandId);
    });
  }

  get waiting(): number {
    return this.pending.size;
  }

  reconnect(): void {
    clearTimeout(this.timer);
    if (this.closed || this.socket.connected) return;
    this.handlers.connection("lost");
    this.socket.connect();
  }

  close(): void {
    this.closed = true;
    clearTimeout(this.timer);
    this.socket.emit("run:leave", { runId: this.runId });
    this.socket.disconnect();
  }

  private retryLater(): void {
    if (this.closed) return;
    const retryMs = RETRY_MS[Math.min(this.failures, RETRY_MS.length - 1)] ?? 0;
    this.failures += 1;
    clearTimeout(this.timer);
    this.timer = setTimeout(() => {
      this.reconnect();
    }, retryMs);
    this.handlers.connection("lost", retryMs);
  }

  private listen(): void {
    const { runId, handlers } = this;
    this.socket.on("run:events", (message) => {
      if (message.runId === runId) handlers.events(message.events);
    });
    this.socket.on("run:clock", (message) => {
      if (message.runId === runId) handlers.clock(message.clock, message.state);
    });
    this.socket.on("run:progress", (message) => {
      if (message.runId === runId) handlers.progress(message.what, message.fraction);
    });
    this.socket.on("run:failed", (message) => {
      if (message.runId === runId) handlers.failed(message.error);
    });
  }

  private async join(): Promise<void> {
    this.handlers.connection("joining");
    const answer = (await this.socket
      .timeout(ACKNOWLEDGE_TIMEOUT_MS)
      .emitWithAck("run:join", { runId: this.runId })
      .catch(() => undefined)) as Acknowledgement<RunSnapshot> | undefined;
    if (answer === undefined) {
      // Opening a world that was put aside takes seconds; the server goes on with it and the next join finds it.
      if (this.socket.connected) void this.join();
      return;
    }
    if (!answer.ok) {
      this.handlers.failed(answer.error);
      return;
    }
    this.joined = true;
    this.failures = 0;
    this.handlers.joined(answer.value);
    this.handlers.connection("connected");
    for (const commandId of this.pending.keys()) void this.transmit(commandId);
  }

  private async transmit(commandId: string): Promise<void> {
    const pending = this.pending.get(commandId);
    if (pending === undefined) return;
    const answer = (await this.socket
      .timeout(ACKNOWLEDGE_TIMEOUT_MS)
      .emitWithAck("run:command", { runId: this.runId, commandId, command: pending.command })
      .catch(() => undefined)) as CommandAnswer | undefined;
    if (answer !== undefined) {
      this.pending.delete(commandId);
      pending.resolve(answer);
    } else if (this.joined && this.pending.has(commandId)) {
      await this.transmit(commandId);
    }
  }
}
