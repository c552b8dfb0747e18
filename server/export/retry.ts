/** Again with growing pauses, as OTLP and remote write ask of who sends. Source: OTLP/HTTP, 'Retryable response codes'. */

export interface RetryPolicy {
  readonly firstPauseMs: number;
  readonly pauseMsMax: number;
  /** After so long of trying, what is sent is given up. */
  readonly totalMs: number;
}

export const RETRY_POLICY: RetryPolicy = { firstPauseMs: 1_000, pauseMsMax: 30_000, totalMs: 300_000 };

/** Pauses before each further try; none when the time is over. `wanted` is what the receiver asked for. */
export class Pauses {
  #nextMs: number;
  #spentMs = 0;

  constructor(readonly policy: RetryPolicy) {
    this.#nextMs = policy.firstPauseMs;
  }

  next(wantedMs = 0): number | undefined {
    if (this.#spentMs >= this.policy.totalMs) return undefined;
    const pauseMs = Math.min(Math.max(this.#nextMs, wantedMs), Math.max(this.policy.pauseMsMax, wantedMs));
    this.#nextMs = Math.min(this.#nextMs * 2, this.policy.pauseMsMax);
    this.#spentMs += pauseMs;
    return pauseMs;
  }
}

/** Resolves after the pause, or at once when it is called off. */
export function pause(ms: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal.aborted) {
      resolve();
      return;
    }
    const end = (): void => {
      clearTimeout(timer);
      signal.removeEventListener("abort", end);
      resolve();
    };
    const timer = setTimeout(end, ms);
    signal.addEventListener("abort", end);
  });
}
