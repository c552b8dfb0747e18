import type { ServerToClientEvents } from "../wire/socket.js";

type ClockMessage = Parameters<ServerToClientEvents["run:clock"]>[0];

const PERIOD_MS = 250;

/**
 * Passes clock messages on, at most one a run in 250 ms. The newest always arrives: one that comes too early waits for
 * its turn and is replaced by a newer one meanwhile.
 */
export class ClockCoalescer {
  readonly #resting = new Map<string, NodeJS.Timeout>();
  readonly #waiting = new Map<string, ClockMessage>();

  constructor(private readonly send: (message: ClockMessage) => void) {}

  push(message: ClockMessage): void {
    if (this.#resting.has(message.runId)) {
      this.#waiting.set(message.runId, message);
      return;
    }
    this.send(message);
    this.#rest(message.runId);
  }

  /** Forgets what waits. */
  stop(): void {
    this.#resting.forEach((timer) => {
      clearTimeout(timer);
    });
    this.#resting.clear();
    this.#waiting.clear();
  }

  #rest(runId: string): void {
    const timer = setTimeout(() => {
      this.#resting.delete(runId);
      const waiting = this.#waiting.get(runId);
      this.#waiting.delete(runId);
      if (waiting !== undefined) this.push(waiting);
    }, PERIOD_MS);
    timer.unref();
    this.#resting.set(runId, timer);
  }
}
