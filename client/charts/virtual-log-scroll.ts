/**
 * Scroll geometry of a long list with rows of one height, some of which are opened and taller. Browsers stop laying
 * out somewhere between 8 and 33 million pixels, so above SPACER_PX_MAX the scroll bar is a scaled picture of the
 * list: dragging it jumps in proportion, wheel and keys still move by pixels.
 */

/** Within what every current browser lays out exactly. */
export const SPACER_PX_MAX = 8_000_000;

/** Opened rows by index, and how many pixels each has below its own line. */
export type OpenedRows = ReadonlyMap<number, number>;

export interface ListGeometry {
  readonly rowCount: number;
  readonly rowPx: number;
  readonly viewportPx: number;
  readonly opened: OpenedRows;
}

/** Height that the whole list would have. */
export function contentPx(list: ListGeometry): number {
  let total = list.rowCount * list.rowPx;
  for (const [index, extra] of list.opened) if (index < list.rowCount) total += extra;
  return total;
}

/** Height of the element that gives the scroll bar its length. */
export function spacerPx(list: ListGeometry): number {
  return Math.min(SPACER_PX_MAX, contentPx(list));
}

/** Whether the scroll bar is scaled rather than exact. */
export function isScaled(list: ListGeometry): boolean {
  return contentPx(list) > SPACER_PX_MAX;
}

/** Top of the list in content pixels for a position of the scroll bar. */
export function contentTopOf(list: ListGeometry, scrollTop: number): number {
  return scrollTop * ratioOf(list);
}

/** Position of the scroll bar that shows `contentTop`. Inverse of `contentTopOf`. */
export function scrollTopOf(list: ListGeometry, contentTop: number): number {
  return contentTop / ratioOf(list);
}

function ratioOf(list: ListGeometry): number {
  const scrollable = spacerPx(list) - list.viewportPx;
  return scrollable <= 0 ? 1 : (contentPx(list) - list.viewportPx) / scrollable;
}

/** Keeps a content position within the list. */
export function clampTop(list: ListGeometry, contentTop: number): number {
  return Math.max(0, Math.min(contentTop, contentPx(list) - list.viewportPx));
}

/** Content pixel at which a row begins. */
export function rowTop(list: ListGeometry, index: number): number {
  let top = index * list.rowPx;
  for (const [opened, extra] of list.opened) if (opened < index) top += extra;
  return top;
}

/** The row at a content pixel, an opened row's details included. */
export function rowAt(list: ListGeometry, contentY: number): number {
  let before = 0;
  for (const [index, extra] of [...list.opened].sort((one, other) => one[0] - other[0])) {
    const end = (index + 1) * list.rowPx + before + extra;
    if (contentY < end) {
      const begin = index * list.rowPx + before;
      return contentY >= begin ? index : clampIndex(list, Math.floor((contentY - before) / list.rowPx));
    }
    before += extra;
  }
  return clampIndex(list, Math.floor((contentY - before) / list.rowPx));
}

function clampIndex(list: ListGeometry, index: number): number {
  return Math.max(0, Math.min(list.rowCount - 1, index));
}

/** Rows to render, `[first, last]` inclusive, with `margin` rows more on either side. */
export function rowsInView(
  list: ListGeometry,
  contentTop: number,
  margin: number,
): { readonly first: number; readonly last: number } {
  if (list.rowCount === 0) return { first: 0, last: -1 };
  return {
    first: Math.max(0, rowAt(list, contentTop) - margin),
    last: Math.min(list.rowCount - 1, rowAt(list, contentTop + list.viewportPx) + margin),
  };
}

/** The content position that brings a row into view with least movement. */
export function topRevealing(list: ListGeometry, contentTop: number, index: number): number {
  const top = rowTop(list, index);
  const bottom = top + list.rowPx + (list.opened.get(index) ?? 0);
  if (top < contentTop) return clampTop(list, top);
  if (bottom > contentTop + list.viewportPx) return clampTop(list, Math.min(top, bottom - list.viewportPx));
  return contentTop;
}
