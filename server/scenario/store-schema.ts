/** The written form of what a topology can say about its databases beyond their queries. */
import { z } from "zod";
import {
  DEFAULT_FAILOVER,
  DEFAULT_LOCKS,
  DEFAULT_ROWS_PER_PAGE,
  type QueryDetailSpec,
  type StoreDetailSpec,
} from "../topology/store-spec.js";
import { defined } from "./records.js";
import { count, durationText, line, positiveDurationText, ratio } from "./scalars.js";

const table = z.strictObject({
  rows: count(1, 2_000_000_000),
  rowsPerPage: count(1, 1_000).default(DEFAULT_ROWS_PER_PAGE).describe("Rows of a page of 8 KiB."),
});

export const storeDetail = {
  tables: z.record(line, table).optional().describe("Sizes of tables, for scans and buffers."),
  locks: z
    .strictObject({
      timeout: durationText
        .default(DEFAULT_LOCKS.timeout)
        .describe("How long a statement waits for a lock; 0 is for ever."),
      deadlockTimeout: positiveDurationText
        .default(DEFAULT_LOCKS.deadlockTimeout)
        .describe("How long it waits before the database looks for a deadlock."),
    })
    .optional()
    .describe("Statements lock tables and rows."),
  disk: z
    .strictObject({ parallel: count(1, 10_000).describe("Requests that the disk works on at a time.") })
    .optional(),
  bufferPages: count(1, 100_000_000).optional().describe("Pages of 8 KiB in memory; needs tables."),
  checkpoint: z
    .strictObject({
      every: positiveDurationText.prefault("5m"),
      writePerRow: durationText.prefault("100us").describe("Time of the disk for each row written since the last one."),
      spread: ratio.default(0.9).describe("Share of the time until the next one over which it writes."),
    })
    .optional()
    .describe("Needs a disk."),
  replicas: z
    .strictObject({
      count: count(1, 15),
      applyRowsPerSecond: count(1, 100_000_000).default(20_000),
      delay: durationText.prefault("5ms").describe("Until a commit has reached a replica."),
    })
    .optional(),
  shards: count(2, 1_000).optional().describe("Parts, each with the cores and the disk of the store."),
  slowStatement: positiveDurationText.optional().describe("Statements that take longer are logged."),
  statementTimeout: positiveDurationText.optional().describe("Statements that take longer are cancelled."),
  failover: z
    .strictObject({
      detection: positiveDurationText.default(DEFAULT_FAILOVER.detection),
      promotion: positiveDurationText.default(DEFAULT_FAILOVER.promotion),
    })
    .optional()
    .describe("What a crash of the primary takes; 10 s and 20 s when left out."),
};

export const queryDetail = {
  access: z.enum(["index", "scan"]).optional().describe("A scan reads all rows of the table."),
  locksRows: z.boolean().optional().describe("UPDATE, DELETE and FOR UPDATE do unless said otherwise."),
  unordered: z.boolean().optional().describe("Rows are locked in the order of the request, not of their keys."),
  key: z.enum(["product", "user", "request"]).optional().describe("What its rows are chosen by."),
  readFrom: z.enum(["primary", "replica"]).optional(),
  stale: z
    .enum(["ignore", "fail"])
    .optional()
    .describe("When a replica does not have yet what the same user has just written."),
};

type Written<Spec> = { readonly [Key in keyof Spec]?: Spec[Key] | undefined };
type WrittenStore = Written<Omit<StoreDetailSpec, "tables">> & {
  readonly tables?: Readonly<Record<string, z.output<typeof table>>> | undefined;
};

export function buildStoreDetail(written: WrittenStore): StoreDetailSpec {
  const { locks, disk, bufferPages, checkpoint, replicas, shards, slowStatement, statementTimeout, failover } = written;
  const tables = written.tables === undefined ? undefined : Object.entries(written.tables);
  return defined({
    tables: tables?.map(([id, { rows, rowsPerPage }]) => ({ id, rows, rowsPerPage })),
    locks,
    disk,
    bufferPages,
    checkpoint,
    replicas,
    shards,
    slowStatement,
    statementTimeout,
    failover,
  });
}

export function buildQueryDetail(written: Written<QueryDetailSpec>): QueryDetailSpec {
  const { access, locksRows, unordered, key, readFrom, stale } = written;
  return defined({ access, locksRows, unordered, key, readFrom, stale });
}
