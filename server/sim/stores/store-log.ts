/** Lines that databases write themselves, at most so many a second each. A store without declared details writes none. */
import type { Checkpointed, StateReader, StateWriter } from "../../base/state-stream.js";
import type { Model, StoreLogTemplates } from "../../topology/model-types.js";

/** Lines of one store and second; further ones are dropped, as a sampled log drops them. */
const LINES_PER_SECOND = 20;

export type StoreLine = keyof StoreLogTemplates;

export class StoreLog implements Checkpointed {
  /** By store: the second that is being counted, and its lines. */
  readonly #second: Float64Array;
  readonly #lines: Int32Array;

  constructor(
    readonly model: Model,
    readonly note: (template: number, attributes: Readonly<Record<string, string | number>>, nowUs: number) => void,
  ) {
    this.#second = new Float64Array(model.stores.length);
    this.#lines = new Int32Array(model.stores.length);
  }

  write(store: number, line: StoreLine, attributes: Readonly<Record<string, string | number>>, nowUs: number): void {
    const { logs } = this.model.stores[store];
    if (logs === undefined) return;
    const second = Math.floor(nowUs / 1e6);
    if (this.#second[store] !== second) {
      this.#second[store] = second;
      this.#lines[store] = 0;
    }
    if (++this.#lines[store] <= LINES_PER_SECOND) this.note(logs[line], attributes, nowUs);
  }

  save(writer: StateWriter): void {
    writer.array(this.#second);
    writer.array(this.#lines);
  }

  restore(reader: StateReader): void {
    reader.into(this.#second);
    reader.into(this.#lines);
  }
}
