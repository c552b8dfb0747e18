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

/** Which processes of a service, and when. */
export interface ProfileScope {
  readonly version?: string;
  readonly instance?: string;
  readonly fromUs: number;
  readonly toUs: number;
}

export interface ProfileTreeRequest extends ProfileScope {
  readonly kind: ProfileKind;
  readonly service: string;
  /** What it is compared with. */
  readonly baseline?: ProfileScope;
  /** At most 20,000 frames; smaller ones are counted together. */
  readonly nodesMax: number;
  /** How many parts the time is cut into for the order of time; 0 is none. */
  readonly slices: number;
}

/** Stacks merged into a tree. By node, callers before callees. */
export interface ProfileTree {
  /** Names of functions, each once. */
  readonly names: readonly string[];
  /** The caller's node; −1 for the outermost. */
  readonly parent: readonly number[];
  /** Place in `names`. */
  readonly name: readonly number[];
  /** Spent in the function itself, in the unit of the kind. */
  readonly self: readonly number[];
  readonly baselineSelf?: readonly number[];
  /** Frames that were too small to stand alone; what they spent is in nodes that are called `other`. */
  readonly mergedFrames: number;
  /** Length of the windows that were looked at, s. */
  readonly seconds: number;
  readonly baselineSeconds?: number;
  /** In order of time; pairs of nodes and what each spent itself. */
  readonly slices: readonly { readonly fromUs: number; readonly toUs: number; readonly self: readonly number[] }[];
}

export interface ProfileTimelineRequest extends ProfileScope {
  readonly kind: ProfileKind;
  readonly service: string;
  readonly groupBy: "instance" | "version";
}

/** Value per second of each group, by step; a step without a sample of the group is absent. */
export interface ProfileTimeline {
  readonly stepUs: number;
  readonly groups: readonly {
    readonly name: string;
    readonly points: readonly { readonly toUs: number; readonly perSecond: number }[];
  }[];
}

/** One process in one version, as profiles know it. */
export interface ProfiledProcess {
  readonly service: string;
  readonly instance: string;
  readonly version: string;
}
