/**
 * What a topology can say about its databases besides their queries: tables, locks, the disk and what of it is kept in
 * memory, copies, parts. All of it optional; what is not declared costs nothing and shows nothing.
 */
import type { Duration } from "../base/time.js";

export interface StoreDetailSpec {
  readonly tables?: readonly TableSpec[];
  readonly locks?: LockSpec;
  readonly disk?: DiskSpec;
  /** Pages of 8 KiB that are kept in memory; needs tables. */
  readonly bufferPages?: number;
  readonly checkpoint?: CheckpointSpec;
  readonly replicas?: ReplicaSpec;
  /** Parts over which keys are spread by hash, each with the cores and the disk of the store. */
  readonly shards?: number;
  /** Statements that take longer are logged by the database. */
  readonly slowStatement?: Duration;
  /** Statements that take longer are cancelled. */
  readonly statementTimeout?: Duration;
  readonly failover?: FailoverSpec;
}

export interface TableSpec {
  readonly id: string;
  readonly rows: number;
  /** Rows of a page; a row of 200 bytes or so. */
  readonly rowsPerPage: number;
}

/** What a row lock and a page are chosen by. */
export type RowKey = "product" | "user" | "request";

export interface LockSpec {
  /** How long a statement waits for a lock before it fails; 0 is for ever. */
  readonly timeout: Duration;
  /** How long it waits before the database looks for a deadlock. */
  readonly deadlockTimeout: Duration;
}

export interface DiskSpec {
  /** Requests that the disk works on at a time; others wait. */
  readonly parallel: number;
}

export interface CheckpointSpec {
  readonly every: Duration;
  /** Time of the disk for the pages of one written row. */
  readonly writePerRow: Duration;
  /** Share of `every` over which the writes are spread. */
  readonly spread: number;
}

export interface ReplicaSpec {
  readonly count: number;
  /** Rows a second that a replica takes over from the primary. */
  readonly applyRowsPerSecond: number;
  /** From the commit until the record has reached the replica. */
  readonly delay: Duration;
}

export interface FailoverSpec {
  /** From the crash until somebody notices. */
  readonly detection: Duration;
  /** Until a replica, or the restarted primary, takes connections. */
  readonly promotion: Duration;
}

export interface QueryDetailSpec {
  /** A scan reads all rows of the table. */
  readonly access?: "index" | "scan";
  /** Whether it locks the rows that it names; UPDATE, DELETE and FOR UPDATE do unless said otherwise. */
  readonly locksRows?: boolean;
  /** Rows are locked in the order in which the request names them, not in that of their keys. */
  readonly unordered?: boolean;
  readonly key?: RowKey;
  readonly readFrom?: "primary" | "replica";
  /** When a replica does not have yet what the same user has just written. */
  readonly stale?: "ignore" | "fail";
}

export const DEFAULT_LOCKS: LockSpec = { timeout: 0 as Duration, deadlockTimeout: 1_000_000 as Duration };
export const DEFAULT_FAILOVER: FailoverSpec = { detection: 10_000_000 as Duration, promotion: 20_000_000 as Duration };
export const DEFAULT_ROWS_PER_PAGE = 40;
