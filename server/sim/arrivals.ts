/**
 * Open arrivals at the edge. The arrivals of each second are a function of the seed and that second alone: their number
 * is Poisson with the rate of the load curve, their instants are uniform in the second (which makes a Poisson process,
 * conditional on the count: W. Feller vol. II, I.2), so a world can begin anywhere and needs no state from before.
 *
 * A request's number is (second mod 131,072) · 32,768 + its rank in the second: unique in any window of 36 hours. Extra
 * arrivals of a surge take ranks from the top, so that the usual ones keep theirs.
 */
import type { Checkpointed, StateReader, StateWriter } from "../base/state-stream.js";
import { combine, type DrawKey, uniform } from "../base/draw.js";
import { LimitError } from "../base/limit-error.js";
import { poisson } from "../base/poisson.js";
import { MICROS_PER_SECOND } from "../base/time.js";
import type { Model } from "../topology/model-types.js";
import type { RequestDraws } from "./request-draws.js";

export const REQUESTS_PER_SECOND_MAX = 32_768;
export const SECONDS_OF_REQUEST_IDS = 131_072;

const FOR_COUNT = 1;
const FOR_EXTRA_COUNT = 2;
const FOR_INSTANT = 3;
const FOR_THINNING = 4;

export class Arrivals implements Checkpointed {
  /** Arrivals of the drawn second in order of time. */
  readonly atUs = new Float64Array(REQUESTS_PER_SECOND_MAX);
  readonly request = new Int32Array(REQUESTS_PER_SECOND_MAX);
  readonly journey = new Uint8Array(REQUESTS_PER_SECOND_MAX);
  count = 0;
  /** Multiplies the rate of each journey; 1 without faults. Written by the engine. */
  readonly factors: Float64Array;
  readonly #shares: Float64Array;
  readonly #instants = new Float64Array(REQUESTS_PER_SECOND_MAX);

  constructor(
    readonly model: Model,
    readonly draws: RequestDraws,
  ) {
    this.factors = new Float64Array(model.journeys.length).fill(1);
    let sum = 0;
    this.#shares = Float64Array.from(model.journeys, (journey) => (sum += journey.spec.share));
  }

  /** Requests per second over all journeys at an instant, without faults. */
  rateAt(atUs: number): number {
    const { rps, dailyCurve } = this.model.topology.load;
    if (dailyCurve.length === 0) return rps;
    const hours = (atUs / (3_600 * MICROS_PER_SECOND)) % 24;
    const position = (hours / 24) * dailyCurve.length;
    const from = Math.floor(position) % dailyCurve.length;
    const to = (from + 1) % dailyCurve.length;
    const within = position - Math.floor(position);
    return rps * (dailyCurve[from] * (1 - within) + dailyCurve[to] * within);
  }

  /** Draws the arrivals of a second (whole seconds since the epoch). */
  draw(second: number): void {
    const key = combine(this.draws.keys.arrivals, second % SECONDS_OF_REQUEST_IDS);
    const rate = this.rateAt((second + 0.5) * MICROS_PER_SECOND);
    const first = (second % SECONDS_OF_REQUEST_IDS) * REQUESTS_PER_SECOND_MAX;
    this.count = 0;
    this.#drawUsual(rate, key, second, first);
    for (let journey = 0; journey < this.factors.length; journey++) {
      if (this.factors[journey] > 1) this.#drawExtra(journey, rate, key, second, first);
    }
  }

  save(writer: StateWriter): void {
    writer.section();
    writer.array(this.atUs, this.count);
    writer.array(this.request, this.count);
    writer.array(this.journey, this.count);
    writer.array(this.factors);
  }

  restore(reader: StateReader): void {
    reader.section();
    this.count = reader.into(this.atUs);
    reader.into(this.request);
    reader.into(this.journey);
    reader.into(this.factors);
  }

  #drawUsual(rate: number, key: DrawKey, second: number, first: number): void {
    const count = poisson(rate, combine(key, FOR_COUNT));
    this.#checkCount(count, second);
    this.#drawInstants(count, combine(key, FOR_INSTANT));
    for (let rank = 0; rank < count; rank++) {
      const request = (first + rank) | 0;
      const journey = this.#journeyAt(this.draws.journeyDraw(request));
      const kept =
        this.factors[journey] >= 1 || uniform(combine(combine(key, FOR_THINNING), rank)) < this.factors[journey];
      if (kept) this.#insert(second * MICROS_PER_SECOND + this.#instants[rank], request, journey);
    }
  }

  #drawExtra(journey: number, rate: number, key: DrawKey, second: number, first: number): void {
    const share = this.model.journeys[journey].spec.share;
    const extraKey = combine(combine(key, FOR_EXTRA_COUNT), journey);
    const count = poisson(rate * share * (this.factors[journey] - 1), extraKey);
    this.#checkCount(this.count + count, second);
    this.#drawInstants(count, combine(extraKey, FOR_INSTANT));
    for (let rank = 0; rank < count; rank++) {
      const request = (first + REQUESTS_PER_SECOND_MAX - 1 - this.count) | 0;
      this.#insert(second * MICROS_PER_SECOND + this.#instants[rank], request, journey);
    }
  }

  #drawInstants(count: number, key: DrawKey): void {
    for (let index = 0; index < count; index++) {
      this.#instants[index] = Math.floor(uniform(combine(key, index)) * MICROS_PER_SECOND);
    }
    this.#instants.subarray(0, count).sort();
  }

  /** Keeps the order of time; usual arrivals come sorted, so only extra ones move anything. */
  #insert(atUs: number, request: number, journey: number): void {
    let at = this.count++;
    while (at > 0 && this.atUs[at - 1] > atUs) {
      this.atUs[at] = this.atUs[at - 1];
      this.request[at] = this.request[at - 1];
      this.journey[at] = this.journey[at - 1];
      at--;
    }
    this.atUs[at] = atUs;
    this.request[at] = request;
    this.journey[at] = journey;
  }

  #journeyAt(u: number): number {
    let journey = 0;
    while (journey < this.#shares.length - 1 && this.#shares[journey] <= u) journey++;
    return journey;
  }

  #checkCount(count: number, second: number): void {
    if (count < REQUESTS_PER_SECOND_MAX) return;
    throw new LimitError(
      "arrivals in a second",
      REQUESTS_PER_SECOND_MAX - 1,
      count,
      `Lower the load of the scenario (second ${String(second)}).`,
    );
  }
}
