/**
 * What a request is by its key: whose it is, how large its basket, which product, from where. The engine asks while it
 * simulates and the views ask when they render, and both get the same answer because it is a pure function of the seed
 * and the request's number.
 */
import { combine, type DrawKey, mix, type SeedKeys, seedKeys, uniform } from "../base/draw.js";
import { quantileAt, QuantileTables } from "../base/quantile-tables.js";
import { ZIPF_ITEMS_MAX, ZipfTable } from "../base/zipf.js";
import type { LoadSpec } from "../topology/types.js";

/* What a draw is for. */
const FOR_JOURNEY = 101;
const FOR_USER = 102;
const FOR_BASKET = 103;
const FOR_PRODUCT = 104;
const FOR_REGION = 105;
const FOR_SESSION = 106;

const PRODUCTS = 5_000;
const PRODUCT_ZIPF = 0.9;
/** Name and cumulative share. */
const REGIONS: readonly (readonly [string, number])[] = [
  ["eu-central", 0.44],
  ["eu-west", 0.68],
  ["us-east", 0.87],
  ["us-west", 0.95],
  ["ap-south", 1],
];

export const REGION_NAMES: readonly string[] = REGIONS.map(([name]) => name);

export class RequestDraws {
  readonly keys: SeedKeys;
  readonly users: ZipfTable;
  readonly products = new ZipfTable(PRODUCTS, PRODUCT_ZIPF);
  readonly #basketTable: Float64Array;
  readonly #basketMedian: number;
  readonly #basketMax: number;

  constructor(seed: string, load: LoadSpec) {
    this.keys = seedKeys(seed);
    this.users = new ZipfTable(Math.min(load.users.count, ZIPF_ITEMS_MAX), load.users.zipf);
    const tables = new QuantileTables();
    tables.offsetOf("lognormal", load.basket.sigma);
    this.#basketTable = tables.build();
    this.#basketMedian = load.basket.median;
    this.#basketMax = load.basket.max;
  }

  /** Key of everything that is drawn for the request. */
  keyOf(request: number): DrawKey {
    return mix(combine(this.keys.requests, request | 0));
  }

  /** In (0, 1): picks the journey by share. */
  journeyDraw(request: number): number {
    return uniform(combine(this.keyOf(request), FOR_JOURNEY));
  }

  userOf(request: number): number {
    return this.users.rankAt(uniform(combine(this.keyOf(request), FOR_USER)));
  }

  /** Items in the basket, 1 to the load's maximum. */
  basketOf(request: number): number {
    const drawn = Math.round(
      this.#basketMedian * quantileAt(this.#basketTable, 0, combine(this.keyOf(request), FOR_BASKET)),
    );
    return Math.min(Math.max(drawn, 1), this.#basketMax);
  }

  productOf(request: number): number {
    return this.products.rankAt(uniform(combine(this.keyOf(request), FOR_PRODUCT)));
  }

  regionOf(request: number): string {
    return REGIONS[this.regionIndexOf(request)][0];
  }

  /** Index into the names of regions. */
  regionIndexOf(request: number): number {
    const u = uniform(combine(this.keyOf(request), FOR_REGION));
    let region = 0;
    while (region < REGIONS.length - 1 && u >= REGIONS[region][1]) region++;
    return region;
  }

  /** 8 hex digits; one for each user and quarter of an hour or so (the request's number without its low bits). */
  sessionOf(request: number): string {
    const key = combine(combine(this.keys.requests, this.userOf(request)), FOR_SESSION + (request >>> 25));
    return (key >>> 0).toString(16).padStart(8, "0");
  }
}

/** `user-01234`, the id that spans, logs and labels show. */
export const userName = (user: number): string => `u-${String(user + 10_000)}`;
export const productName = (product: number): string => `sku-${String(product + 1_000)}`;
