/**
 * Threads that wait for a task. A new thread needs most of its first second to load the code and to have it compiled;
 * one that has played a little is as fast as it will be. So some are made ready before anybody asks, and a thread whose
 * task has ended waits for the next.
 */
import type { Scenario } from "../scenario/types.js";
import type { ThreadTask } from "./world-protocol.js";
import { WorldThread } from "./world-thread.js";

export class ThreadPool {
  readonly #waiting: WorldThread[] = [];
  #warming: WorldThread | undefined;
  #closed = false;

  /**
   * @param spares threads that wait at most
   * @param scenario what a thread plays to get warm; none are made ready without one
   */
  constructor(
    private readonly spares: number,
    private readonly scenario: Scenario | undefined,
  ) {}

  /** Threads that wait for a task. */
  get size(): number {
    return this.#waiting.length;
  }

  /** A thread for the life of a world: a warm one, where there is one. */
  take(): WorldThread {
    for (let spare = this.#waiting.pop(); spare !== undefined; spare = this.#waiting.pop())
      if (!spare.failed) return spare;
    return new WorldThread();
  }

  /** What the task makes; its thread waits for another afterwards, or is closed when enough do. */
  async run(task: ThreadTask, onProgress: (fraction: number) => void): Promise<unknown> {
    const thread = this.take();
    try {
      const value = await thread.begin(task, onProgress);
      this.#put(thread);
      return value;
    } catch (error) {
      await thread.close();
      throw error;
    }
  }

  /** Makes threads ready, one after the other, until enough wait. Resolves then. */
  async fill(): Promise<void> {
    while (this.#warming === undefined && this.scenario !== undefined && this.#hasRoom()) {
      const thread = new WorldThread();
      this.#warming = thread;
      try {
        await thread.begin({ kind: "warm-up", scenario: this.scenario }, () => undefined);
        this.#put(thread);
      } catch {
        // A world that can not be played says so to whoever takes it; here nobody waits.
        await thread.close();
        return;
      } finally {
        this.#warming = undefined;
      }
    }
  }

  async close(): Promise<void> {
    this.#closed = true;
    const threads = [...this.#waiting.splice(0), ...(this.#warming === undefined ? [] : [this.#warming])];
    await Promise.all(threads.map((thread) => thread.close()));
  }

  #put(thread: WorldThread): void {
    if (this.#hasRoom()) this.#waiting.push(thread);
    else void thread.close();
  }

  #hasRoom(): boolean {
    return !this.#closed && this.#waiting.length < this.spares;
  }
}
