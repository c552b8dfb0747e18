/** Where batches go. */
import type { PulledBatch } from "./batch-source.js";

export interface Delivery {
  readonly accepted: number;
  /** What the receiver refused for good, by reason. */
  readonly dropped: Readonly<Record<string, number>>;
  readonly bytes: number;
  readonly retries: number;
}

export interface Target {
  /**
   * @param stopped ends the waiting for a receiver that is away
   * @param onWaiting hears what the receiver said each time that it took nothing
   */
  deliver(batch: PulledBatch, stopped: AbortSignal, onWaiting: (reason: string) => void): Promise<Delivery>;
  /** After the last batch. */
  close(): Promise<void>;
}

/** The target can take nothing at all; there is no use in going on. */
export class TargetFailure extends Error {
  override readonly name = "TargetFailure";
}
