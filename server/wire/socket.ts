/** Socket events, typed at both ends. Websocket transport only; a client that comes back names its last sequence. */
import type { ApiError } from "./errors.js";
import type { Command, RunClock, RunEvent, RunSnapshot, RunState } from "./run.js";

export type Acknowledgement<Value> =
  { readonly ok: true; readonly value: Value } | { readonly ok: false; readonly error: ApiError };

export interface ClientToServerEvents {
  /** Follow a run. Answers with the snapshot; events after it arrive as `run:events`. */
  "run:join": (
    message: { readonly runId: string },
    acknowledge: (answer: Acknowledgement<RunSnapshot>) => void,
  ) => void;
  "run:leave": (message: { readonly runId: string }) => void;
  /** `commandId` is chosen by the client; the same id twice is done once. Acknowledged when durable. */
  "run:command": (
    message: { readonly runId: string; readonly commandId: string; readonly command: Command },
    acknowledge: (answer: Acknowledgement<{ readonly sequence: number }>) => void,
  ) => void;
}

export interface ServerToClientEvents {
  "run:events": (message: { readonly runId: string; readonly events: readonly RunEvent[] }) => void;
  /** At least once a second while the clock runs, and at each change. */
  "run:clock": (message: { readonly runId: string; readonly clock: RunClock; readonly state: RunState }) => void;
  /** Something that takes a while: filling history, grading. */
  "run:progress": (message: {
    readonly runId: string;
    readonly what: "history" | "grading";
    readonly fraction: number;
  }) => void;
  /** The world of this run stopped and will not go on by itself. */
  "run:failed": (message: { readonly runId: string; readonly error: ApiError }) => void;
  /** A message that asked for no acknowledgement was refused. */
  "run:refused": (message: { readonly event: string; readonly error: ApiError }) => void;
}
