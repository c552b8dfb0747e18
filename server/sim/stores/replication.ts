/**
 * How far the replicas of a database are behind: rows that the primary has written and rows that the replicas have taken
 * over, which they do one after another at a limited rate, as a single recovery process does (PostgreSQL: hot standby,
 * src/backend/access/transam/README). The backlog is fluid: between writes it drains at that rate. All replicas of a
 * database are alike. Lag emerges: it grows while more is written than can be taken over.
 */
import type { Checkpointed, StateReader, StateWriter } from "../../base/state-stream.js";

/** Commits closer to each other than this share one mark; the lag is exact to within it. */
const MARK_US = 1_000;
const MARKS_AT_FIRST = 256;

export class Replication implements Checkpointed {
  written = 0;
  #applied = 0;
  #lastUs: number;
  #rowsPerUs: number;
  /** Commits that are not taken over yet: instant and rows written until then; a ring. */
  #commitUs = new Float64Array(MARKS_AT_FIRST);
  #commitRows = new Float64Array(MARKS_AT_FIRST);
  #head = 0;
  #count = 0;
  /** By user: rows written until the user's last write, and when that was. */
  readonly #userRows: Float64Array;
  readonly #userUs: Float64Array;

  constructor(
    rowsPerSecond: number,
    readonly delayUs: number,
    users: number,
    startUs: number,
  ) {
    this.#rowsPerUs = rowsPerSecond / 1e6;
    this.#lastUs = startUs;
    this.#userRows = new Float64Array(users);
    this.#userUs = new Float64Array(users).fill(-Infinity);
  }

  /** Rows a second that replicas take over from now on. */
  setRate(rowsPerSecond: number, nowUs: number): void {
    this.#advance(nowUs);
    this.#rowsPerUs = rowsPerSecond / 1e6;
  }

  commit(user: number, rows: number, nowUs: number): void {
    this.#advance(nowUs);
    this.written += rows;
    this.#userRows[user] = this.written;
    this.#userUs[user] = nowUs;
    const last = (this.#head + this.#count - 1) & (this.#commitUs.length - 1);
    if (this.#count > 0 && nowUs - this.#commitUs[last] < MARK_US) {
      this.#commitRows[last] = this.written;
      return;
    }
    if (this.#count === this.#commitUs.length) this.#grow();
    const at = (this.#head + this.#count++) & (this.#commitUs.length - 1);
    this.#commitUs[at] = nowUs;
    this.#commitRows[at] = this.written;
  }

  /** Whether a replica does not have yet what the user wrote last. */
  isStaleFor(user: number, nowUs: number): boolean {
    this.#advance(nowUs);
    return this.#userRows[user] > this.#applied || nowUs < this.#userUs[user] + this.delayUs;
  }

  /** µs by which the replicas are behind: the age of the oldest commit that they do not have. */
  lagUs(nowUs: number): number {
    this.#advance(nowUs);
    return this.#count === 0 ? 0 : nowUs - this.#commitUs[this.#head];
  }

  /** Rows that the replicas do not have. */
  backlogRows(nowUs: number): number {
    this.#advance(nowUs);
    return this.written - this.#applied;
  }

  /** A replica takes the place of the primary: what it does not have is lost. */
  lose(nowUs: number): number {
    const lost = this.backlogRows(nowUs);
    this.#applied = this.written;
    this.#count = 0;
    return lost;
  }

  save(writer: StateWriter): void {
    for (const value of [this.written, this.#applied, this.#lastUs, this.#rowsPerUs]) writer.double(value);
    writer.int(this.#head);
    writer.int(this.#count);
    for (const values of [this.#commitUs, this.#commitRows, this.#userRows, this.#userUs]) writer.array(values);
  }

  restore(reader: StateReader): void {
    this.written = reader.double();
    this.#applied = reader.double();
    this.#lastUs = reader.double();
    this.#rowsPerUs = reader.double();
    this.#head = reader.int();
    this.#count = reader.int();
    this.#commitUs = reader.doubles();
    this.#commitRows = reader.doubles();
    reader.into(this.#userRows);
    reader.into(this.#userUs);
  }

  #advance(nowUs: number): void {
    const elapsed = nowUs - this.#lastUs;
    this.#lastUs = nowUs;
    this.#applied = Math.min(this.written, this.#applied + elapsed * this.#rowsPerUs);
    const mask = this.#commitUs.length - 1;
    while (this.#count > 0 && this.#commitRows[this.#head] <= this.#applied) {
      this.#head = (this.#head + 1) & mask;
      this.#count--;
    }
  }

  #grow(): void {
    const before = this.#commitUs.length;
    const commitUs = new Float64Array(before * 2);
    const commitRows = new Float64Array(before * 2);
    for (let index = 0; index < this.#count; index++) {
      const at = (this.#head + index) & (before - 1);
      commitUs[index] = this.#commitUs[at];
      commitRows[index] = this.#commitRows[at];
    }
    this.#commitUs = commitUs;
    this.#commitRows = commitRows;
    this.#head = 0;
  }
}
