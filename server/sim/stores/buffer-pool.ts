/**
 * Pages of a database that are kept in memory: the clock algorithm with a use count, as PostgreSQL has it
 * (src/backend/storage/buffer/README; F. Corbató's clock, with counts up to five instead of one bit). Pages are numbers
 * below a bound; nothing of their content is kept.
 */
import type { Checkpointed, StateReader, StateWriter } from "../../base/state-stream.js";

const USES_MAX = 5;
const ABSENT = -1;

export class BufferPool implements Checkpointed {
  hits = 0;
  reads = 0;
  readonly #places: Int32Array;
  readonly #pages: Int32Array;
  readonly #uses: Uint8Array;
  #filled = 0;
  #hand = 0;

  /** @param pages how many pages there are; @param room how many of them fit */
  constructor(pages: number, room: number) {
    this.#places = new Int32Array(pages).fill(ABSENT);
    this.#pages = new Int32Array(Math.min(room, pages));
    this.#uses = new Uint8Array(this.#pages.length);
  }

  get room(): number {
    return this.#pages.length;
  }

  /** Uses a page: true when it was there. It is there afterwards. */
  touch(page: number): boolean {
    const place = this.#places[page];
    if (place !== ABSENT) {
      this.hits++;
      if (this.#uses[place] < USES_MAX) this.#uses[place]++;
      return true;
    }
    this.reads++;
    this.#bring(page);
    return false;
  }

  /** Whether the page is there; not a use. */
  has(page: number): boolean {
    return this.#places[page] !== ABSENT;
  }

  /** Nothing is there, as after a restart. */
  clear(): void {
    this.#places.fill(ABSENT);
    this.#uses.fill(0);
    this.#filled = 0;
    this.#hand = 0;
  }

  save(writer: StateWriter): void {
    for (const value of [this.hits, this.reads]) writer.double(value);
    for (const value of [this.#filled, this.#hand]) writer.int(value);
    for (const values of [this.#places, this.#pages, this.#uses]) writer.array(values);
  }

  restore(reader: StateReader): void {
    this.hits = reader.double();
    this.reads = reader.double();
    this.#filled = reader.int();
    this.#hand = reader.int();
    for (const values of [this.#places, this.#pages, this.#uses]) reader.into(values);
  }

  #bring(page: number): void {
    const place = this.#filled < this.#pages.length ? this.#filled++ : this.#victim();
    this.#pages[place] = page;
    this.#places[page] = place;
    this.#uses[place] = 1;
  }

  /** The place that the hand stops at: the first whose count is used up. */
  #victim(): number {
    for (;;) {
      const place = this.#hand;
      this.#hand = (this.#hand + 1) % this.#pages.length;
      if (this.#uses[place] === 0) {
        this.#places[this.#pages[place]] = ABSENT;
        return place;
      }
      this.#uses[place]--;
    }
  }
}
