/** What is wrong with a text that somebody wrote (scenario, query), and where. */
export interface Diagnostic {
  readonly severity: "error" | "warning";
  /** One sentence: what is wrong. */
  readonly message: string;
  /** What would mend it, where we know. */
  readonly hint?: string;
  /** What the parser would have accepted there, for example "a closing parenthesis". */
  readonly expected?: string;
  /** Half-open character range in the text, 0-based. */
  readonly from: number;
  readonly to: number;
  /** 1-based position of `from`, for people and editors. */
  readonly line: number;
  readonly column: number;
  /** File name, where the text came from a file. */
  readonly file?: string;
  /** Dotted path of the value in a structured document, for example `services[2].workers`. */
  readonly path?: string;
}

/** `file:line:column: path: message`, the form that editors can jump to. */
export function formatDiagnostic(diagnostic: Diagnostic): string {
  const place = `${diagnostic.file ?? "<text>"}:${String(diagnostic.line)}:${String(diagnostic.column)}`;
  const path = diagnostic.path === undefined ? "" : ` ${diagnostic.path}:`;
  const hint = diagnostic.hint === undefined ? "" : ` (${diagnostic.hint})`;
  return `${place}:${path} ${diagnostic.message}${hint}`;
}

/** 1-based line and column of a 0-based character offset. */
export function lineAndColumn(text: string, offset: number): { readonly line: number; readonly column: number } {
  const before = text.slice(0, Math.max(0, offset));
  const lastBreak = before.lastIndexOf("\n");
  return { line: before.split("\n").length, column: before.length - lastBreak };
}
