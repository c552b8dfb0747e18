/**
 * Hedged calls: when a question is not answered `after` it was sent, another instance is asked as well, up to `extra`
 * times; the first good answer counts and the others are cancelled (J. Dean & L. A. Barroso, The Tail at Scale, 2013;
 * gRPC's hedging policy). A question that fails does not end the call while another is under way.
 *
 * A hedge is a frame of its own that calls for its owner's sake. The hedges of a try are a chain from their owner, the
 * newest first. Their tries have numbers that tell them from retries: the retry in the low bits, the hedge above.
 */
import {
  FRAME_ATTEMPT,
  FRAME_CALLER,
  FRAME_CALLER_GENERATION,
  FRAME_CHOSEN,
  FRAME_CONNECTION,
  FRAME_GENERATION,
  FRAME_HEDGE,
  FRAME_KIND,
  FRAME_POOL,
  FRAME_ROW,
  FRAME_SHIFT,
  FRAME_STATE,
  FRAME_TIMES_SHIFT,
  type Frames,
  KIND_HEDGE,
  STATE_CALLING,
  TIME_ATTEMPT,
} from "../frames.js";

/** Retries of one call are fewer than 1 << HEDGE_SHIFT. */
const HEDGE_SHIFT = 4;

/** Number of the retry and of the hedge in a span's attempt. */
export const triesOf = (attempt: number): { readonly retry: number; readonly hedge: number } => ({
  retry: attempt & ((1 << HEDGE_SHIFT) - 1),
  hedge: attempt >> HEDGE_SHIFT,
});

/** Value of FRAME_CONNECTION of an owner whose own question has failed while hedges are under way. */
export const OWN_TRY_ENDED = -2;

export class Hedges {
  constructor(readonly frames: Frames) {}

  /** Hedges of the owner's try that are under way. */
  countOf(owner: number): number {
    const { data } = this.frames;
    let count = 0;
    for (let hedge = data[(owner << FRAME_SHIFT) + FRAME_HEDGE]; hedge >= 0; count++)
      hedge = data[(hedge << FRAME_SHIFT) + FRAME_HEDGE];
    return count;
  }

  /** A frame that asks once more for the owner; its number is `hedge`, from 1. May replace the frames' arrays. */
  make(owner: number, hedge: number, pool: number, nowUs: number): number {
    const frame = this.frames.allocate();
    const { data, times } = this.frames;
    const base = frame << FRAME_SHIFT;
    const from = owner << FRAME_SHIFT;
    const generation = data[base + FRAME_GENERATION];
    data.copyWithin(base, from, from + (1 << FRAME_SHIFT));
    const timesFrom = owner << FRAME_TIMES_SHIFT;
    times.copyWithin(frame << FRAME_TIMES_SHIFT, timesFrom, timesFrom + (1 << FRAME_TIMES_SHIFT));
    times[(frame << FRAME_TIMES_SHIFT) + TIME_ATTEMPT] = nowUs;
    data[base + FRAME_KIND] = KIND_HEDGE;
    data[base + FRAME_GENERATION] = generation;
    data[base + FRAME_CALLER] = owner;
    data[base + FRAME_CALLER_GENERATION] = data[from + FRAME_GENERATION];
    data[base + FRAME_ATTEMPT] = data[from + FRAME_ATTEMPT] | (hedge << HEDGE_SHIFT);
    data[base + FRAME_STATE] = STATE_CALLING;
    data[base + FRAME_POOL] = pool;
    data[base + FRAME_CHOSEN] = -1;
    data[base + FRAME_CONNECTION] = -1;
    // The chain goes on with what was the owner's newest.
    data[from + FRAME_HEDGE] = frame;
    return frame;
  }

  /** Takes the hedge out of its owner's chain and gives its frame back. */
  drop(hedge: number): void {
    const { data } = this.frames;
    const next = data[(hedge << FRAME_SHIFT) + FRAME_HEDGE];
    let at = data[(hedge << FRAME_SHIFT) + FRAME_CALLER];
    while (data[(at << FRAME_SHIFT) + FRAME_HEDGE] !== hedge) at = data[(at << FRAME_SHIFT) + FRAME_HEDGE];
    data[(at << FRAME_SHIFT) + FRAME_HEDGE] = next;
    data[(hedge << FRAME_SHIFT) + FRAME_ROW] = -1;
    this.frames.release(hedge);
  }
}
