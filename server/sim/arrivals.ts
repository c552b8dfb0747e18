/**
 * Open arrivals at the edge. The arrivals of each second are a function of the seed and that second alone: their number
 * is Poisson with the rate of the load curve, their instants are uniform in the second (which makes a Poisson process,
 * conditional on the count: W. Feller vol. II, I.2), so a world can begin anywhere and needs no state from before.
 * Campaigns, surges and crowds are further Poisson processes beside the usual one, so that nothing of it moves when they
 * come or go; fewer arrivals than usual are the usual ones thinned (Lewis & Shedler, 1979).
 */
import type { Checkpointed, StateReader, StateWriter } from "../base/state-stream.js";
import { combine, type DrawKey, uniform } from "../base/draw.js";
import { LimitError } from "../base/limit-error.js";
import { poisson } from "../base/poisson.js";
import { MICROS_PER_SECOND } from "../base/time.js";
import type { ShareSpec } from "../topology/load-spec.js";
import type { Model } from "../topology/model-types.js";
import { campaignExcess, curveAt, openRateAt } from "./load-curves.js";
import type { RequestDraws } from "./request-draws.js";
import { CAMPAIGN_RANKS, CROWD_RANKS, REQUESTS_PER_SECOND_MAX, SECONDS_OF_REQUEST_IDS } from "./request-numbers.js";

const FOR_COUNT = 1;
const FOR_EXTRA_COUNT = 2;
const FOR_INSTANT = 3;
const FOR_THINNING = 4;
const FOR_CAMPAIGN_COUNT = 5;
const FOR_CROWD_COUNT = 6;

/** More of a journey, or of all (−1), that dies away. */
export interface DecayingSurge {
  readonly journey: number;
  readonly excess: number;
  readonly fromUs: number;
  readonly halfLifeUs: number;
}

/** One further process of arrivals within a second. */
interface Source {
  readonly rate: number;
  readonly key: DrawKey;
  readonly second: number;
  readonly ranks: number;
  readonly numberOf: (ordinal: number) => number;
  readonly journeyOf: (request: number) => number;
}

export class Arrivals implements Checkpointed {
  /** Arrivals of the drawn second in order of time. */
  readonly atUs = new Float64Array(REQUESTS_PER_SECOND_MAX);
  readonly request = new Int32Array(REQUESTS_PER_SECOND_MAX);
  readonly journey = new Uint8Array(REQUESTS_PER_SECOND_MAX);
  count = 0;
  /** Multiplies the rate of each journey; 1 without faults. Written by effects, like what follows. */
  readonly factors: Float64Array;
  readonly surges: DecayingSurge[] = [];
  /** By crowd of the model: share of its full strength. */
  readonly crowdStrength: Float64Array;
  /** Usual share of each journey in the drawn second, cumulative. */
  readonly #shares: Float64Array;
  readonly #campaignShares: readonly Float64Array[];
  readonly #crowdJourney: Int32Array;
  readonly #instants = new Float64Array(REQUESTS_PER_SECOND_MAX);

  constructor(
    readonly model: Model,
    readonly draws: RequestDraws,
  ) {
    const { journeys, topology } = model;
    this.factors = new Float64Array(journeys.length).fill(1);
    this.crowdStrength = new Float64Array(draws.crowds.length);
    this.#shares = cumulative(journeys.map(({ spec }) => spec.share));
    this.#campaignShares = (topology.load.campaigns ?? []).map((campaign) => this.#mixOf(campaign.journeys));
    this.#crowdJourney = Int32Array.from(draws.crowds, ({ journey }) =>
      journeys.findIndex(({ spec }) => spec.id === journey),
    );
  }

  /** Usual arrivals per second over all journeys at an instant, campaigns included. */
  rateAt(atUs: number): number {
    const { load } = this.model.topology;
    const usual = openRateAt(load, atUs);
    let excess = 0;
    for (const campaign of load.campaigns ?? []) excess += campaignExcess(campaign, atUs);
    return excess === 0 ? usual : usual * (1 + excess);
  }

  /** Draws the arrivals of a second (whole seconds since the epoch). */
  draw(second: number): void {
    const { load } = this.model.topology;
    const key = combine(this.draws.keys.arrivals, second % SECONDS_OF_REQUEST_IDS);
    const middleUs = (second + 0.5) * MICROS_PER_SECOND;
    const base = openRateAt(load, middleUs);
    const rate = load.journeyCurves === undefined ? base : base * this.#setShares(middleUs);
    this.count = 0;
    this.#drawUsual(rate, key, second);
    const campaigns = load.campaigns === undefined ? 0 : this.#drawCampaigns(base, key, second);
    for (let journey = 0; journey < this.factors.length; journey++) {
      const factor = this.#factorAt(journey, middleUs);
      if (factor > 1) this.#drawExtra(journey, rate * (1 + campaigns), factor, key, second);
    }
    for (let crowd = 0; crowd < this.crowdStrength.length; crowd++) {
      if (this.crowdStrength[crowd] > 0) this.#drawCrowd(crowd, base, key, second);
    }
  }

  save(writer: StateWriter): void {
    writer.section();
    writer.array(this.atUs, this.count);
    writer.array(this.request, this.count);
    writer.array(this.journey, this.count);
    writer.array(this.factors);
  }

  /** What effects have written is written anew by the control plane. */
  restore(reader: StateReader): void {
    reader.section();
    this.count = reader.into(this.atUs);
    reader.into(this.request);
    reader.into(this.journey);
    reader.into(this.factors);
  }

  /** Brings the usual shares up to the curves of the journeys; the sum of their factors, weighted. */
  #setShares(atUs: number): number {
    const { journeyCurves = {} } = this.model.topology.load;
    const { journeys } = this.model;
    const weights = journeys.map(({ spec }) => spec.share * curveAt(journeyCurves[spec.id] ?? [], atUs));
    this.#shares.set(cumulative(weights));
    const sum = weights.reduce((total, weight) => total + weight, 0);
    for (let journey = 0; journey < this.#shares.length; journey++) this.#shares[journey] /= sum === 0 ? 1 : sum;
    return sum;
  }

  #factorAt(journey: number, atUs: number): number {
    let factor = this.factors[journey];
    for (const surge of this.surges) {
      if (surge.journey < 0 || surge.journey === journey)
        factor *= 1 + surge.excess * 2 ** (-Math.max(0, atUs - surge.fromUs) / surge.halfLifeUs);
    }
    return factor;
  }

  #drawUsual(rate: number, key: DrawKey, second: number): void {
    const count = poisson(rate, combine(key, FOR_COUNT));
    this.#checkCount(count, this.draws.numbers.usualTo, second);
    this.#drawInstants(count, combine(key, FOR_INSTANT));
    for (let rank = 0; rank < count; rank++) {
      const request = this.draws.numbers.usual(second, rank);
      const journey = placeAt(this.#shares, this.draws.journeyDraw(request));
      if (this.#isKept(journey, key, rank))
        this.#insert(second * MICROS_PER_SECOND + this.#instants[rank], request, journey);
    }
  }

  /** Draws what campaigns bring; the sum of what they add, in multiples of the usual arrivals. */
  #drawCampaigns(base: number, key: DrawKey, second: number): number {
    const { numbers } = this.draws;
    let ordinal = 0;
    let sum = 0;
    for (const [index, campaign] of (this.model.topology.load.campaigns ?? []).entries()) {
      const excess = campaignExcess(campaign, (second + 0.5) * MICROS_PER_SECOND);
      sum += excess;
      if (excess <= 0) continue;
      const from = ordinal;
      ordinal += this.#drawSource({
        rate: base * excess,
        key: combine(combine(key, FOR_CAMPAIGN_COUNT), index),
        second,
        ranks: CAMPAIGN_RANKS - from,
        numberOf: (place) => numbers.campaign(second, from + place),
        journeyOf: (request) => placeAt(this.#campaignShares[index], this.draws.journeyDraw(request)),
      });
    }
    return sum;
  }

  #drawExtra(journey: number, rate: number, factor: number, key: DrawKey, second: number): void {
    const share = this.#shares[journey] - (journey === 0 ? 0 : this.#shares[journey - 1]);
    const { numbers } = this.draws;
    const usual =
      this.model.topology.load.journeyCurves === undefined ? this.model.journeys[journey].spec.share : share;
    const extraKey = combine(combine(key, FOR_EXTRA_COUNT), journey);
    const count = poisson(rate * usual * (factor - 1), extraKey);
    this.#checkCount(this.count + count, REQUESTS_PER_SECOND_MAX - numbers.extraFrom, second);
    this.#drawInstants(count, combine(extraKey, FOR_INSTANT));
    for (let rank = 0; rank < count; rank++) {
      const request = numbers.extra(second, this.count);
      this.#insert(second * MICROS_PER_SECOND + this.#instants[rank], request, journey);
    }
  }

  #drawCrowd(crowd: number, base: number, key: DrawKey, second: number): void {
    const { ratio, fromUs, halfLifeUs } = this.draws.crowds[crowd];
    const { numbers } = this.draws;
    const elapsed = (second + 0.5) * MICROS_PER_SECOND - fromUs;
    const left = halfLifeUs > 0 && elapsed > 0 ? 2 ** (-elapsed / halfLifeUs) : 1;
    this.#drawSource({
      rate: base * ratio * left * this.crowdStrength[crowd],
      key: combine(combine(key, FOR_CROWD_COUNT), crowd),
      second,
      ranks: CROWD_RANKS,
      numberOf: (ordinal) => numbers.crowd(second, crowd, ordinal),
      journeyOf: (request) =>
        this.#crowdJourney[crowd] >= 0
          ? this.#crowdJourney[crowd]
          : placeAt(this.#shares, this.draws.journeyDraw(request)),
    });
  }

  /** How many it drew, kept or not. */
  #drawSource({ rate, key, second, ranks, numberOf, journeyOf }: Source): number {
    const count = poisson(rate, key);
    this.#checkCount(count, ranks, second);
    this.#checkCount(this.count + count, REQUESTS_PER_SECOND_MAX, second);
    this.#drawInstants(count, combine(key, FOR_INSTANT));
    for (let ordinal = 0; ordinal < count; ordinal++) {
      const request = numberOf(ordinal);
      const journey = journeyOf(request);
      if (this.#isKept(journey, key, ordinal))
        this.#insert(second * MICROS_PER_SECOND + this.#instants[ordinal], request, journey);
    }
    return count;
  }

  #isKept(journey: number, key: DrawKey, rank: number): boolean {
    const factor = this.factors[journey];
    return factor >= 1 || uniform(combine(combine(key, FOR_THINNING), rank)) < factor;
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

  #mixOf(journeys: readonly ShareSpec[]): Float64Array {
    const shareOf = (id: string): number => journeys.find(({ name }) => name === id)?.share ?? 0;
    return cumulative(this.model.journeys.map(({ spec }) => (journeys.length === 0 ? spec.share : shareOf(spec.id))));
  }

  #checkCount(count: number, limit: number, second: number): void {
    if (count < limit) return;
    throw new LimitError(
      "arrivals in a second",
      limit - 1,
      count,
      `Lower the load of the scenario (second ${String(second)}).`,
    );
  }
}

function cumulative(weights: readonly number[]): Float64Array {
  let sum = 0;
  return Float64Array.from(weights, (weight) => (sum += weight));
}

function placeAt(shares: Float64Array, u: number): number {
  let place = 0;
  while (place < shares.length - 1 && shares[place] <= u) place++;
  return place;
}
