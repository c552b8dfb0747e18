/** Effects of defects in what an operation does: for some requests it fails, sleeps or computes longer. */
export interface OperationTrouble {
  readonly kind: "operation-trouble";
  readonly service: string;
  /** Undefined: every operation of the service. */
  readonly operation: string | undefined;
  /** Share of the requests concerned that are answered 500. */
  readonly errorRatio: number;
  /** What each of them takes longer, without using the processor; the spread is lognormal. */
  readonly sleepUs: number;
  /** Processor time that each of them takes on top. */
  readonly cpuUs: number;
  /** Which requests are concerned: all, or those with this property. */
  readonly who: RequestFilter;
}

/** A property of requests by their keys; empty means all. */
export interface RequestFilter {
  /** Only while this flag has this value. */
  readonly flag?: { readonly name: string; readonly value: boolean };
  /** Share of users, by a hash of the user. */
  readonly users?: number;
  /** Share of products, by a hash of the product. */
  readonly products?: number;
  readonly region?: string;
  /** Values of what the load declares about users. */
  readonly tenant?: string;
  readonly device?: string;
  readonly appVersion?: string;
  readonly locale?: string;
  /** Baskets of at least so many items. */
  readonly itemsAtLeast?: number;
}

/** Calls of the service to the target go to an address where nobody listens. */
export interface WrongAddress {
  readonly kind: "wrong-address";
  readonly service: string;
  readonly target: string;
}
