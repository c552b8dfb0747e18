/** Lines in order of time, each when it is certain that it and those before it have reached the log store or never will. */
import { firstLineFrom } from "../../telemetry/log-search.js";
import type { LogSource } from "../../telemetry/sources.js";
import type { ApiWorld } from "../api-world.js";
import type { SeenLine } from "../otlp/logs.js";
import type { FeedBounds, Taken } from "./batch.js";
import type { LineMark } from "./export-mark.js";

export class LineFeed {
  readonly #next = new Map<LogSource, number>();

  constructor(
    readonly bounds: FeedBounds,
    readonly resumed: readonly LineMark[] = [],
  ) {}

  mark(): LineMark[] {
    return [...this.#next].map(([{ segment }, next]) => ({ segment, next }));
  }

  take({ logs, nowUs }: ApiWorld, itemsMax: number): Taken<readonly SeenLine[]> {
    const content: SeenLine[] = [];
    let untilUs = Math.min(nowUs, this.bounds.untilUs);
    for (const source of logs.sources) {
      const { table, shipping } = source;
      const settled = Math.min(table.rows, shipping?.settled ?? table.rows);
      const to = Math.min(settled, firstLineFrom(source, this.bounds.untilUs + 1));
      let row = this.#next.get(source) ?? this.#firstOf(source);
      for (; row < to && content.length < itemsMax; row++)
        if (shipping?.isShipped(row) !== false)
          content.push({ line: logs.lineAt(source, row), observedUs: table.timeUs[row] });
      this.#next.set(source, row);
      if (row < table.rows) untilUs = Math.min(untilUs, table.timeUs[row]);
      if (row < to) return { content, items: content.length, more: true, untilUs };
    }
    return { content, items: content.length, more: false, untilUs };
  }

  #firstOf(source: LogSource): number {
    const mark = this.resumed.find(({ segment }) => segment === source.segment);
    return mark?.next ?? firstLineFrom(source, this.bounds.fromUs);
  }
}
