/**
 * What a topology can say about the machines under its services: nodes in zones, how a container may use processors,
 * memory with its collector, descriptors, volumes, the line for workers and its partitions. All of it is optional; what
 * is left out does not exist in the world.
 */
import type { Duration } from "../base/time.js";

/** A group of equal machines, named `<id>-0` and so on; node n is in the n-th zone of the list, round and round. */
export interface NodeGroupSpec {
  readonly id: string;
  readonly count: number;
  readonly cores: number;
  readonly memoryBytes: number;
  readonly diskBytes: number;
  readonly zones: readonly string[];
}

/** Limits of a container by the kernel's CFS bandwidth control: so much processor time a period, then nothing. */
export interface CpuQuotaSpec {
  /** Cores that the quota is worth: quota / period. */
  readonly cores: number;
  readonly period: Duration;
  /** Cores of the machine that it may run on at one time while it has quota left. */
  readonly parallel: number;
}

export const COLLECTORS = ["concurrent", "stop-the-world", "scavenger"] as const;
/** Go's, a JVM's, Node's; `none` for code that frees by itself. */
export type CollectorKind = (typeof COLLECTORS)[number] | "none";

export interface MemorySpec {
  readonly collector: CollectorKind;
  /** Memory that a request allocates besides what it holds while in work, and a millisecond of processor time. */
  readonly allocationPerRequestBytes: number;
  readonly allocationPerCpuMsBytes: number;
  /** What the heap may grow to; for `concurrent` a soft limit. */
  readonly heapBytes: number;
}

export interface DescriptorSpec {
  readonly limit: number;
  /** Open files of an idle process. */
  readonly base: number;
}

export interface VolumeSpec {
  readonly sizeBytes: number;
  readonly usedBytes: number;
  /** Written for each request of a service, or for each writing statement of a store. */
  readonly bytesPerWrite: number;
}

/** Of a volume that nobody has declared, when something fills it. */
export const DEFAULT_VOLUME: VolumeSpec = { sizeBytes: 20 * 2 ** 30, usedBytes: 8 * 2 ** 30, bytesPerWrite: 0 };

export const QUEUE_POLICIES = ["fifo", "lifo", "drop-oldest", "adaptive-lifo"] as const;
/** Who gets the next free worker, and who goes when the line is full. */
export type QueuePolicy = (typeof QUEUE_POLICIES)[number];

/** Operations that share a part of the workers of an instance and have a line of their own. */
export interface BulkheadSpec {
  readonly operations: readonly string[];
  readonly workers: number;
}

/** Declared by a service. */
export interface ComputeSpec {
  readonly quota?: CpuQuotaSpec;
  readonly memory?: MemorySpec;
  readonly descriptors?: DescriptorSpec;
  readonly volume?: VolumeSpec;
  readonly queuePolicy?: QueuePolicy;
  readonly bulkheads?: readonly BulkheadSpec[];
  /** Groups of nodes that its instances run on; all when left out. */
  readonly nodes?: readonly string[];
}

/** Linux: `cpu.cfs_period_us`. */
export const DEFAULT_QUOTA_PERIOD_US = 100_000;

/** The collector of a language's usual runtime. */
const COLLECTOR_OF: Readonly<Record<string, CollectorKind>> = {
  go: "concurrent",
  java: "stop-the-world",
  kotlin: "stop-the-world",
  scala: "stop-the-world",
  "c#": "stop-the-world",
  typescript: "scavenger",
  javascript: "scavenger",
  "node.js": "scavenger",
};

export function collectorOf(language: string): CollectorKind {
  const name = language.toLowerCase();
  return Object.hasOwn(COLLECTOR_OF, name) ? COLLECTOR_OF[name] : "none";
}

/** Share of the container's memory that a runtime gives its heap unless told otherwise. */
const HEAP_SHARE: Readonly<Record<CollectorKind, number>> = {
  "stop-the-world": 0.75,
  scavenger: 0.9,
  concurrent: 0.95,
  none: 1,
};

export const defaultHeapBytes = (collector: CollectorKind, limitBytes: number): number =>
  Math.floor(limitBytes * HEAP_SHARE[collector]);
