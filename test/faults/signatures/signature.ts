/**
 * What a fault looks like on the shop: a row of data for each class. Everything is written as a scenario file writes it,
 * so a row also shows that a file can ask for the fault, for the change that brings it and for its cure.
 */

type Written = Readonly<Record<string, unknown>>;

/** Merged into the written topology, key by key; `null` takes a key away. */
export type TopologyPatch = Written;

/**
 * How a measure of the world stands to that of its healthy twin over the same window.
 * - `p50`, `p99`, `mean`: durations, times the twin's. `calls`: their number, times the twin's.
 * - `errors`: share that failed, minus the twin's.
 * - `ratio`, `more`: value of a query, times or minus the twin's; `$window` in it is the length of the window.
 * - `traces`: those that begin at a service, and `lines`: log lines of a service, times what is found of the twin.
 * - `early`: share of the handlings of a service that seem to begin before they were asked for, minus the twin's.
 * - `alerts`: those of a rule that fire at the end of the window, minus the twin's.
 */
export type Measure =
  "p50" | "p99" | "mean" | "calls" | "errors" | "ratio" | "more" | "traces" | "lines" | "early" | "alerts";

/** Something that differs from the twin, and by how much at least or at most. */
export interface Sign {
  /**
   * `order -> payment` is calls as the caller sees them, `payment` handlings, `order POST /orders` those of one
   * operation; with `ratio` and `more` a PromQL query, with `alerts` a rule.
   */
  readonly of: string;
  readonly measure: Measure;
  readonly min?: number;
  readonly max?: number;
  /** False where the cure leaves this as it is (it takes users out of the trouble, not the trouble away). */
  readonly cured?: boolean;
  /** How far from the twin it may be after the cure; 15 % of the excess, 0.15 of a ratio, 0.01 of a share if left out. */
  readonly slack?: number;
}

export interface Signature {
  readonly class: string;
  /** Tells rows of one class apart. */
  readonly variant?: string;
  readonly target: string;
  readonly parameters?: Written;
  /** Shape, scope and their times, as the file writes them. */
  readonly fault?: Written;
  /** What the shop lacks for this fault. */
  readonly topology?: TopologyPatch;
  /**
   * The change that brings the fault: a setting of the target, a deploy of it, a flag of the shop that is turned, or
   * none. A rollback takes it back.
   */
  readonly trigger: "setting" | "deploy" | { readonly flag: string; readonly value: boolean } | "none";
  /** Seconds until the signs are looked for, for how long, and from the end of the cure until they are looked for again. */
  readonly settle?: number;
  readonly window?: number;
  readonly recover?: number;
  readonly signs: readonly Sign[];
  /** Journeys with a share of requests that fail or are much slower, at least so large. */
  readonly hurt: Readonly<Record<string, number>>;
  /** Journeys of which at most 2 % of requests are hurt. */
  readonly unhurt: readonly string[];
  /** Components whose every handling is the same to the bit. */
  readonly same?: readonly string[];
  /** Components whose mean and p99 stay within a share of the twin's, and their errors within half a percent. */
  readonly flat?: Readonly<Record<string, number>>;
  /** Orders that end it, one after the other; `rollback` takes the trigger back, `ends`: the fault ends by itself. */
  readonly cure: "rollback" | "ends" | readonly Written[];
  /** Orders that look plausible and do not help. */
  readonly wrongCure: readonly Written[];
}
