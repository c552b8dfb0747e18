/** What a topology file can say about a store besides its queries. */
import { z } from "zod";
import { count, positiveDurationText, quantity } from "./scalars.js";

export const storeDetails = {
  shards: count(1, 256).optional().describe("Keys are spread over so many shards, each with its share of the cores."),
  buffer: z
    .strictObject({ pages: count(1, 10_000_000), residentPages: count(1, 10_000_000) })
    .optional()
    .describe("Pages of the data, and how many of them fit into memory."),
  checkpoints: z
    .strictObject({ interval: positiveDurationText, duration: positiveDurationText, ioFactor: quantity(1, 1_000) })
    .optional()
    .describe("Every so often storage is slower for a while."),
  replicas: z
    .strictObject({ count: count(1, 15), applyPerSecond: quantity(0.1, 1e6) })
    .optional()
    .describe("Replicas, and how many writes they can repeat in a second."),
  lockTimeout: positiveDurationText.optional().describe("How long a statement may wait for a lock."),
};

export const queryDetails = {
  locks: z
    .strictObject({ key: z.enum(["user", "product"]), rows: z.literal([1, 2]).default(1) })
    .optional()
    .describe("Which row the statement locks until it ends."),
  readFrom: z.literal("replica").optional().describe("Reads that a replica answers."),
};
