/**
 * Turns wall time into simulated time for one run: every tick says how far a running world should have come. After a
 * stall (a suspended laptop, a slow world) it goes on from where it was and does not jump.
 */
import { MICROS_PER_MS } from "../base/time.js";
import { TICK_ELAPSED_MS_MAX, TICK_MS } from "./limits.js";
import type { WallClock } from "./wall-clock.js";

export class RunClockDriver {
  #stop: (() => void) | undefined;
  #lastTickMs = 0;

  constructor(
    private readonly clock: WallClock,
    private readonly onTick: () => void,
  ) {}

  get running(): boolean {
    return this.#stop !== undefined;
  }

  /** From now on ticks come. Nothing happens when they come already. */
  start(): void {
    if (this.#stop !== undefined) return;
    this.#lastTickMs = this.clock.nowMs();
    this.#stop = this.clock.every(TICK_MS, this.onTick);
  }

  stop(): void {
    this.#stop?.();
    this.#stop = undefined;
  }

  /** Simulated µs since the last call, at `speed`. */
  takeElapsedUs(speed: number): number {
    const nowMs = this.clock.nowMs();
    const elapsedMs = Math.min(Math.max(0, nowMs - this.#lastTickMs), TICK_ELAPSED_MS_MAX);
    this.#lastTickMs = nowMs;
    return Math.round(elapsedMs * MICROS_PER_MS * speed);
  }
}
