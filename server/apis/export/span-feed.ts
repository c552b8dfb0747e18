/**
 * Spans in the order in which the trace store gets them: row by row, and those that have not ended or about which the
 * collector has not decided when their row is come to are looked at again with each batch.
 */
import { LimitError } from "../../base/limit-error.js";
import type { StoredSpans } from "../../telemetry/stored-spans.js";
import type { ApiWorld } from "../api-world.js";
import type { FeedBounds, Taken } from "./batch.js";
import { distances, rowsOf, type SpanMark } from "./export-mark.js";

/** Spans that are remembered because nothing has been decided about them: minutes of a large world. */
export const WAITING_SPANS_MAX = 1_000_000;

export interface SpanRows {
  readonly columns: StoredSpans;
  readonly rows: readonly number[];
}

interface Stretch {
  next: number;
  waiting: number[];
}

export class SpanFeed {
  readonly #stretches = new Map<StoredSpans, Stretch>();

  constructor(
    readonly bounds: FeedBounds,
    readonly waitingMax = WAITING_SPANS_MAX,
    readonly resumed: readonly SpanMark[] = [],
  ) {}

  mark(): SpanMark[] {
    return [...this.#stretches].map(([{ source }, { next, waiting }]) => ({
      segment: source.segment,
      next,
      waiting: distances(waiting),
    }));
  }

  take({ traces, nowUs }: ApiWorld, itemsMax: number): Taken<readonly SpanRows[]> {
    const content: SpanRows[] = [];
    let items = 0;
    let more = false;
    let untilUs = Math.min(nowUs, this.bounds.untilUs);
    for (const columns of traces.stretches()) {
      const stretch = this.#stretchOf(columns);
      const rows = this.#settled(columns, stretch, itemsMax - items);
      const to = Math.min(columns.rows, columns.firstRowFrom(this.bounds.untilUs + 1));
      while (stretch.next < to && items + rows.length < itemsMax) {
        const row = stretch.next++;
        if (columns.isSeen(row)) rows.push(row);
        else if (!columns.isSettled(row)) this.#wait(stretch, row);
      }
      if (rows.length > 0) content.push({ columns, rows });
      items += rows.length;
      if (stretch.next >= to) continue;
      untilUs = Math.min(untilUs, columns.startUs(stretch.next));
      more = true;
      break;
    }
    return { content, items, more, untilUs };
  }

  #stretchOf(columns: StoredSpans): Stretch {
    const known = this.#stretches.get(columns);
    if (known !== undefined) return known;
    const mark = this.resumed.find(({ segment }) => segment === columns.source.segment);
    const stretch =
      mark === undefined
        ? { next: columns.firstRowFrom(this.bounds.fromUs), waiting: [] }
        : { next: mark.next, waiting: rowsOf(mark.waiting) };
    this.#stretches.set(columns, stretch);
    return stretch;
  }

  /** Those that waited and are seen now. */
  #settled(columns: StoredSpans, stretch: Stretch, itemsMax: number): number[] {
    const rows: number[] = [];
    stretch.waiting = stretch.waiting.filter((row) => {
      // A world that was built anew may not have come so far again.
      if (row >= columns.rows) return true;
      if (rows.length < itemsMax && columns.isSeen(row)) {
        rows.push(row);
        return false;
      }
      return !columns.isSettled(row) || columns.isSeen(row);
    });
    return rows;
  }

  #wait(stretch: Stretch, row: number): void {
    if (stretch.waiting.length >= this.waitingMax) {
      const remedy = "Leave traces out of this export, or export a time that is over.";
      throw new LimitError("spans of an export that wait for their end", this.waitingMax, undefined, remedy);
    }
    stretch.waiting.push(row);
  }
}
