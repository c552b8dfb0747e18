/**
 * Settings of calls that a fault has wrong. A setting has one value, and who sets it last has it: a fault writes its
 * value when it begins, a learner may write another over it, and when the fault ends the value from before comes back
 * unless somebody has changed it since.
 */
import type { Checkpointed, StateReader, StateWriter } from "../../base/state-stream.js";
import { duration } from "../../base/time.js";
import type { CallSetting } from "../../topology/call-effects.js";
import type { Model } from "../../topology/model-types.js";
import type { WorldState } from "../world-state.js";

interface Access {
  read(state: WorldState, dependency: number): number;
  write(state: WorldState, dependency: number, value: number): void;
}

const ACCESS: Readonly<Record<CallSetting, Access>> = {
  timeoutUs: {
    read: ({ timeoutUs }, dependency) => timeoutUs[dependency],
    write: (state, dependency, value) => {
      state.setTimeout(dependency, value);
    },
  },
  poolSize: {
    read: ({ poolSize }, dependency) => poolSize[dependency],
    write: ({ poolSize }, dependency, value) => {
      poolSize[dependency] = value;
    },
  },
  attempts: {
    read: ({ retry }, dependency) => retry[dependency].attempts,
    write: ({ retry }, dependency, value) => {
      retry[dependency] = { ...retry[dependency], attempts: value };
    },
  },
  backoffUs: {
    read: ({ retry }, dependency) => retry[dependency].backoff,
    write: ({ retry }, dependency, value) => {
      retry[dependency] = { ...retry[dependency], backoff: duration(value) };
    },
  },
};

const SETTINGS = Object.keys(ACCESS) as readonly CallSetting[];

export class CallSettings implements Checkpointed {
  /** By pool: share of calls after which the connection is not given back. */
  readonly leakRatio: Float64Array;
  leaking = false;
  // By setting and dependency; NaN for none. What faults want now, what was written for them, what was there before.
  readonly #wanted: Float64Array;
  readonly #written: Float64Array;
  readonly #before: Float64Array;
  /** What was written to stay. */
  readonly #lasting: Float64Array;

  constructor(
    readonly model: Model,
    readonly state: WorldState,
    /** Called when a pool may have become larger. */
    readonly poolGrown: (dependency: number, nowUs: number) => void,
  ) {
    const places = SETTINGS.length * model.dependencies.length;
    this.leakRatio = new Float64Array(state.poolUsed.length);
    this.#wanted = new Float64Array(places).fill(NaN);
    this.#written = new Float64Array(places).fill(NaN);
    this.#before = new Float64Array(places).fill(NaN);
    this.#lasting = new Float64Array(places).fill(NaN);
  }

  reset(): void {
    this.#wanted.fill(NaN);
    this.leakRatio.fill(0);
    this.leaking = false;
  }

  want(setting: CallSetting, dependency: number, value: number): void {
    this.#wanted[SETTINGS.indexOf(setting) * this.model.dependencies.length + dependency] = value;
  }

  /** Writes a value that stays when the fault has passed, once: what learners set later is not written over. */
  set(setting: CallSetting, dependency: number, value: number): void {
    const at = SETTINGS.indexOf(setting) * this.model.dependencies.length + dependency;
    if (Object.is(this.#lasting[at], value)) return;
    this.#lasting[at] = value;
    ACCESS[setting].write(this.state, dependency, value);
  }

  leak(pool: number, ratio: number): void {
    this.leakRatio[pool] = Math.max(this.leakRatio[pool], ratio);
    this.leaking ||= ratio > 0;
  }

  /** Makes what faults want take place. */
  commit(nowUs: number): void {
    SETTINGS.forEach((setting, row) => {
      for (const { index } of this.model.dependencies) {
        const at = row * this.model.dependencies.length + index;
        if (!Object.is(this.#wanted[at], this.#written[at])) this.#change(setting, index, at, nowUs);
      }
    });
  }

  save(writer: StateWriter): void {
    writer.section();
    for (const values of this.#columns()) writer.array(values);
    writer.int(this.leaking ? 1 : 0);
  }

  restore(reader: StateReader): void {
    reader.section();
    for (const values of this.#columns()) reader.into(values);
    this.leaking = reader.int() === 1;
  }

  #columns(): readonly Float64Array[] {
    return [this.leakRatio, this.#wanted, this.#written, this.#before, this.#lasting];
  }

  #change(setting: CallSetting, dependency: number, at: number, nowUs: number): void {
    const access = ACCESS[setting];
    const present = access.read(this.state, dependency);
    const wanted = this.#wanted[at];
    const written = this.#written[at];
    if (Number.isNaN(written)) this.#before[at] = present;
    this.#written[at] = wanted;
    if (!Number.isNaN(wanted)) access.write(this.state, dependency, wanted);
    // Somebody who has changed it since has the last word.
    else if (present === written) access.write(this.state, dependency, this.#before[at]);
    if (setting === "poolSize") this.poolGrown(dependency, nowUs);
  }
}
