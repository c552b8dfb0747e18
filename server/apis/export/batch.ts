/** What an export is sent piece by piece. */

export type Signal = "metrics" | "logs" | "traces";

/** What stands beside the body of a batch, as JSON in the header `Firedrill-Batch`. */
export interface BatchHead {
  /** Counts from 1; the next request names it, and whoever names the one before gets this one again. */
  readonly sequence: number;
  readonly signal: Signal;
  /** Samples, lines or spans; 0 where nothing has come since. */
  readonly items: number;
  /** There is more already. */
  readonly more: boolean;
  /** A whole export has come to its end. */
  readonly done: boolean;
  /** Simulated time up to which everything of the signal was sent, but for what is still on its way. */
  readonly untilUs: number;
  readonly contentType: string;
  readonly contentEncoding?: "snappy";
}

/** In lower case, as Node has the names of headers. */
export const BATCH_HEADER = "firedrill-batch";

/** What a feed has taken out of its store. */
export interface Taken<Content> {
  readonly content: Content;
  readonly items: number;
  readonly more: boolean;
  readonly untilUs: number;
}

/** Where and until when a feed reads; `untilUs` is Infinity for one that follows the world. */
export interface FeedBounds {
  readonly fromUs: number;
  readonly untilUs: number;
}
