/**
 * What the control plane is going to do: plain records by time, so that a world with much under way can be stored. Of
 * two entries at one instant the one that was planned first comes first.
 */
import type { Checkpointed, StateReader, StateWriter } from "../../base/state-stream.js";
import { LimitError } from "../../base/limit-error.js";
import type { WorldAction } from "../timeline.js";

export type Step =
  | { readonly kind: "change"; readonly change: number }
  | { readonly kind: "change-live"; readonly change: number }
  | { readonly kind: "roll-back-done"; readonly change: number }
  /** A roll-out that may have room for its next instances; void when another has taken its place. */
  | { readonly kind: "roll-on"; readonly service: number; readonly rollOut: number }
  | { readonly kind: "drain"; readonly instance: number; readonly then: "restart" | "remove" }
  | { readonly kind: "stop"; readonly instance: number; readonly token: number; readonly then: "restart" | "remove" }
  | { readonly kind: "ready"; readonly instance: number; readonly token: number }
  /** With a token: only in the life of the instance that it is about. */
  | { readonly kind: "start"; readonly instance: number; readonly token?: number }
  | { readonly kind: "crash"; readonly instance: number; readonly token: number; readonly reason: string }
  | { readonly kind: "fault-on"; readonly fault: number }
  | { readonly kind: "fault-off"; readonly fault: number }
  | { readonly kind: "ramp"; readonly fault: number }
  /** Whoever owns what the fault is in has mended it. */
  | { readonly kind: "owner-fixes"; readonly fault: number }
  | { readonly kind: "set-flag"; readonly flag: number; readonly value: boolean }
  | { readonly kind: "set-timeout"; readonly dependency: number; readonly timeoutUs: number }
  | {
      readonly kind: "set-retry";
      readonly dependency: number;
      readonly action: Extract<WorldAction, { kind: "set-retry" }>;
    }
  | { readonly kind: "set-pool"; readonly dependency: number; readonly size: number }
  | { readonly kind: "drop-label"; readonly metric: string; readonly label: string }
  | { readonly kind: "operate"; readonly order: number; readonly step: number };

interface Entry {
  readonly atUs: number;
  readonly step: Step;
}

const ENTRIES_MAX = 100_000;
/** Entries that have happened are forgotten in bulk. */
const FORGET_AT = 1_024;

export class TimelineEntries implements Checkpointed {
  /** By time; those before `#next` have happened. */
  readonly #entries: Entry[] = [];
  #next = 0;

  /** Instant of the next entry, Infinity when there is none. */
  get nextUs(): number {
    return this.#next < this.#entries.length ? this.#entries[this.#next].atUs : Infinity;
  }

  /** The next entry, which has happened from now on. */
  take(): Entry {
    const entry = this.#entries[this.#next++];
    if (this.#next === FORGET_AT) {
      this.#entries.splice(0, FORGET_AT);
      this.#next = 0;
    }
    return entry;
  }

  plan(atUs: number, step: Step): void {
    const entries = this.#entries;
    const waiting = entries.length - this.#next;
    if (waiting >= ENTRIES_MAX)
      throw new LimitError("entries of the control plane", ENTRIES_MAX, waiting, "Give the world fewer changes.");
    let at = entries.length;
    while (at > this.#next && entries[at - 1].atUs > atUs) at--;
    entries.splice(at, 0, { atUs, step });
  }

  /** Forgets the entries for which `keeps` is false. */
  keep(keeps: (step: Step) => boolean): void {
    const kept = this.#entries.slice(this.#next).filter(({ step }) => keeps(step));
    this.#entries.splice(0, Infinity, ...kept);
    this.#next = 0;
  }

  save(writer: StateWriter): void {
    writer.json(this.#entries.slice(this.#next));
  }

  restore(reader: StateReader): void {
    this.#entries.splice(0, Infinity, ...(reader.json() as Entry[]));
    this.#next = 0;
  }
}
