/** The line of a sparkline as an SVG path. Pure. */

export interface SparkBox {
  readonly width: number;
  readonly height: number;
}

/** Lowest and highest value that is there; zero belongs to whatever comes near it. Undefined of nothing. */
export function sparkRange(values: readonly (number | null)[]): readonly [number, number] | undefined {
  const present = values.filter((value) => value !== null);
  if (present.length === 0) return undefined;
  const high = Math.max(...present);
  const low = Math.min(...present);
  // A line that moves between 995 and 1005 is flat; one between 0.1 and 1 stands on zero.
  const floor = low >= 0 && low < high / 2 ? 0 : low;
  if (high > floor) return [floor, high];
  const margin = Math.abs(high) / 2 || 1;
  return [high - margin, high + margin];
}

/** A path with a break for each gap; a lone value is a dot. Empty of nothing. */
export function sparkPath(values: readonly (number | null)[], { width, height }: SparkBox): string {
  const range = sparkRange(values);
  if (range === undefined) return "";
  const [low, high] = range;
  const x = (index: number): string => ((index / Math.max(1, values.length - 1)) * width).toFixed(1);
  const y = (value: number): string => (height - 1 - ((value - low) / (high - low)) * (height - 2)).toFixed(1);
  return values
    .map((value, index) => {
      if (value === null) return "";
      if ((values[index - 1] ?? null) !== null) return `L${x(index)} ${y(value)}`;
      const alone = (values[index + 1] ?? null) === null;
      return `M${x(index)} ${y(value)}${alone ? "h0.1" : ""}`;
    })
    .join("");
}
