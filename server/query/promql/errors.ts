/** A query that is well formed and cannot be answered on this data, for example because series match ambiguously. */
import type { TextRange } from "./ast.js";

/** Whoever asked does not want the answer any more. */
export class QueryCancelledError extends Error {
  override readonly name = "QueryCancelledError";

  constructor() {
    super("query was canceled in expression evaluation");
  }
}

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
