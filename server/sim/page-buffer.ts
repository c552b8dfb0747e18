/**
 * Which pages of a store are in memory: the clock algorithm (F. Corbató, A Paging Experiment with the Multics System,
 * 1968), an approximation of least recently used. A page that is there costs no wait for storage.
 */
import type { Checkpointed, StateReader, StateWriter } from "../base/state-stream.js";

const ABSENT = -1;

export class PageBuffer implements Checkpointed {
  hits = 0;
  misses = 0;
  /** Place of a page in the buffer. */
  readonly #placeOf: Int32Array;
  readonly #pageAt: Int32Array;
  readonly #used: Uint8Array;
  #hand = 0;
  #filled = 0;

  constructor(
    readonly pages: number,
    resident: number,
  ) {
    this.#placeOf = new Int32Array(pages).fill(ABSENT);
    this.#pageAt = new Int32Array(Math.min(resident, pages)).fill(ABSENT);
    this.#used = new Uint8Array(this.#pageAt.length);
  }

  /** Reads a page; whether it was in memory. */
  touch(page: number): boolean {
    const place = this.#placeOf[page];
    if (place !== ABSENT) {
      this.#used[place] = 1;
      this.hits++;
      return true;
    }
    this.misses++;
    this.#bring(page);
    return false;
  }

  /** The memory is lost. */
  clear(): void {
    this.#placeOf.fill(ABSENT);
    this.#pageAt.fill(ABSENT);
    this.#used.fill(0);
    this.#hand = 0;
    this.#filled = 0;
  }

  save(writer: StateWriter): void {
    writer.int(this.hits);
    writer.int(this.misses);
    writer.int(this.#hand);
    writer.int(this.#filled);
    writer.array(this.#placeOf);
    writer.array(this.#pageAt);
    writer.array(this.#used);
  }

  restore(reader: StateReader): void {
    this.hits = reader.int();
    this.misses = reader.int();
    this.#hand = reader.int();
    this.#filled = reader.int();
    reader.into(this.#placeOf);
    reader.into(this.#pageAt);
    reader.into(this.#used);
  }

  #bring(page: number): void {
    const place = this.#filled < this.#pageAt.length ? this.#filled++ : this.#victim();
    const gone = this.#pageAt[place];
    if (gone !== ABSENT) this.#placeOf[gone] = ABSENT;
    this.#pageAt[place] = page;
    this.#placeOf[page] = place;
    this.#used[place] = 0;
  }

  /** The next page that was not used since the hand last came by. */
  #victim(): number {
    while (this.#used[this.#hand] === 1) {
      this.#used[this.#hand] = 0;
      this.#hand = (this.#hand + 1) % this.#pageAt.length;
    }
    const place = this.#hand;
    this.#hand = (this.#hand + 1) % this.#pageAt.length;
    return place;
  }
}
