/** The written form of what the observability plant has besides its metrics server, and what the engine makes of it. */
import { z } from "zod";
import type { ObservabilitySpec } from "../topology/observability-spec.js";
import { count, durationText, identifier, offsetText, positiveDurationText, quantity, ratio } from "./scalars.js";

const SPANS_MAX = 10_000_000;

const tailSampling = z.strictObject({
  decisionWait: positiveDurationText.prefault("10s").describe("From the first span of a trace to the decision."),
  traces: count(1, SPANS_MAX).default(50_000).describe("Traces that wait at most; the oldest is decided on early."),
  errors: z.boolean().default(true).describe("Keep traces with a span that failed."),
  slowerThan: positiveDurationText.optional().describe("Keep traces with a span that took at least so long."),
  ratio: ratio.default(1).describe("Share of the other traces that are kept."),
});

const collector = z.strictObject({
  id: identifier.default("otel-collector"),
  batchDelay: positiveDurationText.prefault("5s").describe("How often processes send the spans that have ended."),
  batchSpans: count(1, SPANS_MAX).default(20_000).describe("Spans that one process holds between two batches."),
  queue: count(1, SPANS_MAX).default(100_000).describe("Spans that wait for the export; more are dropped."),
  spansPerSecond: quantity(1, 1e8).default(50_000).describe("What it exports."),
  memoryLimit: count(1, SPANS_MAX).default(1_000_000).describe("Spans in memory from which on it refuses more."),
  tailSampling: tailSampling.optional().describe("Decides on whole traces; all are kept when left out."),
});

const logShipper = z.strictObject({
  flush: positiveDurationText.prefault("1s").describe("How often an agent sends."),
  linesPerSecond: quantity(1, 1e8).default(5_000).describe("What one agent sends."),
  buffer: count(1, SPANS_MAX).default(50_000).describe("Lines that one agent holds; more are lost."),
  infoRatio: ratio.default(1).describe("Share of info and debug lines that are shipped."),
  debugLines: count(0, 1_000).default(0).describe("Debug lines of a request at a process whose level is debug."),
});

const clock = z.strictObject({
  service: identifier,
  instance: identifier.optional().describe("Name of one process; all of the service when left out."),
  offset: offsetText.describe("How far the clock is ahead (+) or behind (-)."),
  drift: quantity(-1e6, 1e6).default(0).describe("What it gains, in parts in a million."),
});

/** Fields of `plant` that are added to those of the metrics server. */
export const observabilitySchema = z.strictObject({
  headCompaction: positiveDurationText.optional().describe("How often idle series leave the memory; 5m when left out."),
  outOfMemory: z
    .strictObject({
      restart: positiveDurationText.prefault("20s"),
      replayPerSeries: durationText.prefault("100us").describe("Reading one series from the write-ahead log."),
    })
    .optional()
    .describe("The metrics server is killed at its memory limit; without this it slows down."),
  collector: collector.optional().describe("The way of spans to the trace store; at once when left out."),
  logShipper: logShipper.optional().describe("The way of log lines to the log store; at once when left out."),
  clocks: z.array(clock).max(1_000).default([]).describe("Clocks that are wrong."),
});

export function buildObservability(written: z.output<typeof observabilitySchema>): ObservabilitySpec {
  const { headCompaction, outOfMemory, collector: trace, logShipper: logs, clocks } = written;
  return {
    ...(headCompaction === undefined ? {} : { headCompaction }),
    ...(outOfMemory === undefined ? {} : { outOfMemory }),
    ...(trace === undefined ? {} : { collector: buildCollector(trace) }),
    ...(logs === undefined ? {} : { logShipper: buildLogShipper(logs) }),
    ...(clocks.length === 0 ? {} : { clocks: clocks.map(buildClock) }),
  };
}

function buildCollector(written: z.output<typeof collector>): NonNullable<ObservabilitySpec["collector"]> {
  const { batchSpans, queue, memoryLimit, tailSampling: tail, ...rest } = written;
  return {
    ...rest,
    batchSpansMax: batchSpans,
    queueCapacity: queue,
    memoryLimitSpans: memoryLimit,
    ...(tail === undefined
      ? {}
      : {
          tailSampling: {
            decisionWait: tail.decisionWait,
            tracesMax: tail.traces,
            errors: tail.errors,
            ratio: tail.ratio,
            ...(tail.slowerThan === undefined ? {} : { slowerThan: tail.slowerThan }),
          },
        }),
  };
}

function buildLogShipper(written: z.output<typeof logShipper>): NonNullable<ObservabilitySpec["logShipper"]> {
  const { buffer, ...rest } = written;
  return { ...rest, bufferLines: buffer };
}

function buildClock({ service, instance, offset, drift }: z.output<typeof clock>) {
  return { service, ...(instance === undefined ? {} : { instance }), offsetUs: offset, driftPpm: drift };
}
