/** The written form of machines and of how containers use them. */
import { z } from "zod";
import { duration } from "../base/time.js";
import {
  collectorOf,
  COLLECTORS,
  type ComputeSpec,
  defaultHeapBytes,
  type MemorySpec,
  type NodeGroupSpec,
  QUEUE_POLICIES,
  type VolumeSpec,
} from "../topology/compute-spec.js";
import { bytesText, count, identifier, positiveDurationText, quantity } from "./scalars.js";

const quota = z.strictObject({
  cores: quantity(0.01, 256).describe("Processor time of a period, in cores."),
  period: positiveDurationText.prefault("100ms"),
  parallel: quantity(0.1, 256).describe("Cores that it may run on at once while it has quota left."),
});

const allocation = z.strictObject({
  perRequest: bytesText.prefault("256KiB").describe("What a request allocates besides what it holds."),
  perCpuMs: bytesText.prefault("0B").describe("What a millisecond of processor time allocates."),
});

/** Keys of the memory of a service beyond what every service says. */
export const memoryFields = {
  collector: z
    .enum(["by-language", "none", ...COLLECTORS])
    .optional()
    .describe("How garbage is collected; that of the language unless said otherwise, where allocation is said."),
  allocation: allocation.optional(),
  heap: bytesText.optional().describe("What the heap may grow to; a share of the limit by language when left out."),
};

const volumeFields = { size: bytesText, used: bytesText.prefault("0B") };

const bulkhead = z.strictObject({
  operations: z.array(z.string()).min(1).max(100),
  workers: count(1, 5_000).describe("Workers of one instance that only these operations use."),
});

/** Keys of a service. */
export const computeFields = {
  quota: quota.optional().describe("A limit of the kernel: so much processor time a period, and then nothing."),
  descriptors: z
    .strictObject({ limit: count(10, 10_000_000).default(1_024), base: count(0, 1_000_000).default(40) })
    .optional()
    .describe("Files and connections that a process can have open; base are those of an idle one."),
  volume: z
    .strictObject({
      ...volumeFields,
      bytesPerRequest: bytesText.prefault("0B").describe("What a request writes to it."),
    })
    .optional()
    .describe("Space of one instance; requests fail while it is full."),
  queuePolicy: z.enum(QUEUE_POLICIES).optional().describe("Who gets the next free worker; fifo when left out."),
  bulkheads: z.array(bulkhead).max(15).optional().describe("Workers that only some operations use."),
  nodes: z.array(identifier).min(1).max(50).optional().describe("Groups of nodes that it runs on; all when left out."),
};

/** A key of a store. */
export const storeVolumeField = {
  volume: z
    .strictObject({
      ...volumeFields,
      bytesPerWrite: bytesText.prefault("0B").describe("What a writing statement adds."),
    })
    .optional()
    .describe("Space of the database; writing statements fail while it is full."),
};

/** A key of the topology. */
export const nodesField = {
  nodes: z
    .record(
      identifier,
      z.strictObject({
        count: count(1, 500),
        cores: quantity(0.5, 1_024),
        memory: bytesText.prefault("32GiB"),
        disk: bytesText.prefault("100GiB"),
        zones: z.array(identifier).min(1).max(20).default(["zone-a", "zone-b", "zone-c"]),
      }),
    )
    .optional()
    .describe("Groups of equal machines; node n of a group is in its n-th zone. Containers share their cores."),
};

type Written<Fields extends z.core.$ZodLooseShape> = z.output<z.ZodObject<Fields>>;
type WrittenMemory = Written<typeof memoryFields> & { readonly limit: number; readonly perRequest: number };

export function buildCompute(
  written: Written<typeof computeFields> & { readonly language: string; readonly memory: WrittenMemory },
): { readonly compute?: ComputeSpec } {
  const { quota: limit, descriptors, volume, queuePolicy, bulkheads, nodes } = written;
  const memory = buildMemory(written.memory, written.language);
  const compute: ComputeSpec = {
    ...(limit === undefined ? {} : { quota: { ...limit, period: duration(limit.period) } }),
    ...(memory === undefined ? {} : { memory }),
    ...(descriptors === undefined ? {} : { descriptors }),
    ...(volume === undefined
      ? {}
      : { volume: { sizeBytes: volume.size, usedBytes: volume.used, bytesPerWrite: volume.bytesPerRequest } }),
    ...(queuePolicy === undefined ? {} : { queuePolicy }),
    ...(bulkheads === undefined ? {} : { bulkheads }),
    ...(nodes === undefined ? {} : { nodes }),
  };
  return Object.keys(compute).length === 0 ? {} : { compute };
}

function buildMemory(written: WrittenMemory, language: string): MemorySpec | undefined {
  const { collector, allocation: allocates, heap, limit, perRequest } = written;
  if (collector === undefined && allocates === undefined && heap === undefined) return undefined;
  const kind = collector === undefined || collector === "by-language" ? collectorOf(language) : collector;
  return {
    collector: kind,
    allocationPerRequestBytes: allocates?.perRequest ?? perRequest,
    allocationPerCpuMsBytes: allocates?.perCpuMs ?? 0,
    heapBytes: heap ?? defaultHeapBytes(kind, limit),
  };
}

export function buildStoreVolume({ volume }: Written<typeof storeVolumeField>): { readonly volume?: VolumeSpec } {
  return volume === undefined
    ? {}
    : { volume: { sizeBytes: volume.size, usedBytes: volume.used, bytesPerWrite: volume.bytesPerWrite } };
}

export function buildNodes({ nodes }: Written<typeof nodesField>): { readonly nodes?: readonly NodeGroupSpec[] } {
  if (nodes === undefined) return {};
  return {
    nodes: Object.entries(nodes).map(([id, group]) => ({
      id,
      count: group.count,
      cores: group.cores,
      memoryBytes: group.memory,
      diskBytes: group.disk,
      zones: group.zones,
    })),
  };
}
