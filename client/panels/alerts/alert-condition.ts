/** The comparison at the end of a rule's expression: what is compared, with which figure, and how metrics show both. Pure. */
import { formatNumber } from "../../charts/format.js";
import type { UrlValues } from "../../state/url-state.js";
import { tidyQuery } from "../metrics/query-text.js";

export interface AlertCondition {
  /** The left side, which can be drawn. */
  readonly query: string;
  readonly operator: string;
  readonly value: number;
}

const FIGURE = String.raw`[-+]?(?:\d+\.?\d*|\.\d+)(?:[eE][-+]?\d+)?`;
const COMPARED = new RegExp(
  String.raw`^([\s\S]+?)\s*(>=|<=|>|<|==|!=)\s*(?:bool\s+)?(\(?\s*${FIGURE}(?:\s*[*/]\s*${FIGURE})*\s*\)?)\s*$`,
);

/** One for each condition that compares with a figure; `and`, `or` and `unless` stand between them. */
export function alertConditions(expr: string): readonly AlertCondition[] {
  return tidyQuery(expr)
    .split(/\n(?:and|or|unless)\b(?:\s+(?:on|ignoring)\s*\([^)]*\))?/)
    .flatMap((part): readonly AlertCondition[] => {
      const [, query, operator, figure] = COMPARED.exec(unwrapped(part.trim())) ?? [];
      const value = figure === undefined ? undefined : valueOf(figure);
      return query === undefined || operator === undefined || value === undefined ? [] : [{ query, operator, value }];
    });
}

/** Without parentheses around the whole. */
function unwrapped(text: string): string {
  if (!text.startsWith("(") || !text.endsWith(")")) return text;
  let depth = 0;
  for (let index = 0; index < text.length; index += 1) {
    const sign = text.charAt(index);
    if (sign === "(") depth += 1;
    if (sign === ")") depth -= 1;
    if (depth === 0 && index < text.length - 1) return text;
  }
  return unwrapped(text.slice(1, -1).trim());
}

/** `14.4 * 0.005`: products and quotients from left to right. */
function valueOf(figure: string): number | undefined {
  const pieces = figure.replace(/[()\s]/g, "").match(new RegExp(`[*/]|${FIGURE}`, "g")) ?? [];
  let value = Number(pieces[0]);
  for (let at = 1; at + 1 < pieces.length; at += 2) {
    const factor = Number(pieces[at + 1]);
    value = pieces[at] === "*" ? value * factor : value / factor;
  }
  return Number.isFinite(value) ? value : undefined;
}

/** Parameters of the metrics view: each side that is compared, and the figure that it is compared with as a line. */
export function conditionQueries(expr: string): UrlValues {
  const conditions = alertConditions(expr);
  const [first, second] = conditions;
  if (first === undefined) return { query: tidyQuery(expr) };
  const { operator, value } = first;
  const sign = operator.startsWith(">")
    ? "fires above"
    : operator.startsWith("<")
      ? "fires below"
      : `fires ${operator}`;
  return {
    query: first.query,
    "query-b": second?.query,
    threshold: String(value),
    "threshold-title": `${sign} ${formatNumber(value)}`,
  };
}
