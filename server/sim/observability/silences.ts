/**
 * Silences of alerts, as Alertmanager has them: for a time, alerts whose labels match notify nobody. The rules go on
 * being evaluated and the alerts go on firing; who looks at the list sees both. What matches is decided where alerts are
 * routed: here is the list, as part of the world's state.
 */
import { Digest } from "../../base/digest.js";
import type { Checkpointed, StateReader, StateWriter } from "../../base/state-stream.js";
import type { AlertMatcher } from "../../topology/alertmanager-spec.js";

export interface Silence {
  readonly id: string;
  /** All of them have to match. */
  readonly matchers: readonly AlertMatcher[];
  /** `fromUs` ≤ t < `untilUs`. */
  readonly fromUs: number;
  readonly untilUs: number;
  readonly createdBy: string;
  readonly comment: string;
  readonly updatedUs: number;
}

export class Silences implements Checkpointed {
  readonly #list: Silence[] = [];

  /** In the order in which they were made. */
  get list(): readonly Silence[] {
    return this.#list;
  }

  find(id: string): Silence | undefined {
    return this.#list.find((silence) => silence.id === id);
  }

  /** Adds it, or puts it in the place of the one with its id. */
  put(silence: Silence): void {
    const at = this.#list.findIndex(({ id }) => id === silence.id);
    if (at < 0) this.#list.push(silence);
    else this.#list[at] = silence;
  }

  /** Ends a silence at `atUs`; one that is over already, or was never made, stays as it is. */
  expire(id: string, atUs: number): void {
    const silence = this.find(id);
    if (silence === undefined || silence.untilUs <= atUs) return;
    this.put({ ...silence, fromUs: Math.min(silence.fromUs, atUs), untilUs: atUs, updatedUs: atUs });
  }

  save(writer: StateWriter): void {
    writer.section();
    writer.json(this.#list);
  }

  restore(reader: StateReader): void {
    reader.section();
    this.#list.splice(0, Infinity, ...(reader.json() as Silence[]));
  }
}

/** An id in the form of Alertmanager's; equal texts give equal ids. */
export function silenceId(text: string): string {
  const digits = new Digest().text(text).hex() + new Digest().int(1).text(text).hex();
  const [time, low, version, variant, node] = [
    digits.slice(0, 8),
    digits.slice(8, 12),
    digits.slice(13, 16),
    digits.slice(17, 20),
    digits.slice(20),
  ];
  return `${time}-${low}-4${version}-8${variant}-${node}`;
}
