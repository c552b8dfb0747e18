/**
 * Visits: a user comes, looks at some pages over a few minutes, and goes. Open arrivals are drawn second by second with
 * no state from one to the next, so whose a request is has to follow from its number alone. Each second's arrival of rank
 * r belongs to one of THINK_SECONDS seats, which are that rank's own: a seat sees a request every THINK_SECONDS on average,
 * and there are as many seats as the rate needs. The time of a seat is cut into visits, one after the other, each of a
 * user of its own.
 *
 * Lengths: a median of two and a half minutes and some eight pages, within what analytics of shops report (Contentsquare,
 * Digital Experience Benchmark: three to four minutes, five to nine pages; many visits of one page).
 *
 * Simplification, named: the visits of one seat are of one length, and a visit has no next page to follow from the last.
 */
import { below, combine, type DrawKey } from "../base/draw.js";
import { quantileAt, QuantileTables } from "../base/quantile-tables.js";
import { rankOf, secondOf } from "./request-numbers.js";

const FOR_SEAT = 121;
const FOR_LENGTH = 122;
const FOR_PHASE = 123;

const THINK_SECONDS = 20;
const LENGTH_SECONDS_MEDIAN = 150;
const LENGTH_SIGMA = 0.6;
const LENGTH_SECONDS_MIN = 20;
const LENGTH_SECONDS_MAX = 1_800;

export class Visits {
  readonly #lengths: Float64Array;

  /** @param key of the world's requests */
  constructor(readonly key: DrawKey) {
    const tables = new QuantileTables();
    tables.offsetOf("lognormal", LENGTH_SIGMA);
    this.#lengths = tables.build();
  }

  /** Key of the visit that the open arrival is part of. */
  visitOf(request: number): DrawKey {
    const second = secondOf(request);
    const rank = rankOf(request);
    const place = below(combine(combine(this.key, request | 0), FOR_SEAT), THINK_SECONDS);
    const seat = combine(combine(this.key, rank * THINK_SECONDS + place), FOR_SEAT);
    const length = this.#lengthOf(seat);
    const visit = Math.floor((second + below(combine(seat, FOR_PHASE), length)) / length);
    return combine(seat, visit);
  }

  /** Whole seconds that each visit of the seat takes. */
  #lengthOf(seat: DrawKey): number {
    const drawn = LENGTH_SECONDS_MEDIAN * quantileAt(this.#lengths, 0, combine(seat, FOR_LENGTH));
    return Math.round(Math.min(Math.max(drawn, LENGTH_SECONDS_MIN), LENGTH_SECONDS_MAX));
  }
}
