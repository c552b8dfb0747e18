/** Expressions of rules, parsed once for all that asks for them: which groups look far back, and pipelines that follow each other. */
import type { Diagnostic } from "../base/diagnostic.js";
import type { Result } from "../base/result.js";
import { prepareQuery, type PreparedQuery } from "../query/promql/query.js";
import type { RuleSpec } from "../topology/types.js";

export class RuleQueries {
  private readonly prepared = new Map<RuleSpec, Result<PreparedQuery, Diagnostic[]>>();

  /** By the rule and not by its text: a prepared query belongs to one reader at a time. */
  of(rule: RuleSpec): Result<PreparedQuery, Diagnostic[]> {
    let query = this.prepared.get(rule);
    if (query === undefined) this.prepared.set(rule, (query = prepareQuery(rule.expr)));
    return query;
  }
}
