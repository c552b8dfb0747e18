/**
 * Mutable state as bytes: what a checkpoint is made of. Every owner of state writes its fields in a fixed order and
 * reads them back in the same order, into itself. Sections are marked, so that an owner that reads more or less than it
 * wrote is found at once.
 */
import { assert } from "./assert.js";
import { LimitError } from "./limit-error.js";

/** Bytes of one checkpoint at most. */
const STATE_BYTES_MAX = 1 << 29;
const SECTION_MARK = 0x5ec7_1041;
/** Characters that are joined at a time. */
const JSON_STRETCH = 4_096;

/** An owner of state that a checkpoint has to contain. */
export interface Checkpointed {
  save(writer: StateWriter): void;
  /** Reads what `save` of an equal object wrote; afterwards both behave alike. */
  restore(reader: StateReader): void;
}

type Numbers = Int32Array | Uint8Array | Uint16Array | Uint32Array | Float64Array;

export class StateWriter {
  #bytes: Uint8Array;
  #view: DataView;
  #length = 0;

  /** @param expectedBytes how much room to begin with */
  constructor(expectedBytes = 1 << 18) {
    this.#bytes = new Uint8Array(expectedBytes);
    this.#view = new DataView(this.#bytes.buffer);
  }

  /** Begins the part of one owner. */
  section(): void {
    this.int(SECTION_MARK);
  }

  int(value: number): void {
    const at = this.#room(8);
    this.#view.setInt32(at, value, true);
  }

  double(value: number): void {
    const at = this.#room(8);
    this.#view.setFloat64(at, value, true);
  }

  /** The first `count` elements with their number; all of them when it is left out. */
  array(values: Numbers, count = values.length): void {
    this.int(count);
    const size = count * values.BYTES_PER_ELEMENT;
    const at = this.#room(size);
    this.#bytes.set(new Uint8Array(values.buffer, values.byteOffset, size), at);
  }

  /** Plain data that JSON can hold; for the few things that are not numbers. */
  json(value: unknown): void {
    const text = (JSON.stringify(value) as string | undefined) ?? "null";
    const units = new Uint16Array(text.length);
    for (let index = 0; index < units.length; index++) units[index] = text.charCodeAt(index);
    this.array(units);
  }

  /** What was written; the writer is done with it. */
  finish(): Uint8Array {
    return this.#bytes.subarray(0, this.#length);
  }

  /** Everything begins at a multiple of 8, so that columns can be copied as they are. */
  #room(size: number): number {
    const at = this.#length;
    const end = at + ((size + 7) & ~7);
    if (end > this.#bytes.length) this.#grow(end);
    this.#length = end;
    return at;
  }

  #grow(needed: number): void {
    if (needed > STATE_BYTES_MAX) {
      throw new LimitError("bytes of a checkpoint", STATE_BYTES_MAX, needed, "Lower the load of the scenario.");
    }
    let capacity = this.#bytes.length * 2;
    while (capacity < needed) capacity *= 2;
    const bytes = new Uint8Array(capacity);
    bytes.set(this.#bytes);
    this.#bytes = bytes;
    this.#view = new DataView(bytes.buffer);
  }
}

export class StateReader {
  readonly #view: DataView;
  #at = 0;

  constructor(readonly bytes: Uint8Array) {
    this.#view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  }

  section(): void {
    assert(this.int() === SECTION_MARK, "a checkpoint is read in another order than it was written");
  }

  int(): number {
    return this.#view.getInt32(this.#take(8), true);
  }

  double(): number {
    return this.#view.getFloat64(this.#take(8), true);
  }

  /** Fills the beginning of `values`, which must have room for what was written; answers with the number of elements. */
  into(values: Numbers): number {
    const count = this.int();
    assert(count <= values.length, `checkpoint has ${String(count)} values for ${String(values.length)} places`);
    const size = count * values.BYTES_PER_ELEMENT;
    const at = this.#take(size);
    new Uint8Array(values.buffer, values.byteOffset, size).set(this.bytes.subarray(at, at + size));
    return count;
  }

  ints(): Int32Array<ArrayBuffer> {
    const values = new Int32Array(this.#peekCount());
    this.into(values);
    return values;
  }

  doubles(): Float64Array<ArrayBuffer> {
    const values = new Float64Array(this.#peekCount());
    this.into(values);
    return values;
  }

  octets(): Uint8Array<ArrayBuffer> {
    const values = new Uint8Array(this.#peekCount());
    this.into(values);
    return values;
  }

  /** What `json` wrote; the caller knows its type. */
  json(): unknown {
    const units = new Uint16Array(this.#peekCount());
    this.into(units);
    let text = "";
    for (let at = 0; at < units.length; at += JSON_STRETCH) {
      text += String.fromCharCode(...units.subarray(at, at + JSON_STRETCH));
    }
    return JSON.parse(text);
  }

  /** Everything has been read. */
  end(): void {
    assert(this.#at === this.bytes.length, "a checkpoint has more in it than was read");
  }

  #peekCount(): number {
    return this.#view.getInt32(this.#at, true);
  }

  #take(size: number): number {
    const at = this.#at;
    this.#at += (size + 7) & ~7;
    assert(this.#at <= this.bytes.length, "a checkpoint ends too early");
    return at;
  }
}
