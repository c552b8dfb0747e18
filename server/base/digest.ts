/**
 * A 64-bit running hash over numbers and text, for "are these two the same bytes?". Two lanes of MurmurHash3's mixing;
 * not for secrets. Doubles are hashed by their bits, so −0 and 0 differ and every NaN is one.
 */
import { mix } from "./draw.js";

export class Digest {
  #low = 0x1234_5678;
  #high = 0x0fed_cba9;
  readonly #double = new Float64Array(1);
  readonly #words = new Int32Array(this.#double.buffer);

  int(value: number): this {
    this.#low = mix(Math.imul(this.#low, 31) + value);
    this.#high = mix((this.#high ^ value) + 0x9e37_79b9);
    return this;
  }

  double(value: number): this {
    this.#double[0] = Number.isNaN(value) ? NaN : value;
    return this.int(this.#words[0]).int(this.#words[1]);
  }

  text(value: string): this {
    for (let at = 0; at < value.length; at++) this.int(value.charCodeAt(at));
    return this.int(value.length);
  }

  /** 16 hex digits. More can be added afterwards. */
  hex(): string {
    const word = (value: number): string => (value >>> 0).toString(16).padStart(8, "0");
    return word(this.#high) + word(this.#low);
  }
}
