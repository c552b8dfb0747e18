/** Two columns about as long as each other, in the order of the groups; a heading takes the room of two rows. */
export function inColumns<Row>(groups: readonly (readonly [string, readonly Row[]])[]): readonly (typeof groups)[] {
  const rowsOf = ([, rows]: (typeof groups)[number]): number => rows.length + 2;
  const half = groups.reduce((sum, group) => sum + rowsOf(group), 0) / 2;
  let rows = 0;
  const split = groups.findIndex((group) => {
    rows += rowsOf(group);
    return rows > half;
  });
  // The group in the middle goes to where it makes less of a difference.
  const at = split + (rows - half <= half - (rows - rowsOf(groups[split] ?? ["", []])) ? 1 : 0);
  return [groups.slice(0, at), groups.slice(at)].filter((column) => column.length > 0);
}
