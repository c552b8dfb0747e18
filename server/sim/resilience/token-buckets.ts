/**
 * Token buckets: tokens come at a constant rate up to `burst`, each admission takes one. What is admitted in any time t
 * is at most burst + rate · t. A bucket is full when it is first asked. Tokens can also be given (retry budgets: a share
 * of one for each call).
 *
 * Source: J. Turner, New directions in communications (the leaky bucket as a meter); the use for retries is that of
 * Finagle's RetryBudget and of gRPC's retry throttling.
 */
import type { Checkpointed, StateReader, StateWriter } from "../../base/state-stream.js";
import { MICROS_PER_SECOND } from "../../base/time.js";

/** A token, less what adding up parts of one may lose. */
const ONE = 1 - 1e-9;

export class TokenBuckets implements Checkpointed {
  #tokens: Float64Array;
  #sinceUs: Float64Array;
  #count: number;

  constructor(buckets: number) {
    this.#count = buckets;
    this.#tokens = new Float64Array(buckets);
    this.#sinceUs = new Float64Array(buckets).fill(-1);
  }

  /** The number of a new bucket. */
  add(): number {
    if (this.#count === this.#tokens.length) this.#resize(Math.max(16, this.#count * 2));
    return this.#count++;
  }

  /** Takes a token if there is one. */
  take(bucket: number, perSecond: number, burst: number, nowUs: number): boolean {
    this.#refill(bucket, perSecond, burst, nowUs);
    if (this.#tokens[bucket] < ONE) return false;
    this.#tokens[bucket] = Math.max(0, this.#tokens[bucket] - 1);
    return true;
  }

  /** Adds tokens, up to `burst`. */
  give(bucket: number, tokens: number, perSecond: number, burst: number, nowUs: number): void {
    this.#refill(bucket, perSecond, burst, nowUs);
    this.#tokens[bucket] = Math.min(burst, this.#tokens[bucket] + tokens);
  }

  /** µs until there is a token at this rate. */
  waitUs(bucket: number, perSecond: number): number {
    return Math.ceil((Math.max(0, 1 - this.#tokens[bucket]) / perSecond) * MICROS_PER_SECOND);
  }

  reset(bucket: number): void {
    this.#sinceUs[bucket] = -1;
  }

  save(writer: StateWriter): void {
    writer.array(this.#tokens, this.#count);
    writer.array(this.#sinceUs, this.#count);
  }

  restore(reader: StateReader): void {
    this.#tokens = reader.doubles();
    this.#sinceUs = reader.doubles();
    this.#count = this.#tokens.length;
  }

  #resize(capacity: number): void {
    const tokens = new Float64Array(capacity);
    const sinceUs = new Float64Array(capacity).fill(-1);
    tokens.set(this.#tokens);
    sinceUs.set(this.#sinceUs);
    this.#tokens = tokens;
    this.#sinceUs = sinceUs;
  }

  #refill(bucket: number, perSecond: number, burst: number, nowUs: number): void {
    const since = this.#sinceUs[bucket];
    this.#sinceUs[bucket] = nowUs;
    if (since < 0) this.#tokens[bucket] = burst;
    else
      this.#tokens[bucket] = Math.min(burst, this.#tokens[bucket] + ((nowUs - since) * perSecond) / MICROS_PER_SECOND);
  }
}
