/** What the logs view says above its lines, in words. */
import { formatNumber } from "../../charts/format.js";

/** Lines that are folded into rows at most. */
const FOLDED_LINES_MAX = 100_000;

/** How many lines match and, where equal ones are folded, in how many rows they stand; undefined is not known yet. */
export function countText(lines: number | undefined, foldedRows: number | undefined): string {
  if (lines === undefined) return "Searching …";
  const found = `${formatNumber(lines, 12)} ${lines === 1 ? "line" : "lines"}`;
  if (foldedRows === undefined) return found;
  const first = lines > FOLDED_LINES_MAX ? `the first ${formatNumber(FOLDED_LINES_MAX, 9)} of ` : "";
  return `${formatNumber(foldedRows, 12)} rows of ${first}${found}`;
}

/** What a press brings that leads to the newest line; `waiting` lines have come since one began to read. */
export function newestText({ tailing, waiting }: { readonly tailing: boolean; readonly waiting: number }): string {
  if (!tailing) return "Bring up to now";
  if (waiting === 0) return "Tail is held while you read";
  return `${formatNumber(waiting, 9)} new ${waiting === 1 ? "line" : "lines"}: to the newest`;
}
