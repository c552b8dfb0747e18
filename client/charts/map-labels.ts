/** Where the words on edges of the map stand: on their edge, clear of parts and of each other. Pure. */
import { NODE_HEIGHT, NODE_WIDTH, pointBetween } from "./map-layout.js";
import type { MapPlacement, MapPoint } from "./map-layout.js";

export interface EdgeLabel {
  /** `from>to`. */
  readonly edge: string;
  readonly sign: string;
  readonly text: string;
}

export interface PlacedLabel extends EdgeLabel {
  /** Its centre. */
  readonly at: MapPoint;
  /** False: there is room for the sign alone. */
  readonly whole: boolean;
}

export const LABEL_HEIGHT = 16;
const CHARACTER_PX = 7;
const SIGN_WIDTH = 16;
/** Distance from parts. */
const CLEAR_PX = 2;
const SHARES: readonly number[] = [0.5, 0.4, 0.6, 0.3, 0.7, 0.2, 0.8];

interface Box {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}

export const labelWidth = ({ text }: EdgeLabel): number => (text.length + 2) * CHARACTER_PX + 6;

/** In the order given: earlier labels have the first choice. One that has no room anywhere is left out. */
export function placeLabels(placement: MapPlacement, labels: readonly EdgeLabel[]): readonly PlacedLabel[] {
  const taken = new Boxes();
  for (const { x, y } of placement.nodes.values())
    taken.add({ x, y, width: NODE_WIDTH + 2 * CLEAR_PX, height: NODE_HEIGHT + 2 * CLEAR_PX });
  const points = new Map(placement.edges.map((edge) => [`${edge.from}>${edge.to}`, edge.points]));
  return labels.flatMap((label): readonly PlacedLabel[] => {
    const way = points.get(label.edge) ?? [];
    for (const whole of [true, false]) {
      const width = whole ? labelWidth(label) : SIGN_WIDTH;
      const at = spotOn(way, { width, height: LABEL_HEIGHT }, taken);
      if (at === undefined) continue;
      taken.add({ ...at, width, height: LABEL_HEIGHT });
      return [{ ...label, at, whole }];
    }
    return [];
  });
}

function spotOn(
  way: readonly MapPoint[],
  size: { readonly width: number; readonly height: number },
  taken: Boxes,
): MapPoint | undefined {
  // The middle of the way first: ends belong to the parts there.
  const order = way
    .slice(1)
    .map((_, index) => index)
    .sort((one, other) => Math.abs(one + 1 - way.length / 2) - Math.abs(other + 1 - way.length / 2));
  for (const index of order) {
    const [one, other] = [way[index], way[index + 1]];
    if (one === undefined || other === undefined) continue;
    for (const share of SHARES) {
      const at = pointBetween(one, other, share);
      if (!taken.touch({ ...at, ...size })) return at;
    }
  }
  return undefined;
}

const touches = (one: Box, other: Box): boolean =>
  Math.abs(one.x - other.x) < (one.width + other.width) / 2 &&
  Math.abs(one.y - other.y) < (one.height + other.height) / 2;

/** Wider than any box, so that what touches is in the same cell or beside it. */
const CELL_PX = 200;

/** Boxes by where they are. */
class Boxes {
  private readonly cells = new Map<string, Box[]>();

  add(box: Box): void {
    const key = this.key(Math.floor(box.x / CELL_PX), Math.floor(box.y / CELL_PX));
    const cell = this.cells.get(key);
    if (cell === undefined) this.cells.set(key, [box]);
    else cell.push(box);
  }

  touch(box: Box): boolean {
    const column = Math.floor(box.x / CELL_PX);
    const row = Math.floor(box.y / CELL_PX);
    for (let x = column - 1; x <= column + 1; x += 1)
      for (let y = row - 1; y <= row + 1; y += 1)
        if (this.cells.get(this.key(x, y))?.some((other) => touches(other, box)) === true) return true;
    return false;
  }

  private key(column: number, row: number): string {
    return `${String(column)},${String(row)}`;
  }
}
