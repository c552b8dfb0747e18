/**
 * Rules that can be evaluated for many instants in one pass over the samples, before the first of those instants is come
 * to: their expressions read nothing that rules, Alertmanager or the metrics server write on the way, and mean at each
 * instant what they would mean by themselves, in the same order. A pass over an hour reads each series once, where an
 * evaluation every half minute reads its windows a hundred times.
 */
import type { Expr } from "../query/promql/ast.js";
import type { Labels } from "../telemetry/metric-reader.js";
import type { RuleGroupSpec } from "../topology/types.js";
import { maySelect, seriesReadIn, seriesWrittenBy } from "./rule-series.js";

/** What tells of the query and not of an instant, and what puts rows in an order of values. */
const OTHERWISE: ReadonlySet<string> = new Set([
  "start",
  "end",
  "step",
  "range",
  "info",
  "sort",
  "sort_desc",
  "sort_by_label",
  "sort_by_label_desc",
  "topk",
  "bottomk",
  "limitk",
  "limit_ratio",
  "count_values",
]);

export class ForeseeableRules {
  private readonly written: readonly Labels[];

  /** @param others labels of what else is written between the evaluations */
  constructor(groups: readonly RuleGroupSpec[], others: readonly Labels[]) {
    this.written = [
      ...groups.flatMap((group) => group.rules.flatMap((rule) => seriesWrittenBy(rule, group))),
      ...others,
    ];
  }

  includes(expr: Expr): boolean {
    return isInstantwise(expr) && !seriesReadIn(expr).some((read) => this.written.some((one) => maySelect(read, one)));
  }
}

function isInstantwise(expr: Expr): boolean {
  switch (expr.kind) {
    case "number":
    case "string":
      return true;
    case "vector-selector":
      return expr.at === undefined && expr.extension === undefined;
    case "matrix-selector":
      return isInstantwise(expr.selector);
    case "subquery":
      return false;
    case "call":
      return !OTHERWISE.has(expr.name) && expr.args.every(isInstantwise);
    case "aggregate":
      return !OTHERWISE.has(expr.operator) && expr.parameter === undefined && isInstantwise(expr.expr);
    case "binary":
      return isInstantwise(expr.left) && isInstantwise(expr.right);
    case "unary":
    case "paren":
      return isInstantwise(expr.expr);
  }
}
