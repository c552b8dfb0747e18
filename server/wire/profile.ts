/** Questions and answers about profiles. */

/** `cpu`, `wall` and `lock` in µs; `alloc` in bytes. */
export type ProfileKind = "cpu" | "wall" | "lock" | "alloc";

export interface ProfileRequest {
  readonly kind: ProfileKind;
  readonly service: string;
  readonly version?: string;
  readonly instance?: string;
  /** Windows of ten seconds that end after `fromUs` and not later than `toUs`. */
  readonly fromUs: number;
  readonly toUs: number;
}

export interface FoldedStack {
  /** Frames joined by semicolons, outermost first. */
  readonly stack: string;
  readonly value: number;
}

/** Stacks that differ between two times, in value per second. */
export interface StackDifference {
  readonly stack: string;
  readonly before: number;
  readonly after: number;
}
