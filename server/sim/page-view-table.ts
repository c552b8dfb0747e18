/**
 * Page views as browsers reported them: one row each in columns, complete when it is written. Which page, device,
 * region and network it was follows from the request.
 */
import type { Digest } from "../base/digest.js";
import { LimitError } from "../base/limit-error.js";

const CHUNK_SHIFT = 14;
const CHUNK_ROWS = 1 << CHUNK_SHIFT;
const CHUNK_MASK = CHUNK_ROWS - 1;
/** 56 MB a million. */
const ROWS_MAX = 1 << 23;

export const PAGE_ANSWERED = 0;
/** The document was answered with an error. */
export const PAGE_FAILED = 1;
/** The user had left when the answer came. */
export const PAGE_ABANDONED = 2;

export interface PageViewChunk {
  /** When the edge answered, µs since the epoch. */
  readonly atUs: Float64Array;
  readonly request: Uint32Array;
  readonly ttfbUs: Uint32Array;
  /** 0 for what was not painted. */
  readonly lcpUs: Uint32Array;
  readonly inpUs: Uint32Array;
  readonly clsMillionths: Uint32Array;
  /** Index of the page among those of the topology. */
  readonly page: Uint8Array;
  /** PAGE_…; plus 4 when a script failed. */
  readonly outcome: Uint8Array;
}

const createChunk = (): PageViewChunk => ({
  atUs: new Float64Array(CHUNK_ROWS),
  request: new Uint32Array(CHUNK_ROWS),
  ttfbUs: new Uint32Array(CHUNK_ROWS),
  lcpUs: new Uint32Array(CHUNK_ROWS),
  inpUs: new Uint32Array(CHUNK_ROWS),
  clsMillionths: new Uint32Array(CHUNK_ROWS),
  page: new Uint8Array(CHUNK_ROWS),
  outcome: new Uint8Array(CHUNK_ROWS),
});

export class PageViewTable {
  readonly chunks: PageViewChunk[] = [];
  rows = 0;

  /** The chunk of a row and its place there. */
  chunkAt(row: number): PageViewChunk {
    return this.chunks[row >>> CHUNK_SHIFT];
  }

  placeOf(row: number): number {
    return row & CHUNK_MASK;
  }

  /** Makes room for one more row and returns its number. The caller fills the columns. */
  append(): number {
    const row = this.rows++;
    if (row >= ROWS_MAX)
      throw new LimitError(
        "page views of a world",
        ROWS_MAX,
        row + 1,
        "Lower the share of page views that is reported.",
      );
    if ((row & CHUNK_MASK) === 0) this.chunks.push(createChunk());
    return row;
  }

  addTo(digest: Digest): void {
    for (let row = 0; row < this.rows; row++) {
      const chunk = this.chunkAt(row);
      const at = this.placeOf(row);
      digest.double(chunk.atUs[at]).int(chunk.request[at]).int(chunk.ttfbUs[at]).int(chunk.lcpUs[at]);
      digest
        .int(chunk.inpUs[at])
        .int(chunk.clsMillionths[at])
        .int((chunk.page[at] << 8) | chunk.outcome[at]);
    }
  }

  /** A table that begins as the first `rows` of this one: full chunks are shared, the last one is copied. */
  fork(rows: number): PageViewTable {
    const table = new PageViewTable();
    table.rows = rows;
    for (let index = 0; index << CHUNK_SHIFT < rows; index++) {
      const full = (index + 1) << CHUNK_SHIFT <= rows;
      table.chunks.push(full ? this.chunks[index] : copyOf(this.chunks[index]));
    }
    return table;
  }
}

function copyOf(from: PageViewChunk): PageViewChunk {
  const chunk = createChunk();
  for (const name of Object.keys(from) as (keyof PageViewChunk)[]) chunk[name].set(from[name]);
  return chunk;
}
