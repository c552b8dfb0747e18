/**
 * Silences of alerts, as Alertmanager has them: for a time, alerts whose labels match notify nobody. The rules go on
 * being evaluated and the alerts go on firing; who looks at the list sees both.
 */
import type { Checkpointed, StateReader, StateWriter } from "../../base/state-stream.js";

export interface Silence {
  /** The rule, and labels that an alert of it must have; none is all of them. */
  readonly alert: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly fromUs: number;
  readonly untilUs: number;
}

export class Silences implements Checkpointed {
  readonly #list: Silence[] = [];

  add(silence: Silence): void {
    this.#list.push(silence);
  }

  /** When the last silence of such an alert ends that is in force at `atUs`; undefined when none is. */
  untilUs(alert: string, labels: Readonly<Record<string, string>>, atUs: number): number | undefined {
    let until: number | undefined;
    for (const silence of this.#list) {
      if (silence.alert !== alert || atUs < silence.fromUs || atUs >= silence.untilUs) continue;
      if (Object.entries(silence.labels).some(([name, value]) => labels[name] !== value)) continue;
      until = Math.max(until ?? 0, silence.untilUs);
    }
    return until;
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
