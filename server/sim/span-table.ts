/**
 * Span facts: one row of 32 bytes a span, in chunks of typed arrays that another thread can read. A row is reserved
 * when the span starts and completed when it ends, so rows ascend by start time. Ids, names, attributes and text are
 * not here: they are rendered from `site` and `request` by the trace store.
 */
import { assert } from "../base/assert.js";
import { LimitError } from "../base/limit-error.js";

/** Rows of one chunk: 2^16, so that chunk and offset are a shift and a mask. */
export const SPAN_CHUNK_ROWS = 65_536;
export const SPAN_CHUNK_SHIFT = 16;
export const SPAN_CHUNK_MASK = SPAN_CHUNK_ROWS - 1;

/** `durationUs` of a span that has not ended. */
export const SPAN_OPEN = 0xffff_ffff;

export interface SpanChunk {
  /** µs since the epoch. */
  readonly startUs: Float64Array;
  /** µs; SPAN_OPEN until the end. Longest span: 71 minutes. */
  readonly durationUs: Uint32Array;
  /** Row of the parent in the same table; −1 for a root. A consumer's parent is the producer's row. */
  readonly parent: Int32Array;
  /** Which request of the world (see load.ts): second · 32768 + index in that second. Key of the trace. */
  readonly request: Uint32Array;
  /** µs waited before the work began: for a worker (server), for a connection (client). */
  readonly waitUs: Uint32Array;
  /** Index into the model's span sites: who did what to whom. */
  readonly site: Uint16Array;
  /** Index into the model's instances: the process that emitted the span. */
  readonly instance: Uint16Array;
  /** Which of several repeated calls this is, 0-based (item of a basket). */
  readonly ordinal: Uint16Array;
  /** Code in SPAN_STATUSES. */
  readonly status: Uint8Array;
  /** Try number, 0-based. */
  readonly attempt: Uint8Array;
}

const BYTES_PER_ROW = 32;

function createChunk(): SpanChunk {
  const buffer = new SharedArrayBuffer(SPAN_CHUNK_ROWS * BYTES_PER_ROW);
  return chunkOf(buffer);
}

/** Lays the ten columns over one buffer, widest first, so that each is aligned. */
function chunkOf(buffer: SharedArrayBuffer): SpanChunk {
  const rows = SPAN_CHUNK_ROWS;
  return {
    startUs: new Float64Array(buffer, 0, rows),
    durationUs: new Uint32Array(buffer, 8 * rows, rows),
    parent: new Int32Array(buffer, 12 * rows, rows),
    request: new Uint32Array(buffer, 16 * rows, rows),
    waitUs: new Uint32Array(buffer, 20 * rows, rows),
    site: new Uint16Array(buffer, 24 * rows, rows),
    instance: new Uint16Array(buffer, 26 * rows, rows),
    ordinal: new Uint16Array(buffer, 28 * rows, rows),
    status: new Uint8Array(buffer, 30 * rows, rows),
    attempt: new Uint8Array(buffer, 31 * rows, rows),
  };
}

/** A chunk of its own with the first `rows` of another. */
function copyChunk(from: SpanChunk, rows: number): SpanChunk {
  const chunk = createChunk();
  for (const [name, column] of Object.entries(from) as [keyof SpanChunk, SpanChunk[keyof SpanChunk]][]) {
    chunk[name].set(column.subarray(0, rows));
  }
  return chunk;
}

/** What another thread needs to read a table: its buffers are shared, not copied. */
export interface SpanTableExport {
  readonly rows: number;
  readonly buffers: readonly SharedArrayBuffer[];
}

export class SpanTable {
  readonly chunks: SpanChunk[];
  /** Rows reserved so far. */
  rows: number;

  constructor(
    readonly rowLimit: number,
    imported?: SpanTableExport,
  ) {
    this.chunks = imported === undefined ? [] : imported.buffers.map(chunkOf);
    this.rows = imported?.rows ?? 0;
  }

  /** Makes room for one more row and returns its number. The caller fills the columns. */
  reserve(): number {
    const row = this.rows++;
    if ((row & SPAN_CHUNK_MASK) === 0) this.#grow(row);
    return row;
  }

  /** The chunk that holds `row`. */
  chunkAt(row: number): SpanChunk {
    assert(row >= 0 && row < this.rows, `span row ${String(row)} of ${String(this.rows)}`);
    return this.chunks[row >>> SPAN_CHUNK_SHIFT];
  }

  export(): SpanTableExport {
    return { rows: this.rows, buffers: this.chunks.map((chunk) => chunk.startUs.buffer as SharedArrayBuffer) };
  }

  /**
   * A table that begins as the first `rows` of this one and goes its own way: full chunks are shared, those with rows
   * that are still to be completed (`open`) and the last one are copied. What was written to open rows since is undone:
   * `waitUs` holds what they had.
   */
  fork(rows: number, open: Int32Array, waitUs: Uint32Array): SpanTable {
    const table = new SpanTable(this.rowLimit);
    table.rows = rows;
    const count = Math.ceil(rows / SPAN_CHUNK_ROWS);
    const own = new Set(Array.from(open, (row) => row >>> SPAN_CHUNK_SHIFT));
    if ((rows & SPAN_CHUNK_MASK) !== 0) own.add(count - 1);
    for (let index = 0; index < count; index++) {
      const valid = Math.min(SPAN_CHUNK_ROWS, rows - index * SPAN_CHUNK_ROWS);
      table.chunks.push(own.has(index) ? copyChunk(this.chunks[index], valid) : this.chunks[index]);
    }
    open.forEach((row, place) => {
      const chunk = table.chunks[row >>> SPAN_CHUNK_SHIFT];
      const at = row & SPAN_CHUNK_MASK;
      chunk.durationUs[at] = SPAN_OPEN;
      chunk.status[at] = 0;
      chunk.waitUs[at] = waitUs[place];
    });
    return table;
  }

  #grow(row: number): void {
    if (row >= this.rowLimit) {
      throw new LimitError(
        "spans of a world",
        this.rowLimit,
        row + 1,
        "Shorten the run or lower the load of the scenario.",
      );
    }
    this.chunks.push(createChunk());
  }
}
