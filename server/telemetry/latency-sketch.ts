/**
 * Distributions of durations in fixed memory: 32 buckets to each power of two, as in HdrHistogram, so that a quantile is
 * off by at most 1/64 (1.6 %) of its value. The bucket is found with integer operations alone.
 */
const SUB_BUCKETS = 32;
const SUB_BUCKET_BITS = 5;
/** Values below 32 µs have a bucket of their own; then 27 powers of two up to 2^32 µs. */
const BUCKETS = SUB_BUCKETS * (32 - SUB_BUCKET_BITS + 1);

/** Sketches side by side, one for each of a fixed number of subjects. */
export class LatencySketches {
  readonly #counts: Uint32Array;
  readonly totals: Uint32Array;

  constructor(subjects: number) {
    this.#counts = new Uint32Array(subjects * BUCKETS);
    this.totals = new Uint32Array(subjects);
  }

  /** `durationUs` is a whole number below 2^32. */
  add(subject: number, durationUs: number): void {
    this.#counts[subject * BUCKETS + bucketOf(durationUs)]++;
    this.totals[subject]++;
  }

  /** The duration in µs below which the share `quantile` (0 to 1) of them lies; 0 when there are none. */
  quantileUs(subject: number, quantile: number): number {
    const rank = Math.max(1, Math.ceil(quantile * this.totals[subject]));
    let seen = 0;
    for (let bucket = 0; bucket < BUCKETS; bucket++) {
      seen += this.#counts[subject * BUCKETS + bucket];
      if (seen >= rank) return middleOf(bucket);
    }
    return 0;
  }
}

function bucketOf(value: number): number {
  if (value < SUB_BUCKETS) return value;
  const exponent = 31 - Math.clz32(value);
  return (
    (exponent - SUB_BUCKET_BITS + 1) * SUB_BUCKETS + ((value >>> (exponent - SUB_BUCKET_BITS)) & (SUB_BUCKETS - 1))
  );
}

function middleOf(bucket: number): number {
  if (bucket < SUB_BUCKETS) return bucket;
  const shift = Math.floor(bucket / SUB_BUCKETS) - 1;
  const width = 2 ** shift;
  // The bucket holds the whole numbers from its lower bound to the one before the next bucket.
  return (SUB_BUCKETS + (bucket % SUB_BUCKETS)) * width + (width - 1) / 2;
}
