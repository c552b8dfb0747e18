/** Burn rates on one scale. Pure. */

/** Bars share a logarithmic scale from 0.1 to 100, so that 1 and 14.4 can both be seen: 0 to 1. */
export function burnPosition(rate: number): number {
  if (rate <= 0.1) return 0;
  return Math.min(1, (Math.log10(rate) + 1) / 3);
}
