/**
 * Other courses of one world: what would have happened without a fault, without an order, or with another fault. A
 * branch goes on from the last checkpoint before the difference, so that it costs what comes after it; where there is
 * none, or the other model is numbered differently, it starts from the beginning. Either way its bytes are those of a
 * world that was simulated from the beginning.
 *
 * A branch has facts (spans, log lines, counts) and no telemetry stores: those show what a metrics server kept of them.
 */
import type { Model } from "../topology/model-types.js";
import { simTime, type SimTime } from "../base/time.js";
import { type Checkpoint, signatureOf } from "./checkpoint.js";
import { Engine, type EngineOptions } from "./engine.js";
import type { MetricSink } from "./metric-sink.js";
import type { TimedAction } from "./timeline.js";

/** Checkpoints of one world at most; when there are more, every second one goes. */
const CHECKPOINTS_MAX = 24;
/** Simulated time between two checkpoints at first. */
const SPACING_US = 60_000_000;

const NOTHING_KEPT: MetricSink = { scrape: () => undefined, targetRemoved: () => undefined };

/** The checkpoints of a world that runs, ever further apart. */
export class CheckpointLine {
  #checkpoints: Checkpoint[] = [];
  #spacingUs = SPACING_US;

  /** Takes one when it is time; at any moment between two steps of the world. */
  watch(engine: Engine): void {
    const last = this.#checkpoints.at(-1);
    if (last !== undefined && engine.now < last.atUs + this.#spacingUs) return;
    this.#checkpoints.push(engine.checkpoint());
    if (this.#checkpoints.length <= CHECKPOINTS_MAX) return;
    this.#checkpoints = this.#checkpoints.filter((_, index) => index % 2 === 0);
    this.#spacingUs *= 2;
  }

  /** The last one strictly before an instant. */
  before(atUs: number): Checkpoint | undefined {
    return this.#checkpoints.findLast((checkpoint) => checkpoint.atUs < atUs);
  }
}

/** What a branch is like where it differs from its origin. */
export interface BranchChange {
  /** From when on the two may differ. */
  readonly fromUs: number;
  readonly model?: Model;
  readonly options?: Partial<Pick<EngineOptions, "faultsOn" | "faults">>;
  /** All orders of the branch, in order of time. */
  readonly actions: readonly TimedAction[];
}

/** Simulates the branch up to `until`. */
export function simulateBranch(
  origin: Engine,
  checkpoints: CheckpointLine,
  change: BranchChange,
  until: SimTime,
): Engine {
  const model = change.model ?? origin.model;
  const options: EngineOptions = { ...origin.options, ...change.options, sink: NOTHING_KEPT };
  const checkpoint = checkpoints.before(change.fromUs);
  const engine =
    checkpoint === undefined || checkpoint.signature !== signatureOf(model)
      ? new Engine(model, options)
      : Engine.restore(model, options, checkpoint, origin);
  const from = engine.now;
  for (const { id, at, action } of change.actions) {
    if (at > until) break;
    // Orders up to and including the checkpoint's instant are part of it.
    if (at > from || checkpoint === undefined) engine.act(id, at, action);
  }
  engine.run(simTime(until));
  return engine;
}
