/** Steps of colour over values, as Grafana has them: each holds from its value up. Pure. */
import { array, number, record, text } from "./json-values.js";
import type { JsonRecord } from "./json-values.js";

export interface ThresholdStep {
  /** −∞ for the first. */
  readonly from: number;
  /** A CSS colour or `var(--…)`. */
  readonly color: string;
  readonly level: "ok" | "warning" | "critical" | "plain";
}

/** Grafana's names of colours as ours: its traffic lights are severities. */
const COLORS: Readonly<Record<string, Omit<ThresholdStep, "from">>> = {
  green: { color: "var(--severity-ok)", level: "ok" },
  yellow: { color: "var(--severity-warning)", level: "warning" },
  orange: { color: "var(--severity-warning)", level: "warning" },
  red: { color: "var(--severity-critical)", level: "critical" },
  blue: { color: "var(--series-1)", level: "plain" },
  purple: { color: "var(--series-4)", level: "plain" },
  text: { color: "var(--ink-soft)", level: "plain" },
  transparent: { color: "var(--ink)", level: "plain" },
};

/** `dark-red` is a red, `#e0b400` itself; what cannot be read is the colour of text. */
export function colorOf(name: string | undefined): Omit<ThresholdStep, "from"> {
  const base = (name ?? "").replace(/^(?:super-light|light|semi-dark|dark)-/, "");
  const known = COLORS[base];
  if (known !== undefined) return known;
  return { color: /^#[0-9a-f]{3,8}$/i.test(base) ? base : "var(--ink)", level: "plain" };
}

/** Ascending. Percentages are of the way from `min` to `max`. */
export function readThresholds(thresholds: JsonRecord, min: number, max: number): readonly ThresholdStep[] {
  const percent = thresholds["mode"] === "percentage";
  return array(thresholds["steps"])
    .map((step) => {
      const fields = record(step);
      const value = number(fields["value"]);
      const from = value === undefined ? -Infinity : percent ? min + (value / 100) * (max - min) : value;
      return { from, ...colorOf(text(fields["color"])) };
    })
    .sort((one, other) => one.from - other.from);
}

/** The step that a value has reached. */
export const stepOf = (steps: readonly ThresholdStep[], value: number): ThresholdStep | undefined =>
  steps.findLast(({ from }) => value >= from);
