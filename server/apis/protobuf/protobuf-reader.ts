/**
 * Reads the wire format of Protocol Buffers field by field. Source: protobuf.dev/programming-guides/encoding. Bytes that
 * are no message end in a ProtobufError that says at which byte.
 */
import { decodeUtf8 } from "../../base/utf8.js";
import { WIRE_32_BIT, WIRE_64_BIT, WIRE_BYTES, WIRE_VARINT } from "./protobuf-writer.js";

export class ProtobufError extends Error {
  override readonly name = "ProtobufError";

  constructor(
    message: string,
    readonly offset: number,
  ) {
    super(`byte ${String(offset)}: ${message}`);
  }
}

export class ProtobufReader {
  #at = 0;
  #field = 0;
  #wireType = 0;
  readonly #view: DataView;

  constructor(private readonly source: Uint8Array) {
    this.#view = new DataView(source.buffer, source.byteOffset, source.byteLength);
  }

  get atEnd(): boolean {
    return this.#at >= this.source.length;
  }

  /** Number of the field that was come upon last. */
  get field(): number {
    return this.#field;
  }

  /** Goes to the next field; false at the end. What a field holds must be read or skipped before. */
  next(): boolean {
    if (this.atEnd) return false;
    const tag = Number(this.#varint());
    this.#field = Math.floor(tag / 8);
    this.#wireType = tag % 8;
    if (this.#field === 0) throw new ProtobufError("no field has the number 0", this.#at);
    return true;
  }

  /** The varint of the field, unsigned. */
  varint(): bigint {
    this.#expect(WIRE_VARINT, "a number");
    return this.#varint();
  }

  /** The varint as int64, as a number: exact to 2^53. */
  int(): number {
    return Number(BigInt.asIntN(64, this.varint()));
  }

  /** Whether the numbers of a repeated field come packed into one. */
  get isPacked(): boolean {
    return this.#wireType === WIRE_BYTES;
  }

  /** The next number of a packed field, which `message` has opened. */
  nextPacked(): bigint {
    return this.#varint();
  }

  /** The next word of a packed field of doubles, and of one of whole numbers. */
  nextDouble(): number {
    return this.#view.getFloat64(this.#take(8), true);
  }

  nextFixed64(): bigint {
    return this.#view.getBigUint64(this.#take(8), true);
  }

  double(): number {
    this.#expect(WIRE_64_BIT, "eight bytes");
    return this.#view.getFloat64(this.#take(8), true);
  }

  fixed64(): bigint {
    this.#expect(WIRE_64_BIT, "eight bytes");
    return this.#view.getBigUint64(this.#take(8), true);
  }

  fixed32(): number {
    this.#expect(WIRE_32_BIT, "four bytes");
    return this.#view.getUint32(this.#take(4), true);
  }

  raw(): Uint8Array {
    this.#expect(WIRE_BYTES, "bytes");
    const length = Number(this.#varint());
    const from = this.#take(length);
    return this.source.subarray(from, from + length);
  }

  string(): string {
    const at = this.#at;
    const text = decodeUtf8(this.raw());
    if (text === undefined) throw new ProtobufError("the text is no UTF-8", at);
    return text;
  }

  message(): ProtobufReader {
    return new ProtobufReader(this.raw());
  }

  /** Passes over the field that was come upon. */
  skip(): void {
    if (this.#wireType === WIRE_VARINT) this.#varint();
    else if (this.#wireType === WIRE_64_BIT) this.#take(8);
    else if (this.#wireType === WIRE_BYTES) this.#take(Number(this.#varint()));
    else if (this.#wireType === WIRE_32_BIT) this.#take(4);
    else throw new ProtobufError(`there is no wire type ${String(this.#wireType)}`, this.#at);
  }

  #expect(wireType: number, what: string): void {
    if (this.#wireType === wireType) return;
    throw new ProtobufError(`field ${String(this.#field)} is not ${what}`, this.#at);
  }

  /** The place before `bytes` further bytes, which are passed. */
  #take(bytes: number): number {
    const from = this.#at;
    if (bytes > this.source.length - from) throw new ProtobufError("the message ends too early", this.source.length);
    this.#at = from + bytes;
    return from;
  }

  #varint(): bigint {
    let low = 0;
    // Most numbers are small: without big integers up to 28 bits.
    for (let shift = 0; shift < 28; shift += 7) {
      const byte = this.source[this.#take(1)];
      low |= (byte & 0x7f) << shift;
      if (byte < 0x80) return BigInt(low);
    }
    let value = BigInt(low);
    for (let shift = 28n; shift < 70n; shift += 7n) {
      const byte = this.source[this.#take(1)];
      value |= BigInt(byte & 0x7f) << shift;
      if (byte < 0x80) return BigInt.asUintN(64, value);
    }
    throw new ProtobufError("a number has more than ten bytes", this.#at);
  }
}
