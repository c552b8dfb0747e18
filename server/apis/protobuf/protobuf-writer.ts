/**
 * Writes the wire format of Protocol Buffers: fields one after another into bytes that grow. A message within a message
 * is written in place and its length filled in afterwards. Source: protobuf.dev/programming-guides/encoding.
 */
import { encodeUtf8 } from "../../base/utf8.js";

export const WIRE_VARINT = 0;
export const WIRE_64_BIT = 1;
export const WIRE_BYTES = 2;
export const WIRE_32_BIT = 5;

/** Bytes that are kept free for the length of a message within another: lengths below 256 MiB. */
const LENGTH_BYTES = 4;

export class ProtobufWriter {
  #bytes: Uint8Array;
  #view: DataView;
  #at = 0;

  constructor(capacity = 1_024) {
    this.#bytes = new Uint8Array(capacity);
    this.#view = new DataView(this.#bytes.buffer);
  }

  /** What was written so far; stays valid until the next field. */
  bytes(): Uint8Array {
    return this.#bytes.subarray(0, this.#at);
  }

  /** int32, int64, uint32, uint64, bool and enum fields. A number must be whole; negative ones take ten bytes. */
  varint(field: number, value: number | bigint): void {
    this.#tag(field, WIRE_VARINT);
    this.#varint(value);
  }

  bool(field: number, value: boolean): void {
    this.varint(field, value ? 1 : 0);
  }

  double(field: number, value: number): void {
    this.#tag(field, WIRE_64_BIT);
    this.#reserve(8);
    this.#view.setFloat64(this.#at, value, true);
    this.#at += 8;
  }

  /** fixed64 and sfixed64. */
  fixed64(field: number, value: bigint): void {
    this.#tag(field, WIRE_64_BIT);
    this.#reserve(8);
    this.#view.setBigUint64(this.#at, BigInt.asUintN(64, value), true);
    this.#at += 8;
  }

  fixed32(field: number, value: number): void {
    this.#tag(field, WIRE_32_BIT);
    this.#reserve(4);
    this.#view.setUint32(this.#at, value >>> 0, true);
    this.#at += 4;
  }

  string(field: number, value: string): void {
    this.raw(field, encodeUtf8(value));
  }

  raw(field: number, value: Uint8Array): void {
    this.#tag(field, WIRE_BYTES);
    this.#varint(value.length);
    this.#reserve(value.length);
    this.#bytes.set(value, this.#at);
    this.#at += value.length;
  }

  /** A message within this one; `write` writes its fields to this same writer. */
  message(field: number, write: () => void): void {
    this.#tag(field, WIRE_BYTES);
    this.#reserve(LENGTH_BYTES);
    const lengthAt = this.#at;
    this.#at += LENGTH_BYTES;
    write();
    const length = this.#at - lengthAt - LENGTH_BYTES;
    // The length in exactly so many bytes: a varint may be longer than it needs to be, every reader takes it.
    for (let byte = 0; byte < LENGTH_BYTES; byte++)
      this.#bytes[lengthAt + byte] = ((length >>> (7 * byte)) & 0x7f) | (byte < LENGTH_BYTES - 1 ? 0x80 : 0);
  }

  /** A repeated field of varints, packed. */
  packed(field: number, values: readonly (number | bigint)[]): void {
    if (values.length === 0) return;
    this.message(field, () => {
      for (const value of values) this.#varint(value);
    });
  }

  /** A repeated field of words of eight bytes, packed; whole numbers may be decimal texts. */
  packedWords(field: number, type: "fixed64" | "double", values: readonly unknown[]): void {
    if (values.length === 0) return;
    this.message(field, () => {
      this.#reserve(values.length * 8);
      for (const value of values) {
        if (type === "double") this.#view.setFloat64(this.#at, Number(value), true);
        else this.#view.setBigUint64(this.#at, BigInt(value as string | number), true);
        this.#at += 8;
      }
    });
  }

  #tag(field: number, wireType: number): void {
    this.#varint((field << 3) | wireType);
  }

  #varint(value: number | bigint): void {
    this.#reserve(10);
    if (typeof value === "bigint" || value < 0 || value > Number.MAX_SAFE_INTEGER) {
      this.#varint64(BigInt.asUintN(64, BigInt(value)));
      return;
    }
    let rest = value;
    while (rest >= 0x80) {
      this.#bytes[this.#at++] = (rest % 0x80) | 0x80;
      rest = Math.floor(rest / 0x80);
    }
    this.#bytes[this.#at++] = rest;
  }

  #varint64(value: bigint): void {
    let rest = value;
    while (rest >= 0x80n) {
      this.#bytes[this.#at++] = Number(rest & 0x7fn) | 0x80;
      rest >>= 7n;
    }
    this.#bytes[this.#at++] = Number(rest);
  }

  #reserve(bytes: number): void {
    if (this.#at + bytes <= this.#bytes.length) return;
    const grown = new Uint8Array(Math.max(this.#bytes.length * 2, this.#at + bytes));
    grown.set(this.#bytes);
    this.#bytes = grown;
    this.#view = new DataView(grown.buffer);
  }
}
