/**
 * The courses that a row is measured on: the world with its fault, its healthy twin, the world after its cure and after
 * a wrong one. All branch from checkpoints, and rows that share topology and changes share the twin.
 */
import { MICROS_PER_SECOND, simTime, type SimTime } from "../../../server/base/time.js";
import { FAULT_MECHANISMS } from "../../../server/faults/mechanisms.js";
import type { Scenario } from "../../../server/scenario/types.js";
import { planAction } from "../../../server/sim/action-plan.js";
import { type Checkpoint, signatureOf } from "../../../server/sim/checkpoint.js";
import { Engine, type EngineOptions } from "../../../server/sim/engine.js";
import type { MetricSink } from "../../../server/sim/metric-sink.js";
import type { FaultSpec, WorldAction } from "../../../server/sim/timeline.js";
import { MetricStore } from "../../../server/telemetry/metric-store.js";
import { compileModel } from "../../../server/topology/model.js";
import type { Model } from "../../../server/topology/model-types.js";
import { silentSink } from "../../fixtures/topology.js";
import type { Course } from "./measures.js";
import { Eyes } from "./telemetry-eyes.js";

/** Before the onset: warm-up begins, recording begins, the checkpoint is taken. */
const WARM_UP_S = 80;
const RECORDED_S = 20;
const CHECKPOINT_S = 1;
/** Healthy worlds that are kept for further rows. */
const KEPT = 4;

export class Courses {
  readonly #seed: string;
  /** Healthy worlds by topology and changes, with their checkpoint just before the onset. */
  readonly #healthy = new Map<string, { readonly course: Course; readonly checkpoint: Checkpoint }>();

  constructor(seed: string) {
    this.#seed = seed;
  }

  /** The world without the fault; it stands before the onset or wherever an earlier row has run it to. */
  twin(scenario: Scenario, telemetry: boolean): Course {
    return this.#healthyOf(scenario, telemetry).course;
  }

  /** The world with the fault, just before its onset; with `until` the fault ends by itself. */
  world(scenario: Scenario, until: SimTime | undefined, telemetry: boolean): Course {
    const faults: readonly FaultSpec[] = scenario.faults.map((fault) =>
      until === undefined ? fault : { ...fault, until },
    );
    const model = modelOf(scenario, faults);
    const { course, checkpoint } = this.#healthyOf(scenario, telemetry);
    const options = { ...this.#options(scenario), faultsOn: true };
    return watched(telemetry, (sink) =>
      checkpoint.signature === signatureOf(model)
        ? Engine.restore(model, { ...options, sink }, checkpoint, course.engine)
        : new Engine(model, { ...options, sink }),
    );
  }

  #healthyOf(scenario: Scenario, telemetry: boolean): { readonly course: Course; readonly checkpoint: Checkpoint } {
    const key = `${String(telemetry)} ${keyOf(scenario)}`;
    const known = this.#healthy.get(key);
    if (known !== undefined) {
      // The map is in order of use, the latest last.
      this.#healthy.delete(key);
      this.#healthy.set(key, known);
      return known;
    }
    const model = modelOf(scenario, []);
    const options = this.#options(scenario);
    const course = watched(telemetry, (sink) => new Engine(model, { ...options, sink, faultsOn: false }));
    course.engine.run(instant(scenario, -CHECKPOINT_S));
    const made = { course, checkpoint: course.engine.checkpoint() };
    this.#healthy.set(key, made);
    const [oldest] = this.#healthy.keys();
    if (this.#healthy.size > KEPT && oldest !== undefined) this.#healthy.delete(oldest);
    return made;
  }

  #options(scenario: Scenario): Pick<EngineOptions, "seed" | "startAt" | "recordFrom"> {
    return {
      seed: this.#seed,
      startAt: instant(scenario, -WARM_UP_S),
      recordFrom: instant(scenario, -RECORDED_S),
    };
  }
}

/** What a healthy world depends on; what a setting changes is in the fault that comes with it. */
function keyOf({ topology, changes }: Scenario): string {
  return JSON.stringify([
    topology,
    changes.map(({ kind, target, ...rest }) => (kind === "setting" ? rest : { target, ...rest })),
  ]);
}

/** So many seconds after the onset. */
export function instant({ startsAt }: Scenario, seconds: number): SimTime {
  return simTime(startsAt + Math.round(seconds * MICROS_PER_SECOND));
}

const modelOf = ({ topology, changes }: Scenario, faults: readonly FaultSpec[]): Model =>
  compileModel(topology, { faults, changes, mechanisms: FAULT_MECHANISMS });

/** A course that goes on from a checkpoint of another, with orders one after the other; when they are carried out. */
export function branchWith(
  { engine, eyes }: Course,
  checkpoint: Checkpoint,
  actions: readonly WorldAction[],
): { readonly course: Course; readonly doneAt: SimTime } {
  const course = watched(eyes !== undefined, (sink) =>
    Engine.restore(engine.model, { ...engine.options, sink }, checkpoint, engine),
  );
  let doneAt = simTime(checkpoint.atUs);
  actions.forEach((action, index) => {
    course.engine.run(doneAt);
    const plan = planAction(course.engine, action);
    if (!plan.ok) throw new Error(`${JSON.stringify(action)}: ${plan.error.message}. ${plan.error.remedy}`);
    doneAt = course.engine.act(String(index), doneAt, action).completesAt;
  });
  return { course, doneAt };
}

/** To watch a world costs more than the world, so only rows that ask have somebody who does. */
function watched(telemetry: boolean, make: (sink: MetricSink) => Engine): Course {
  if (!telemetry) return { engine: make(silentSink), eyes: undefined };
  const metrics = new MetricStore({ exemplarOf: () => undefined });
  const engine = make({
    scrape: (result, values, exemplarRows, dynamic) => {
      metrics.scrape(result, values, exemplarRows, dynamic);
    },
    targetRemoved: (target, atUs) => {
      metrics.targetRemoved(target, atUs);
    },
  });
  return { engine, eyes: new Eyes(engine, metrics) };
}
