/** What is wrong with a query, where, in Tempo's words. */
import { lineAndColumn } from "../../base/diagnostic.js";
import type { TextRange } from "./ast.js";

export class TraceqlError extends Error {
  override readonly name = "TraceqlError";
  /** 1-based. */
  readonly line: number;
  readonly column: number;

  constructor(
    /** Without the position. */
    readonly reason: string,
    query: string,
    readonly range: TextRange,
    kind: "syntax" | "types",
  ) {
    const { line, column } = lineAndColumn(query, range.from);
    super(kind === "syntax" ? `parse error at line ${String(line)}, col ${String(column)}: ${reason}` : reason);
    this.line = line;
    this.column = column;
  }
}
