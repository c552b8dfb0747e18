/** Complaints of the PromQL parser in the form that the scenario reader reports at the place of the expression. */
import { parsePromql } from "../query/promql/parse.js";
import type { ExpressionProblem } from "../scenario/read-scenario.js";

/** What is wrong with a PromQL expression; the position counts within the expression, since YAML folds its lines. */
export function expressionProblems(expression: string): readonly ExpressionProblem[] {
  const parsed = parsePromql(expression.trim());
  if (parsed.ok) return [];
  return parsed.error.map(({ line, column, message, hint }) => ({
    message: `expression ${String(line)}:${String(column)}: ${message}`,
    ...(hint === undefined ? {} : { hint }),
  }));
}
