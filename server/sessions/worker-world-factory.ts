/**
 * Worlds in worker threads: one thread a world, one more for its history while that is built, one for a grading. The
 * history of a (scenario, seed) has no faults and no actions in it, so worlds of the same pair share it.
 */
import { assert } from "../base/assert.js";
import type { Scenario } from "../scenario/types.js";
import type { Debrief } from "../wire/debrief.js";
import type {
  ActedAnswer,
  AsyncWorldQueries,
  CancelSignal,
  GradeInput,
  WorldFactory,
  WorldHandle,
  WorldStart,
} from "../world/handle.js";
import type { HistoryExport } from "../world/history.js";
import { WORLD_QUERY_NAMES } from "../world/query-names.js";
import type { ThreadPool } from "./thread-pool.js";
import type { WorldThread } from "./world-thread.js";

/** Histories that are kept: about 60 MB each, shared memory in the main. */
const HISTORIES_MAX = 3;

interface SharedHistory {
  readonly promise: Promise<HistoryExport>;
  readonly listeners: Set<(fraction: number) => void>;
}

export class WorkerWorldFactory implements WorldFactory {
  readonly #histories = new Map<string, SharedHistory>();

  /**
   * @param scenarioOf the checked scenario of an id; throws when there is none
   * @param threads where threads come from
   */
  constructor(
    private readonly scenarioOf: (scenarioId: string) => Scenario,
    private readonly threads: ThreadPool,
  ) {}

  async start(start: WorldStart, onHistory: (fraction: number) => void): Promise<WorldHandle> {
    const scenario = this.scenarioOf(start.scenarioId);
    const thread = this.threads.take();
    try {
      await thread.begin({ kind: "world", scenario, start }, () => undefined);
    } catch (error) {
      await thread.close();
      throw error;
    }
    // Only now: the recent part is what somebody waits for, and there are few cores.
    const historyReady = this.#history(scenario, start.seed, onHistory).then(async (history) => {
      await thread.request({ kind: "attach-history", history });
      onHistory(1);
    });
    historyReady.then(
      () => this.threads.fill(),
      () => undefined,
    );
    return new ThreadWorldHandle(thread, historyReady);
  }

  async grade(input: GradeInput, onProgress: (fraction: number) => void): Promise<Debrief> {
    const scenario = this.scenarioOf(input.start.scenarioId);
    const history = await this.#history(scenario, input.start.seed, () => undefined);
    return (await this.threads.run({ kind: "grade", scenario, input, history }, onProgress)) as Debrief;
  }

  #history(scenario: Scenario, seed: string, onProgress: (fraction: number) => void): Promise<HistoryExport> {
    const key = `${scenario.digest} ${seed}`;
    let shared = this.#histories.get(key);
    if (shared === undefined) {
      shared = this.#startHistory(scenario, seed);
      this.#forgetOldest();
      this.#histories.set(key, shared);
      shared.promise.catch(() => this.#histories.delete(key));
    }
    shared.listeners.add(onProgress);
    return shared.promise;
  }

  #startHistory(scenario: Scenario, seed: string): SharedHistory {
    const listeners = new Set<(fraction: number) => void>();
    const promise = this.threads.run({ kind: "history", scenario, seed }, (fraction) => {
      for (const listener of listeners) listener(fraction);
    }) as Promise<HistoryExport>;
    return { promise, listeners };
  }

  #forgetOldest(): void {
    if (this.#histories.size < HISTORIES_MAX) return;
    const oldest = this.#histories.keys().next().value;
    assert(oldest !== undefined, "a full map has a first key");
    this.#histories.delete(oldest);
  }
}

class ThreadWorldHandle implements WorldHandle {
  readonly queries: AsyncWorldQueries;

  constructor(
    private readonly thread: WorldThread,
    readonly historyReady: Promise<void>,
  ) {
    this.queries = this.#queries(undefined);
  }

  cancellable(signal: CancelSignal): AsyncWorldQueries {
    return this.#queries(signal);
  }

  #queries(signal: CancelSignal | undefined): AsyncWorldQueries {
    const queries = WORLD_QUERY_NAMES.map((name) => [
      name,
      (...parameters: readonly unknown[]) => this.thread.request({ kind: "query", name, parameters }, signal),
    ]);
    // The names are those of the interface (query-names.ts holds that), and the thread answers each with its own type.
    return Object.fromEntries(queries) as AsyncWorldQueries;
  }

  async advance(toUs: number): Promise<number> {
    return (await this.thread.request({ kind: "advance", toUs })) as number;
  }

  async advanceToNextEvent(limitUs: number): Promise<number> {
    return (await this.thread.request({ kind: "advance-to-next-event", limitUs })) as number;
  }

  async act(actionId: string, action: Parameters<WorldHandle["act"]>[1], atUs: number): Promise<ActedAnswer> {
    return (await this.thread.request({ kind: "act", actionId, action, atUs })) as ActedAnswer;
  }

  async digest(): Promise<string> {
    return (await this.thread.request({ kind: "digest" })) as string;
  }

  close(): Promise<void> {
    return this.thread.close();
  }
}
