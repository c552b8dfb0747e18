/**
 * Where runs are kept: an append-only log of events for each run, the ids of commands that were carried out, and the
 * debrief. Everything else about a run is a fold of its events. Every method rejects with StorageFailure when the
 * store can not do it; then nothing of it was written.
 */
import type { Debrief } from "../wire/debrief.js";
import type { RunEvent, RunState, RunSummary } from "../wire/run.js";
import type { RunHeader } from "./run-fold.js";

/** What is written together or not at all. */
export interface EventBatch {
  readonly runId: string;
  /** Ascending, the first one right after the last in the log. */
  readonly events: readonly RunEvent[];
  /** Id of the command that asked for it; answered by `findCommand` from then on. */
  readonly commandId: string | undefined;
  /** State after the events, for the list of runs. */
  readonly state: RunState;
  readonly debrief?: Debrief;
}

export interface EventLog {
  /** Writes the run and its first event. */
  createRun(header: RunHeader, first: RunEvent): Promise<void>;
  /** Resolves when the batch is durable. Rejects with SequenceConflict when another writer was faster. */
  append(batch: EventBatch): Promise<void>;
  /** Undefined: no such run. */
  readHeader(runId: string): Promise<RunHeader | undefined>;
  /** Events with a sequence above `after`, ascending, at most `limit`. */
  readEvents(runId: string, after: number, limit: number): Promise<readonly RunEvent[]>;
  /** Sequence of the last event that this command wrote; undefined when it was never carried out. */
  findCommand(runId: string, commandId: string): Promise<number | undefined>;
  /** Newest first. */
  listRuns(limit: number): Promise<readonly RunSummary[]>;
  readDebrief(runId: string): Promise<Debrief | undefined>;
  close(): void;
}
