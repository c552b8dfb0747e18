import { LimitError } from "../base/limit-error.js";

/** Runs tasks one after the other, in the order in which they came. A task that fails does not stop the next. */
export class SerialQueue {
  #tail: Promise<unknown> = Promise.resolve();
  #waiting = 0;

  constructor(private readonly waitingMax: number) {}

  /** Tasks that wait or run. */
  get length(): number {
    return this.#waiting;
  }

  /** The outcome of `task`. Throws LimitError when too many wait already. */
  run<Value>(task: () => Promise<Value>): Promise<Value> {
    if (this.#waiting >= this.waitingMax) {
      const error = new LimitError("waiting commands", this.waitingMax, undefined, "Wait until some are done.");
      return Promise.reject(error);
    }
    this.#waiting += 1;
    const outcome = this.#tail.then(task).finally(() => {
      this.#waiting -= 1;
    });
    this.#tail = outcome.catch(() => undefined);
    return outcome;
  }

  /** Resolves when everything that waits now is done. */
  async drained(): Promise<void> {
    await this.#tail;
  }
}
