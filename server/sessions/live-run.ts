/**
 * One run in memory: its record (the fold of the log), its world and its clock. Commands and ticks go through one
 * queue, so that nothing about a run happens at the same time as anything else about it. The order is always: decide,
 * make the event durable, fold it, tell everybody, then change the world. The log is the truth; when the world can not
 * follow it, the world is thrown away and built again from the log.
 */
import { assert } from "../base/assert.js";
import { LimitError } from "../base/limit-error.js";
import type { Debrief } from "../wire/debrief.js";
import type { Command, Page, RunClock, RunEvent, RunEventBody, RunSnapshot } from "../wire/run.js";
import {
  WorldFailure,
  type AsyncWorldQueries,
  type WorldFactory,
  type WorldHandle,
  type WorldStart,
} from "../world/handle.js";
import { SERVER } from "./authors.js";
import { decideCommand, type CommandContext } from "./commands.js";
import type { EventLog } from "./event-log.js";
import {
  EVENTS_PER_RUN_MAX,
  HEARTBEAT_MS,
  IDLE_WORLD_MS,
  NEXT_EVENT_US_MAX,
  QUEUED_COMMANDS_MAX,
  UNATTENDED_MS_MAX,
} from "./limits.js";
import { RunClockDriver } from "./run-clock-driver.js";
import { foldEvent, toSnapshot, type RunRecord } from "./run-fold.js";
import { checkCommand } from "./run-machine.js";
import type { RunObserver } from "./run-observer.js";
import { SerialQueue } from "./serial-queue.js";
import { SequenceConflict } from "./storage-failure.js";
import type { WallClock } from "./wall-clock.js";
import type { ShelfSlot, WorldShelf } from "./world-shelf.js";

/** What a run needs of the server. */
export interface RunSurroundings {
  readonly log: EventLog;
  readonly worlds: WorldFactory;
  readonly shelf: WorldShelf;
  readonly clock: WallClock;
  readonly observer: RunObserver;
  readonly faultClasses: ReadonlySet<string>;
  /** Throws Refusal when the scenario of this run is gone or has changed since. */
  checkScenario(record: RunRecord): void;
}

const endings: ReadonlySet<RunEventBody["kind"]> = new Set(["submitted", "debriefed", "abandoned", "paused"]);

/** Which of the worlds that belong to a run. */
export type WorldVariant = "mine" | "twin" | "untouched";

export class LiveRun {
  readonly #queue = new SerialQueue(QUEUED_COMMANDS_MAX);
  readonly #driver: RunClockDriver;
  readonly #slots: Readonly<Record<WorldVariant, ShelfSlot>>;
  #record: RunRecord;
  #nowUs: number;
  #followers = 0;
  #lastUseMs: number;
  #historyProgress = 0;
  #page: Page | undefined;
  #problem: unknown;
  #grading = false;
  #tickWaits = false;
  /** True until the clock of a run that was read from the log has been marked again. */
  #recovered: boolean;

  constructor(
    private readonly around: RunSurroundings,
    record: RunRecord,
    origin: "created" | "recovered",
  ) {
    this.#record = record;
    this.#nowUs = record.clock.atUs;
    this.#recovered = origin === "recovered";
    this.#lastUseMs = around.clock.nowMs();
    this.#driver = new RunClockDriver(around.clock, () => {
      this.#requestTick();
    });
    this.#slots = { mine: this.#slot("mine"), twin: this.#slot("twin"), untouched: this.#slot("untouched") };
  }

  get id(): string {
    return this.#record.header.id;
  }

  get record(): RunRecord {
    return this.#record;
  }

  /** Nobody follows it, its clock stands and nothing waits: its record can leave memory. */
  get idle(): boolean {
    return this.#followers === 0 && !this.#driver.running && !this.#grading && this.#queue.length === 0;
  }

  /** Why the world of this run could not be had when it was last woken; undefined when all is well. */
  get problem(): unknown {
    return this.#problem;
  }

  /** The run as it stands at this very moment; events told afterwards follow on it without a gap. */
  snapshot(): RunSnapshot {
    return toSnapshot(this.#record, {
      nowUs: this.#nowUs,
      running: this.#clock().running,
      historyProgress: this.#historyProgress,
      page: this.#page,
    });
  }

  /** Makes sure that what should go on does: the world of a run that is not over, the grading of one handed in. */
  async wake(): Promise<void> {
    this.#touch();
    const { state } = this.#record;
    if (state === "submitted") this.#beginGrading();
    if (state !== "briefing" && state !== "investigating" && state !== "paused") return;
    try {
      await this.#queue.run(() => this.#ensureWorld());
      this.#problem = undefined;
    } catch (error) {
      this.#problem = error;
    }
  }

  follow(): void {
    this.#followers += 1;
    this.#touch();
  }

  unfollow(): void {
    this.#followers = Math.max(0, this.#followers - 1);
    this.#touch();
  }

  /** Carries `command` out once per `commandId`; resolves with the sequence that the log has reached, when durable. */
  command(commandId: string, command: Command, author: string): Promise<number> {
    this.#touch();
    return this.#queue.run(() => this.#execute(commandId, command, author));
  }

  /** Asks one of the run's worlds, which is opened if need be. Twin and untouched world: only once it is debriefed. */
  async ask<Value>(
    variant: WorldVariant,
    question: (queries: AsyncWorldQueries) => Promise<Value>,
    signal?: AbortSignal,
  ): Promise<Value> {
    assert(
      variant === "mine" || this.#record.state === "debriefed",
      `${variant} world of ${this.id} before its debrief`,
    );
    this.#touch();
    return this.#use(variant, (handle) =>
      question((signal === undefined ? undefined : handle.cancellable?.(signal)) ?? handle.queries),
    );
  }

  /** Where the world stands and its digest there, with nothing happening in between. */
  digest(): Promise<{ readonly nowUs: number; readonly digest: string }> {
    return this.#queue.run(() =>
      this.#use("mine", async (handle) => {
        const digest = await handle.digest();
        return { nowUs: this.#nowUs, digest };
      }),
    );
  }

  /** Writes where the clock stands, lets everything finish and stops. */
  async close(): Promise<void> {
    this.#driver.stop();
    await this.#queue.run(async () => {
      if (this.#record.state === "investigating")
        await this.#append({ kind: "clock-marked", reason: "heartbeat" }, SERVER);
    });
    await this.#queue.drained();
  }

  /* World */

  #slot(variant: WorldVariant): ShelfSlot {
    return {
      key: `${this.#record.header.id} ${variant}`,
      open: () => this.#openWorld(variant),
      mayClose: () => variant !== "mine" || this.#mayCloseWorld(),
    };
  }

  #mayCloseWorld(): boolean {
    if (this.#driver.running || this.#queue.length > 0) return false;
    return this.#followers === 0 || this.around.clock.nowMs() - this.#lastUseMs >= IDLE_WORLD_MS;
  }

  async #openWorld(variant: WorldVariant): Promise<WorldHandle> {
    this.around.checkScenario(this.#record);
    const start = this.#worldStart();
    if (variant === "twin") return this.around.worlds.start({ ...start, faults: false, actions: [] }, () => undefined);
    if (variant === "untouched") return this.around.worlds.start({ ...start, actions: [] }, () => undefined);
    const handle = await this.around.worlds.start(start, (fraction) => {
      this.#tellHistory(fraction);
    });
    this.#page ??= await handle.queries.page();
    handle.historyReady.then(
      () => {
        this.#tellHistory(1);
      },
      (error: unknown) => {
        // A world that gave its place to another never gets its history; that is no failure.
        if (this.around.shelf.has(this.#slots.mine.key)) this.around.observer.failed(this.id, error);
      },
    );
    return handle;
  }

  #worldStart(): WorldStart {
    const { header, actions } = this.#record;
    return {
      scenarioId: header.scenarioId,
      seed: header.seed,
      actions: actions.map(({ id, action, atUs }) => ({ id, action, atUs })),
      faults: true,
      nowUs: this.#nowUs,
    };
  }

  #tellHistory(fraction: number): void {
    if (fraction <= this.#historyProgress) return;
    this.#historyProgress = fraction;
    this.around.observer.progress(this.id, "history", fraction);
  }

  async #use<Value>(variant: WorldVariant, work: (handle: WorldHandle) => Promise<Value>): Promise<Value> {
    try {
      return await this.around.shelf.use(this.#slots[variant], work);
    } catch (error) {
      if (error instanceof WorldFailure && variant === "mine") this.#worldFailed(error);
      throw error;
    }
  }

  /** The clock must not run on without a world: the run is paused, and `resume` tries again. */
  #worldFailed(error: WorldFailure): void {
    const wasRunning = this.#driver.running;
    this.#driver.stop();
    this.around.observer.failed(this.id, error);
    if (!wasRunning) return;
    void this.#queue
      .run(async () => {
        if (this.#record.state === "investigating") await this.#append({ kind: "paused" }, SERVER);
      })
      .catch((failure: unknown) => {
        this.around.observer.failed(this.id, failure);
      });
  }

  async #ensureWorld(): Promise<void> {
    await this.#use("mine", () => Promise.resolve());
    await this.#followState();
  }

  /* Commands */

  async #execute(commandId: string, command: Command, author: string): Promise<number> {
    const doneBefore = await this.around.log.findCommand(this.id, commandId);
    if (doneBefore !== undefined) return doneBefore;
    if (!checkCommand(this.#record.state, command.kind)) return this.#record.sequence;
    const before = this.#nowUs;
    const body = await decideCommand(command, this.#context());
    if (body === undefined) return this.#record.sequence;
    try {
      await this.#append(body, author, { commandId });
    } catch (error) {
      if (this.#nowUs !== before) this.#rewind(before);
      throw error;
    }
    await this.#carryOut(body);
    return this.#record.sequence;
  }

  #context(): CommandContext {
    return {
      record: this.#record,
      faultClasses: this.around.faultClasses,
      sequence: this.#record.sequence + 1,
      nowUs: this.#nowUs,
      ask: (question) => this.#use("mine", ({ queries }) => question(queries)),
      goToNextEvent: async () => {
        const limitUs = Math.min(this.#nowUs + NEXT_EVENT_US_MAX, this.#record.header.endsAtUs);
        this.#nowUs = await this.#use("mine", (handle) => handle.advanceToNextEvent(limitUs));
      },
    };
  }

  /** The world went ahead but the log could not follow: a fresh world is built where the log and the clock were. */
  #rewind(toUs: number): void {
    this.around.shelf.drop(this.#slots.mine.key);
    this.#nowUs = toUs;
  }

  /** What a durable event means for the world. It is durable, so whatever goes wrong here is mended by rebuilding. */
  async #carryOut(body: RunEventBody): Promise<void> {
    try {
      if (body.kind === "acted")
        await this.#use("mine", (handle) => handle.act(body.actionId, body.action, this.#nowUs));
      await this.#followState();
    } catch (error) {
      this.around.shelf.drop(this.#slots.mine.key);
      if (!(error instanceof WorldFailure)) this.around.observer.failed(this.id, error);
    }
  }

  /** Ticks come exactly while the run is in `investigating` and has a world; grading begins once it is handed in. */
  async #followState(): Promise<void> {
    const { state } = this.#record;
    if (state !== "investigating") this.#driver.stop();
    else if (!this.#driver.running) {
      await this.#use("mine", () => Promise.resolve());
      if (this.#recovered) await this.#append({ kind: "clock-marked", reason: "recovered" }, SERVER);
      this.#driver.start();
    }
    this.#recovered = false;
    if (state === "submitted") this.#beginGrading();
    this.#tellClock();
  }

  /* Clock */

  #clock(): RunClock {
    const { clock, header } = this.#record;
    return { atUs: this.#nowUs, running: this.#driver.running, speed: clock.speed, endsAtUs: header.endsAtUs };
  }

  #tellClock(): void {
    this.around.observer.clock(this.id, this.#clock(), this.#record.state);
  }

  /** At most one tick waits: a slow world is not asked twice. */
  #requestTick(): void {
    if (this.#tickWaits) return;
    this.#tickWaits = true;
    this.#queue
      .run(() => this.#tick())
      .catch((error: unknown) => {
        // A failed world has been reported; a heartbeat that could not be written is tried again at the next tick.
        if (error instanceof SequenceConflict) this.#driver.stop();
      })
      .finally(() => {
        this.#tickWaits = false;
      });
  }

  async #tick(): Promise<void> {
    if (!this.#driver.running) return;
    const { header, clock } = this.#record;
    const targetUs = Math.min(this.#nowUs + this.#driver.takeElapsedUs(clock.speed), header.endsAtUs);
    this.#nowUs = await this.#use("mine", (handle) => handle.advance(targetUs));
    this.#tellClock();
    const wallMs = this.around.clock.nowMs();
    if (this.#nowUs >= header.endsAtUs) await this.#happen({ kind: "abandoned", reason: "time-limit" });
    else if (this.#unattended(wallMs)) await this.#happen({ kind: "paused" });
    else if (wallMs - clock.wallMs >= HEARTBEAT_MS && this.#record.sequence < EVENTS_PER_RUN_MAX) {
      await this.#append({ kind: "clock-marked", reason: "heartbeat" }, SERVER);
    }
  }

  #unattended(wallMs: number): boolean {
    return this.#followers === 0 && wallMs - this.#lastUseMs >= UNATTENDED_MS_MAX;
  }

  async #happen(body: RunEventBody): Promise<void> {
    await this.#append(body, SERVER);
    await this.#followState();
  }

  #touch(): void {
    this.#lastUseMs = this.around.clock.nowMs();
  }

  /* Log */

  async #append(
    body: RunEventBody,
    author: string,
    extra: { readonly commandId?: string; readonly debrief?: Debrief } = {},
  ): Promise<void> {
    const sequence = this.#record.sequence + 1;
    if (sequence > EVENTS_PER_RUN_MAX && !endings.has(body.kind)) {
      throw new LimitError("events of a run", EVENTS_PER_RUN_MAX, undefined, "Submit a diagnosis, or start a new run.");
    }
    const event: RunEvent = { sequence, atUs: this.#nowUs, wallMs: this.around.clock.nowMs(), author, body };
    const record = foldEvent(this.#record, event);
    const { commandId, debrief } = extra;
    await this.around.log.append({
      runId: this.id,
      events: [event],
      commandId,
      state: record.state,
      ...(debrief === undefined ? {} : { debrief }),
    });
    this.#record = record;
    this.around.observer.events(this.id, [event]);
  }

  /* Grading */

  #beginGrading(): void {
    if (this.#grading) return;
    this.#grading = true;
    this.#grade()
      .then(() => {
        this.#problem = undefined;
      })
      .catch((error: unknown) => {
        this.#problem = error;
        this.around.observer.failed(this.id, error);
      })
      .finally(() => {
        this.#grading = false;
      });
  }

  async #grade(): Promise<void> {
    this.around.checkScenario(this.#record);
    const { submission } = this.#record;
    assert(submission !== undefined, `run ${this.id} is graded after its submission`);
    const events = await this.around.log.readEvents(this.id, 0, Number.MAX_SAFE_INTEGER);
    const input = { runId: this.id, start: this.#worldStart(), events, submission };
    const debrief = await this.around.worlds.grade(input, (fraction) => {
      this.around.observer.progress(this.id, "grading", fraction);
    });
    await this.#queue.run(async () => {
      await this.#append({ kind: "debriefed", score: debrief.score }, SERVER, { debrief });
      await this.#followState();
    });
  }
}
