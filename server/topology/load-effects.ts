/** Effects of faults on the load: more of it, from whom, where it goes, and what pages do in browsers. */

/** More arrivals with an identity of their own: automated clients, or the users of one tenant. */
export interface CrowdEffect {
  readonly kind: "crowd";
  readonly who: "bots" | "tenant";
  /** Of a tenant: which one, by its place in the order of size. */
  readonly tenant: number;
  /** Undefined: journeys by their shares. */
  readonly journey: string | undefined;
  /** Arrivals in multiples of all usual ones. */
  readonly ratio: number;
  /** Distinct users at most. */
  readonly members: number;
  /** Baskets are this many times as large. */
  readonly items: number;
  readonly fromUs: number;
  /** Time in which what is left halves; 0: it stays. */
  readonly halfLifeUs: number;
}

/** A share of the requests to a service goes to one of its instances, whatever balancing says. */
export interface BalanceSkew {
  readonly kind: "balance-skew";
  readonly service: string;
  readonly share: number;
}

/** What browsers have to load and to do for a page. */
export interface PageDefect {
  readonly kind: "page-defect";
  /** Whose code the page is. */
  readonly service: string;
  /** Undefined: every page. */
  readonly page: string | undefined;
  /** Undefined: every device. */
  readonly device: string | undefined;
  /** Bytes and work of the browser are this many times as much. */
  readonly weightFactor: number;
  readonly workFactor: number;
  /** What is added to the layout shift. */
  readonly shift: number;
  /** Share of page views with an uncaught error. */
  readonly errorRatio: number;
}

export type LoadEffect = CrowdEffect | BalanceSkew | PageDefect;
