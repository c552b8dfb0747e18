/** Where the arrow keys lead in a list or grid that is one stop of Tab (WAI-ARIA Authoring Practices, Grid). Pure. */

interface RovingList {
  readonly count: number;
  /** Side by side; 1 where left and right are somebody else's. */
  readonly columns: number;
  /** How far Page Up and Page Down go, in rows. */
  readonly page?: number;
}

const PAGE_ROWS = 10;

/** The item that `key` leads to from `at`, within the list; undefined for a key that does not move. */
export function rovingTarget(key: string, at: number, list: RovingList): number | undefined {
  const { count, columns, page = PAGE_ROWS } = list;
  if (count === 0) return undefined;
  const steps: Readonly<Record<string, number>> = {
    ArrowDown: columns,
    ArrowUp: -columns,
    PageDown: columns * page,
    PageUp: -columns * page,
    ...(columns > 1 ? { ArrowRight: 1, ArrowLeft: -1 } : {}),
    Home: -at,
    End: count - 1 - at,
  };
  const step = steps[key];
  if (step === undefined) return undefined;
  const target = at + step;
  // A step that would leave the list stays; a page goes as far as there is.
  if (key.startsWith("Page")) return Math.min(count - 1, Math.max(0, target));
  return target < 0 || target >= count ? at : target;
}
