/** Profiles of a stretch by what became of them: one for each process and window. */
import { PROFILE_ROW_BYTES } from "../sim/observability/stored-bytes.js";
import type { ProfileTable } from "../sim/profile-table.js";
import type { ProfileAccounts } from "../sim/profiler.js";
import { FateTally } from "./fate-tally.js";

/** Kinds of profiles. */
const PROFILE_KEPT = 0;
const PROFILE_REFUSED = 1;
const PROFILE_KINDS = 2;

export interface ProfileStretch {
  readonly table: () => ProfileTable;
  readonly accounts: () => ProfileAccounts;
  /** As of a profile source: windows that end after `afterUs` and not later than `untilUs` count. */
  readonly afterUs: number;
  readonly untilUs: number;
}

export class ProfileTally {
  readonly #tally = new FateTally(PROFILE_KINDS);
  #windows = 0;
  #rows = 0;

  constructor(readonly stretch: ProfileStretch) {}

  now(): FateTally {
    const { untilUs, made, discarded } = this.stretch.accounts();
    for (; this.#windows < untilUs.length; this.#windows++) {
      const [at, refused] = [untilUs[this.#windows], discarded[this.#windows]];
      if (!this.#counts(at)) continue;
      this.#tally.addMany(at, PROFILE_KEPT, made[this.#windows] - refused, 0);
      this.#tally.addMany(at, PROFILE_REFUSED, refused, 0);
    }
    const { columns, rows } = this.stretch.table();
    for (; this.#rows < rows; this.#rows++) {
      const at = columns.untilUs[this.#rows];
      if (this.#counts(at)) this.#tally.addMany(at, PROFILE_KEPT, 0, PROFILE_ROW_BYTES);
    }
    return this.#tally;
  }

  #counts(untilUs: number): boolean {
    return untilUs > this.stretch.afterUs && untilUs <= this.stretch.untilUs;
  }
}
