/** A query that is well formed and cannot be answered on this data, for example because series match ambiguously. */
import type { TextRange } from "./ast.js";

export class QueryError extends Error {
  override readonly name = "QueryError";

  constructor(
    message: string,
    /** The expression at fault, where one can be named. */
    readonly range?: TextRange,
  ) {
    super(message);
  }
}
