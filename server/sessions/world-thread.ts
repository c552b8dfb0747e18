/**
 * One worker thread that runs a ThreadTask, and when that has ended may be given another: numbered requests out, answers
 * back in order, progress heard. When the thread dies, every open request and all later ones reject with a WorldFailure.
 */
import { Worker } from "node:worker_threads";
import { type CancelSignal, QueryCancelled, WorldFailure } from "../world/handle.js";
import { compiledFile } from "./compiled-file.js";
import {
  fromPortableError,
  type ThreadInput,
  type ThreadMessage,
  type ThreadTask,
  type WorldRequestBody,
} from "./world-protocol.js";

interface Waiting {
  readonly resolve: (value: unknown) => void;
  readonly reject: (error: Error) => void;
}

/** Heap of one thread; span columns live outside of it. Enough for an hour of a large world's indexes. */
const HEAP_LIMIT_MB = 2_048;

export class WorldThread {
  readonly #worker: Worker;
  readonly #waiting = new Map<number, Waiting>();
  #onProgress: (fraction: number) => void = () => undefined;
  #begun: Waiting | undefined;
  #nextId = 1;
  #failure: Error | undefined;

  constructor() {
    this.#worker = new Worker(compiledFile("world-worker.js", import.meta.url), {
      resourceLimits: { maxOldGenerationSizeMb: HEAP_LIMIT_MB },
    });
    this.#worker.on("message", (message: ThreadMessage) => this.#receive(message));
    this.#worker.on("error", (error) =>
      this.#fail(new WorldFailure(error instanceof Error ? error.message : String(error))),
    );
    this.#worker.on("exit", () => this.#fail(new WorldFailure("the world's thread has ended")));
  }

  get failed(): boolean {
    return this.#failure !== undefined;
  }

  /** Gives the thread its task, one at a time. What the task makes: the world's now, the history, the debrief. */
  begin(task: ThreadTask, onProgress: (fraction: number) => void): Promise<unknown> {
    if (this.#failure !== undefined) return Promise.reject(this.#failure);
    this.#onProgress = onProgress;
    return new Promise((resolve, reject) => {
      this.#begun = { resolve, reject };
      this.#post({ kind: "begin", task });
    });
  }

  /** @param signal says when nobody waits for the answer any more: the thread then gives up soon */
  request(body: WorldRequestBody, signal?: CancelSignal): Promise<unknown> {
    if (this.#failure !== undefined) return Promise.reject(this.#failure);
    if (signal?.aborted === true) return Promise.reject(new QueryCancelled());
    return new Promise((resolve, reject) => {
      const id = this.#nextId++;
      this.#waiting.set(id, { resolve, reject });
      this.#post({ kind: "request", id, body, ...(signal === undefined ? {} : { cancel: cancelWord(signal) }) });
    });
  }

  #post(input: ThreadInput): void {
    this.#worker.postMessage(input);
  }

  async close(): Promise<void> {
    this.#fail(new WorldFailure("the world was closed"));
    await this.#worker.terminate();
  }

  #receive(message: ThreadMessage): void {
    switch (message.kind) {
      case "ready":
        this.#begun?.resolve(message.value);
        return;
      case "progress":
        this.#onProgress(message.fraction);
        return;
      case "answer":
        this.#take(message.id)?.resolve(message.value);
        return;
      case "refused":
        this.#take(message.id)?.reject(fromPortableError(message.error));
        return;
      case "failed":
        this.#fail(fromPortableError(message.error));
    }
  }

  #take(id: number): Waiting | undefined {
    const waiting = this.#waiting.get(id);
    this.#waiting.delete(id);
    return waiting;
  }

  #fail(error: Error): void {
    if (this.#failure !== undefined) return;
    this.#failure = error;
    this.#begun?.reject(error);
    for (const waiting of this.#waiting.values()) waiting.reject(error);
    this.#waiting.clear();
  }
}

/** Shared with the thread, which reads no messages while it computes. */
function cancelWord(signal: CancelSignal): SharedArrayBuffer {
  const word = new SharedArrayBuffer(Int32Array.BYTES_PER_ELEMENT);
  signal.addEventListener("abort", () => Atomics.store(new Int32Array(word), 0, 1), { once: true });
  return word;
}
