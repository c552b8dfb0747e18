/**
 * What is wrong with a query: a sentence and its place, and the line that Loki answers with. Loki's own place is kept
 * beside ours, because it says line 0 for words that its lexer puts together, and none at all for errors of meaning.
 * Source: grafana/loki pkg/logqlmodel/error.go.
 */
import { lineAndColumn, type Diagnostic } from "../../base/diagnostic.js";

export interface Problem {
  readonly message: string;
  readonly from: number;
  readonly to: number;
  /** Whether Loki names the place, and whether it knows the line. */
  readonly place: "line-and-column" | "column" | "none";
}

/** Thrown while a query is parsed; caught at the door. */
export class ParseFailure extends Error {
  override readonly name = "ParseFailure";

  constructor(readonly problem: Problem) {
    super(problem.message);
  }
}

/** A query that means nothing, although it is spelt right. */
export function meaningless(
  message: string,
  { from, to }: { readonly from: number; readonly to: number },
): ParseFailure {
  return new ParseFailure({ message, from, to, place: "none" });
}

/** A problem with all that we know of it, and with Loki's answer as `message`. */
export function diagnosticOf(text: string, problem: Problem): Diagnostic {
  return {
    severity: "error",
    message: problem.message,
    from: problem.from,
    to: problem.to,
    ...lineAndColumn(text, problem.from),
  };
}

export function lokiSentence(text: string, problem: Problem): string {
  if (problem.place === "none") return `parse error : ${problem.message}`;
  const { line, column } = lineAndColumn(text, problem.from);
  return `parse error at line ${String(problem.place === "column" ? 0 : line)}, col ${String(column)}: ${problem.message}`;
}

/** A query that parsed and cannot be answered: an error in a line that nothing filtered, series that match twice. */
export class QueryFailure extends Error {
  override readonly name = "QueryFailure";

  constructor(
    message: string,
    readonly range: { readonly from: number; readonly to: number } | undefined,
  ) {
    super(message);
  }
}
