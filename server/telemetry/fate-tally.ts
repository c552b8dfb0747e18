/**
 * How many of each kind there are, by step of time: what a ledger is added up from. A *kind* is a small number that says
 * what became of a thing and what it is. Final things are counted once; what may still change is counted anew each time.
 */
import { DELAY_CODES, delayUsOf } from "../sim/observability/fates.js";

/** Steps of an account. */
export const LEDGER_STEP_US = 10_000_000;

/** The instant from which things of that age are still kept: they go by whole steps, as a compactor drops whole blocks. */
export const keptFromUs = (nowUs: number, ageUs: number): number =>
  Math.floor((Math.floor(nowUs / LEDGER_STEP_US) * LEDGER_STEP_US - ageUs) / LEDGER_STEP_US) * LEDGER_STEP_US;

export interface StepCounts {
  readonly counts: Float64Array;
  readonly bytes: Float64Array;
  /** By code of the delay; undefined while nothing was late. */
  delays: Uint32Array | undefined;
}

export class FateTally {
  readonly #steps = new Map<number, StepCounts>();
  /** The step that was last counted in: most things come in order. */
  #last: StepCounts | undefined;
  #lastNumber = NaN;

  constructor(readonly kinds: number) {}

  add(timeUs: number, kind: number, bytes: number, delay = 0): void {
    const step = this.#step(Math.floor(timeUs / LEDGER_STEP_US));
    step.counts[kind]++;
    step.bytes[kind] += bytes;
    if (delay === 0) return;
    step.delays ??= new Uint32Array(DELAY_CODES);
    step.delays[delay]++;
  }

  addMany(timeUs: number, kind: number, count: number, bytes: number): void {
    const step = this.#step(Math.floor(timeUs / LEDGER_STEP_US));
    step.counts[kind] += count;
    step.bytes[kind] += bytes;
  }

  #step(number: number): StepCounts {
    if (this.#last !== undefined && number === this.#lastNumber) return this.#last;
    let step = this.#steps.get(number);
    if (step === undefined) {
      step = { counts: new Float64Array(this.kinds), bytes: new Float64Array(this.kinds), delays: undefined };
      this.#steps.set(number, step);
    }
    this.#last = step;
    this.#lastNumber = number;
    return step;
  }

  /** Steps of which a part lies in the window, with the instant at which each begins. */
  each(fromUs: number, toUs: number, visit: (step: StepCounts, fromUs: number) => void): void {
    for (const [number, step] of this.#steps) {
      const beginUs = number * LEDGER_STEP_US;
      if (beginUs + LEDGER_STEP_US > fromUs && beginUs <= toUs) visit(step, beginUs);
    }
  }

  export(): readonly (readonly [number, StepCounts])[] {
    return [...this.#steps];
  }

  import(steps: readonly (readonly [number, StepCounts])[]): void {
    for (const [number, step] of steps) this.#steps.set(number, step);
  }
}

/** The delay below which the share of all lies; 0 where there is none. */
export function delayQuantileUs(delays: Uint32Array, quantile: number): number {
  const total = delays.reduce((sum, count) => sum + count, 0);
  const rank = Math.max(1, Math.ceil(quantile * total));
  let seen = 0;
  for (let code = 0; code < delays.length; code++) {
    seen += delays[code];
    if (seen >= rank) return Math.round(delayUsOf(code));
  }
  return 0;
}
