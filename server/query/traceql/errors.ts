/** What is wrong with a query, where, in Tempo's words. */
import { lineAndColumn } from "../../base/diagnostic.js";
import type { TextRange } from "./ast.js";

export class TraceqlError extends Error {
  override readonly name = "TraceqlError";
  /** 1-based, of `range`. */
  readonly line: number;
  readonly column: number;

  constructor(
    /** Without the position. */
    readonly reason: string,
    query: string,
    readonly range: TextRange,
    kind: "syntax" | "types",
    /** Tempo's lexer says line 0 for words that it puts together from several. */
    isJoined = false,
  ) {
    const { line, column } = lineAndColumn(query, range.from);
    super(kind === "syntax" ? `parse error${placeOf(query, isJoined ? 0 : line, column)}: ${reason}` : reason);
    this.line = line;
    this.column = column;
  }
}

/** As Tempo writes it, which knows no place in a query of nothing. */
const placeOf = (query: string, line: number, column: number): string =>
  query === "" ? " " : ` at line ${String(line)}, col ${String(column)}`;
