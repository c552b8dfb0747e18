/** The part of a flame graph that is zoomed to, as the address has it: `0.25-0.5` of what the frames are measured in. Pure. */
import type { FlameRange } from "../../charts/flame.js";

export function parseFlameRange(text: string | undefined): FlameRange | undefined {
  const match = /^([\d.]+)-([\d.]+)$/.exec(text ?? "");
  const from = Number(match?.[1]);
  const to = Number(match?.[2]);
  return match !== null && to > from ? { from, to } : undefined;
}

export const printFlameRange = (range: FlameRange | undefined): string | undefined =>
  range && `${shortNumber(range.from)}-${shortNumber(range.to)}`;

const shortNumber = (value: number): string => value.toFixed(6).replace(/\.?0+$/, "");
