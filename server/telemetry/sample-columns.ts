/**
 * The samples of all dense series of one target, by scrape: the newest scrapes as numbers, which cost nothing to write
 * and to read, those before in compressed blocks. Sixteen scrapes become a slab with a block for each series, and eight
 * such slabs one of 128 scrapes, which is denser still. A row that nobody wrote holds staleness markers.
 */
import { FRAME_ROWS, type BlockCodec } from "./block-codec.js";
import { STALE_MARKER } from "./metric-reader.js";

/** Scrapes of a small slab, and of the part that is not compressed. */
const TAIL_ROWS = FRAME_ROWS;
const SLABS_MERGED = 8;
const SLAB_ROWS = TAIL_ROWS * SLABS_MERGED;

/** Consecutive scrapes of all series that there were then. */
interface Slab {
  readonly from: number;
  readonly rows: number;
  /** Where the block of each series begins. */
  readonly offsets: Uint32Array;
  readonly bytes: Uint8Array;
}

/** All samples of one series as numbers: `values[index]` for first ≤ index < end. */
export interface LooseSamples {
  readonly first: number;
  readonly end: number;
  readonly values: Float64Array;
}

export class SampleColumns {
  #slots = 0;
  readonly #slabs: Slab[] = [];
  #tail = new Float64Array(0);
  /** The scrape in the first row of the tail. */
  #tailFrom = 0;
  readonly #codec: BlockCodec;
  readonly #rows = new Float64Array(SLAB_ROWS);

  constructor(codec: BlockCodec) {
    this.#codec = codec;
  }

  /** A place for one more series. */
  addSlot(): number {
    const slot = this.#slots++;
    if (this.#slots * TAIL_ROWS > this.#tail.length) {
      const larger = new Float64Array(Math.max(8, Math.ceil(this.#slots * 1.25)) * TAIL_ROWS).fill(STALE_MARKER);
      larger.set(this.#tail);
      this.#tail = larger;
    }
    return slot;
  }

  /** The sample at scrape `index`, which is not before those that were compressed already. */
  put(slot: number, index: number, value: number): void {
    while (index >= this.#tailFrom + TAIL_ROWS) this.#seal();
    this.#tail[slot * TAIL_ROWS + index - this.#tailFrom] = value;
  }

  /** Samples of scrapes from ≤ index < to, written to `out` from `outAt` on. */
  read(slot: number, from: number, to: number, out: Float64Array, outAt: number): void {
    let until = to;
    if (until > this.#tailFrom) {
      const since = Math.max(from, this.#tailFrom);
      for (let index = since; index < until; index++) {
        out[outAt + index - from] = this.#tail[slot * TAIL_ROWS + index - this.#tailFrom];
      }
      until = since;
    }
    for (let at = this.#slabs.length - 1; at >= 0 && until > from; at--) {
      const slab = this.#slabs[at];
      if (slab.from >= until) continue;
      const since = Math.max(from, slab.from);
      this.#readSlab(slab, slot, since - slab.from, until - slab.from, out, outAt + since - from);
      until = since;
    }
  }

  /** Takes these series and no others, in this order, over `rows` scrapes. */
  rebuild(series: readonly LooseSamples[], rows: number): void {
    this.#slabs.length = 0;
    this.#slots = 0;
    this.#tail = new Float64Array(0);
    this.#tailFrom = 0;
    for (let slot = 0; slot < series.length; slot++) this.addSlot();
    while (this.#tailFrom + TAIL_ROWS <= rows) {
      const from = this.#tailFrom;
      const size = from + SLAB_ROWS <= rows ? SLAB_ROWS : TAIL_ROWS;
      this.#addSlab(from, size, (slot) => {
        copyRows(series[slot], from, this.#rows.subarray(0, size));
      });
      this.#tailFrom += size;
    }
    for (const [slot, samples] of series.entries()) {
      copyRows(samples, this.#tailFrom, this.#tail.subarray(slot * TAIL_ROWS, (slot + 1) * TAIL_ROWS));
    }
  }

  get bytes(): number {
    let bytes = this.#tail.byteLength;
    for (const slab of this.#slabs) bytes += slab.bytes.byteLength + slab.offsets.byteLength;
    return bytes;
  }

  #readSlab(slab: Slab, slot: number, from: number, to: number, out: Float64Array, outAt: number): void {
    if (slot >= slab.offsets.length) out.fill(STALE_MARKER, outAt, outAt + to - from);
    else this.#codec.decode(slab.bytes, slab.offsets[slot], from, to, out, outAt);
  }

  #seal(): void {
    const tail = this.#tail;
    this.#addSlab(this.#tailFrom, TAIL_ROWS, (slot) => {
      this.#rows.set(tail.subarray(slot * TAIL_ROWS, (slot + 1) * TAIL_ROWS));
    });
    tail.fill(STALE_MARKER);
    this.#tailFrom += TAIL_ROWS;
    const small = this.#slabs.slice(-SLABS_MERGED);
    if (small.length === SLABS_MERGED && small.every(({ rows }) => rows === TAIL_ROWS)) this.#merge(small);
  }

  #merge(small: readonly Slab[]): void {
    this.#slabs.length -= small.length;
    this.#addSlab(small[0].from, SLAB_ROWS, (slot) => {
      for (const [at, slab] of small.entries()) this.#readSlab(slab, slot, 0, TAIL_ROWS, this.#rows, at * TAIL_ROWS);
    });
  }

  /** `load` puts the rows of a slot into #rows. */
  #addSlab(from: number, rows: number, load: (slot: number) => void): void {
    const offsets = new Uint32Array(this.#slots);
    for (let slot = 0; slot < this.#slots; slot++) {
      load(slot);
      offsets[slot] = this.#codec.length;
      this.#codec.encode(this.#rows, 0, rows);
    }
    this.#slabs.push({ from, rows, offsets, bytes: this.#codec.take() });
  }
}

/** Samples from scrape `from` on, as many as `into` has room for; markers where there are none. */
function copyRows({ first, end, values }: LooseSamples, from: number, into: Float64Array): void {
  into.fill(STALE_MARKER);
  const since = Math.max(from, first);
  const until = Math.min(from + into.length, end);
  if (first >= 0 && since < until) into.set(values.subarray(since, until), since - from);
}
