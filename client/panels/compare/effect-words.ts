/** What a comparison found, in words. Thresholds of differences are ours, those of Cohen's h are Cohen's. Pure. */
import type { CompareAnswer, ComparedAttribute } from "../../../server/wire/compare.js";
import type { ExportTable } from "../../state/export-text.js";
import { formatCount, formatDurationUs, formatNumber, formatShare } from "../../charts/format.js";

const DEGREES: readonly (readonly [number, string])[] = [
  [0.6, "hardly overlapping"],
  [0.3, "very different"],
  [0.1, "different"],
  [0.02, "a little different"],
];

/** How much two distributions differ. */
export function degreeOf(difference: number): string {
  if (difference <= 0) return "no difference beyond chance";
  return DEGREES.find(([least]) => difference >= least)?.[1] ?? "barely different";
}

export function formatMeasure(value: number, unit: ComparedAttribute["unit"]): string {
  if (unit === "us") return formatDurationUs(value);
  if (unit === "ms") return formatDurationUs(value * 1_000);
  return formatNumber(value);
}

/** One sentence on what differs. */
export function effectSentence(attribute: ComparedAttribute, { selection, baseline }: CompareAnswer): string {
  const { numbers, strongest, bins, unit } = attribute;
  if (numbers?.selection !== undefined && numbers.baseline !== undefined) {
    const medians = `median ${formatMeasure(numbers.selection.p50, unit)} against ${formatMeasure(numbers.baseline.p50, unit)}`;
    const chance = Math.round(Math.max(numbers.superiority, 1 - numbers.superiority) * 100);
    const word = numbers.superiority >= 0.5 ? "larger" : "smaller";
    return `${medians}; one of the selection is ${word} ${String(chance)} times in 100`;
  }
  if (strongest === undefined) return degreeOf(attribute.difference);
  const bin = bins.find(({ label }) => label === strongest.label);
  if (bin === undefined) return degreeOf(attribute.difference);
  const shares = [
    bin.selection / Math.max(1e-9, weightOf(attribute, "selection", selection.examined)),
    bin.baseline / Math.max(1e-9, weightOf(attribute, "baseline", baseline.examined)),
  ] as const;
  return `${strongest.label}: ${formatShare(shares[0])} of the selection, ${formatShare(shares[1])} of the baseline (${cohenWord(strongest.cohensH)} effect)`;
}

/** Cohen, Statistical Power Analysis, 1988. */
function cohenWord(h: number): string {
  const size = Math.abs(h);
  return size >= 0.8 ? "large" : size >= 0.5 ? "middling" : size >= 0.2 ? "small" : "very small";
}

/** Sum of a side's bins: of counts the things, of a metric's values their sum. */
export function weightOf({ bins }: ComparedAttribute, side: "selection" | "baseline", things: number): number {
  const sum = bins.reduce((total, bin) => total + bin[side], 0);
  return sum > 0 ? sum : things;
}

/** `484 traces` or `1,000 of 9,727 lines`. */
export function countText({ total, examined }: CompareAnswer["selection"], things: CompareAnswer["things"]): string {
  const noun = total === 1 ? things.replace(/s$/, "") : things;
  return examined < total
    ? `${formatCount(examined)} of ${formatCount(total)} ${noun}`
    : `${formatCount(total)} ${noun}`;
}

/** Every value of every attribute, for a table. */
export function comparisonTable(answer: CompareAnswer): ExportTable {
  return {
    columns: ["attribute", "difference", "value", "selection", "baseline", "share of selection", "share of baseline"],
    rows: answer.attributes.flatMap((attribute) =>
      attribute.bins.map((bin) => [
        attribute.title,
        Number(attribute.difference.toFixed(4)),
        bin.label,
        bin.selection,
        bin.baseline,
        Number(
          (bin.selection / Math.max(1e-9, weightOf(attribute, "selection", answer.selection.examined))).toFixed(4),
        ),
        Number((bin.baseline / Math.max(1e-9, weightOf(attribute, "baseline", answer.baseline.examined))).toFixed(4)),
      ]),
    ),
  };
}
