/**
 * The numbers of requests: (second mod 131,072) · 32,768 + rank, so that the number of an open arrival tells its second
 * and is unique in any window of 36 hours. Usual arrivals take ranks from the bottom, those of a surge from the top.
 * Other sources have ranks of their own in between, in places that do not depend on what else there is, so that no
 * source moves the numbers of another:
 *
 *   8,192 … 12,287   crowds: arrivals with an identity that a fault brings (bots, one tenant), 1,024 for each
 *  12,288 … 12,799   probes
 *  12,800 … 16,383   campaigns
 *  16,384 … 24,575   users who wait for answers
 *
 * A request of a waiting user is not numbered by its second, which depends on how long answers take, but by user, cycle
 * and try, so that it pairs with the one of a world where answers take longer. The 2^30 numbers are shared out evenly:
 * with u users and t tries a cycle each user has 2^30 / (u·t) cycles before its numbers repeat.
 */

export const REQUESTS_PER_SECOND_MAX = 32_768;
export const SECONDS_OF_REQUEST_IDS = 131_072;

const RANK_BITS = 15;
const RANK_MASK = REQUESTS_PER_SECOND_MAX - 1;

const CROWDS_FROM = 8_192;
export const CROWD_RANKS = 1_024;
export const CROWDS_MAX = 4;
const PROBES_FROM = 12_288;
export const PROBE_RANKS = 512;
const CAMPAIGNS_FROM = 12_800;
export const CAMPAIGN_RANKS = 3_584;
const USERS_FROM = 16_384;
const USER_RANKS = 8_192;
const USERS_TO = USERS_FROM + USER_RANKS;
/** Numbers of requests of waiting users. */
const USER_NUMBERS = USER_RANKS * SECONDS_OF_REQUEST_IDS;

/** What there is besides open arrivals. */
export interface NumberedSources {
  readonly crowds: number;
  readonly probes: boolean;
  readonly campaigns: boolean;
  /** Users who wait for answers, and tries of a cycle at most. */
  readonly waitingUsers: number;
  readonly triesMax: number;
}

const OPEN_ONLY: NumberedSources = { crowds: 0, probes: false, campaigns: false, waitingUsers: 0, triesMax: 1 };

const firstOf = (second: number): number => (second % SECONDS_OF_REQUEST_IDS) * REQUESTS_PER_SECOND_MAX;

/** Second of a request that is numbered by it, within SECONDS_OF_REQUEST_IDS. */
export const secondOf = (request: number): number => request >>> RANK_BITS;
/** Its place among those of its second. */
export const rankOf = (request: number): number => request & RANK_MASK;

export class RequestNumbers {
  /** Usual arrivals of a second stay below this rank, extra ones at or above the other. */
  readonly usualTo: number;
  readonly extraFrom: number;
  /** Whether any request has a number of another kind than open arrivals. */
  readonly special: boolean;
  /** Cycles after which the numbers of a user repeat. */
  readonly cyclesMax: number;
  readonly #perUser: number;

  constructor(readonly sources: NumberedSources = OPEN_ONLY) {
    const { crowds, probes, campaigns, waitingUsers, triesMax } = sources;
    const places = [
      { used: crowds > 0, from: CROWDS_FROM, to: PROBES_FROM },
      { used: probes, from: PROBES_FROM, to: CAMPAIGNS_FROM },
      { used: campaigns, from: CAMPAIGNS_FROM, to: USERS_FROM },
      { used: waitingUsers > 0, from: USERS_FROM, to: USERS_TO },
    ].filter(({ used }) => used);
    this.special = places.length > 0;
    this.usualTo = Math.min(REQUESTS_PER_SECOND_MAX, ...places.map(({ from }) => from));
    this.extraFrom = Math.max(0, ...places.map(({ to }) => to));
    this.#perUser = Math.floor(USER_NUMBERS / Math.max(1, waitingUsers));
    this.cyclesMax = Math.floor(this.#perUser / triesMax);
  }

  usual(second: number, rank: number): number {
    return (firstOf(second) + rank) | 0;
  }

  /** Extra arrivals are numbered from the top. */
  extra(second: number, ordinal: number): number {
    return (firstOf(second) + REQUESTS_PER_SECOND_MAX - 1 - ordinal) | 0;
  }

  crowd(second: number, crowd: number, ordinal: number): number {
    return (firstOf(second) + CROWDS_FROM + crowd * CROWD_RANKS + ordinal) | 0;
  }

  probe(second: number, probe: number): number {
    return (firstOf(second) + PROBES_FROM + probe) | 0;
  }

  campaign(second: number, ordinal: number): number {
    return (firstOf(second) + CAMPAIGNS_FROM + ordinal) | 0;
  }

  waiting(user: number, cycle: number, tried: number): number {
    const index = user * this.#perUser + (cycle % this.cyclesMax) * this.sources.triesMax + tried;
    return (Math.floor(index / USER_RANKS) * REQUESTS_PER_SECOND_MAX + USERS_FROM + (index % USER_RANKS)) | 0;
  }

  /** The crowd that the request belongs to, −1 for none. */
  crowdOf(request: number): number {
    const place = (request & RANK_MASK) - CROWDS_FROM;
    return place >= 0 && place < this.sources.crowds * CROWD_RANKS ? Math.floor(place / CROWD_RANKS) : -1;
  }

  /** The probe that sent the request, −1 for none. */
  probeOf(request: number): number {
    const place = (request & RANK_MASK) - PROBES_FROM;
    return this.sources.probes && place >= 0 && place < PROBE_RANKS ? place : -1;
  }

  /** The waiting user who sent the request, −1 for none. */
  waitingUserOf(request: number): number {
    const place = (request & RANK_MASK) - USERS_FROM;
    if (this.sources.waitingUsers === 0 || place < 0 || place >= USER_RANKS) return -1;
    return Math.floor(((request >>> RANK_BITS) * USER_RANKS + place) / this.#perUser);
  }

  /** Number of the cycle within those that a user has numbers for; for a request of a waiting user. */
  cycleOf(request: number): number {
    const place = (request & RANK_MASK) - USERS_FROM;
    const index = (request >>> RANK_BITS) * USER_RANKS + place;
    return Math.floor((index % this.#perUser) / this.sources.triesMax);
  }
}
