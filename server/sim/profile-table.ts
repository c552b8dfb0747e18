/**
 * Profiles as facts: one row of 44 bytes for each process, place in its code and window of ten seconds in which something
 * was spent there. Rows are appended when a window ends and never changed.
 */
import { LimitError } from "../base/limit-error.js";

/** Rows of one world: 90 MB. */
const PROFILE_ROWS_MAX = 2_000_000;
const ROWS_AT_FIRST = 4_096;

export interface ProfileColumns {
  /** End of the window, µs. */
  readonly untilUs: Float64Array;
  readonly instance: Uint16Array;
  /** Place among those of the service; see ProfilePlaces. */
  readonly place: Uint16Array;
  readonly cpuUs: Float64Array;
  readonly wallUs: Float64Array;
  readonly lockUs: Float64Array;
  readonly times: Float64Array;
}

const columnsOf = (rows: number): ProfileColumns => ({
  untilUs: new Float64Array(rows),
  instance: new Uint16Array(rows),
  place: new Uint16Array(rows),
  cpuUs: new Float64Array(rows),
  wallUs: new Float64Array(rows),
  lockUs: new Float64Array(rows),
  times: new Float64Array(rows),
});

/** What was spent at one place in one window. `times` is how often it was run. */
export interface Spent {
  readonly cpuUs: number;
  readonly wallUs: number;
  readonly lockUs: number;
  readonly times: number;
}

export class ProfileTable {
  /** Rows from which on the columns have to be replaced: they are full, or another table goes on in them. */
  #room: number;

  constructor(
    public columns: ProfileColumns = columnsOf(0),
    public rows = 0,
  ) {
    this.#room = rows;
  }

  append(untilUs: number, instance: number, place: number, spent: Spent): void {
    if (this.rows === this.#room) this.#grow();
    const row = this.rows++;
    this.columns.untilUs[row] = untilUs;
    this.columns.instance[row] = instance;
    this.columns.place[row] = place;
    this.columns.cpuUs[row] = spent.cpuUs;
    this.columns.wallUs[row] = spent.wallUs;
    this.columns.lockUs[row] = spent.lockUs;
    this.columns.times[row] = spent.times;
  }

  /** A table that begins as the first `rows` of this one and goes its own way. */
  fork(rows: number): ProfileTable {
    return new ProfileTable(this.columns, rows);
  }

  #grow(): void {
    const size = Math.max(this.rows * 2, ROWS_AT_FIRST);
    if (this.rows >= PROFILE_ROWS_MAX) {
      throw new LimitError("rows of profiles", PROFILE_ROWS_MAX, this.rows + 1, "Shorten the run of the scenario.");
    }
    const columns = columnsOf(size);
    for (const name of Object.keys(columns) as (keyof ProfileColumns)[])
      columns[name].set(this.columns[name].subarray(0, this.rows));
    this.columns = columns;
    this.#room = size;
  }
}
