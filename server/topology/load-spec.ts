/**
 * What a topology can say about its load besides the rate and the daily curve, all of it optional: who the users are,
 * when there are more of them, users who wait for an answer before they go on. Shares of a list sum to 1.
 */
import type { Duration, SimTime } from "../base/time.js";
import type { DurationSpec } from "./types.js";

/** A property that users have one value of. */
export interface ShareSpec {
  readonly name: string;
  readonly share: number;
}

/** Where users are, and how far the edge is from there: one way, the last mile left out. */
export interface RegionSpec extends ShareSpec {
  readonly latency: DurationSpec;
}

/** Customers whose users share the system; the weights of tenants follow a Zipf law. */
export interface TenantsSpec {
  readonly count: number;
  readonly zipf: number;
  readonly plans: readonly ShareSpec[];
}

/** When something happens: once, or every day (of the given days) at a time. */
export type MomentSpec =
  | { readonly at: SimTime }
  | {
      /** µs after midnight, UTC. */
      readonly timeOfDay: Duration;
      /** Days of the week, Monday 0; empty is every day. */
      readonly days: readonly number[];
    };

/** More people than usual for a time: a mail, a sale, a broadcast. Rises, stays, and dies away by half-lives. */
export interface CampaignSpec {
  readonly id: string;
  readonly start: MomentSpec;
  /** All arrivals at its height, in multiples of the usual ones; above 1. */
  readonly factor: number;
  readonly ramp: Duration;
  readonly lasts: Duration;
  /** Time in which what is left halves; 0 ends at once. */
  readonly halfLife: Duration;
  /** What those who come do; the shares of the journeys when empty. */
  readonly journeys: readonly ShareSpec[];
}

/** Users who wait for each answer, think, and go on: a closed system. */
export interface PopulationSpec {
  readonly id: string;
  readonly users: number;
  /** More (or fewer) users over time, from a moment on. */
  readonly growth?: { readonly users: number; readonly start: MomentSpec; readonly over: Duration };
  /** Whether the number of users follows the daily and weekly curve. */
  readonly followsCurve: boolean;
  readonly think: DurationSpec;
  /** How long a user waits for an answer; undefined: for ever. */
  readonly patience?: Duration;
  /** What a user does whose request failed or who waited too long: tries again, or goes on as if it had been answered. */
  readonly reload: { readonly share: number; readonly times: number; readonly pause: Duration };
  /** Journeys that may follow a journey; those that are left out go by the shares of the journeys. */
  readonly next: readonly { readonly journey: string; readonly shares: readonly ShareSpec[] }[];
}

export interface LoadDetailSpec {
  /** Factors of the days of a week by UTC date, Monday first. */
  readonly weeklyCurve?: readonly number[];
  /** Factors of the hours of a day for one journey, on top of the daily curve. */
  readonly journeyCurves?: Readonly<Record<string, readonly number[]>>;
  readonly campaigns?: readonly CampaignSpec[];
  readonly populations?: readonly PopulationSpec[];
  readonly tenants?: TenantsSpec;
  readonly regions?: readonly RegionSpec[];
  readonly devices?: readonly ShareSpec[];
  readonly appVersions?: readonly ShareSpec[];
  readonly locales?: readonly ShareSpec[];
}
