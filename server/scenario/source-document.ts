/**
 * One YAML file as a plain value together with where each part of it stands, so that every later complaint can point
 * at the character. Uses the `yaml` package's document tree (ranges per node). Hostile files are refused by size,
 * by the number of alias expansions and by nesting.
 */
import { isMap, isPair, isScalar, isSeq, parseDocument } from "yaml";
import type { Document, Pair } from "yaml";
import { lineAndColumn } from "../base/diagnostic.js";
import type { Diagnostic } from "../base/diagnostic.js";

/** Keys and indexes from the root of a file to one of its values. */
export type ValuePath = readonly (string | number)[];

export const FILE_LIMITS = {
  /** Characters of one file. */
  characters: 512 * 1024,
  /** Values that aliases may bring in, all of them together. */
  aliasExpansions: 200,
  /** Levels of nesting. */
  depth: 40,
} as const;

/** A parsed file. `value` is undefined when its syntax is broken; `syntaxErrors` then says where. */
export class SourceDocument {
  readonly value: unknown;
  readonly syntaxErrors: readonly Diagnostic[];
  private readonly document: Document | undefined;

  constructor(
    readonly file: string,
    readonly text: string,
  ) {
    const tooLong = this.lengthProblem();
    if (tooLong !== undefined) {
      this.syntaxErrors = [tooLong];
      return;
    }
    try {
      this.document = parseDocument(text, { prettyErrors: false, version: "1.2" });
    } catch (error) {
      // Deeply nested flow collections overflow the parser's stack.
      this.syntaxErrors = [
        this.fileProblem(`cannot be parsed: ${error instanceof Error ? error.message : "too complex"}`),
      ];
      return;
    }
    const errors = this.document.errors.map((error) =>
      this.diagnostic({ from: error.pos[0], to: error.pos[1] }, firstSentence(error.message), yamlHint(error.code)),
    );
    const value = errors.length > 0 ? undefined : this.plainValue(errors);
    this.syntaxErrors = errors;
    this.value = value;
  }

  /** Where a value stands, or its key; the nearest enclosing part when it is not there itself. */
  locate(path: ValuePath, part: "key" | "value" = "value"): { readonly from: number; readonly to: number } {
    for (let length = path.length; length > 0; length--) {
      const found = this.locateExactly(path.slice(0, length), length === path.length ? part : "key");
      if (found !== undefined) return found;
    }
    return { from: 0, to: 0 };
  }

  /** A diagnostic at a path of this file. */
  at(path: ValuePath, problem: Problem): Diagnostic {
    const range = this.locate(path, problem.part ?? "value");
    const base = this.diagnostic(range, problem.message, problem.hint, problem.severity ?? "error");
    return path.length === 0 ? base : { ...base, path: formatPath(path) };
  }

  private diagnostic(
    range: { readonly from: number; readonly to: number },
    message: string,
    hint: string | undefined,
    severity: Diagnostic["severity"] = "error",
  ): Diagnostic {
    // The parser reports what is missing at the end as one character past it.
    const from = Math.min(range.from, this.text.length);
    const place = lineAndColumn(this.text, from);
    return {
      severity,
      message,
      ...(hint === undefined ? {} : { hint }),
      from,
      to: Math.min(Math.max(range.to, from), this.text.length),
      line: place.line,
      column: place.column,
      file: this.file,
    };
  }

  private fileProblem(message: string, hint?: string): Diagnostic {
    return {
      severity: "error",
      message,
      ...(hint === undefined ? {} : { hint }),
      from: 0,
      to: 0,
      line: 1,
      column: 1,
      file: this.file,
    };
  }

  private lengthProblem(): Diagnostic | undefined {
    if (this.text.length <= FILE_LIMITS.characters) return undefined;
    return this.fileProblem(
      `the file has ${String(this.text.length)} characters, allowed ${String(FILE_LIMITS.characters)}`,
      "split it: topology and rules have files of their own",
    );
  }

  private plainValue(errors: Diagnostic[]): unknown {
    try {
      const value: unknown = this.document?.toJS({ maxAliasCount: FILE_LIMITS.aliasExpansions });
      if (depthOf(value, FILE_LIMITS.depth) <= FILE_LIMITS.depth) return value;
      errors.push(this.fileProblem(`nested deeper than ${String(FILE_LIMITS.depth)} levels`));
    } catch (error) {
      const message = error instanceof Error ? error.message : "cannot be read";
      const aliases = message.includes("alias");
      errors.push(
        this.fileProblem(
          aliases ? `aliases expand to more than ${String(FILE_LIMITS.aliasExpansions)} values` : message,
          aliases ? "write the values out" : undefined,
        ),
      );
    }
    return undefined;
  }

  private locateExactly(
    path: ValuePath,
    part: "key" | "value",
  ): { readonly from: number; readonly to: number } | undefined {
    let node: unknown = this.document?.contents;
    let key: unknown;
    for (const step of path) {
      if (isMap(node)) {
        const pair: Pair | undefined = node.items.find((item) => isPair(item) && keyText(item.key) === String(step));
        if (pair === undefined) return undefined;
        key = pair.key;
        node = pair.value;
      } else if (isSeq(node) && typeof step === "number" && step < node.items.length) {
        node = node.items[step];
        key = node;
      } else return undefined;
    }
    return rangeOf(part === "key" ? key : node) ?? rangeOf(key);
  }
}

/** What is wrong with a value, before it has a position. */
export interface Problem {
  readonly message: string;
  readonly hint?: string | undefined;
  readonly severity?: Diagnostic["severity"];
  /** Point at the key rather than at the value. */
  readonly part?: "key" | "value";
}

/** `services.order.steps[2].call`; a key with other characters is quoted: `operations["POST /orders"]`. */
export function formatPath(path: ValuePath): string {
  let text = "";
  for (const step of path) {
    if (typeof step === "number") text += `[${String(step)}]`;
    else if (/^[A-Za-z_][\w-]*$/.test(step)) text += (text === "" ? "" : ".") + step;
    else text += `[${JSON.stringify(step)}]`;
  }
  return text;
}

function keyText(key: unknown): string | undefined {
  return isScalar(key) ? String(key.value) : undefined;
}

function rangeOf(node: unknown): { readonly from: number; readonly to: number } | undefined {
  if (typeof node !== "object" || node === null || !("range" in node) || !Array.isArray(node.range)) return undefined;
  const [from, to] = node.range as readonly unknown[];
  return typeof from === "number" && typeof to === "number" ? { from, to } : undefined;
}

function depthOf(value: unknown, limit: number): number {
  if (limit < 0 || typeof value !== "object" || value === null) return 0;
  let deepest = 0;
  for (const child of Object.values(value)) deepest = Math.max(deepest, depthOf(child, limit - 1));
  return deepest + 1;
}

const firstSentence = (message: string): string => (message.split("\n")[0] ?? message).replace(/:$/, "");

function yamlHint(code: string): string | undefined {
  if (code === "DUPLICATE_KEY") return "each key stands once; the second one would replace the first";
  if (code === "TAB_AS_INDENT") return "indent with spaces";
  if (code === "MULTIPLE_DOCS") return "one document a file: remove the ---";
  return undefined;
}
