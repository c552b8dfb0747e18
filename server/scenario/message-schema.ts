/** The written form of what a topology can say about deliveries of queues and about external parties; all of it optional. */
import { z } from "zod";
import { duration } from "../base/time.js";
import type { ExternalDetailSpec } from "../topology/external-spec.js";
import type { DeliverySpec, QueueDetailSpec } from "../topology/message-spec.js";
import { defined } from "./records.js";
import { count, durationText, positiveDurationText, quantity, ratio } from "./scalars.js";

const ATTEMPTS_MAX = 50;

const delivery = z.strictObject({
  attempts: count(1, ATTEMPTS_MAX).default(5).describe("Deliveries of one message before it is given up."),
  backoff: durationText.default(duration(1_000_000)).describe("Wait after the first delivery that failed."),
  multiplier: quantity(1, 10).default(2).describe("Each further wait is so many times as long."),
  visibilityTimeout: positiveDurationText
    .optional()
    .describe("A message that is not acknowledged after so long is handed out again; never when left out."),
  prefetch: count(1, 10_000).optional().describe("Messages that one consumer instance holds unacknowledged."),
  idempotent: z.boolean().default(false).describe("The consumer knows what it has processed."),
  deadLetters: z
    .strictObject({
      capacity: count(1, 100_000).default(10_000),
      redriveAfter: positiveDurationText
        .optional()
        .describe("Each dead letter comes back to the queue after so long; never when left out."),
      redrives: count(1, 100).default(10).describe("So often at most."),
    })
    .optional()
    .describe("Where messages go that are given up; they are dropped when left out."),
});

const partitions = z.strictObject({
  count: count(1, 1_000).default(12),
  key: z.enum(["user", "request"]).default("user").describe("What decides the partition of a message."),
  rebalancePause: durationText.default(duration(3_000_000)).describe("Nobody takes messages while members change."),
  sessionTimeout: durationText
    .default(duration(10_000_000))
    .describe("How long the group takes to notice that a member has died."),
  maxPollInterval: positiveDurationText
    .default(duration(300_000_000))
    .describe("Who works longer on one message is put out of the group until it has ended that work."),
});

export const queueDetail = {
  partitions: partitions
    .optional()
    .describe("Messages of one key in order: one partition each, one message of it in work at a time."),
  delivery: delivery.optional().describe("At least once; each message is handed out once and forgotten when left out."),
  overflow: z
    .enum(["reject", "drop-oldest", "block"])
    .optional()
    .describe("What a full queue does; reject when left out."),
  retention: positiveDurationText.optional().describe("Messages that have waited longer are dropped."),
  confirmsPerSecond: quantity(10, 10_000_000)
    .optional()
    .describe("Messages that the broker confirms in a second, one after the other; no limit when left out."),
};

export const externalDetail = {
  quota: z
    .strictObject({
      limit: quantity(0.001, 1e9).describe("Requests in the time `per`."),
      per: positiveDurationText,
      burst: count(1, 1_000_000).optional().describe("Unused ones that add up; the limit when left out."),
    })
    .optional()
    .describe("What is over it is answered 429."),
  capacity: z
    .strictObject({
      concurrency: count(1, 10_000).describe("Requests at a time."),
      queue: count(0, 100_000).default(0).describe("Requests that may wait; one more is answered 503."),
    })
    .optional(),
  failures: z
    .strictObject({
      unavailable: ratio.default(0).describe("Share that is answered 503."),
      hanging: ratio.default(0).describe("Share that is never answered."),
      refused: ratio.default(0).describe("Share of connections that are refused."),
    })
    .optional(),
  maintenance: z
    .array(
      z.strictObject({
        at: durationText.describe("Time after midnight, UTC."),
        for: positiveDurationText,
      }),
    )
    .optional()
    .describe("Every day: 503 for everybody."),
};

type WrittenQueueDetail = { readonly [Key in keyof typeof queueDetail]?: z.infer<(typeof queueDetail)[Key]> };
type WrittenExternalDetail = { readonly [Key in keyof typeof externalDetail]?: z.infer<(typeof externalDetail)[Key]> };

export function buildQueueDetail(written: WrittenQueueDetail): QueueDetailSpec {
  const { overflow, retention, confirmsPerSecond, partitions: divided } = written;
  return defined({
    delivery: written.delivery && buildDelivery(written.delivery),
    partitions: divided,
    overflow,
    retention,
    confirmsPerSecond,
  });
}

function buildDelivery(written: z.infer<typeof delivery>): DeliverySpec {
  const { attempts, backoff, multiplier, visibilityTimeout, prefetch, idempotent, deadLetters } = written;
  return {
    attempts,
    backoff,
    multiplier,
    visibilityTimeout: visibilityTimeout ?? duration(0),
    prefetch: prefetch ?? 0,
    idempotent,
    ...(deadLetters === undefined
      ? {}
      : {
          deadLetters: { ...deadLetters, redriveAfter: deadLetters.redriveAfter ?? duration(0) },
        }),
  };
}

export function buildExternalDetail(written: WrittenExternalDetail): ExternalDetailSpec {
  const { quota, capacity, failures, maintenance } = written;
  return defined({
    quota: quota && { limit: quota.limit, per: quota.per, burst: quota.burst ?? Math.max(1, Math.floor(quota.limit)) },
    capacity,
    failures,
    maintenance,
  });
}
