/** The lines of the same process around a line. */
import type { LogContext, LogContextRequest } from "../wire/logs.js";
import type { LogLine } from "../wire/telemetry.js";
import type { LogLines } from "./log-lines.js";
import type { LogRenderer } from "./log-renderer.js";
import type { LogSource } from "./sources.js";

/** Rows that are looked at on either side: a process that writes seldom may have none near. */
const ROWS_MAX = 400_000;

/** Undefined where there is no such line, or it has not been shipped. */
export function contextOf(
  { id, before, after }: LogContextRequest,
  sources: readonly LogSource[],
  lines: LogLines,
  renderer: LogRenderer,
): LogContext | undefined {
  const [segment, row] = id.split("-").map(Number);
  const source = sources.find((candidate) => candidate.segment === segment);
  if (source === undefined || !(row < source.table.rows) || source.shipping?.isShipped(row) === false) return undefined;
  const around: Around = { sources, lines, writer: writerOf(lines, source, row) };
  const older = walk(around, { source, row, step: -1, count: before + 1 });
  const newer = walk(around, { source, row, step: 1, count: after + 1 });
  const render = (place: Place): LogLine => renderer.line(place.source, place.row);
  return {
    lines: [
      ...older.slice(0, before).reverse().map(render),
      renderer.line(source, row),
      ...newer.slice(0, after).map(render),
    ],
    index: Math.min(before, older.length),
    moreBefore: older.length > before,
    moreAfter: newer.length > after,
  };
}

interface Around {
  readonly sources: readonly LogSource[];
  readonly lines: LogLines;
  readonly writer: string;
}

interface Place {
  readonly source: LogSource;
  readonly row: number;
}

/** A process: streams by level are taken together. */
function writerOf(lines: LogLines, source: LogSource, row: number): string {
  const { instance, service_name: service } = lines.streamLabels(lines.streamAt(source, row));
  return `${service} ${instance}`;
}

/** Places of the process's lines one after another, into the neighbouring segment where one ends. */
function walk(
  { sources, lines, writer }: Around,
  { source: first, row: begin, step, count }: Place & { readonly step: 1 | -1; readonly count: number },
): Place[] {
  const found: Place[] = [];
  let source = first;
  let row = begin;
  for (let looked = 0; looked < ROWS_MAX && found.length < count; looked++) {
    row += step;
    if (row < 0 || row >= source.table.rows) {
      const next = sources[sources.indexOf(source) + step] as LogSource | undefined;
      if (next === undefined) break;
      source = next;
      row = step < 0 ? next.table.rows - 1 : 0;
      if (next.table.rows === 0) break;
    }
    if (source.shipping?.isShipped(row) === false) continue;
    if (writerOf(lines, source, row) === writer) found.push({ source, row });
  }
  return found;
}
