/**
 * All runs of this server: creates them, finds them (in memory, or rebuilt from the log when they are first asked for
 * after a restart), and tells observers what happens to them. HTTP and sockets come in here and nowhere deeper.
 */
import { AsyncLocalStorage } from "node:async_hooks";
import { randomBytes } from "node:crypto";
import type { Debrief } from "../wire/debrief.js";
import type { Command, RunEvent, RunSnapshot, RunSummary } from "../wire/run.js";
import type { FaultClass, ScenarioList } from "../wire/scenario.js";
import type { AsyncWorldQueries, WorldFactory } from "../world/handle.js";
import type { EventLog } from "./event-log.js";
import { LISTED_RUNS_MAX, OPEN_WORLDS_MAX, RUNS_IN_MEMORY_MAX } from "./limits.js";
import { LiveRun, type RunSurroundings, type WorldVariant } from "./live-run.js";
import { Refusal, unknownRun } from "./refusal.js";
import { foldRun, type RunHeader, type RunRecord } from "./run-fold.js";
import type { RunObserver } from "./run-observer.js";
import type { ScenarioLibrary } from "./scenario-library.js";
import { SequenceConflict } from "./storage-failure.js";
import type { WallClock } from "./wall-clock.js";
import { WorldShelf } from "./world-shelf.js";

interface RunServiceOptions {
  readonly log: EventLog;
  readonly worlds: WorldFactory;
  readonly library: ScenarioLibrary;
  readonly taxonomy: readonly FaultClass[];
  readonly clock: WallClock;
  readonly openWorldsMax?: number;
}

export class RunService {
  readonly #options: RunServiceOptions;
  readonly #shelf: WorldShelf;
  readonly #observers = new Set<RunObserver>();
  readonly #runs = new Map<string, Promise<LiveRun>>();
  readonly #around: RunSurroundings;
  /** Who waits for what is being asked. */
  readonly #askers = new AsyncLocalStorage<AbortSignal>();

  constructor(options: RunServiceOptions) {
    this.#options = options;
    this.#shelf = new WorldShelf(options.openWorldsMax ?? OPEN_WORLDS_MAX);
    this.#around = {
      log: options.log,
      worlds: options.worlds,
      shelf: this.#shelf,
      clock: options.clock,
      observer: this.#everybody(),
      faultClasses: new Set(options.taxonomy.map(({ id }) => id)),
      checkScenario: (record) => {
        this.#checkScenario(record);
      },
    };
  }

  get openWorlds(): number {
    return this.#shelf.size;
  }

  get taxonomy(): readonly FaultClass[] {
    return this.#options.taxonomy;
  }

  listScenarios(): ScenarioList {
    return this.#options.library.list();
  }

  listRuns(): Promise<readonly RunSummary[]> {
    return this.#options.log.listRuns(LISTED_RUNS_MAX);
  }

  /** Tells `observer` what happens to every run until the returned function is called. */
  observe(observer: RunObserver): () => void {
    this.#observers.add(observer);
    return () => this.#observers.delete(observer);
  }

  /** Resolves when the run is durable; its world is on the way then. */
  async createRun(scenarioId: string, author: string): Promise<RunSnapshot> {
    const header = this.#newHeader(scenarioId);
    const { scenarioDigest, seed, startsAtUs, createdAtMs } = header;
    const created: RunEvent = {
      sequence: 1,
      atUs: startsAtUs,
      wallMs: createdAtMs,
      author,
      body: { kind: "created", scenarioId, scenarioDigest, seed, startsAtUs },
    };
    await this.#options.log.createRun(header, created);
    const run = new LiveRun(this.#around, foldRun(header, [created]), "created");
    await this.#remember(header.id, Promise.resolve(run));
    void run.wake();
    return run.snapshot();
  }

  /** The run as it stands; for one that is not over this waits until its world is there or has failed. */
  async open(runId: string): Promise<LiveRun> {
    const run = await this.find(runId);
    await run.wake();
    return run;
  }

  /** The run without waking its world. Throws Refusal `not-found`. */
  async find(runId: string): Promise<LiveRun> {
    const known = this.#runs.get(runId);
    return known ?? this.#remember(runId, this.#recover(runId));
  }

  /** See LiveRun.command. When another process wrote to this run meanwhile, it is read again and the command refused. */
  async command(options: {
    readonly runId: string;
    readonly commandId: string;
    readonly command: Command;
    readonly author: string;
  }): Promise<number> {
    const { runId, commandId, command, author } = options;
    const run = await this.find(runId);
    try {
      return await run.command(commandId, command, author);
    } catch (error) {
      if (!(error instanceof SequenceConflict)) throw error;
      this.#runs.delete(runId);
      throw new Refusal("conflict", "Another server has written to this run.", "Reload the page and try again.");
    }
  }

  async readEvents(runId: string, after: number, limit: number): Promise<readonly RunEvent[]> {
    await this.find(runId);
    return this.#options.log.readEvents(runId, after, limit);
  }

  async ask<Value>(
    runId: string,
    variant: WorldVariant,
    question: (queries: AsyncWorldQueries) => Promise<Value>,
  ): Promise<Value> {
    const run = await this.find(runId);
    return run.ask(variant, question, this.#askers.getStore());
  }

  /** What `work` asks of worlds ends soon when the signal says that nobody waits for it any more. */
  within<Value>(signal: AbortSignal, work: () => Promise<Value>): Promise<Value> {
    return this.#askers.run(signal, work);
  }

  /** Throws Refusal `forbidden` until the run is debriefed: what lies behind this holds the answer. */
  async checkDebriefed(runId: string): Promise<void> {
    const { record } = await this.find(runId);
    if (record.state === "debriefed") return;
    throw new Refusal("forbidden", "This is shown after the debrief.", "Submit a diagnosis first.");
  }

  async readDebrief(runId: string): Promise<Debrief> {
    await this.checkDebriefed(runId);
    const debrief = await this.#options.log.readDebrief(runId);
    if (debrief === undefined)
      throw new Refusal("not-found", "The debrief of this run is not in the store.", "Start a new run.");
    return debrief;
  }

  /** Marks every clock, closes every world. The log stays open. */
  async close(): Promise<void> {
    const runs = await Promise.allSettled(this.#runs.values());
    const live = runs.flatMap((outcome) => (outcome.status === "fulfilled" ? [outcome.value] : []));
    await Promise.allSettled(live.map((run) => run.close()));
    await this.#shelf.closeAll();
  }

  #newHeader(scenarioId: string): RunHeader {
    const scenario = this.#options.library.find(scenarioId);
    if (scenario === undefined) {
      throw new Refusal(
        "not-found",
        `There is no scenario ${JSON.stringify(scenarioId)}.`,
        "Choose one that the start page lists.",
      );
    }
    return {
      id: randomBytes(10).toString("hex"),
      scenarioId,
      scenarioTitle: scenario.summary.title,
      scenarioDigest: scenario.digest,
      seed: scenario.seed,
      startsAtUs: scenario.startsAtUs,
      historyFromUs: scenario.historyFromUs,
      recentFromUs: scenario.recentFromUs,
      endsAtUs: scenario.endsAtUs,
      createdAtMs: this.#options.clock.nowMs(),
    };
  }

  #checkScenario({ header }: RunRecord): void {
    const scenario = this.#options.library.find(header.scenarioId);
    if (scenario?.digest === header.scenarioDigest) return;
    const what = scenario === undefined ? "is not there any more" : "has changed since this run began";
    throw new Refusal(
      "conflict",
      `The scenario of this run ${what}, so its world can not be built again.`,
      "Start a new run.",
    );
  }

  async #recover(runId: string): Promise<LiveRun> {
    const header = await this.#options.log.readHeader(runId);
    if (header === undefined) throw unknownRun(runId);
    const events = await this.#options.log.readEvents(runId, 0, Number.MAX_SAFE_INTEGER);
    return new LiveRun(this.#around, foldRun(header, events), "recovered");
  }

  async #remember(runId: string, run: Promise<LiveRun>): Promise<LiveRun> {
    this.#runs.set(runId, run);
    try {
      return await run;
    } catch (error) {
      this.#runs.delete(runId);
      throw error;
    } finally {
      await this.#forgetIdle();
    }
  }

  async #forgetIdle(): Promise<void> {
    for (const [runId, promise] of this.#runs) {
      if (this.#runs.size <= RUNS_IN_MEMORY_MAX) return;
      const run = await promise.catch(() => undefined);
      const open = this.#shelf.has(`${runId} mine`);
      if (run === undefined || (run.idle && !open)) this.#runs.delete(runId);
    }
  }

  #everybody(): RunObserver {
    const tell = (work: (observer: RunObserver) => void): void => {
      this.#observers.forEach(work);
    };
    return {
      events: (...told) => {
        tell((observer) => {
          observer.events(...told);
        });
      },
      clock: (...told) => {
        tell((observer) => {
          observer.clock(...told);
        });
      },
      progress: (...told) => {
        tell((observer) => {
          observer.progress(...told);
        });
      },
      failed: (...told) => {
        tell((observer) => {
          observer.failed(...told);
        });
      },
    };
  }
}
