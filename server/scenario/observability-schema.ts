/** The written form of what the observability plant has besides its metrics server, and what the engine makes of it. */
import { z } from "zod";
import { LOG_AGENTS, type ObservabilitySpec } from "../topology/observability-spec.js";
import { SIGNALS, type TiersSpec } from "../topology/retention.js";
import {
  bytesText,
  count,
  durationText,
  identifier,
  offsetText,
  positiveDurationText,
  quantity,
  ratio,
} from "./scalars.js";

const SPANS_MAX = 10_000_000;

const tailSampling = z.strictObject({
  decisionWait: positiveDurationText.prefault("10s").describe("From the first span of a trace to the decision."),
  traces: count(1, SPANS_MAX).default(50_000).describe("Traces that wait at most; the oldest is decided on early."),
  errors: z.boolean().default(true).describe("Keep traces with a span that failed."),
  slowerThan: positiveDurationText.optional().describe("Keep traces with a span that took at least so long."),
  ratio: ratio.default(1).describe("Share of the other traces that are kept."),
});

const spanStore = z.strictObject({
  spansPerSecond: quantity(1, 1e8).default(100_000),
  burst: count(1, SPANS_MAX).default(200_000),
});

const logStore = z.strictObject({
  bytesPerSecond: bytesText.prefault("4MiB").describe("What it takes of all agents together."),
  burst: bytesText.prefault("6MiB"),
  lineMax: bytesText.prefault("256KiB").describe("Longer lines are discarded."),
  maxAge: positiveDurationText.prefault("7d").describe("Lines that come later are discarded."),
  streams: count(1, 10_000_000).default(10_000).describe("A process writes one for each level."),
});

const profileStore = z.strictObject({
  profilesPerSecond: quantity(0.001, 1e6).default(1_000),
  burst: count(1, 10_000_000).default(1_000),
});

const ages = {
  hot: positiveDurationText.optional().describe("Age up to which it is in the ingesters."),
  warm: positiveDurationText.optional().describe("Age up to which it is answered."),
};
const shorter = positiveDurationText.optional();

const tiers = z.strictObject({
  metrics: z.strictObject(ages).optional(),
  logs: z
    .strictObject({
      ...ages,
      levels: z
        .strictObject({ debug: shorter, info: shorter, warn: shorter, error: shorter })
        .optional()
        .describe("Levels that are kept for less."),
    })
    .optional(),
  traces: z
    .strictObject({
      ...ages,
      policies: z
        .strictObject({ errors: shorter, slow: shorter, others: shorter })
        .optional()
        .describe("What tail sampling kept them for, where that is kept for less."),
    })
    .optional(),
  profiles: z.strictObject(ages).optional(),
});

const collector = z.strictObject({
  id: identifier.default("otel-collector"),
  batchDelay: positiveDurationText.prefault("5s").describe("How often processes send the spans that have ended."),
  batchSpans: count(1, SPANS_MAX).default(20_000).describe("Spans that one process holds between two batches."),
  queue: count(1, SPANS_MAX).default(100_000).describe("Spans that wait for the export; more are dropped."),
  spansPerSecond: quantity(1, 1e8).default(50_000).describe("What it exports."),
  memoryLimit: count(1, SPANS_MAX).default(1_000_000).describe("Spans in memory from which on it refuses more."),
  tailSampling: tailSampling.optional().describe("Decides on whole traces; all are kept when left out."),
  store: spanStore.optional().describe("What the trace store behind takes; all when left out."),
});

const logShipper = z.strictObject({
  flush: positiveDurationText.prefault("1s").describe("How often an agent sends."),
  linesPerSecond: quantity(1, 1e8).default(5_000).describe("What one agent sends."),
  buffer: count(1, SPANS_MAX).default(50_000).describe("Lines that one agent holds; more are lost."),
  infoRatio: ratio.default(1).describe("Share of info and debug lines that are shipped."),
  debugLines: count(0, 1_000).default(0).describe("Debug lines of a request at a process whose level is debug."),
  agent: z.enum(LOG_AGENTS).optional().describe("Whose names its series have; fluent-bit when left out."),
  store: logStore.optional().describe("What the log store behind takes; all when left out."),
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
  profileStore: profileStore.optional().describe("What the profile store takes; all when left out."),
  targetLimit: count(1, 1_000_000).optional().describe("Targets of a job; with more all its scrapes fail."),
  tiers: tiers.optional().describe("For how long each signal is kept, where that is not `retention`."),
  clocks: z.array(clock).max(1_000).default([]).describe("Clocks that are wrong."),
});

export function buildObservability(written: z.output<typeof observabilitySchema>): ObservabilitySpec {
  const { headCompaction, outOfMemory, collector: trace, logShipper: logs, clocks, profileStore, ...rest } = written;
  return {
    ...(headCompaction === undefined ? {} : { headCompaction }),
    ...(outOfMemory === undefined ? {} : { outOfMemory }),
    ...(trace === undefined ? {} : { collector: buildCollector(trace) }),
    ...(logs === undefined ? {} : { logShipper: buildLogShipper(logs) }),
    ...(profileStore === undefined
      ? {}
      : { profileStore: { perSecond: profileStore.profilesPerSecond, burst: profileStore.burst } }),
    ...(rest.targetLimit === undefined ? {} : { targetLimit: rest.targetLimit }),
    ...(rest.tiers === undefined ? {} : { tiers: buildTiers(rest.tiers) }),
    ...(clocks.length === 0 ? {} : { clocks: clocks.map(buildClock) }),
  };
}

function buildCollector(written: z.output<typeof collector>): NonNullable<ObservabilitySpec["collector"]> {
  const { batchSpans, queue, memoryLimit, tailSampling: tail, store, ...rest } = written;
  return {
    ...rest,
    batchSpansMax: batchSpans,
    queueCapacity: queue,
    memoryLimitSpans: memoryLimit,
    ...(store === undefined ? {} : { store: { perSecond: store.spansPerSecond, burst: store.burst } }),
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
  const { buffer, agent, store, ...rest } = written;
  return {
    ...rest,
    bufferLines: buffer,
    ...(agent === undefined ? {} : { agent }),
    ...(store === undefined ? {} : { store: buildLogStore(store) }),
  };
}

function buildLogStore({ burst, lineMax, streams, ...rest }: z.output<typeof logStore>) {
  return { ...rest, burstBytes: burst, lineBytesMax: lineMax, streamsMax: streams };
}

/** What was not written is not there. */
function buildTiers(written: z.output<typeof tiers>): TiersSpec {
  const kept = SIGNALS.flatMap((signal) => {
    const entry = written[signal];
    return entry === undefined ? [] : [[signal, JSON.parse(JSON.stringify(entry)) as unknown] as const];
  });
  return Object.fromEntries(kept);
}

function buildClock({ service, instance, offset, drift }: z.output<typeof clock>) {
  return { service, ...(instance === undefined ? {} : { instance }), offsetUs: offset, driftPpm: drift };
}
