/** For how long the plant keeps what it has, by signal and by what it is: in ingesters (hot), then in blocks (warm). */
import type { LogLevel, PlantSpec } from "./types.js";

export const SIGNALS = ["metrics", "logs", "traces", "profiles"] as const;
export type Signal = (typeof SIGNALS)[number];

/** Ages in µs: up to `hot` in ingesters, up to `warm` answered at all. */
export interface SignalTiers {
  readonly hot?: number;
  readonly warm?: number;
}

/** Policies of the trace store: what tail sampling kept a trace for; all that it had no reason for are the others. */
export const TRACE_POLICIES = ["errors", "slow", "others"] as const;
export type TracePolicy = (typeof TRACE_POLICIES)[number];

/** The policy of the trace store for what tail sampling kept a trace for (reasons of sim/observability/fates). */
export function policyOf(reason: string): TracePolicy {
  if (reason === "status") return "errors";
  return reason === "latency" ? "slow" : "others";
}

export interface TiersSpec {
  readonly metrics?: SignalTiers;
  readonly logs?: SignalTiers & { readonly levels?: Partial<Readonly<Record<LogLevel, number>>> };
  readonly traces?: SignalTiers & { readonly policies?: Partial<Readonly<Record<TracePolicy, number>>> };
  readonly profiles?: SignalTiers;
}

export interface Retention {
  readonly hotUs: number;
  readonly warmUs: number;
}

/** What the stores of a plant hold in memory where nothing is declared: a head block of 2 h, ingesters of less. */
const HOUR_US = 3_600_000_000;
const HOT_US: Readonly<Record<Signal, number>> = {
  metrics: 2 * HOUR_US,
  logs: HOUR_US,
  traces: HOUR_US / 2,
  profiles: HOUR_US,
};

type Kept = Pick<PlantSpec, "retention" | "tiers">;

export function retentionOf({ retention, tiers }: Kept, signal: Signal): Retention {
  const written = tiers?.[signal];
  const warmUs = written?.warm ?? retention;
  return { hotUs: Math.min(written?.hot ?? HOT_US[signal], warmUs), warmUs };
}

/** Lines of a level may be kept for less, never for more. */
export const levelRetentionUs = (plant: Kept, level: LogLevel): number =>
  Math.min(plant.tiers?.logs?.levels?.[level] ?? Infinity, retentionOf(plant, "logs").warmUs);

export const policyRetentionUs = (plant: Kept, policy: TracePolicy): number =>
  Math.min(plant.tiers?.traces?.policies?.[policy] ?? Infinity, retentionOf(plant, "traces").warmUs);
