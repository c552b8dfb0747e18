/**
 * The second and third step of a layered drawing: the order within each layer, so that edges cross little (barycentres,
 * swept to and fro), and the positions, so that edges are straight: least squares under the order and the distances,
 * which is isotonic regression (pool adjacent violators; Barlow et al. 1972). Items are nodes and the bends of long edges.
 */

export interface LayeredItems {
  /** By layer: its items, in the order in which they are drawn. */
  readonly layers: number[][];
  /** By item: those of the layer before that it is joined to, and of the layer after. */
  readonly before: readonly (readonly number[])[];
  readonly after: readonly (readonly number[])[];
  /** By item: its size along the layer, and how strongly it wants to be in line with its neighbours. */
  readonly size: readonly number[];
  readonly weight: readonly number[];
}

const ORDER_SWEEPS = 12;
const POSITION_SWEEPS = 10;

/** Orders `layers` in place; the same input gives the same order. */
export function orderLayers({ layers, before, after }: LayeredItems): void {
  const place = new Float64Array(before.length);
  const number = (layer: readonly number[]): void => {
    layer.forEach((item, at) => (place[item] = at));
  };
  layers.forEach(number);
  let best = layers.map((layer) => [...layer]);
  let leastCrossings = crossingsOf(layers, after, place);
  for (let sweep = 0; sweep < ORDER_SWEEPS && leastCrossings > 0; sweep += 1) {
    const down = sweep % 2 === 0;
    const course = down ? layers.keys() : [...layers.keys()].reverse();
    for (const at of course) {
      const layer = layers[at] ?? [];
      sortByCentre(layer, down ? before : after, place);
      number(layer);
    }
    const crossings = crossingsOf(layers, after, place);
    if (crossings >= leastCrossings) continue;
    leastCrossings = crossings;
    best = layers.map((layer) => [...layer]);
  }
  layers.splice(0, layers.length, ...best);
}

/** Items without neighbours on that side keep their places; equal ones their order. */
function sortByCentre(layer: number[], neighbours: readonly (readonly number[])[], place: Float64Array): void {
  const centre = new Map(
    layer.map((item, at) => {
      const near = neighbours[item] ?? [];
      return [item, near.length === 0 ? at : near.reduce((sum, other) => sum + (place[other] ?? 0), 0) / near.length];
    }),
  );
  layer.sort((one, other) => (centre.get(one) ?? 0) - (centre.get(other) ?? 0));
}

/** How many pairs of edges between neighbouring layers cross. */
function crossingsOf(
  layers: readonly (readonly number[])[],
  after: readonly (readonly number[])[],
  place: Float64Array,
): number {
  let crossings = 0;
  for (const layer of layers) {
    const ends = layer.flatMap((item) =>
      (after[item] ?? []).map((other) => place[other] ?? 0).sort((one, other) => one - other),
    );
    const widest = ends.reduce((most, end) => Math.max(most, end), -1);
    crossings += inversions(ends, widest + 1);
  }
  return crossings;
}

/** Pairs that are out of order, counted with a Fenwick tree. */
function inversions(values: readonly number[], size: number): number {
  const tree = new Int32Array(size + 1);
  let count = 0;
  values.forEach((value, seen) => {
    let notAfter = 0;
    for (let at = value + 1; at > 0; at -= at & -at) notAfter += tree[at] ?? 0;
    count += seen - notAfter;
    for (let at = value + 1; at <= size; at += at & -at) tree[at] = (tree[at] ?? 0) + 1;
  });
  return count;
}

/** Centre of each item along its layer; items of a layer are `gap` apart at least. */
export function positionsOf({ layers, before, after, size, weight }: LayeredItems, gap: number): Float64Array {
  const position = new Float64Array(before.length);
  for (const layer of layers) {
    let from = 0;
    for (const item of layer) {
      position[item] = from + (size[item] ?? 0) / 2;
      from += (size[item] ?? 0) + gap;
    }
  }
  for (let sweep = 0; sweep < POSITION_SWEEPS; sweep += 1) {
    const down = sweep % 2 === 0;
    for (const at of down ? layers.keys() : [...layers.keys()].reverse()) {
      const layer = layers[at] ?? [];
      const isLast = sweep >= POSITION_SWEEPS - 2;
      const wanted = layer.map((item) => {
        const near = isLast ? [...(before[item] ?? []), ...(after[item] ?? [])] : ((down ? before : after)[item] ?? []);
        return near.length === 0
          ? (position[item] ?? 0)
          : near.reduce((sum, other) => sum + (position[other] ?? 0), 0) / near.length;
      });
      const placed = placeInOrder(
        wanted,
        layer.map((item) => size[item] ?? 0),
        layer.map((item) => weight[item] ?? 1),
        gap,
      );
      layer.forEach((item, index) => (position[item] = placed[index] ?? 0));
    }
  }
  return position;
}

/** The places nearest to those wanted (least squares) that keep the order and the distances. */
export function placeInOrder(
  wanted: readonly number[],
  size: readonly number[],
  weight: readonly number[],
  gap: number,
): readonly number[] {
  const offset: number[] = [];
  let from = 0;
  wanted.forEach((_, at) => {
    const half = (size[at] ?? 0) / 2;
    offset.push(from + half);
    from += 2 * half + gap;
  });
  const blocks: { sum: number; weight: number; count: number }[] = [];
  wanted.forEach((want, at) => {
    const heft = weight[at] ?? 1;
    blocks.push({ sum: (want - (offset[at] ?? 0)) * heft, weight: heft, count: 1 });
    for (let last = blocks.at(-1), one = blocks.at(-2); last !== undefined && one !== undefined; one = blocks.at(-2)) {
      if (one.sum / one.weight <= last.sum / last.weight) break;
      blocks.pop();
      one.sum += last.sum;
      one.weight += last.weight;
      one.count += last.count;
      last = one;
    }
  });
  const places: number[] = [];
  for (const { sum, weight: heft, count } of blocks)
    for (let at = 0; at < count; at += 1) places.push(sum / heft + (offset[places.length] ?? 0));
  return places;
}
