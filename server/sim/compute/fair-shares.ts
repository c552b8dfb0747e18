/**
 * Weighted fair shares of one resource: who demands less than its share gets its demand, what is left over goes to the
 * others by their weights (water-filling). What the kernel's scheduler gives groups of tasks by `cpu.shares`; generalised
 * processor sharing of A. Parekh & R. Gallager, IEEE/ACM Transactions on Networking 1 (1993).
 */

/** Writes to `granted` what each of the first `count` gets of `capacity`. Nobody gets more than it demands. */
export function shareFairly(
  capacity: number,
  demands: Float64Array,
  weights: Float64Array,
  granted: Float64Array,
  count: number,
): void {
  let left = capacity;
  let weight = 0;
  for (let index = 0; index < count; index++) {
    granted[index] = -1;
    weight += weights[index];
  }
  for (;;) {
    const level = weight > 0 ? left / weight : 0;
    let satisfied = 0;
    for (let index = 0; index < count; index++) {
      if (granted[index] >= 0 || demands[index] > level * weights[index]) continue;
      granted[index] = demands[index];
      satisfied++;
    }
    if (satisfied === 0) {
      for (let index = 0; index < count; index++) if (granted[index] < 0) granted[index] = level * weights[index];
      return;
    }
    left = capacity;
    weight = 0;
    let open = 0;
    for (let index = 0; index < count; index++) {
      if (granted[index] >= 0) left -= granted[index];
      else {
        weight += weights[index];
        open++;
      }
    }
    if (open === 0) return;
  }
}
