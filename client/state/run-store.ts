/** The run as this page knows it: the snapshot, its clock carried on between the server's marks, and the line to it. */
import type { ApiError } from "../../server/wire/errors.js";
import type { Command, RunClock, RunEvent, RunSnapshot, RunState } from "../../server/wire/run.js";
import type { Acknowledgement } from "../../server/wire/socket.js";
import { RunConnection } from "../net/run-connection.js";
import type { ConnectionState, RunConnectionHandlers } from "../net/run-connection.js";
import { foldEvent } from "./run-reducer.js";

export interface CommandLine {
  command(command: Command): Promise<Acknowledgement<{ readonly sequence: number }>>;
  /** Commands that were not acknowledged yet. */
  readonly waiting: number;
  /** Tries to reach the server now instead of when it is next due. */
  reconnect(): void;
  close(): void;
}

export type ConnectRun = (runId: string, handlers: RunConnectionHandlers) => CommandLine;

const connectBySocket: ConnectRun = (runId, handlers) => new RunConnection(runId, handlers);

/**
 * Dispatches `changed` (snapshot), `clock` (the server set it), `connection`, `progress` and `failed`. `snapshot` is
 * there once `loaded` is; the shell shows no view before.
 */
export class RunStore extends EventTarget {
  connection: ConnectionState = "connecting";
  /** While the line is lost: when it is tried again, by the clock of `wallMs`; undefined while it is being tried. */
  retryAtMs: number | undefined;
  failure: ApiError | undefined;
  gradingProgress: number | undefined;
  private current: RunSnapshot | undefined;
  private clockSetAtMs = 0;
  private readonly line: CommandLine;

  constructor(
    readonly runId: string,
    connect: ConnectRun = connectBySocket,
    private readonly wallMs: () => number = () => performance.now(),
  ) {
    super();
    this.line = connect(runId, {
      joined: (snapshot) => {
        this.replace(snapshot);
      },
      events: (events) => {
        this.fold(events);
      },
      clock: (clock, state) => {
        this.setClock(clock, state);
      },
      progress: (what, fraction) => {
        this.setProgress(what, fraction);
      },
      failed: (error) => {
        this.failure = error;
        this.dispatchEvent(new Event("failed"));
      },
      connection: (state, retryMs) => {
        this.connection = state;
        this.retryAtMs = retryMs === undefined ? undefined : this.wallMs() + retryMs;
        if (state === "lost") this.stopClock();
        this.dispatchEvent(new Event("connection"));
      },
    });
  }

  get loaded(): boolean {
    return this.current !== undefined;
  }

  /** Throws when nothing has arrived yet; views are only made when it has. */
  get snapshot(): RunSnapshot {
    if (this.current === undefined) throw new Error("the run has not been loaded yet");
    return this.current;
  }

  /** Simulated now, µs: the last mark carried on at the clock's speed, not past the end of the run. */
  nowUs(): number {
    const { clock } = this.snapshot;
    if (!clock.running) return clock.atUs;
    const passedUs = (this.wallMs() - this.clockSetAtMs) * 1_000 * clock.speed;
    return Math.round(Math.min(clock.endsAtUs, clock.atUs + Math.max(0, passedUs)));
  }

  send(command: Command): Promise<Acknowledgement<{ readonly sequence: number }>> {
    return this.line.command(command);
  }

  /** Whole seconds until a lost line is tried again; 0 while it is being tried. */
  get retrySeconds(): number {
    return this.retryAtMs === undefined ? 0 : Math.max(0, Math.ceil((this.retryAtMs - this.wallMs()) / 1_000));
  }

  get waitingCommands(): number {
    return this.line.waiting;
  }

  reconnect(): void {
    this.line.reconnect();
  }

  close(): void {
    this.line.close();
  }

  private replace(snapshot: RunSnapshot): void {
    this.failure = undefined;
    this.current = snapshot;
    this.clockSetAtMs = this.wallMs();
    this.dispatchEvent(new Event("changed"));
    this.dispatchEvent(new Event("clock"));
  }

  private fold(events: readonly RunEvent[]): void {
    if (this.current === undefined) return;
    const before = this.current;
    this.current = events.reduce(foldEvent, before);
    if (this.current === before) return;
    if (this.current.clock !== before.clock) {
      this.clockSetAtMs = this.wallMs();
      this.dispatchEvent(new Event("clock"));
    }
    this.dispatchEvent(new Event("changed"));
  }

  private setClock(clock: RunClock, state: RunState): void {
    if (this.current === undefined) return;
    const stateChanged = state !== this.current.run.state;
    this.current = { ...this.current, clock, run: { ...this.current.run, state } };
    this.clockSetAtMs = this.wallMs();
    this.dispatchEvent(new Event("clock"));
    if (stateChanged) this.dispatchEvent(new Event("changed"));
  }

  /** Nobody knows whether the world goes on behind a broken line: time stands still until it is back. */
  private stopClock(): void {
    if (this.current === undefined || !this.current.clock.running) return;
    this.current = { ...this.current, clock: { ...this.current.clock, atUs: this.nowUs(), running: false } };
    this.dispatchEvent(new Event("clock"));
  }

  private setProgress(what: "history" | "grading", fraction: number): void {
    if (this.current === undefined) return;
    if (what === "history") this.current = { ...this.current, historyProgress: fraction };
    else this.gradingProgress = fraction;
    this.dispatchEvent(new Event("progress"));
  }
}
