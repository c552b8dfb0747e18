/**
 * Popularity by Zipf's law: item k of n (1-based) has weight k^−exponent. The inverse is a table of cumulative shares
 * with a guide (Chen and Asau's guide table method), so that a draw costs about two look-ups.
 */

/** Most items of a table: 16 MB of shares. */
export const ZIPF_ITEMS_MAX = 2_000_000;

export class ZipfTable {
  readonly #shares: Float64Array;
  readonly #guide: Int32Array;

  /** `count` items, 1 to ZIPF_ITEMS_MAX; exponent 0 is uniform. */
  constructor(
    readonly count: number,
    exponent: number,
  ) {
    this.#shares = cumulativeShares(count, exponent);
    this.#guide = guideOf(this.#shares);
  }

  /** Rank of the item that `u` in (0, 1) picks, 0-based, the most popular first. */
  rankAt(u: number): number {
    let rank = this.#guide[Math.floor(u * this.#guide.length)];
    while (rank < this.count - 1 && this.#shares[rank] < u) rank++;
    return rank;
  }

  /** Share of all draws that go to the item. */
  shareOf(rank: number): number {
    return rank === 0 ? this.#shares[0] : this.#shares[rank] - this.#shares[rank - 1];
  }
}

function cumulativeShares(count: number, exponent: number): Float64Array {
  const shares = new Float64Array(count);
  let sum = 0;
  for (let rank = 0; rank < count; rank++) {
    sum += Math.pow(rank + 1, -exponent);
    shares[rank] = sum;
  }
  for (let rank = 0; rank < count; rank++) shares[rank] /= sum;
  return shares;
}

/** For each of n equal cells of (0, 1) the first item that can be meant. */
function guideOf(shares: Float64Array): Int32Array {
  const guide = new Int32Array(shares.length);
  let rank = 0;
  for (let cell = 0; cell < guide.length; cell++) {
    while (rank < shares.length - 1 && shares[rank] < cell / guide.length) rank++;
    guide[cell] = rank;
  }
  return guide;
}
