/**
 * Numbers of requests that were met, in one typed array by open addressing: a search over millions of spans adds
 * millions of numbers, and a Set of JavaScript takes ten times as long.
 */
const FREE = 0xffff_ffff;

export class RequestSet {
  #slots = new Uint32Array(4_096).fill(FREE);
  size = 0;

  has(request: number): boolean {
    return this.#slots[this.#slotOf(request)] === request;
  }

  /** Returns whether the number is new. */
  add(request: number): boolean {
    const slot = this.#slotOf(request);
    if (this.#slots[slot] === request) return false;
    this.#slots[slot] = request;
    if (++this.size * 2 > this.#slots.length) this.#grow();
    return true;
  }

  /** The slot that holds the number, or the free one where it belongs. */
  #slotOf(request: number): number {
    const mask = this.#slots.length - 1;
    // Fibonacci hashing: neighbours, as request numbers are, land far apart.
    let slot = (Math.imul(request, 0x9e37_79b1) >>> 7) & mask;
    while (this.#slots[slot] !== FREE && this.#slots[slot] !== request) slot = (slot + 1) & mask;
    return slot;
  }

  #grow(): void {
    const before = this.#slots;
    this.#slots = new Uint32Array(before.length * 2).fill(FREE);
    for (const request of before) if (request !== FREE) this.#slots[this.#slotOf(request)] = request;
  }
}
