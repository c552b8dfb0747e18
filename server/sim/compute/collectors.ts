/**
 * What garbage collection costs, by kind of collector. Figures are of the order that the runtimes' own documents and
 * measurements give for server programs; a scenario teaches how they grow, not their third digit.
 *
 * - `stop-the-world`, a JVM with a generational collector: young collections whose pause grows with what requests in work
 *   hold, and full ones, when the old part is full, whose pause grows with everything that lives.
 * - `scavenger`, Node's V8: the same with a small young part.
 * - `concurrent`, Go: no young part; when what was allocated since the last cycle is as much as lives (GOGC=100) or fills
 *   the heap, a cycle marks everything beside the requests on a quarter of the cores, between two very short pauses.
 *   Requests that allocate faster than it marks have to help: they stand still until it has marked the rest on all cores.
 *
 * Sources: R. Jones, A. Hosking & E. Moss, The Garbage Collection Handbook, ch. 9, 16; Go, 'A Guide to the Go Garbage
 * Collector'; V8, 'Trash talk: the Orinoco garbage collector'.
 */
import type { CollectorKind } from "../../topology/compute-spec.js";

export interface CollectorLaw {
  /** Share of the free heap that new objects are given, and bytes that it has at most and at least. */
  readonly youngShare: number;
  readonly youngBytesMax: number;
  readonly youngBytesMin: number;
  readonly youngPauseUs: number;
  /** For each MiB that requests in work hold. */
  readonly youngPauseUsPerMib: number;
  /** Share of what was allocated that is taken for long-lived, and share of what requests in work hold. */
  readonly promotedShare: number;
  readonly promotedShareOfWork: number;
  readonly fullPauseUs: number;
  /** For each MiB that lives: of pause, or of processor time beside the requests. */
  readonly fullUsPerMib: number;
  /** Share of the cores that it takes beside the requests; 0 when it stops them. */
  readonly concurrentShare: number;
}

const MIB = 1 << 20;

const STOP_THE_WORLD: CollectorLaw = {
  youngShare: 1 / 3,
  youngBytesMax: 4_096 * MIB,
  youngBytesMin: MIB,
  youngPauseUs: 3_000,
  youngPauseUsPerMib: 100,
  promotedShare: 0.02,
  promotedShareOfWork: 0.1,
  fullPauseUs: 20_000,
  fullUsPerMib: 1_000,
  concurrentShare: 0,
};

const SCAVENGER: CollectorLaw = {
  ...STOP_THE_WORLD,
  youngBytesMax: 32 * MIB,
  youngPauseUs: 800,
  youngPauseUsPerMib: 150,
  fullPauseUs: 5_000,
  fullUsPerMib: 400,
};

const CONCURRENT: CollectorLaw = {
  ...STOP_THE_WORLD,
  youngShare: 1,
  youngBytesMax: Infinity,
  youngPauseUs: 100,
  youngPauseUsPerMib: 0,
  promotedShare: 0,
  promotedShareOfWork: 0,
  fullPauseUs: 100,
  fullUsPerMib: 800,
  concurrentShare: 0.25,
};

export const COLLECTOR_LAWS: Readonly<Record<CollectorKind, CollectorLaw | undefined>> = {
  "stop-the-world": STOP_THE_WORLD,
  scavenger: SCAVENGER,
  concurrent: CONCURRENT,
  none: undefined,
};
