/**
 * Spans and lines of a stretch by what became of them: one pass over the tables for all questions together. Rows that
 * may still change are remembered and looked at again.
 */
import {
  LINE_FATES,
  LINE_ON_ITS_WAY,
  LINE_SHIPPED,
  SPAN_FATES,
  SPAN_HEAD_SAMPLED,
  SPAN_KEPT,
  SPAN_ON_ITS_WAY,
} from "../sim/observability/fates.js";
import { SPAN_BYTES } from "../sim/observability/stored-bytes.js";
import { SPAN_CHUNK_MASK, SPAN_CHUNK_SHIFT, SPAN_OPEN } from "../sim/span-table.js";
import { LOG_LEVELS } from "../topology/log-levels.js";
import { FateTally } from "./fate-tally.js";
import type { LogSource, SpanSource } from "./sources.js";
import { isSpanKept } from "./span-sight.js";

const LINE_KINDS = LINE_FATES.length * LOG_LEVELS.length;
/** Kinds of lines are fates by level. */
const lineKind = (fate: number, level: number): number => level * LINE_FATES.length + fate;

/** What is asked of the row of a table. */
interface RowAccount {
  readonly rows: number;
  /** The fate as it stands; 0 for on its way. */
  fate(row: number): number;
  count(into: FateTally, row: number, fate: number): void;
}

class FactTally {
  readonly final: FateTally;
  #seen = 0;
  #pending: number[] = [];

  constructor(
    readonly kinds: number,
    readonly account: RowAccount,
  ) {
    this.final = new FateTally(kinds);
  }

  /** What is final, and what is on its way now. */
  now(): readonly [FateTally, FateTally] {
    const before = this.#pending;
    this.#pending = [];
    const open = new FateTally(this.kinds);
    for (const row of before) this.#look(row, open);
    for (; this.#seen < this.account.rows; this.#seen++) this.#look(this.#seen, open);
    return [this.final, open];
  }

  #look(row: number, open: FateTally): void {
    const fate = this.account.fate(row);
    this.account.count(fate === 0 ? open : this.final, row, fate);
    if (fate === 0) this.#pending.push(row);
  }
}

export class SpanTally extends FactTally {
  constructor(source: SpanSource, sampleRatio: number) {
    super(SPAN_FATES.length, {
      get rows() {
        return source.table.rows;
      },
      fate: (row) => spanFateOf(source, row, sampleRatio),
      count: (into, row, fate) => {
        const chunk = source.table.chunks[row >>> SPAN_CHUNK_SHIFT];
        into.add(chunk.startUs[row & SPAN_CHUNK_MASK], fate, SPAN_BYTES, source.sight?.delayCodeOf?.(row));
      },
    });
  }
}

function spanFateOf(source: SpanSource, row: number, sampleRatio: number): number {
  const { table, sight } = source;
  if (table.chunks[row >>> SPAN_CHUNK_SHIFT].durationUs[row & SPAN_CHUNK_MASK] === SPAN_OPEN) return SPAN_ON_ITS_WAY;
  if (sight?.fateCodeOf !== undefined) return sight.fateCodeOf(row);
  return isSpanKept(source, row, sampleRatio) ? SPAN_KEPT : SPAN_HEAD_SAMPLED;
}

export class LineTally extends FactTally {
  constructor(source: LogSource, levelByTemplate: Uint8Array, bytesByTemplate: Int32Array) {
    const { table, shipping } = source;
    super(LINE_KINDS, {
      get rows() {
        return table.rows;
      },
      fate: (row) => {
        const accounts = shipping?.accounts;
        if (accounts === undefined) return LINE_SHIPPED;
        return row < accounts.rows ? accounts.fates[row] : LINE_ON_ITS_WAY;
      },
      count: (into, row, fate) => {
        const template = table.template[row];
        const accounts = shipping?.accounts;
        const delay = accounts === undefined || row >= accounts.rows ? 0 : accounts.delays[row];
        into.add(table.timeUs[row], lineKind(fate, levelByTemplate[template]), bytesByTemplate[template], delay);
      },
    });
  }
}
