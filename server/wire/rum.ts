/** Questions and answers about what browsers of real users have reported. */
import type { TimeWindow } from "./telemetry.js";

export type RumDimension = "page" | "region" | "device" | "version" | "locale";

export type VitalName = "lcp" | "inp" | "cls" | "ttfb";

export interface VitalInfo {
  readonly name: VitalName;
  readonly title: string;
  readonly help: string;
  /** µs, but millionths of the layout shift. Up to `good` is good, above `poor` poor. Source: web.dev, Web Vitals. */
  readonly good: number;
  readonly poor: number;
}

export const VITALS: readonly VitalInfo[] = [
  { name: "lcp", title: "LCP", help: "Largest contentful paint", good: 2_500_000, poor: 4_000_000 },
  { name: "inp", title: "INP", help: "Interaction to next paint", good: 200_000, poor: 500_000 },
  { name: "cls", title: "CLS", help: "Cumulative layout shift", good: 100_000, poor: 250_000 },
  { name: "ttfb", title: "TTFB", help: "Time to first byte", good: 800_000, poor: 1_800_000 },
];

export interface RumRequest extends TimeWindow {
  readonly by: RumDimension;
  /** Only page views with these values. */
  readonly filters: Readonly<Partial<Record<RumDimension, string>>>;
}

export interface VitalFigures {
  /** In the unit of its VitalInfo. */
  readonly p75: number;
  /** Shares of the page views that measured it. */
  readonly good: number;
  readonly poor: number;
  readonly measured: number;
}

export interface RumFigures {
  readonly views: number;
  /** Answered with an error. */
  readonly failed: number;
  /** Left before the answer. */
  readonly abandoned: number;
  /** Stayed, and waited longer than the journey's users put up with. */
  readonly slow: number;
  readonly scriptErrors: number;
  /** One that nothing measured is absent. */
  readonly vitals: Readonly<Partial<Record<VitalName, VitalFigures>>>;
}

export interface RumSession {
  readonly session: string;
  readonly user: string;
  readonly region: string;
  readonly device: string;
  readonly version?: string;
  readonly views: number;
  readonly failed: number;
  readonly abandoned: number;
  readonly slow: number;
  readonly scriptErrors: number;
  readonly lastUs: number;
  /** Page of the newest view that went wrong, and the trace of its request. */
  readonly page: string;
  readonly traceId: string;
}

export interface RumAnswer {
  /** False: no page reports anything in this system. */
  readonly declared: boolean;
  /** Reports are kept from here on. */
  readonly sinceUs: number;
  readonly sampleRatio: number;
  readonly total: RumFigures;
  readonly groups: readonly { readonly name: string; readonly figures: RumFigures }[];
  readonly stepUs: number;
  readonly steps: readonly { readonly toUs: number; readonly figures: RumFigures }[];
  /** Sessions in which something went wrong, the worst first; at most 50 of `sessionsTotal`. */
  readonly sessions: readonly RumSession[];
  readonly sessionsTotal: number;
  /** Values that a dimension has. */
  readonly values: Readonly<Record<RumDimension, readonly string[]>>;
}
