/** Panels of a section in rows that are all filled, whatever their number. Pure. */

/** Columns of the grid that the spans count in: divisible by one, two, three and four panels a row. */
export const GRID_COLUMNS = 12;

/** No panel is drawn narrower, px. */
const PANEL_WIDTH_MIN = 360;
const PANELS_A_ROW_MAX = 4;

/** How many panels fit beside each other in `widthPx`. */
export const panelsARow = (widthPx: number): number =>
  Math.max(1, Math.min(PANELS_A_ROW_MAX, Math.floor(widthPx / PANEL_WIDTH_MIN)));

/**
 * Grid columns of each of `count` panels with at most `rowMax` in a row: as few rows as possible, of nearly equal
 * length, the longer ones first; each row adds up to `GRID_COLUMNS`.
 */
export function panelSpans(count: number, rowMax: number): readonly number[] {
  const rows = Math.ceil(count / rowMax);
  const spans: number[] = [];
  for (let row = 0; row < rows; row += 1) {
    const inRow = Math.ceil((count - spans.length) / (rows - row));
    for (let panel = 0; panel < inRow; panel += 1) spans.push(GRID_COLUMNS / inRow);
  }
  return spans;
}
