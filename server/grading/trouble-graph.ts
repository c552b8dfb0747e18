/**
 * Along which edges the trouble travelled, measured: every call of the faulty world is laid beside the same call
 * (request, call site, item) of the healthy twin. Draws are keyed, so what differs was caused by the fault. Scrapes
 * count as calls of the metrics server to its targets. Trouble travels from callee to caller.
 */
import { SPAN_CHUNK_MASK, SPAN_CHUNK_SHIFT, SPAN_OPEN, type SpanTable } from "../sim/span-table.js";
import { SPAN_STATUSES } from "../sim/span-status.js";
import type { TroubleEdge } from "../wire/debrief.js";

/** Which component called which for what, by span site; undefined for sites that are not calls. */
export type EdgeOfSite = readonly (Edge | undefined)[];

interface Edge {
  readonly from: string;
  readonly to: string;
  /** What the call asks for, `POST /checkout`. */
  readonly operation: string;
}

export interface TroubleGraph {
  /** Edges on which at least HURT_RATIO_MIN of the calls were hurt, most hurt first. */
  readonly edges: readonly TroubleEdge[];
  /** Hops of each component that the trouble reached, from `cause` (0) to its callers, theirs, and so on. */
  hopsFrom(cause: string): ReadonlyMap<string, number>;
}

/** Share of hurt calls from which an edge counts as travelled: above what a slow moment does to a healthy one. */
const HURT_RATIO_MIN = 0.03;

/** Hurt calls of one kind from which they are more than chance. */
const HURT_CALLS_MIN = 3;

/** A call is hurt when it failed and its twin did not, or when it took this much longer than its twin. */
const SLOWER_FACTOR = 1.5;
const SLOWER_BY_US = 20_000;

export function troubleGraph(edges: readonly TroubleEdge[]): TroubleGraph {
  const travelled = edges.filter((edge) => edge.hurtRatio >= HURT_RATIO_MIN).sort((a, b) => b.hurtRatio - a.hurtRatio);
  return { edges: travelled, hopsFrom: (cause) => hopsAgainstCalls(travelled, cause) };
}

function hopsAgainstCalls(edges: readonly TroubleEdge[], cause: string): ReadonlyMap<string, number> {
  const hops = new Map([[cause, 0]]);
  let frontier = [cause];
  for (let distance = 1; frontier.length > 0; distance++) {
    const next: string[] = [];
    for (const edge of edges) {
      if (!frontier.includes(edge.to) || hops.has(edge.from)) continue;
      hops.set(edge.from, distance);
      next.push(edge.from);
    }
    frontier = next;
  }
  return hops;
}

interface EdgeTally {
  calls: number;
  hurt: number;
  failed: number;
  failedTwin: number;
  readonly durationsMs: number[];
  readonly durationsMsTwin: number[];
}

/**
 * Pairs the finished calls that started in [fromUs, toUs) of both tables.
 * An edge carries calls of many kinds, of which a fault may hurt a rare one (checkouts among page views): its figures
 * are those of the kind of call that was hurt most.
 * @returns one entry an edge that was called, in no particular order
 */
export function compareCalls(input: {
  readonly world: SpanTable;
  readonly twin: SpanTable;
  readonly edgeOfSite: EdgeOfSite;
  readonly fromUs: number;
  readonly toUs: number;
}): readonly TroubleEdge[] {
  const twins = new CallIndex(input.twin, input);
  const tallies = new Map<number, { readonly edge: Edge; readonly tally: EdgeTally }>();
  forEachCall(input.world, input, (row, edge) => {
    const site = input.world.chunkAt(row).site[row & SPAN_CHUNK_MASK];
    let entry = tallies.get(site);
    if (entry === undefined) {
      entry = { edge, tally: { calls: 0, hurt: 0, failed: 0, failedTwin: 0, durationsMs: [], durationsMsTwin: [] } };
      tallies.set(site, entry);
    }
    tallyCall(entry.tally, readCall(input.world, row), twins.find(input.world, row));
  });
  const worst = new Map<string, TroubleEdge>();
  for (const { edge, tally } of tallies.values()) {
    const name = `${edge.from} ${edge.to}`;
    const figures = figuresOf(edge, tally);
    const known = worst.get(name);
    if (known === undefined || figures.hurtRatio > known.hurtRatio) worst.set(name, figures);
  }
  return [...worst.values()];
}

/** Nothing is said about the twin where it never made such a call: another kind of call is no measure for this one. */
function figuresOf({ from, to, operation }: Edge, tally: EdgeTally): TroubleEdge {
  const twinCalls = tally.durationsMsTwin.length;
  return {
    from,
    to,
    operation,
    hurtRatio: tally.hurt < HURT_CALLS_MIN ? 0 : tally.hurt / tally.calls,
    latencyMsP99: percentile(tally.durationsMs, 0.99),
    errorRatio: tally.failed / tally.calls,
    ...(twinCalls === 0
      ? {}
      : { latencyMsP99Twin: percentile(tally.durationsMsTwin, 0.99), errorRatioTwin: tally.failedTwin / twinCalls }),
  };
}

interface Call {
  readonly durationUs: number;
  readonly failed: boolean;
}

function tallyCall(tally: EdgeTally, call: Call, twin: Call | undefined): void {
  tally.calls++;
  tally.durationsMs.push(call.durationUs / 1_000);
  if (call.failed) tally.failed++;
  if (twin === undefined) {
    // A call that the twin never made (a retry, a query per item) is trouble by itself.
    tally.hurt++;
    return;
  }
  tally.durationsMsTwin.push(twin.durationUs / 1_000);
  if (twin.failed) tally.failedTwin++;
  const slower = call.durationUs > twin.durationUs * SLOWER_FACTOR && call.durationUs > twin.durationUs + SLOWER_BY_US;
  if ((call.failed && !twin.failed) || slower) tally.hurt++;
}

/** Nearest-rank percentile; 0 for nothing. Sorts in place. */
function percentile(values: number[], quantile: number): number {
  if (values.length === 0) return 0;
  values.sort((a, b) => a - b);
  return values[Math.min(values.length - 1, Math.ceil(quantile * values.length) - 1)];
}

function readCall(table: SpanTable, row: number): Call {
  const chunk = table.chunkAt(row);
  const at = row & SPAN_CHUNK_MASK;
  return { durationUs: chunk.durationUs[at], failed: SPAN_STATUSES[chunk.status[at]].failed };
}

function forEachCall(
  table: SpanTable,
  window: { readonly edgeOfSite: EdgeOfSite; readonly fromUs: number; readonly toUs: number },
  visit: (row: number, edge: Edge) => void,
): void {
  for (let row = 0; row < table.rows; row++) {
    const chunk = table.chunks[row >>> SPAN_CHUNK_SHIFT];
    const at = row & SPAN_CHUNK_MASK;
    const edge = window.edgeOfSite[chunk.site[at]];
    if (edge === undefined || chunk.durationUs[at] === SPAN_OPEN) continue;
    if (chunk.startUs[at] < window.fromUs || chunk.startUs[at] >= window.toUs) continue;
    visit(row, edge);
  }
}

/** Finds a call by what it was: open addressing over row numbers, because a million string keys would cost seconds. */
class CallIndex {
  readonly #table: SpanTable;
  readonly #slots: Int32Array;
  readonly #mask: number;

  constructor(
    table: SpanTable,
    window: { readonly edgeOfSite: EdgeOfSite; readonly fromUs: number; readonly toUs: number },
  ) {
    let size = 1_024;
    while (size < table.rows * 2) size *= 2;
    this.#table = table;
    this.#slots = new Int32Array(size);
    this.#mask = size - 1;
    forEachCall(table, window, (row) => {
      let slot = this.#hash(table, row);
      while (this.#slots[slot] !== 0) slot = (slot + 1) & this.#mask;
      this.#slots[slot] = row + 1;
    });
  }

  find(other: SpanTable, row: number): Call | undefined {
    let slot = this.#hash(other, row);
    while (this.#slots[slot] !== 0) {
      const candidate = this.#slots[slot] - 1;
      if (sameCall(this.#table, candidate, other, row)) return readCall(this.#table, candidate);
      slot = (slot + 1) & this.#mask;
    }
    return undefined;
  }

  #hash(table: SpanTable, row: number): number {
    const chunk = table.chunkAt(row);
    const at = row & SPAN_CHUNK_MASK;
    let hash =
      Math.imul(chunk.request[at], 0x9e37_79b1) ^
      Math.imul(chunk.site[at] + 1, 0x85eb_ca6b) ^
      Math.imul(chunk.ordinal[at] + 1, 0xc2b2_ae35);
    hash ^= hash >>> 15;
    return (Math.imul(hash, 0x2c1b_3c6d) >>> 7) & this.#mask;
  }
}

function sameCall(left: SpanTable, leftRow: number, right: SpanTable, rightRow: number): boolean {
  const a = left.chunkAt(leftRow);
  const b = right.chunkAt(rightRow);
  const i = leftRow & SPAN_CHUNK_MASK;
  const j = rightRow & SPAN_CHUNK_MASK;
  return (
    a.request[i] === b.request[j] &&
    a.site[i] === b.site[j] &&
    a.ordinal[i] === b.ordinal[j] &&
    a.attempt[i] === b.attempt[j]
  );
}
