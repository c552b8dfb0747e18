/**
 * Circuit breakers, one for each connection pool (a caller instance and what it calls). Closed, it counts the outcomes
 * of the last `window` calls and opens when too many of them failed, or too many in a row. Open, it lets nothing
 * through until `openFor` has passed; then half-open: `probes` calls may try, and the share of failures among them
 * decides between closed and open. Outcomes that arrive while it is open mean nothing.
 *
 * Source: M. Nygard, Release It!; the states and the count-based window are those of Resilience4j. The specification
 * is a state machine in the tests (breaker-machine.ts).
 */
import type { Checkpointed, StateReader, StateWriter } from "../../base/state-stream.js";
import type { BreakerSpec } from "../../topology/resilience-spec.js";

export const BREAKER_CLOSED = 0;
export const BREAKER_OPEN = 1;
export const BREAKER_HALF_OPEN = 2;

/** Who hears of a change of state. */
export type BreakerChanged = (pool: number, from: number, to: number, nowUs: number) => void;

export class CircuitBreakers implements Checkpointed {
  readonly state: Uint8Array;
  /** Of the window: outcomes that are known and how many of them are failures. */
  readonly known: Int32Array;
  readonly failed: Int32Array;
  readonly #openedUs: Float64Array;
  readonly #inRow: Int32Array;
  readonly #cursor: Int32Array;
  /** Half-open: calls that may still begin. */
  readonly #permits: Int32Array;
  /** Last outcomes of each pool that has a breaker, 1 for a failure, as a ring. */
  readonly #outcomes: Uint8Array[];

  constructor(
    pools: number,
    readonly changed: BreakerChanged,
  ) {
    this.state = new Uint8Array(pools);
    this.known = new Int32Array(pools);
    this.failed = new Int32Array(pools);
    this.#openedUs = new Float64Array(pools);
    this.#inRow = new Int32Array(pools);
    this.#cursor = new Int32Array(pools);
    this.#permits = new Int32Array(pools);
    this.#outcomes = Array.from({ length: pools }, () => NO_OUTCOMES);
  }

  /** Whether a call may begin; half-open it takes one of the probes. */
  permits(pool: number, spec: BreakerSpec, nowUs: number): boolean {
    if (this.state[pool] === BREAKER_CLOSED) return true;
    if (this.state[pool] === BREAKER_OPEN && nowUs - this.#openedUs[pool] >= spec.openFor) {
      this.#enter(pool, BREAKER_HALF_OPEN, nowUs);
      this.#permits[pool] = spec.probes;
    }
    if (this.state[pool] === BREAKER_HALF_OPEN && this.#permits[pool] > 0) {
      this.#permits[pool]--;
      return true;
    }
    return false;
  }

  /** A call that was permitted has ended. */
  record(pool: number, spec: BreakerSpec, failure: boolean, nowUs: number): void {
    if (this.state[pool] === BREAKER_OPEN) return;
    const size = this.state[pool] === BREAKER_CLOSED ? spec.window : spec.probes;
    this.#push(pool, size, failure ? 1 : 0);
    this.#inRow[pool] = failure ? this.#inRow[pool] + 1 : 0;
    const least = this.state[pool] === BREAKER_CLOSED ? Math.min(spec.minimumCalls, spec.window) : spec.probes;
    const decided = this.known[pool] >= least;
    const tooMany = decided && this.failed[pool] >= spec.failureRatio * this.known[pool] && this.failed[pool] > 0;
    const tooLong = spec.consecutiveFailures > 0 && this.#inRow[pool] >= spec.consecutiveFailures;
    if (tooMany || tooLong) {
      this.#openedUs[pool] = nowUs;
      this.#enter(pool, BREAKER_OPEN, nowUs);
    } else if (this.state[pool] === BREAKER_HALF_OPEN && decided) {
      this.#enter(pool, BREAKER_CLOSED, nowUs);
    }
  }

  /** Failures in percent of the calls that are known, −1 while there are none. */
  failurePercent(pool: number): number {
    return this.known[pool] === 0 ? -1 : (100 * this.failed[pool]) / this.known[pool];
  }

  /** A call that was permitted has ended in a way that says nothing about the target. */
  ignored(pool: number): void {
    if (this.state[pool] === BREAKER_HALF_OPEN) this.#permits[pool]++;
  }

  /** The process is gone, or its breaker was taken away. */
  reset(pool: number): void {
    this.state[pool] = BREAKER_CLOSED;
    this.#forget(pool);
  }

  save(writer: StateWriter): void {
    writer.section();
    for (const values of this.#columns()) writer.array(values);
    const kept = this.#outcomes.flatMap((outcomes, pool) => (outcomes.length === 0 ? [] : [pool]));
    writer.array(Int32Array.from(kept));
    for (const pool of kept) writer.array(this.#outcomes[pool]);
  }

  restore(reader: StateReader): void {
    reader.section();
    for (const values of this.#columns()) reader.into(values);
    this.#outcomes.fill(NO_OUTCOMES);
    for (const pool of reader.ints()) this.#outcomes[pool] = reader.octets();
  }

  #columns(): readonly (Uint8Array | Int32Array | Float64Array)[] {
    const { state, known, failed } = this;
    return [state, known, failed, this.#openedUs, this.#inRow, this.#cursor, this.#permits];
  }

  #enter(pool: number, to: number, nowUs: number): void {
    const from = this.state[pool];
    this.state[pool] = to;
    this.#forget(pool);
    this.changed(pool, from, to, nowUs);
  }

  #forget(pool: number): void {
    this.known[pool] = 0;
    this.failed[pool] = 0;
    this.#inRow[pool] = 0;
    this.#cursor[pool] = 0;
    this.#outcomes[pool] = NO_OUTCOMES;
  }

  #push(pool: number, size: number, outcome: number): void {
    if (this.#outcomes[pool].length !== size) {
      this.#forgetWindow(pool);
      this.#outcomes[pool] = new Uint8Array(size);
    }
    const outcomes = this.#outcomes[pool];
    const at = this.#cursor[pool];
    if (this.known[pool] === size) this.failed[pool] -= outcomes[at];
    else this.known[pool]++;
    outcomes[at] = outcome;
    this.failed[pool] += outcome;
    this.#cursor[pool] = at + 1 === size ? 0 : at + 1;
  }

  /** A window of another size begins with nothing. */
  #forgetWindow(pool: number): void {
    this.known[pool] = 0;
    this.failed[pool] = 0;
    this.#cursor[pool] = 0;
  }
}

const NO_OUTCOMES = new Uint8Array(0);
