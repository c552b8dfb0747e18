/** The orders of the table of functions. Pure. */
import { differenceOf } from "../../charts/flame-tree.js";
import type { FunctionRow, Scale } from "../../charts/flame-tree.js";

export type FunctionOrder = "self" | "total" | "change" | "name";

const ORDERS: readonly FunctionOrder[] = ["self", "total", "change", "name"];

/** Order of an address; the greatest own time first where it names none. */
export const orderOf = (text: string | undefined): FunctionOrder => ORDERS.find((order) => order === text) ?? "self";

/** The greatest first, names ascending. The greatest change is that of the most weight, not of the highest percentage. */
export function sortFunctions(
  rows: readonly FunctionRow[],
  order: FunctionOrder,
  scale: Scale | undefined,
): readonly FunctionRow[] {
  const byName = (one: FunctionRow, other: FunctionRow): number => (one.name < other.name ? -1 : 1);
  if (order === "name") return [...rows].sort(byName);
  const valueOf = (row: FunctionRow): number => {
    if (order === "total") return row.total;
    if (order === "self" || scale === undefined) return row.self;
    const { now, before } = differenceOf(row.self, row.baselineSelf, scale);
    return Math.abs(now - before);
  };
  return [...rows].sort((one, other) => valueOf(other) - valueOf(one) || byName(one, other));
}
