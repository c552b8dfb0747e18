/**
 * Which rows of a long list are on the screen. Browsers stop laying out at some 8 to 33 million pixels; past
 * `SCROLL_HEIGHT_MAX` the scrollbar is scaled: its position stands for a share of the list, not for pixels. Pure.
 */

/** Well below Chromium's limit of 2^25 px and the 8.2 million where sub-pixel layout gets coarse. */
export const SCROLL_HEIGHT_MAX = 4_000_000;

/** Rows that are drawn above and below what can be seen, so that a fast scroll shows no blank. */
export const OVERSCAN = 6;

export interface ListGeometry {
  readonly count: number;
  readonly rowHeight: number;
  readonly viewHeight: number;
}

export interface RowWindow {
  /** Rows to draw, half-open. */
  readonly first: number;
  readonly last: number;
  /** Where row `first` stands in the scrolled content, px. */
  readonly offset: number;
}

export const scrollHeight = ({ count, rowHeight }: ListGeometry): number =>
  Math.min(SCROLL_HEIGHT_MAX, count * rowHeight);

/** The rows at `scrollTop`. */
export function windowAt(geometry: ListGeometry, scrollTop: number): RowWindow {
  const { count, rowHeight, viewHeight } = geometry;
  const top = topRow(geometry, scrollTop);
  const first = Math.max(0, Math.floor(top) - OVERSCAN);
  const last = Math.min(count, Math.ceil(top + viewHeight / rowHeight) + OVERSCAN);
  return { first, last: Math.max(first, last), offset: scrollTop - (top - first) * rowHeight };
}

/** Row (with its fraction) at the upper edge of the view. */
export function topRow(geometry: ListGeometry, scrollTop: number): number {
  const { count, rowHeight, viewHeight } = geometry;
  const scrollable = scrollHeight(geometry) - viewHeight;
  const rows = count - viewHeight / rowHeight;
  return scrollable <= 0 || rows <= 0 ? 0 : (Math.min(scrollTop, scrollable) / scrollable) * rows;
}

/** The scroll position that puts `row` at the upper edge. */
export function scrollTopOf(geometry: ListGeometry, row: number): number {
  const { count, rowHeight, viewHeight } = geometry;
  const scrollable = scrollHeight(geometry) - viewHeight;
  const rows = count - viewHeight / rowHeight;
  return scrollable <= 0 || rows <= 0 ? 0 : (Math.min(Math.max(0, row), rows) / rows) * scrollable;
}

/** The smallest change of scroll position that shows `row` whole. */
export function scrollTopShowing(geometry: ListGeometry, scrollTop: number, row: number): number {
  const top = topRow(geometry, scrollTop);
  const visible = geometry.viewHeight / geometry.rowHeight;
  if (row < top) return scrollTopOf(geometry, row);
  return row + 1 > top + visible ? scrollTopOf(geometry, row + 1 - visible) : scrollTop;
}
