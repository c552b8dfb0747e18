import { LimitError } from "../base/limit-error.js";

/** Messages that one connection may send: this many at once, and this many a second on the average. */
export const MESSAGES_BURST_MAX = 60;
const MESSAGES_PER_SECOND_MAX = 20;

/** A token bucket: full at the start, a message takes one, time puts them back. */
export class CommandBudget {
  #tokens = MESSAGES_BURST_MAX;
  #filledMs: number;

  constructor(private readonly nowMs: () => number) {
    this.#filledMs = nowMs();
  }

  /** Throws LimitError when the connection sends too fast. */
  take(): void {
    const nowMs = this.nowMs();
    const gained = ((nowMs - this.#filledMs) / 1_000) * MESSAGES_PER_SECOND_MAX;
    this.#tokens = Math.min(MESSAGES_BURST_MAX, this.#tokens + gained);
    this.#filledMs = nowMs;
    if (this.#tokens < 1) {
      throw new LimitError("messages a second", MESSAGES_PER_SECOND_MAX, undefined, "Wait a moment and send it again.");
    }
    this.#tokens -= 1;
  }
}
