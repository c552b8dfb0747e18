/**
 * Values that change at known instants and have to be known for any instant in the past: how far a clock was wrong, which
 * share of traces was kept, whether a process lost the context of traces. One list of steps for each subject.
 */
import { assert } from "../../base/assert.js";
import type { Checkpointed, StateReader, StateWriter } from "../../base/state-stream.js";
import { LimitError } from "../../base/limit-error.js";

/** Steps of one history over all subjects: a fault that flaps once a second for a day. */
const STEPS_MAX = 200_000;

/** From an instant on a value; ascending by instant. */
export interface Step {
  readonly fromUs: number;
  readonly value: number;
}

export class StepHistory implements Checkpointed {
  readonly #steps: Step[][];
  #count = 0;

  constructor(
    readonly subjects: number,
    /** Before the first step. */
    readonly initial: (subject: number) => number,
    steps?: readonly (readonly Step[])[],
  ) {
    this.#steps = Array.from({ length: subjects }, (_, subject) => [...(steps?.[subject] ?? [])]);
    for (const { length } of this.#steps) this.#count += length;
  }

  /** Whether every subject has had its initial value at all times. */
  get unmoved(): boolean {
    return this.#count === 0;
  }

  /** The largest distance from 0 that any subject has had. */
  get magnitudeMax(): number {
    let most = 0;
    for (let subject = 0; subject < this.subjects; subject++) {
      most = Math.max(most, Math.abs(this.initial(subject)));
      for (const { value } of this.#steps[subject]) most = Math.max(most, Math.abs(value));
    }
    return most;
  }

  /** From `fromUs` on, which is not before the last step of the subject. */
  set(subject: number, value: number, fromUs: number): void {
    const steps = this.#steps[subject];
    const last = steps.at(-1);
    if ((last?.value ?? this.initial(subject)) === value) return;
    assert(last === undefined || last.fromUs <= fromUs, `a step at ${String(fromUs)} after one that is later`);
    if (last?.fromUs === fromUs) {
      steps.pop();
      this.#count--;
    }
    if (this.#count >= STEPS_MAX) {
      throw new LimitError("steps of a setting", STEPS_MAX, this.#count + 1, "Let the fault flap less often.");
    }
    steps.push({ fromUs, value });
    this.#count++;
  }

  now(subject: number): number {
    return this.#steps[subject].at(-1)?.value ?? this.initial(subject);
  }

  at(subject: number, atUs: number): number {
    const step = this.#stepAt(subject, atUs);
    return step < 0 ? this.initial(subject) : this.#steps[subject][step].value;
  }

  /** When the value that holds at an instant began; undefined for the initial one. */
  since(subject: number, atUs: number): number | undefined {
    const step = this.#stepAt(subject, atUs);
    return step < 0 ? undefined : this.#steps[subject][step].fromUs;
  }

  /** The last step not after `atUs`, −1 before the first. */
  #stepAt(subject: number, atUs: number): number {
    const steps = this.#steps[subject];
    let low = 0;
    let high = steps.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if (steps[middle].fromUs <= atUs) low = middle + 1;
      else high = middle;
    }
    return low - 1;
  }

  export(): readonly (readonly Step[])[] {
    return this.#steps.map((steps) => [...steps]);
  }

  save(writer: StateWriter): void {
    writer.section();
    writer.json(this.#steps);
  }

  restore(reader: StateReader): void {
    reader.section();
    const steps = reader.json() as Step[][];
    this.#count = 0;
    steps.forEach((list, subject) => {
      this.#steps[subject] = list;
      this.#count += list.length;
    });
  }
}
