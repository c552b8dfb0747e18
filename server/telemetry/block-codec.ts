/**
 * Samples of one series over a stretch of scrapes as few bytes. Counters are whole numbers that rise by about as much
 * each time: what is kept is how much each difference is above the least one of its frame, in as many bits as the
 * frame needs (frame of reference: Goldstein, Ramakrishnan, Shaft 1998). All else is kept as what changed against the
 * value before, without the bytes that are zero (after Pelkonen et al., Gorilla, 2015, in whole bytes). A series that
 * stands still costs two bytes a frame or less. A block can be read by itself.
 */
import { STALE_MARKER } from "./metric-reader.js";

/** Samples that share a width. */
export const FRAME_ROWS = 16;

/** How a block is written; its first byte. */
const ABSENT = 0;
const CONSTANT_INTEGER = 1;
const CONSTANT = 2;
const INTEGERS = 3;
const CHANGES = 4;

/** Integers beyond this have no exact differences. */
const INTEGER_MAX = 2 ** 50;
/** Bits that one read can bring: 32 less the 7 that a value may begin within a byte. */
const READ_BITS = 24;
const WIDTH_MAX = 32;
/** Bytes behind the last block that a read may touch: a frame of fewer rows is read as a full one. */
const PADDING = FRAME_ROWS * 4;

export class BlockCodec {
  #bytes = new Uint8Array(4_096);
  #length = 0;
  /** A number and its bytes. */
  readonly #number = new Float64Array(1);
  readonly #numberBytes = new Uint8Array(this.#number.buffer);
  readonly #before = new Uint8Array(8);
  readonly #xors = new Uint8Array(FRAME_ROWS * 8);
  readonly #values = new Float64Array(FRAME_ROWS);
  /** Where a read stands. */
  #at = 0;

  /** Bytes written since the last `take`. */
  get length(): number {
    return this.#length;
  }

  /** What was written, with some bytes behind it. */
  take(): Uint8Array {
    const taken = this.#bytes.slice(0, this.#length + PADDING);
    this.#bytes.fill(0, 0, this.#length + PADDING);
    this.#length = 0;
    return taken;
  }

  /** Writes `rows` values from `from` on. */
  encode(values: Float64Array, from: number, rows: number): void {
    this.#reserve(rows * 9 + 32);
    const first = values[from];
    if (isConstant(values, from, rows)) this.#encodeConstant(first);
    else if (fitsIntegers(values, from, rows)) this.#encodeIntegers(values, from, rows);
    else this.#encodeChanges(values, from, rows);
  }

  /** Reads rows `from` ≤ row < `to` of the block at `offset` of `bytes`, which has `rows`, into `out` from `outAt` on. */
  decode(bytes: Uint8Array, offset: number, from: number, to: number, out: Float64Array, outAt: number): void {
    const mode = bytes[offset];
    this.#at = offset + 1;
    if (mode === INTEGERS) this.#decodeIntegers(bytes, from, to, out, outAt);
    else if (mode === CHANGES) this.#decodeChanges(bytes, from, to, out, outAt);
    else out.fill(this.#decodeConstant(mode, bytes), outAt, outAt + to - from);
  }

  #encodeConstant(value: number): void {
    if (value === STALE_MARKER) {
      this.#bytes[this.#length++] = ABSENT;
    } else if (isSmallInteger(value)) {
      this.#bytes[this.#length++] = CONSTANT_INTEGER;
      this.#writeInteger(value);
    } else {
      this.#bytes[this.#length++] = CONSTANT;
      this.#writeNumber(value);
    }
  }

  #decodeConstant(mode: number, bytes: Uint8Array): number {
    if (mode === ABSENT) return STALE_MARKER;
    return mode === CONSTANT_INTEGER ? this.#readInteger(bytes) : this.#readNumber(bytes);
  }

  #encodeIntegers(values: Float64Array, from: number, rows: number): void {
    this.#bytes[this.#length++] = INTEGERS;
    let before = startBefore(values, from);
    this.#writeInteger(before);
    for (let frame = from; frame < from + rows; frame += FRAME_ROWS) {
      const end = Math.min(frame + FRAME_ROWS, from + rows);
      const { least, width } = frameOf(values, frame, end, before);
      this.#bytes[this.#length++] = width;
      this.#writeInteger(least);
      let bit = this.#length * 8;
      for (let index = frame; index < end; index++) {
        this.#writeBits(bit, values[index] - before - least, width);
        before = values[index];
        bit += width;
      }
      this.#length = (bit + 7) >> 3;
    }
  }

  #decodeIntegers(bytes: Uint8Array, from: number, to: number, out: Float64Array, outAt: number): void {
    let value = this.#readInteger(bytes);
    for (let frame = 0; frame < to; frame += FRAME_ROWS) {
      const width = bytes[this.#at++];
      const least = this.#readInteger(bytes);
      const end = Math.min(frame + FRAME_ROWS, to);
      const at = outAt - from;
      if (width === 0) {
        for (let row = frame; row < end; row++) {
          value += least;
          if (row >= from) out[at + row] = value;
        }
        continue;
      }
      value = width > READ_BITS ? this.#wideFrame(bytes, width, least, value) : this.#frame(bytes, width, least, value);
      for (let row = Math.max(frame, from); row < end; row++) out[at + row] = this.#values[row - frame];
      // Where the frame is the last one that is wanted, nobody reads on from here.
      this.#at += FRAME_ROWS * (width >> 3) + (((width & 7) * FRAME_ROWS) >> 3);
    }
  }

  /** Puts the values of a frame behind `before` into #values and answers with the last one. */
  #frame(bytes: Uint8Array, width: number, least: number, before: number): number {
    const mask = (1 << width) - 1;
    const values = this.#values;
    let value = before;
    let held = 0;
    let bits = 0;
    let at = this.#at;
    for (let row = 0; row < FRAME_ROWS; row++) {
      for (; bits < width; bits += 8) held |= bytes[at++] << bits;
      value += least + (held & mask);
      values[row] = value;
      held >>>= width;
      bits -= width;
    }
    return value;
  }

  /** The same for widths that do not fit into one word with what is left of the byte before. */
  #wideFrame(bytes: Uint8Array, width: number, least: number, before: number): number {
    let value = before;
    for (let row = 0; row < FRAME_ROWS; row++) {
      value += least + readBits(bytes, this.#at * 8 + row * width, width);
      this.#values[row] = value;
    }
    return value;
  }

  #encodeChanges(values: Float64Array, from: number, rows: number): void {
    this.#bytes[this.#length++] = CHANGES;
    this.#writeNumber(values[from]);
    this.#before.set(this.#numberBytes);
    for (let frame = from; frame < from + rows; frame += FRAME_ROWS) {
      const end = Math.min(frame + FRAME_ROWS, from + rows);
      const { low, high } = this.#changesOf(values, frame, end);
      this.#bytes[this.#length++] = low * 16 + high;
      for (let index = 0; index < end - frame; index++) {
        for (let byte = low; byte < high; byte++) this.#bytes[this.#length++] = this.#xors[index * 8 + byte];
      }
    }
  }

  /** Puts what changes from value to value into #xors and says which of the eight bytes change: low ≤ byte < high. */
  #changesOf(values: Float64Array, from: number, to: number): { readonly low: number; readonly high: number } {
    let low = 8;
    let high = 0;
    for (let index = from; index < to; index++) {
      this.#number[0] = values[index];
      for (let byte = 0; byte < 8; byte++) {
        const xor = this.#numberBytes[byte] ^ this.#before[byte];
        this.#before[byte] = this.#numberBytes[byte];
        this.#xors[(index - from) * 8 + byte] = xor;
        if (xor === 0) continue;
        if (byte < low) low = byte;
        if (byte >= high) high = byte + 1;
      }
    }
    return high === 0 ? { low: 0, high: 0 } : { low, high };
  }

  #decodeChanges(bytes: Uint8Array, from: number, to: number, out: Float64Array, outAt: number): void {
    this.#readNumber(bytes);
    const number = this.#numberBytes;
    let at = this.#at;
    for (let frame = 0; frame < to; frame += FRAME_ROWS) {
      const low = bytes[at] >> 4;
      const high = bytes[at++] & 15;
      const end = Math.min(frame + FRAME_ROWS, to);
      for (let row = frame; row < end; row++) {
        for (let byte = low; byte < high; byte++) number[byte] ^= bytes[at++];
        if (row >= from) out[outAt + row - from] = this.#number[0];
      }
    }
  }

  #reserve(more: number): void {
    const needed = this.#length + more + PADDING;
    if (needed <= this.#bytes.length) return;
    const larger = new Uint8Array(Math.max(needed, this.#bytes.length * 2));
    larger.set(this.#bytes.subarray(0, this.#length));
    this.#bytes = larger;
  }

  #writeNumber(value: number): void {
    this.#number[0] = value;
    this.#bytes.set(this.#numberBytes, this.#length);
    this.#length += 8;
  }

  #readNumber(bytes: Uint8Array): number {
    for (let byte = 0; byte < 8; byte++) this.#numberBytes[byte] = bytes[this.#at + byte];
    this.#at += 8;
    return this.#number[0];
  }

  /** An integer in groups of seven bits, its sign in the lowest. */
  #writeInteger(value: number): void {
    let rest = value < 0 ? -value * 2 - 1 : value * 2;
    while (rest >= 128) {
      this.#bytes[this.#length++] = (rest % 128) + 128;
      rest = Math.floor(rest / 128);
    }
    this.#bytes[this.#length++] = rest;
  }

  #readInteger(bytes: Uint8Array): number {
    let byte = bytes[this.#at++];
    let folded = byte & 127;
    for (let scale = 128; byte >= 128; scale *= 128) {
      byte = bytes[this.#at++];
      folded += (byte & 127) * scale;
    }
    return folded % 2 === 0 ? folded / 2 : -(folded + 1) / 2;
  }

  /** Writes the low `width` bits of a value below 2^32; the bytes there are still zero. */
  #writeBits(bit: number, value: number, width: number): void {
    const bytes = this.#bytes;
    let rest = value >>> 0;
    let at = bit >> 3;
    const shift = bit & 7;
    let left = width;
    if (shift > 0) {
      bytes[at++] |= (rest << shift) & 255;
      rest >>>= 8 - shift;
      left -= 8 - shift;
    }
    while (left > 0) {
      bytes[at++] = rest & 255;
      rest >>>= 8;
      left -= 8;
    }
  }
}

function isConstant(values: Float64Array, from: number, rows: number): boolean {
  const first = values[from];
  if (first === 0) return isZero(values, from, rows);
  for (let index = from + 1; index < from + rows; index++) if (values[index] !== first) return false;
  // NaN is not equal to itself.
  return rows > 1 || first === first;
}

/** All zero and of one sign. */
function isZero(values: Float64Array, from: number, rows: number): boolean {
  for (let index = from; index < from + rows; index++) if (!Object.is(values[index], values[from])) return false;
  return true;
}

const isSmallInteger = (value: number): boolean =>
  Math.abs(value) <= INTEGER_MAX && Math.trunc(value) === value && !Object.is(value, -0);

/** What would have stood before the first value if it had risen as it does then. */
const startBefore = (values: Float64Array, from: number): number => 2 * values[from] - values[from + 1];

function fitsIntegers(values: Float64Array, from: number, rows: number): boolean {
  if (rows < 2) return false;
  for (let index = from; index < from + rows; index++) if (!isSmallInteger(values[index])) return false;
  let before = startBefore(values, from);
  for (let frame = from; frame < from + rows; frame += FRAME_ROWS) {
    const end = Math.min(frame + FRAME_ROWS, from + rows);
    if (frameOf(values, frame, end, before).width > WIDTH_MAX) return false;
    before = values[end - 1];
  }
  return true;
}

/** The least difference of a frame, and the bits that what exceeds it takes. */
function frameOf(
  values: Float64Array,
  from: number,
  to: number,
  start: number,
): { readonly least: number; readonly width: number } {
  let least = Infinity;
  let most = -Infinity;
  let before = start;
  for (let index = from; index < to; index++) {
    const difference = values[index] - before;
    if (difference < least) least = difference;
    if (difference > most) most = difference;
    before = values[index];
  }
  const span = most - least;
  if (span < 2 ** 31) return { least, width: 32 - Math.clz32(span) };
  return { least, width: span < 2 ** 32 ? 32 : WIDTH_MAX + 1 };
}

function readBits(bytes: Uint8Array, bit: number, width: number): number {
  if (width > READ_BITS) {
    return readBits(bytes, bit, 16) + readBits(bytes, bit + 16, width - 16) * 65_536;
  }
  const at = bit >> 3;
  const word = bytes[at] | (bytes[at + 1] << 8) | (bytes[at + 2] << 16) | (bytes[at + 3] << 24);
  return (word >>> (bit & 7)) & ((1 << width) - 1);
}
