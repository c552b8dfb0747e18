/** A scenario that is played in this thread for its telemetry: at once to its end, or at a pace while batches are taken. */
import { addTime, duration, MICROS_PER_MINUTE, MICROS_PER_MS, simTime } from "../base/time.js";
import type { Scenario } from "../scenario/types.js";
import { HistoryBuilder } from "../world/history.js";
import { World } from "../world/world.js";
import { type BatchParameters, type BatchSource, pulledBatch, type PulledBatch, sourceAnswer } from "./batch-source.js";

export interface PlayOptions {
  /** After the page. */
  readonly minutes: number;
  /** Simulated time that passes in a time, from the page on; undefined plays to the end first. */
  readonly speed: number | undefined;
  readonly nowMs: () => number;
  /** Times by the wall clock. */
  readonly wall: boolean;
  readonly onProgress: (share: number) => void;
}

export class WorldSource implements BatchSource {
  readonly #beganMs: number;

  private constructor(
    readonly world: World,
    readonly endUs: number,
    readonly options: PlayOptions,
  ) {
    this.#beganMs = options.nowMs();
  }

  /** Simulates the history, and what the options say of the rest. */
  static play(scenario: Scenario, options: PlayOptions): WorldSource {
    const world = World.create(scenario, { seed: scenario.seed, actions: [], faults: true });
    const history = new HistoryBuilder(scenario, scenario.seed);
    let told = 0;
    while (!history.done) {
      const share = history.step();
      if (share - told < 0.25) continue;
      told = share;
      options.onProgress(share);
    }
    const end = addTime(scenario.startsAt, duration(options.minutes * MICROS_PER_MINUTE));
    world.advance(options.speed === undefined ? end : scenario.startsAt);
    world.attachHistory(history.export());
    return new WorldSource(world, end, options);
  }

  next(parameters: BatchParameters): Promise<PulledBatch> {
    const { speed, nowMs, wall } = this.options;
    if (speed !== undefined) {
      const playedUs = (nowMs() - this.#beganMs) * MICROS_PER_MS * speed;
      this.world.advance(simTime(Math.min(this.endUs, Math.round(this.world.scenario.startsAt + playedUs))));
    }
    const request = {
      method: "GET" as const,
      path: "next",
      parameters: Object.fromEntries(Object.entries(parameters).map(([name, value]) => [name, [value]])),
      body: new Uint8Array(),
      contentType: "",
      accept: "",
    };
    const answer = this.world.queries.api("export", request, wall ? nowMs() : undefined);
    if (answer === undefined || "order" in answer) throw new Error("the world has no exports");
    return Promise.resolve(pulledBatch(sourceAnswer(answer)));
  }

  isOver(): Promise<boolean> {
    return Promise.resolve(this.world.nowUs >= this.endUs);
  }
}
