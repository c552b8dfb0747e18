/**
 * The event log in one SQLite file, through libsql. Write-ahead log with `synchronous = FULL`: a batch that was
 * acknowledged survives the end of the process and of the machine. Statements are synchronous and take microseconds;
 * the connection never waits for a lock inside SQLite, it tries again from here, so that the event loop stays free.
 */
import Database from "libsql";
import type { Debrief } from "../wire/debrief.js";
import type { RunEvent, RunEventBody, RunState, RunSummary } from "../wire/run.js";
import { type EventBatch, type EventLog } from "./event-log.js";
import { migrations } from "./migrations.js";
import type { RunHeader } from "./run-fold.js";
import { SequenceConflict, StorageFailure } from "./storage-failure.js";

const LOCK_WAIT_MS = 1_000;
const LOCK_RETRY_MS = 25;

type Cell = string | number | null;

export class LibsqlEventLog implements EventLog {
  readonly #database: Database.Database;

  /** Opens or creates the file and brings its schema up to date. Throws StorageFailure. */
  constructor(file: string) {
    this.#database = translated(() => openDatabase(file));
  }

  createRun(header: RunHeader, first: RunEvent): Promise<void> {
    return this.#transact(() => {
      this.#run(
        "INSERT INTO runs VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, 'briefing', NULL)",
        header.id,
        header.scenarioId,
        header.scenarioTitle,
        header.scenarioDigest,
        header.seed,
        header.startsAtUs,
        header.historyFromUs,
        header.recentFromUs,
        header.endsAtUs,
        header.createdAtMs,
      );
      this.#insertEvent(header.id, first);
    });
  }

  append(batch: EventBatch): Promise<void> {
    const { runId, events, commandId, debrief } = batch;
    return this.#transact(() => {
      this.#checkSequence(runId, events);
      for (const event of events) this.#insertEvent(runId, event);
      if (commandId !== undefined) {
        this.#run("INSERT INTO commands VALUES (?, ?, ?)", runId, commandId, events.at(-1)?.sequence ?? 0);
      }
      if (debrief !== undefined) {
        this.#run("INSERT INTO debriefs VALUES (?, ?)", runId, JSON.stringify(debrief));
      }
      const score = events.flatMap(({ body }) => (body.kind === "debriefed" ? [body.score] : [])).at(-1) ?? null;
      this.#run("UPDATE runs SET state = ?, score = coalesce(?, score) WHERE id = ?", batch.state, score, runId);
    });
  }

  readHeader(runId: string): Promise<RunHeader | undefined> {
    return this.#read("SELECT * FROM runs WHERE id = ?", [runId], (rows) => rows.map(headerOf)[0]);
  }

  readEvents(runId: string, after: number, limit: number): Promise<readonly RunEvent[]> {
    const text = "SELECT * FROM events WHERE run_id = ? AND sequence > ? ORDER BY sequence LIMIT ?";
    return this.#read(text, [runId, after, limit], (rows) => rows.map(eventOf));
  }

  findCommand(runId: string, commandId: string): Promise<number | undefined> {
    const text = "SELECT sequence FROM commands WHERE run_id = ? AND command_id = ?";
    return this.#read(text, [runId, commandId], (rows) => rows.map((row) => Number(row["sequence"]))[0]);
  }

  listRuns(limit: number): Promise<readonly RunSummary[]> {
    const text = "SELECT * FROM runs ORDER BY created_at_ms DESC, id LIMIT ?";
    return this.#read(text, [limit], (rows) => rows.map(summaryOf));
  }

  readDebrief(runId: string): Promise<Debrief | undefined> {
    const text = "SELECT body FROM debriefs WHERE run_id = ?";
    return this.#read(text, [runId], (rows) => rows.map((row) => JSON.parse(String(row["body"])) as Debrief)[0]);
  }

  close(): void {
    this.#database.close();
  }

  /** One writer at a time: two programs with one fold each would otherwise both believe that they own the sequence. */
  #checkSequence(runId: string, events: readonly RunEvent[]): void {
    const rows = this.#all("SELECT max(sequence) AS last FROM events WHERE run_id = ?", runId);
    const last = Number(rows[0]?.["last"] ?? 0);
    const first = events[0]?.sequence ?? last + 1;
    if (first !== last + 1) {
      throw new SequenceConflict(
        `run ${runId} is at event ${String(last)}, event ${String(first)} does not follow on it`,
      );
    }
  }

  #insertEvent(runId: string, event: RunEvent): void {
    const { sequence, atUs, wallMs, author, body } = event;
    this.#run(
      "INSERT INTO events VALUES (?, ?, ?, ?, ?, ?, ?)",
      runId,
      sequence,
      atUs,
      wallMs,
      author,
      body.kind,
      JSON.stringify(body),
    );
  }

  async #transact(work: () => void): Promise<void> {
    await retryWhileBusy(() => {
      this.#database.exec("BEGIN IMMEDIATE");
      try {
        work();
        this.#database.exec("COMMIT");
      } catch (error) {
        this.#rollBack();
        throw error;
      }
    });
  }

  /** A full disk makes SQLite roll back by itself; then there is nothing left to do. */
  #rollBack(): void {
    if (this.#database.inTransaction) this.#database.exec("ROLLBACK");
  }

  #read<Value>(text: string, values: readonly Cell[], view: (rows: readonly Row[]) => Value): Promise<Value> {
    return retryWhileBusy(() => view(this.#all(text, ...values)));
  }

  #all(text: string, ...values: readonly Cell[]): readonly Row[] {
    return this.#database.prepare(text).all(...values) as readonly Row[];
  }

  #run(text: string, ...values: readonly Cell[]): void {
    this.#database.prepare(text).run(...values);
  }
}

type Row = Readonly<Record<string, Cell>>;

function openDatabase(file: string): Database.Database {
  const database = new Database(file, { timeout: 0 });
  database.pragma("journal_mode = WAL");
  database.pragma("synchronous = FULL");
  database.pragma("foreign_keys = ON");
  migrate(database);
  return database;
}

function migrate(database: Database.Database): void {
  database.exec("BEGIN IMMEDIATE");
  try {
    const rows = database.prepare("PRAGMA user_version").all() as readonly Row[];
    const version = Number(rows[0]?.["user_version"] ?? 0);
    if (version > migrations.length) throw newerSchema(version);
    migrations.slice(version).forEach((step) => database.exec(step));
    database.exec(`PRAGMA user_version = ${String(migrations.length)}`);
    database.exec("COMMIT");
  } catch (error) {
    if (database.inTransaction) database.exec("ROLLBACK");
    throw error;
  }
}

const newerSchema = (version: number): StorageFailure =>
  new StorageFailure(
    "broken",
    `The data was written by a newer Firedrill (schema ${String(version)}, this one knows ${String(migrations.length)}).`,
    "Update Firedrill, or point FIREDRILL_DATA at another directory.",
  );

const headerOf = (row: Row): RunHeader => ({
  id: String(row["id"]),
  scenarioId: String(row["scenario_id"]),
  scenarioTitle: String(row["scenario_title"]),
  scenarioDigest: String(row["scenario_digest"]),
  seed: String(row["seed"]),
  startsAtUs: Number(row["starts_at_us"]),
  historyFromUs: Number(row["history_from_us"]),
  recentFromUs: Number(row["recent_from_us"]),
  endsAtUs: Number(row["ends_at_us"]),
  createdAtMs: Number(row["created_at_ms"]),
});

const summaryOf = (row: Row): RunSummary => ({
  id: String(row["id"]),
  scenarioId: String(row["scenario_id"]),
  scenarioTitle: String(row["scenario_title"]),
  state: String(row["state"]) as RunState,
  createdAtMs: Number(row["created_at_ms"]),
  ...(row["score"] === null || row["score"] === undefined ? {} : { score: Number(row["score"]) }),
});

const eventOf = (row: Row): RunEvent => ({
  sequence: Number(row["sequence"]),
  atUs: Number(row["at_us"]),
  wallMs: Number(row["wall_ms"]),
  author: String(row["author"]),
  body: JSON.parse(String(row["body"])) as RunEventBody,
});

/** Tries again for a second while another connection holds the lock. */
async function retryWhileBusy<Value>(work: () => Value): Promise<Value> {
  for (let waitedMs = 0; ; waitedMs += LOCK_RETRY_MS) {
    try {
      return translated(work);
    } catch (error) {
      const busy = error instanceof StorageFailure && error.reason === "busy";
      if (!busy || waitedMs >= LOCK_WAIT_MS) throw error;
    }
    await new Promise((resolve) => setTimeout(resolve, LOCK_RETRY_MS));
  }
}

function translated<Value>(work: () => Value): Value {
  try {
    return work();
  } catch (error) {
    throw storageError(error);
  }
}

/** SQLite's result codes, <https://www.sqlite.org/rescode.html>, by the prefix that they share. */
const failures: readonly {
  readonly prefix: string;
  readonly reason: StorageFailure["reason"];
  readonly message: string;
  readonly remedy: string;
}[] = [
  {
    prefix: "SQLITE_BUSY",
    reason: "busy",
    message: "The store is locked by another program.",
    remedy: "Try again in a moment.",
  },
  {
    prefix: "SQLITE_LOCKED",
    reason: "busy",
    message: "The store is locked by another program.",
    remedy: "Try again in a moment.",
  },
  { prefix: "SQLITE_FULL", reason: "full", message: "The disk is full.", remedy: "Free some space and try again." },
  {
    prefix: "SQLITE_READONLY",
    reason: "broken",
    message: "The store can not be written.",
    remedy: "Check the permissions of the data directory.",
  },
  {
    prefix: "SQLITE_CANTOPEN",
    reason: "broken",
    message: "The store can not be opened.",
    remedy: "Check the permissions of the data directory.",
  },
];

function storageError(error: unknown): unknown {
  if (error instanceof StorageFailure || error instanceof SequenceConflict) return error;
  const code = error instanceof Error && "code" in error ? String(error.code) : "";
  const known = failures.find(({ prefix }) => code.startsWith(prefix));
  if (known !== undefined) return new StorageFailure(known.reason, known.message, known.remedy, { cause: error });
  return new StorageFailure("broken", "The store failed.", "Look at the server's output.", { cause: error });
}
