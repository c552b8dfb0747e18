/**
 * Equal lines as one row: lines of one process with the same key, each within a second of the one before it. Told from
 * the row's columns where the key is what one place of the code writes, from the text otherwise.
 */
import { MICROS_PER_SECOND } from "../base/time.js";
import type { LogFold } from "../wire/telemetry.js";
import type { VisitRow } from "./log-positions.js";
import type { LogRenderer } from "./log-renderer.js";
import type { LogSource } from "./sources.js";

/** Lines that are looked at for it, from the beginning of the list. */
export const LOG_FOLD_LINES = 100_000;

export interface FoldedRow {
  readonly source: LogSource;
  readonly row: number;
  repeats: number;
  /** Time of the last line that was added. */
  toUs: number;
}

const KEYS: Readonly<Record<LogFold, (renderer: LogRenderer, source: LogSource, row: number) => string>> = {
  exact: (renderer, source, row) => renderer.texts.message(source, row),
  numbers: (renderer, source, row) => renderer.texts.message(source, row).replace(/\d+/g, "0"),
  signature: (renderer, source, row) => String(renderer.placeAt(source, row)),
};

/** Rows of the lines that `visitAll` visits in their order. */
export function foldLines(renderer: LogRenderer, fold: LogFold, visitAll: (visit: VisitRow) => void): FoldedRow[] {
  const folded: FoldedRow[] = [];
  const open = new Map<string, FoldedRow>();
  const keyOf = KEYS[fold];
  visitAll((source, row) => {
    const template = renderer.template(source, row);
    const key = `${String(template.index)} ${renderer.instanceName(source, row, template)} ${keyOf(renderer, source, row)}`;
    const timeUs = source.table.timeUs[row];
    const group = open.get(key);
    if (group !== undefined && Math.abs(timeUs - group.toUs) <= MICROS_PER_SECOND) {
      group.repeats++;
      group.toUs = timeUs;
      return;
    }
    const next: FoldedRow = { source, row, repeats: 1, toUs: timeUs };
    open.set(key, next);
    folded.push(next);
  });
  return folded;
}
