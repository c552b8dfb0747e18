/** Complaints of the query language and of alert templates in the form that the scenario reader reports at their place. */
import { readConfiguration } from "../alerting/alertmanager/configuration.js";
import { parseTemplate } from "../alerting/template.js";
import { prepareQuery } from "../query/promql/query.js";
import type { ExpressionProblem, ReadOptions } from "../scenario/read-scenario.js";

/**
 * What is wrong with the PromQL expression of a rule or an SLO; the position counts within the expression, since YAML
 * folds its lines.
 */
export function expressionProblems(expression: string): readonly ExpressionProblem[] {
  const prepared = prepareQuery(expression.trim());
  if (!prepared.ok) {
    return prepared.error.map(({ line, column, message, hint }) => ({
      message: `expression ${String(line)}:${String(column)}: ${message}`,
      ...(hint === undefined ? {} : { hint }),
    }));
  }
  const { type } = prepared.value;
  if (type === "vector" || type === "scalar") return [];
  return [{ message: `the expression must be an instant vector or a scalar, not a ${type}` }];
}

function templateProblems(template: string): readonly ExpressionProblem[] {
  const parsed = parseTemplate(template);
  return parsed.ok ? [] : [{ message: parsed.error.message }];
}

/** All that the scenario reader leaves to the query language. */
export const QUERY_CHECKS: ReadOptions = {
  checkExpression: expressionProblems,
  checkTemplate: templateProblems,
  checkAlertmanager: (value) => readConfiguration(value).problems,
};
