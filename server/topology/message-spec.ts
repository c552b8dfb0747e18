/**
 * What a topology can say about a queue besides its size and its consumers; all of it optional. A queue that says
 * nothing about deliveries hands each message out once and forgets it, whatever becomes of it.
 */
import type { Duration } from "../base/time.js";

/** At least once: a message is kept until its processing has been acknowledged. */
export interface DeliverySpec {
  /** Deliveries of one message before it is given up. */
  readonly attempts: number;
  /** Wait after the n-th failed delivery: backoff · multiplier^(n−1), at most ten minutes. */
  readonly backoff: Duration;
  readonly multiplier: number;
  /** A message that is not acknowledged after so long is handed out again; 0 is never. */
  readonly visibilityTimeout: Duration;
  /** Messages that one consumer instance holds unacknowledged; 0 is as many as it gets. */
  readonly prefetch: number;
  /** The consumer knows what it has processed and acknowledges it at once. */
  readonly idempotent: boolean;
  /** Where messages go that are given up; without it they are dropped. */
  readonly deadLetters?: DeadLetterSpec;
}

export interface DeadLetterSpec {
  readonly capacity: number;
  /** Each comes back to the queue after so long, as if it were new; 0 is never. */
  readonly redriveAfter: Duration;
  /** So often at most. */
  readonly redrives: number;
}

/** An ordered log: messages of one key go to one partition, and a partition has one message in work at a time. */
export interface PartitionSpec {
  readonly count: number;
  /** What decides the partition: whose request it was, or the request itself. */
  readonly key: "user" | "request";
  /** Nobody takes messages for so long whenever the members of the group change. */
  readonly rebalancePause: Duration;
  /** How long the group takes to notice that a member has died. */
  readonly sessionTimeout: Duration;
  /** A member that works longer than this on one message is put out of the group until it asks again; 0 is never. */
  readonly maxPollInterval: Duration;
}

export type OverflowKind = "reject" | "drop-oldest" | "block";

export interface QueueDetailSpec {
  readonly delivery?: DeliverySpec;
  readonly partitions?: PartitionSpec;
  /** What a full queue does: it refuses (left out), drops the oldest message, or lets publishers wait for room. */
  readonly overflow?: OverflowKind;
  /** Messages that have waited longer than this are dropped. */
  readonly retention?: Duration;
  /** Messages that the broker confirms in a second, one after the other. */
  readonly confirmsPerSecond?: number;
}
