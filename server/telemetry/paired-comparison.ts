/**
 * Two courses of one world laid side by side, request by request: which requests were hurt and by how much, along which
 * calls the trouble travelled, and from when on the two are the same again. Draws are keyed, so a difference between
 * the two is a consequence of what differs between the worlds and of nothing else (common random numbers: P. Glasserman
 * & D. Yao, Some Guidelines and Guarantees for Common Random Numbers, 1992).
 *
 * Spans are paired by the path that leads to them: the request, then for each hop the call site, the item and the try;
 * of equal paths the first with the first. Facts are compared, not what a collector kept of them.
 */
import { mix } from "../base/draw.js";
import { LimitError } from "../base/limit-error.js";
import { numberedSources } from "../sim/load-sources.js";
import { RequestNumbers } from "../sim/request-numbers.js";
import { SPAN_STATUSES } from "../sim/span-status.js";
import { SPAN_CHUNK_MASK, SPAN_CHUNK_SHIFT, SPAN_OPEN, type SpanTable } from "../sim/span-table.js";
import type { Model } from "../topology/model-types.js";

/** Spans of one world that can be compared: their index takes 12 bytes each. */
const SPANS_MAX = 1 << 25;
/** A request that failed in neither world is hurt when it took this much longer than its twin. */
const SLOWER_FACTOR = 1.5;
const SLOWER_BY_US = 20_000;
const NONE = -1;

export interface ComparisonWindow {
  /** Requests that began in [fromUs, toUs). */
  readonly fromUs: number;
  readonly toUs: number;
}

/** What became of the requests of one journey. Durations in µs. */
export interface JourneyComparison {
  readonly journey: string;
  readonly requests: number;
  readonly failed: number;
  readonly failedTwin: number;
  /** Requests that failed or were much slower where their twin was not. */
  readonly hurt: number;
  /** What the hurt ones took longer: median and 99th percentile. */
  readonly slowerUsP50: number;
  readonly slowerUsP99: number;
  readonly durationUsP99: number;
  readonly durationUsP99Twin: number;
  /** Users' bad experiences beyond those of the twin: failed or past their patience, weighted. */
  readonly impact: number;
}

/** What one kind of call cost more than in the twin. */
export interface PropagationEdge {
  readonly from: string;
  readonly to: string;
  readonly calls: number;
  /** Calls that the twin did not make (retries), minus those that only the twin made. */
  readonly extraCalls: number;
  readonly extraFailures: number;
  /** Time by which its calls took longer, summed; what the callee inherited from its own calls is in it. */
  readonly extraUs: number;
}

/** What a component added of its own: what its handlings took longer, less what their calls took longer. */
export interface PropagationNode {
  readonly component: string;
  readonly ownExtraUs: number;
  readonly extraFailures: number;
}

export interface PairedComparison {
  readonly requests: number;
  /** Share of requests whose every span is the same to the bit. */
  readonly sameRatio: number;
  /** When the first request began that is not the same; undefined when all are. */
  readonly firstDifferenceUs: number | undefined;
  /** From when on all requests are the same again; undefined when the last of the window differ. */
  readonly meetUs: number | undefined;
  readonly journeys: readonly JourneyComparison[];
  readonly edges: readonly PropagationEdge[];
  readonly nodes: readonly PropagationNode[];
}

/** Compares `world` with `twin`, which must be worlds of models that are numbered alike. */
export function compareWorlds(
  model: Model,
  world: SpanTable,
  twin: SpanTable,
  window: ComparisonWindow,
): PairedComparison {
  return new Comparison(model, world, twin, window).result();
}

/** The spans of a table that belong to the window, with a key for the path of each. */
class Paths {
  readonly keys: Int32Array;
  /** Row of the root of each span's request, NONE outside the window. */
  readonly roots: Int32Array;

  constructor(
    readonly table: SpanTable,
    { fromUs, toUs }: ComparisonWindow,
  ) {
    if (table.rows > SPANS_MAX)
      throw new LimitError("spans of a comparison", SPANS_MAX, table.rows, "Compare a shorter window.");
    this.keys = new Int32Array(table.rows);
    this.roots = new Int32Array(table.rows).fill(NONE);
    for (let row = 0; row < table.rows; row++) {
      const chunk = table.chunks[row >>> SPAN_CHUNK_SHIFT];
      const at = row & SPAN_CHUNK_MASK;
      const parent = chunk.parent[at];
      if (parent < 0) {
        if (chunk.startUs[at] >= fromUs && chunk.startUs[at] < toUs) this.roots[row] = row;
        this.keys[row] = mix(chunk.request[at] ^ 0x3c6e_f372) ^ chunk.site[at];
      } else {
        this.roots[row] = this.roots[parent];
        const step = (chunk.site[at] << 12) ^ (chunk.ordinal[at] << 4) ^ chunk.attempt[at];
        this.keys[row] = mix(Math.imul(this.keys[parent], 0x9e37_79b1) + step);
      }
    }
  }
}

/** Rows of a table by path key: open addressing, chains of equal keys in the order of their start. */
class RowsByPath {
  readonly #places: Int32Array;
  readonly #mask: number;
  readonly #taken: Uint8Array;

  constructor(readonly paths: Paths) {
    const { rows } = paths.table;
    let capacity = 1_024;
    while (capacity < rows * 2) capacity *= 2;
    this.#mask = capacity - 1;
    this.#places = new Int32Array(capacity).fill(NONE);
    this.#taken = new Uint8Array(rows);
    for (let row = 0; row < rows; row++) {
      if (paths.roots[row] === NONE) continue;
      let place = mix(paths.keys[row]) & this.#mask;
      while (this.#places[place] !== NONE) place = (place + 1) & this.#mask;
      this.#places[place] = row;
    }
  }

  /** The first row with the path that nobody has taken, or NONE; takes it. */
  take(key: number, request: number, site: number): number {
    let place = mix(key) & this.#mask;
    for (;;) {
      const row = this.#places[place];
      if (row === NONE) return NONE;
      if (this.paths.keys[row] === key && this.#taken[row] === 0 && this.#is(row, request, site)) {
        this.#taken[row] = 1;
        return row;
      }
      place = (place + 1) & this.#mask;
    }
  }

  isTaken(row: number): boolean {
    return this.#taken[row] === 1;
  }

  #is(row: number, request: number, site: number): boolean {
    const chunk = this.paths.table.chunks[row >>> SPAN_CHUNK_SHIFT];
    const at = row & SPAN_CHUNK_MASK;
    return chunk.request[at] === request && chunk.site[at] === site;
  }
}

class Comparison {
  readonly #mine: Paths;
  readonly #theirs: Paths;
  readonly #rows: RowsByPath;
  /** Row of the twin by row of the world. */
  readonly #pair: Int32Array;
  /** By row of a root of the world: 1 when anything about the request differs. */
  readonly #differs: Uint8Array;
  /** By row: what it took longer, and what its calls took longer. */
  readonly #extraUs: Float64Array;
  readonly #inheritedUs: Float64Array;
  readonly #numbers: RequestNumbers;

  constructor(
    readonly model: Model,
    readonly world: SpanTable,
    readonly twin: SpanTable,
    readonly window: ComparisonWindow,
  ) {
    this.#numbers = new RequestNumbers(numberedSources(model));
    this.#mine = new Paths(world, window);
    this.#theirs = new Paths(twin, window);
    this.#rows = new RowsByPath(this.#theirs);
    this.#pair = new Int32Array(world.rows).fill(NONE);
    this.#differs = new Uint8Array(world.rows);
    this.#extraUs = new Float64Array(world.rows);
    this.#inheritedUs = new Float64Array(world.rows);
    this.#match();
  }

  result(): PairedComparison {
    const roots: number[] = [];
    for (let row = 0; row < this.world.rows; row++) if (this.#mine.roots[row] === row) roots.push(row);
    const same = roots.filter((row) => this.#differs[row] === 0).length;
    const first = roots.find((row) => this.#differs[row] === 1);
    const last = roots.findLastIndex((row) => this.#differs[row] === 1);
    const { edges, nodes } = this.#propagation();
    return {
      requests: roots.length,
      sameRatio: roots.length === 0 ? 1 : same / roots.length,
      firstDifferenceUs: first === undefined ? undefined : this.#startOf(first),
      meetUs: this.#meetUs(roots, last),
      journeys: this.#journeys(roots),
      edges,
      nodes,
    };
  }

  #startOf(row: number): number {
    return this.world.chunkAt(row).startUs[row & SPAN_CHUNK_MASK];
  }

  #meetUs(roots: readonly number[], last: number): number | undefined {
    if (last < 0) return this.window.fromUs;
    return last === roots.length - 1 ? undefined : this.#startOf(roots[last + 1]);
  }

  /** Pairs the rows in one pass: a parent comes before its children. */
  #match(): void {
    const { keys, roots } = this.#mine;
    for (let row = 0; row < this.world.rows; row++) {
      if (roots[row] === NONE) continue;
      const chunk = this.world.chunks[row >>> SPAN_CHUNK_SHIFT];
      const at = row & SPAN_CHUNK_MASK;
      const pair = this.#rows.take(keys[row], chunk.request[at], chunk.site[at]);
      this.#pair[row] = pair;
      if (pair === NONE || !this.#same(row, pair)) this.#differs[roots[row]] = 1;
      this.#measure(row, pair);
    }
    this.#missing();
  }

  /** A request of which the twin has a span more is not the same either. */
  #missing(): void {
    const rootOf = new Map<number, number>();
    this.#pair.forEach((pair, row) => {
      if (pair !== NONE && this.#mine.roots[row] === row) rootOf.set(pair, row);
    });
    for (let row = 0; row < this.twin.rows; row++) {
      const root = this.#theirs.roots[row];
      if (root === NONE || this.#rows.isTaken(row)) continue;
      const mine = rootOf.get(root);
      if (mine !== undefined) this.#differs[mine] = 1;
    }
  }

  #same(row: number, pair: number): boolean {
    const a = this.world.chunks[row >>> SPAN_CHUNK_SHIFT];
    const b = this.twin.chunks[pair >>> SPAN_CHUNK_SHIFT];
    const i = row & SPAN_CHUNK_MASK;
    const j = pair & SPAN_CHUNK_MASK;
    return (
      a.startUs[i] === b.startUs[j] &&
      a.durationUs[i] === b.durationUs[j] &&
      a.waitUs[i] === b.waitUs[j] &&
      a.status[i] === b.status[j] &&
      a.instance[i] === b.instance[j]
    );
  }

  #measure(row: number, pair: number): void {
    const a = this.world.chunks[row >>> SPAN_CHUNK_SHIFT];
    const i = row & SPAN_CHUNK_MASK;
    // What the twin did not do at all is extra as a whole.
    const before = pair === NONE ? 0 : this.twin.chunks[pair >>> SPAN_CHUNK_SHIFT].durationUs[pair & SPAN_CHUNK_MASK];
    if (a.durationUs[i] === SPAN_OPEN || before === SPAN_OPEN) return;
    const extraUs = a.durationUs[i] - before;
    this.#extraUs[row] = extraUs;
    const parent = a.parent[i];
    if (parent >= 0 && extraUs > 0) this.#inheritedUs[parent] += extraUs;
  }

  #journeys(roots: readonly number[]): readonly JourneyComparison[] {
    return this.model.journeys.map(({ spec, operation }) => {
      const site = this.model.operations[operation].serverSite;
      const tally = new JourneyTally(spec.patience);
      for (const row of roots) {
        const chunk = this.world.chunks[row >>> SPAN_CHUNK_SHIFT];
        const at = row & SPAN_CHUNK_MASK;
        const pair = this.#pair[row];
        // A probe hurts nobody, and bots come in one of the two worlds only.
        if (chunk.site[at] !== site || pair === NONE || this.#numbers.probeOf(chunk.request[at]) >= 0) continue;
        const other = this.twin.chunks[pair >>> SPAN_CHUNK_SHIFT];
        const place = pair & SPAN_CHUNK_MASK;
        tally.add(chunk.durationUs[at], chunk.status[at], other.durationUs[place], other.status[place]);
      }
      return { journey: spec.id, ...tally.result(spec.impactWeight) };
    });
  }

  #propagation(): { readonly edges: readonly PropagationEdge[]; readonly nodes: readonly PropagationNode[] } {
    const edges = new Map<string, { -readonly [Key in keyof PropagationEdge]: PropagationEdge[Key] }>();
    const nodes = new Map<string, { -readonly [Key in keyof PropagationNode]: PropagationNode[Key] }>();
    const edgeOf = (site: number) => {
      const { component: from, peer: to = "" } = this.model.sites[site];
      const key = `${from} ${to}`;
      let edge = edges.get(key);
      if (edge === undefined)
        edges.set(key, (edge = { from, to, calls: 0, extraCalls: 0, extraFailures: 0, extraUs: 0 }));
      return edge;
    };
    const calls = this.model.sites.map(({ kind }) => kind === "client" || kind === "producer");
    for (let row = 0; row < this.world.rows; row++) {
      if (this.#mine.roots[row] === NONE) continue;
      const chunk = this.world.chunks[row >>> SPAN_CHUNK_SHIFT];
      const at = row & SPAN_CHUNK_MASK;
      const failures = failedOf(chunk.status[at]) - this.#failedTwin(this.#pair[row]);
      if (calls[chunk.site[at]]) {
        const edge = edgeOf(chunk.site[at]);
        edge.calls++;
        edge.extraFailures += failures;
        edge.extraUs += this.#extraUs[row];
        if (this.#pair[row] === NONE) edge.extraCalls++;
      } else {
        const { component } = this.model.sites[chunk.site[at]];
        let node = nodes.get(component);
        if (node === undefined) nodes.set(component, (node = { component, ownExtraUs: 0, extraFailures: 0 }));
        node.ownExtraUs += Math.max(0, this.#extraUs[row] - this.#inheritedUs[row]);
        node.extraFailures += failures;
      }
    }
    for (let row = 0; row < this.twin.rows; row++) {
      if (this.#theirs.roots[row] === NONE || this.#rows.isTaken(row)) continue;
      const site = this.twin.chunks[row >>> SPAN_CHUNK_SHIFT].site[row & SPAN_CHUNK_MASK];
      if (calls[site]) edgeOf(site).extraCalls--;
    }
    return {
      edges: [...edges.values()].sort((a, b) => Math.abs(b.extraUs) - Math.abs(a.extraUs)),
      nodes: [...nodes.values()].sort((a, b) => b.ownExtraUs - a.ownExtraUs),
    };
  }

  #failedTwin(pair: number): number {
    if (pair === NONE) return 0;
    return failedOf(this.twin.chunks[pair >>> SPAN_CHUNK_SHIFT].status[pair & SPAN_CHUNK_MASK]);
  }
}

const failedOf = (status: number): number => (SPAN_STATUSES[status].failed ? 1 : 0);

/** Figures of one journey as its pairs come in; those that have not ended in both worlds are left out. */
class JourneyTally {
  #requests = 0;
  #failed = 0;
  #failedTwin = 0;
  #bad = 0;
  #badTwin = 0;
  readonly #slowerUs: number[] = [];
  #hurt = 0;
  readonly #durations: number[] = [];
  readonly #durationsTwin: number[] = [];

  constructor(readonly patienceUs: number) {}

  add(durationUs: number, status: number, durationUsTwin: number, statusTwin: number): void {
    if (durationUs === SPAN_OPEN || durationUsTwin === SPAN_OPEN) return;
    const failed = failedOf(status);
    const failedTwin = failedOf(statusTwin);
    this.#requests++;
    this.#failed += failed;
    this.#failedTwin += failedTwin;
    this.#bad += failed === 1 || durationUs > this.patienceUs ? 1 : 0;
    this.#badTwin += failedTwin === 1 || durationUsTwin > this.patienceUs ? 1 : 0;
    this.#durations.push(durationUs);
    this.#durationsTwin.push(durationUsTwin);
    const slower = durationUs > durationUsTwin * SLOWER_FACTOR && durationUs > durationUsTwin + SLOWER_BY_US;
    if (failed > failedTwin || slower) {
      this.#hurt++;
      this.#slowerUs.push(durationUs - durationUsTwin);
    }
  }

  result(weight: number): Omit<JourneyComparison, "journey"> {
    return {
      requests: this.#requests,
      failed: this.#failed,
      failedTwin: this.#failedTwin,
      hurt: this.#hurt,
      slowerUsP50: quantileOf(this.#slowerUs, 0.5),
      slowerUsP99: quantileOf(this.#slowerUs, 0.99),
      durationUsP99: quantileOf(this.#durations, 0.99),
      durationUsP99Twin: quantileOf(this.#durationsTwin, 0.99),
      impact: (this.#bad - this.#badTwin) * weight,
    };
  }
}

/** The value at a share of the sorted values, 0 for none. */
function quantileOf(values: readonly number[], share: number): number {
  if (values.length === 0) return 0;
  const sorted = Float64Array.from(values).sort();
  return sorted[Math.min(sorted.length - 1, Math.floor(share * sorted.length))];
}
