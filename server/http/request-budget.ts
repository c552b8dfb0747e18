/**
 * How much other programs may ask of one run: so many requests at a time, so many a second with a burst. A dashboard with
 * thirty panels is within it, a loop without a pause is not.
 */
import { LimitError } from "../base/limit-error.js";

export const REQUESTS_AT_A_TIME_MAX = 32;
const REQUESTS_A_SECOND_MAX = 50;
const REQUESTS_BURST = 300;
/** Runs of which something is remembered; those that are idle go first. */
const RUNS_MAX = 1_000;

/** Whoever asks more is told to come again. */
export class TooManyRequests extends LimitError {}

interface Use {
  underWay: number;
  tokens: number;
  atMs: number;
}

export class RequestBudget {
  readonly #uses = new Map<string, Use>();

  constructor(private readonly nowMs: () => number) {}

  /** Counts a request in, and out again when the returned function is called. Throws TooManyRequests when it is too many. */
  enter(runId: string): () => void {
    const use = this.#useOf(runId);
    if (use.underWay >= REQUESTS_AT_A_TIME_MAX) {
      const remedy = "Wait for earlier ones to be answered.";
      throw new TooManyRequests("requests to a run at a time", REQUESTS_AT_A_TIME_MAX, use.underWay + 1, remedy);
    }
    if (use.tokens < 1) {
      const remedy = "Ask less often.";
      throw new TooManyRequests("requests to a run a second", REQUESTS_A_SECOND_MAX, undefined, remedy);
    }
    use.tokens--;
    use.underWay++;
    return () => {
      use.underWay--;
    };
  }

  #useOf(runId: string): Use {
    const nowMs = this.nowMs();
    let use = this.#uses.get(runId);
    if (use === undefined) {
      this.#forgetIdle();
      this.#uses.set(runId, (use = { underWay: 0, tokens: REQUESTS_BURST, atMs: nowMs }));
    }
    const earned = ((nowMs - use.atMs) / 1_000) * REQUESTS_A_SECOND_MAX;
    use.tokens = Math.min(REQUESTS_BURST, use.tokens + Math.max(0, earned));
    use.atMs = nowMs;
    return use;
  }

  #forgetIdle(): void {
    for (const [runId, use] of this.#uses) {
      if (this.#uses.size < RUNS_MAX) return;
      if (use.underWay === 0) this.#uses.delete(runId);
    }
  }
}
