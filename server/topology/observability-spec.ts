/**
 * What the observability plant has besides the metrics server's own figures. Everything is optional: what is not
 * declared costs nothing and takes nothing away from what can be seen.
 */
import type { Duration } from "../base/time.js";
import type { TiersSpec } from "./retention.js";

export interface ObservabilitySpec {
  /** How often series that have had no sample leave the memory of the metrics server; every 5 minutes when left out. */
  readonly headCompaction?: Duration;
  /** The metrics server is killed at its memory limit; when left out, it slows down. */
  readonly outOfMemory?: OutOfMemorySpec;
  /** The way of spans from the processes to the trace store; when left out, each arrives at once. */
  readonly collector?: CollectorSpec;
  /** The way of log lines to the log store; when left out, each arrives at once. */
  readonly logShipper?: LogShipperSpec;
  /** What the profile store takes; all where it is left out. */
  readonly profileStore?: IngestionRate;
  /** Targets of one job that the metrics server may have; one more and all scrapes of the job fail. */
  readonly targetLimit?: number;
  /** For how long each signal is kept, where that is not `retention`. */
  readonly tiers?: TiersSpec;
  /** Clocks that are wrong from the beginning. */
  readonly clocks?: readonly ClockSpec[];
}

/** A token bucket: what a store takes of one tenant. */
export interface IngestionRate {
  readonly perSecond: number;
  /** What may come at once. */
  readonly burst: number;
}

export interface OutOfMemorySpec {
  /** From the kill until the process runs again. */
  readonly restart: Duration;
  /** µs that it takes to read one series back from the write-ahead log. */
  readonly replayPerSeries: number;
}

/** The trace collector: one process that all spans pass. */
export interface CollectorSpec {
  /** Component id, also its `job`. */
  readonly id: string;
  /** How often processes send the spans that have ended. */
  readonly batchDelay: Duration;
  /** Spans that one process holds between two batches; what is more is lost before it leaves. */
  readonly batchSpansMax: number;
  /** Spans that wait for the export; what is more is dropped. */
  readonly queueCapacity: number;
  /** What it exports. */
  readonly spansPerSecond: number;
  /** Spans in memory (waiting for a decision or for the export) from which on it refuses more. */
  readonly memoryLimitSpans: number;
  readonly tailSampling?: TailSamplingSpec;
  /** Spans that the trace store behind takes; all where it is left out. */
  readonly store?: IngestionRate;
}

/** Decides on whole traces some time after their first span: kept when one of the policies says so. */
export interface TailSamplingSpec {
  readonly decisionWait: Duration;
  /** Traces that wait at most; the oldest is decided on early. */
  readonly tracesMax: number;
  /** Keep traces with a span that failed. */
  readonly errors: boolean;
  /** Keep traces with a span that took at least so long. */
  readonly slowerThan?: Duration;
  /** Keep this share of the others. */
  readonly ratio: number;
}

/** The log agents: one for each service instance, with a buffer. */
export interface LogShipperSpec {
  /** How often an agent sends. */
  readonly flush: Duration;
  /** Lines that one agent sends in a second. */
  readonly linesPerSecond: number;
  /** Lines that one agent holds; what is more is lost. */
  readonly bufferLines: number;
  /** Share of info and debug lines that are shipped, by line. */
  readonly infoRatio: number;
  /** Debug lines that a request writes at a process whose level is debug. */
  readonly debugLines: number;
  /** Whose names its series have. */
  readonly agent?: LogAgent;
  /** What the log store behind takes; all where it is left out. */
  readonly store?: LogStoreLimitsSpec;
}

export const LOG_AGENTS = ["fluent-bit", "promtail"] as const;
export type LogAgent = (typeof LOG_AGENTS)[number];

/** Limits of the log store; what goes beyond them is discarded. */
export interface LogStoreLimitsSpec {
  readonly bytesPerSecond: number;
  readonly burstBytes: number;
  readonly lineBytesMax: number;
  /** Lines that come later than this are too old. */
  readonly maxAge: Duration;
  /** A process writes a stream for each level. */
  readonly streamsMax: number;
}

/** The clock of the processes of a service, or of one of them, runs wrong. */
export interface ClockSpec {
  readonly service: string;
  /** Name of the process; all of the service when left out. */
  readonly instance?: string;
  /** How far it is ahead, negative behind. µs. */
  readonly offsetUs: number;
  /** By how much it gains, parts in a million. */
  readonly driftPpm: number;
}
