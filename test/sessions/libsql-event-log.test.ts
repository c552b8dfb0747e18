import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import Database from "libsql";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { LibsqlEventLog } from "../../server/sessions/libsql-event-log.js";
import { SequenceConflict, StorageFailure } from "../../server/sessions/storage-failure.js";
import type { RunHeader } from "../../server/sessions/run-fold.js";
import type { RunEvent, RunEventBody } from "../../server/wire/run.js";

const header: RunHeader = {
  id: "r1",
  scenarioId: "s",
  scenarioTitle: "S",
  scenarioDigest: "d",
  seed: "1",
  startsAtUs: 1_760_000_000_000_001,
  historyFromUs: 1,
  recentFromUs: 2,
  endsAtUs: 1_760_000_000_000_003,
  createdAtMs: 4,
};
const eventOf = (sequence: number, body: RunEventBody): RunEvent => ({
  sequence,
  atUs: 1_760_000_000_000_001,
  wallMs: 5,
  author: "learner",
  body,
});
const created = eventOf(1, {
  kind: "created",
  scenarioId: "s",
  scenarioDigest: "d",
  seed: "1",
  startsAtUs: 1_760_000_000_000_001,
});
const started = eventOf(2, { kind: "started" });

let directory: string;
let log: LibsqlEventLog;
beforeEach(async () => {
  directory = mkdtempSync(join(tmpdir(), "firedrill-log-"));
  log = new LibsqlEventLog(join(directory, "x.db"));
  await log.createRun(header, created);
});
afterEach(() => {
  log.close();
  rmSync(directory, { recursive: true, force: true });
});

const append = (event: RunEvent, commandId?: string): Promise<void> =>
  log.append({ runId: "r1", events: [event], commandId, state: "investigating" });

describe("event log in a file", () => {
  test("what was appended is there after opening it again, to the last digit", async () => {
    await append(started, "c1");
    log.close();
    log = new LibsqlEventLog(join(directory, "x.db"));
    expect(await log.readHeader("r1")).toEqual(header);
    expect(await log.readEvents("r1", 0, 10)).toEqual([created, started]);
    expect(await log.readEvents("r1", 1, 10)).toEqual([started]);
    expect(await log.findCommand("r1", "c1")).toBe(2);
    expect(await log.listRuns(5)).toEqual([
      { id: "r1", scenarioId: "s", scenarioTitle: "S", state: "investigating", createdAtMs: 4 },
    ]);
  });

  test("unknown runs and commands are undefined", async () => {
    expect(await log.readHeader("r2")).toBeUndefined();
    expect(await log.findCommand("r1", "c9")).toBeUndefined();
    expect(await log.readDebrief("r1")).toBeUndefined();
  });

  test("a sequence that does not follow is refused and nothing of the batch is there", async () => {
    await append(started);
    await expect(append(started, "c2")).rejects.toThrow(SequenceConflict);
    await expect(append({ ...started, sequence: 4 }, "c3")).rejects.toThrow(SequenceConflict);
    expect(await log.readEvents("r1", 0, 10)).toHaveLength(2);
    expect(await log.findCommand("r1", "c2")).toBeUndefined();
  });

  test("when a part of a batch fails, none of it is written", async () => {
    await append(started, "c1");
    await expect(append(eventOf(3, { kind: "paused" }), "c1")).rejects.toThrow(StorageFailure);
    expect(await log.readEvents("r1", 0, 10)).toHaveLength(2);
  });

  test("a store that another program has locked is busy, and works again when it is free", async () => {
    const other = new Database(join(directory, "x.db"));
    other.exec("BEGIN EXCLUSIVE");
    await expect(append(started)).rejects.toMatchObject({ name: "StorageFailure", reason: "busy" });
    expect(await log.readEvents("r1", 0, 10)).toHaveLength(1);
    other.exec("COMMIT");
    other.close();
    await append(started);
    expect(await log.readEvents("r1", 0, 10)).toHaveLength(2);
  });

  test("a short lock is waited for", async () => {
    const other = new Database(join(directory, "x.db"));
    other.exec("BEGIN EXCLUSIVE");
    setTimeout(() => other.exec("COMMIT"), 100);
    await append(started);
    other.close();
  });

  test("data of a newer version is refused with what to do", () => {
    const file = join(directory, "newer.db");
    const database = new Database(file);
    database.exec("PRAGMA user_version = 99");
    database.close();
    expect(() => new LibsqlEventLog(file)).toThrow(/newer Firedrill/);
  });

  test("a file that is no database is a failure of the store", () => {
    expect(() => new LibsqlEventLog(join(directory, "no", "such", "x.db"))).toThrow(StorageFailure);
  });
});
