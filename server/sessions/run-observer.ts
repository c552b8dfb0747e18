import type { RunClock, RunEvent, RunState } from "../wire/run.js";

/** What others are told about runs while they go on. Called right after the fact; must not throw. */
export interface RunObserver {
  /** These are durable now. Each event of a run is told once, in order. */
  events(runId: string, events: readonly RunEvent[]): void;
  clock(runId: string, clock: RunClock, state: RunState): void;
  progress(runId: string, what: "history" | "grading", fraction: number): void;
  /** The world or the grading of this run stopped. The error is for the server's eyes; its text may hold the answer. */
  failed(runId: string, error: unknown): void;
}
