/**
 * What a request is by its key: whose it is, how large its basket, which product, from where. The engine asks while it
 * simulates and the views ask when they render, and both get the same answer because it is a pure function of the seed
 * and the request's number. What a topology declares about users (tenants, regions, devices, …) belongs to the user.
 */
import { below, combine, type DrawKey, mix, type SeedKeys, seedKeys, uniform } from "../base/draw.js";
import { quantileAt, QuantileTables } from "../base/quantile-tables.js";
import { ZIPF_ITEMS_MAX, ZipfTable } from "../base/zipf.js";
import type { CrowdEffect } from "../topology/load-effects.js";
import { DEFAULT_REGIONS, regionNamesOf } from "../topology/regions.js";
import type { LoadSpec } from "../topology/types.js";
import { RequestNumbers, secondOf } from "./request-numbers.js";
import { Segments } from "./segments.js";
import { Visits } from "./visits.js";

/* What a draw is for. */
const FOR_JOURNEY = 101;
const FOR_USER = 102;
const FOR_BASKET = 103;
const FOR_PRODUCT = 104;
const FOR_REGION = 105;
const FOR_SESSION = 106;
const FOR_TENANT = 107;
const FOR_PLAN = 108;
const FOR_DEVICE = 109;
const FOR_APP_VERSION = 110;
const FOR_LOCALE = 111;
const FOR_HOME_REGION = 112;
const FOR_MEMBER = 113;

const PRODUCTS = 5_000;
const PRODUCT_ZIPF = 0.9;
/** Users among whom the members of a tenant are looked for. */
const MEMBERS_SCANNED = 200_000;
/** Cycles of a waiting user that make up one session, as a power of two. */
const SESSION_CYCLES_SHIFT = 4;
/** Seconds of one session of a crowd's member, as a power of two. */
const CROWD_SECONDS_SHIFT = 10;

/** A property of users that a topology may declare. */
export type UserProperty = "device" | "appVersion" | "locale";

export class RequestDraws {
  readonly keys: SeedKeys;
  readonly users: ZipfTable;
  readonly products = new ZipfTable(PRODUCTS, PRODUCT_ZIPF);
  readonly regionNames: readonly string[];
  /** Of declared properties: the values that they can have. */
  readonly properties: Readonly<Partial<Record<UserProperty, Segments>>>;
  readonly #visits: Visits;
  readonly #regions: Segments | undefined;
  readonly #tenants: ZipfTable | undefined;
  readonly #plans: Segments | undefined;
  readonly #crowdMembers: readonly Int32Array[];
  readonly #basketTable: Float64Array;
  readonly #basketMedian: number;
  readonly #basketMax: number;
  readonly #userCount: number;

  constructor(
    seed: string,
    load: LoadSpec,
    readonly numbers: RequestNumbers = new RequestNumbers(),
    readonly crowds: readonly CrowdEffect[] = [],
    /** Of each probe in each region. */
    readonly probeNames: readonly string[] = [],
  ) {
    this.keys = seedKeys(seed);
    this.#visits = new Visits(this.keys.requests);
    this.#userCount = Math.min(load.users.count, ZIPF_ITEMS_MAX);
    this.users = new ZipfTable(this.#userCount, load.users.zipf);
    const tables = new QuantileTables();
    tables.offsetOf("lognormal", load.basket.sigma);
    this.#basketTable = tables.build();
    this.#basketMedian = load.basket.median;
    this.#basketMax = load.basket.max;
    this.regionNames = regionNamesOf(load);
    this.#regions = load.regions === undefined ? undefined : new Segments(load.regions, FOR_HOME_REGION);
    const { tenants, devices, appVersions, locales } = load;
    this.#tenants = tenants === undefined ? undefined : new ZipfTable(tenants.count, tenants.zipf);
    this.#plans = tenants === undefined ? undefined : new Segments(tenants.plans, FOR_PLAN);
    this.properties = {
      ...(devices === undefined ? {} : { device: new Segments(devices, FOR_DEVICE) }),
      ...(appVersions === undefined ? {} : { appVersion: new Segments(appVersions, FOR_APP_VERSION) }),
      ...(locales === undefined ? {} : { locale: new Segments(locales, FOR_LOCALE) }),
    };
    this.#crowdMembers = crowds.map((crowd, slot) => this.#membersOf(crowd, slot));
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
    if (this.numbers.special) {
      const waiting = this.numbers.waitingUserOf(request);
      if (waiting >= 0) return this.#userCount + waiting;
      const crowd = this.numbers.crowdOf(request);
      if (crowd >= 0) {
        const members = this.#crowdMembers[crowd];
        return members[below(combine(this.keyOf(request), FOR_MEMBER), members.length)];
      }
    }
    return this.users.rankAt(uniform(combine(this.#visits.visitOf(request), FOR_USER)));
  }

  /** Whether an automated client sent the request. */
  isBot(request: number): boolean {
    const crowd = this.numbers.crowdOf(request);
    return crowd >= 0 && this.crowds[crowd].who === "bots";
  }

  /** Whether a person waits for the answer: neither an automated client nor a probe. */
  isPerson(request: number): boolean {
    return !this.numbers.special || (this.numbers.probeOf(request) < 0 && !this.isBot(request));
  }

  /** The tenant that the user of the request belongs to; −1 where there are none. */
  tenantOf(request: number): number {
    if (this.#tenants === undefined || !this.isPerson(request)) return -1;
    return this.#tenantOfUser(this.userOf(request));
  }

  /** The tenant's plan by name. */
  get planNames(): readonly string[] {
    return this.#plans?.names ?? [];
  }

  planOf(tenant: number): string {
    const plans = this.#plans;
    return plans === undefined ? "" : plans.names[plans.of(combine(this.keys.requests, tenant))];
  }

  /** Place of the value that the request's user has; −1 where the property is not declared. */
  propertyOf(property: UserProperty, request: number): number {
    return this.properties[property]?.of(this.#userKey(this.userOf(request))) ?? -1;
  }

  /** Items in the basket, 1 to the load's maximum. */
  basketOf(request: number): number {
    const drawn = Math.round(
      this.#basketMedian * quantileAt(this.#basketTable, 0, combine(this.keyOf(request), FOR_BASKET)),
    );
    const crowd = this.numbers.special ? this.numbers.crowdOf(request) : -1;
    const items = crowd < 0 ? drawn : Math.round(Math.max(drawn, 1) * this.crowds[crowd].items);
    return Math.min(Math.max(items, 1), this.#basketMax);
  }

  productOf(request: number): number {
    return this.products.rankAt(uniform(combine(this.keyOf(request), FOR_PRODUCT)));
  }

  regionOf(request: number): string {
    return this.regionNames[this.regionIndexOf(request)];
  }

  /** Index into the names of regions. */
  regionIndexOf(request: number): number {
    if (this.#regions !== undefined) return this.#regions.of(this.#userKey(this.userOf(request)));
    const u = uniform(combine(this.#userKey(this.userOf(request)), FOR_REGION));
    let region = 0;
    while (region < DEFAULT_REGIONS.length - 1 && u >= DEFAULT_REGIONS[region][1]) region++;
    return region;
  }

  /** 8 hex digits: a visit; of users who wait a number of cycles, of a crowd's members a quarter of an hour or so. */
  sessionOf(request: number): string {
    const waits = this.numbers.waitingUserOf(request) >= 0;
    const crowd = this.numbers.crowdOf(request) >= 0;
    if (!waits && !crowd) return hexadecimal(combine(this.#visits.visitOf(request), FOR_SESSION));
    const part = waits
      ? this.numbers.cycleOf(request) >>> SESSION_CYCLES_SHIFT
      : secondOf(request) >>> CROWD_SECONDS_SHIFT;
    return hexadecimal(combine(this.#userKey(this.userOf(request)), FOR_SESSION + part));
  }

  #userKey(user: number): DrawKey {
    return combine(this.keys.requests, user);
  }

  #tenantOfUser(user: number): number {
    return this.#tenants?.rankAt(uniform(combine(this.#userKey(user), FOR_TENANT))) ?? -1;
  }

  /** Bots are users of their own after all others; a tenant's are its most active ones. */
  #membersOf({ who, tenant, members }: CrowdEffect, slot: number): Int32Array {
    if (who === "tenant") {
      const found: number[] = [];
      const scanned = Math.min(this.#userCount, MEMBERS_SCANNED);
      for (let user = 0; user < scanned && found.length < members; user++) {
        if (this.#tenantOfUser(user) === tenant) found.push(user);
      }
      if (found.length > 0) return Int32Array.from(found);
    }
    const from = this.#userCount + this.numbers.sources.waitingUsers;
    const before = this.crowds.slice(0, slot).reduce((sum, crowd) => sum + crowd.members, 0);
    return Int32Array.from({ length: members }, (_, place) => from + before + place);
  }
}

const hexadecimal = (key: DrawKey): string => (key >>> 0).toString(16).padStart(8, "0");

/** `user-01234`, the id that spans, logs and labels show. */
export const userName = (user: number): string => `u-${String(user + 10_000)}`;
export const productName = (product: number): string => `sku-${String(product + 1_000)}`;
const FIRST_TENANT = 101;
/** The largest tenant is `acct-101`. */
export const tenantName = (tenant: number): string => `acct-${String(tenant + FIRST_TENANT)}`;
/** The tenant with this name, whether or not there is one. */
export const tenantOfName = (name: string): number => Number(name.replace(/^\D*/, "")) - FIRST_TENANT;
