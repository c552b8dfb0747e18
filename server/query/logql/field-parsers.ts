/**
 * The stages that find fields in a line and make labels of them. A field with the name of a stream's label is called
 * `<name>_extracted`; a label that was parsed before stays. Source: grafana/loki pkg/logql/log/parser.go.
 */
import { compileRegex } from "../promql/matcher.js";
import type { FieldParser } from "./ast.js";
import { parseFieldPath, type FieldPath } from "./field-path.js";
import { scanJsonObject } from "./json-scanner.js";
import { PRESERVE_ERROR_LABEL, type LineState } from "./line-state.js";
import { scanLogfmt } from "./logfmt-scanner.js";
import { meaningless } from "./problem.js";
import { compileCaptures } from "./text-pattern.js";

/** Which labels a query needs of its parsers. */
export interface ParserHints {
  /** Nothing: no need to parse at all. */
  readonly noLabels: boolean;
  /** Undefined: all of them. */
  readonly wanted: ReadonlySet<string> | undefined;
  /** The query asks for `__error__` itself, so a metric with errors is what it wants. */
  readonly preserveError: boolean;
}

export const ALL_LABELS: ParserHints = { noLabels: false, wanted: undefined, preserveError: false };

export type CompiledParser = (line: LineState) => void;

const JSON_ERROR = "JSONParserErr";
const LOGFMT_ERROR = "LogfmtParserErr";
const SUFFIX = "_extracted";

/** Throws ParseFailure for an expression that is none. */
export function compileParser(parser: FieldParser, hints: ParserHints): CompiledParser {
  switch (parser.kind) {
    case "json":
      return parser.extractions.length === 0 ? jsonFields(hints) : jsonPaths(parser, hints);
    case "logfmt":
      return parser.extractions.length === 0 ? logfmtFields(parser, hints) : logfmtPaths(parser, hints);
    case "regexp":
      return regexpFields(parser, hints);
    case "pattern":
      return patternFields(parser, hints);
    case "unpack":
      return unpack(hints);
  }
}

/** A name that a label may have: other characters become `_`, and a digit in front gets one before it. */
export function sanitizeLabel(key: string): string {
  const name = key.trim().replace(/[^a-zA-Z0-9_]/gu, "_");
  return /^\d/.test(name) ? `_${name}` : name;
}

/** Sets a label as a parser does; answers whether everything that was wanted is there now. */
function extract(line: LineState, hints: ParserHints, name: string, value: string): boolean {
  const label = line.streamHas(name) ? name + SUFFIX : name;
  if (label !== "" && !line.isParsed(label) && (hints.wanted?.has(label) ?? true)) line.set(label, value);
  if (hints.wanted === undefined) return false;
  for (const wanted of hints.wanted) if (!line.isParsed(wanted)) return false;
  return true;
}

function failed(line: LineState, hints: ParserHints, error: string, details: string): void {
  line.fail(error, details);
  if (hints.preserveError) line.set(PRESERVE_ERROR_LABEL, "true");
}

/** A character that stands for broken text is refused by everything behind. */
const readable = (value: string): string => (value.includes("\ufffd") ? "" : value);

function jsonFields(hints: ParserHints): CompiledParser {
  return (line) => {
    if (hints.noLabels) return;
    const fault = scanJsonObject(line.line, (path, kind, raw) => {
      if (kind === "object" || kind === "array" || kind === "null") return true;
      if (path.some((step) => typeof step === "number")) return true;
      return !extract(line, hints, nameOfPath(path), readable(raw));
    });
    if (fault !== undefined) failed(line, hints, JSON_ERROR, fault);
  };
}

const nameOfPath = (path: FieldPath): string => sanitizeLabel(path.map((step) => String(step).trim()).join("_"));

function jsonPaths(parser: Extract<FieldParser, { kind: "json" }>, hints: ParserHints): CompiledParser {
  const wanted = parser.extractions.map(({ label, path }) => {
    const parsed = parseFieldPath(path);
    if (!parsed.ok) throw meaningless(parsed.error, parser);
    return { label, key: JSON.stringify(parsed.value) };
  });
  return (line) => {
    if (line.line === "" || hints.noLabels) return;
    if (!/^["{[]/.test(line.line)) {
      failed(line, hints, JSON_ERROR, "");
      return;
    }
    const found = new Set<string>();
    scanJsonObject(line.line, (path, kind, raw) => {
      const key = JSON.stringify(path);
      for (const each of wanted) {
        if (each.key !== key || found.has(each.label)) continue;
        found.add(each.label);
        line.set(line.streamHas(each.label) ? each.label + SUFFIX : each.label, kind === "null" ? "" : readable(raw));
      }
      return found.size < wanted.length;
    });
    for (const { label } of wanted) {
      if (!found.has(label) && line.get(label) === undefined) line.set(label, "");
    }
  };
}

function logfmtFields(parser: Extract<FieldParser, { kind: "logfmt" }>, hints: ParserHints): CompiledParser {
  return (line) => {
    if (hints.noLabels) return;
    const fault = scanLogfmt(line.line, parser.strict, (key, value) => {
      const text = readable(value);
      if (text === "" && !parser.keepEmpty) return true;
      return !extract(line, hints, sanitizeLabel(key), text);
    });
    if (parser.strict && fault !== undefined) failed(line, hints, LOGFMT_ERROR, fault);
  };
}

function logfmtPaths(parser: Extract<FieldParser, { kind: "logfmt" }>, hints: ParserHints): CompiledParser {
  const labelsOf = new Map<string, string[]>();
  for (const { label, path } of parser.extractions) {
    const parsed = /^\s*(?:"([^"]*)"|([^\s"[\].]+(?:\.[^\s"[\].]+)*))\s*$/.exec(path);
    const key = parsed === null ? undefined : (parsed.at(1) ?? parsed.at(2));
    if (key === undefined) throw meaningless(`cannot parse expression [${path}]: syntax error`, parser);
    labelsOf.set(sanitizeLabel(key), [...(labelsOf.get(sanitizeLabel(key)) ?? []), label]);
  }
  return (line) => {
    if (hints.noLabels) return;
    for (const { label } of parser.extractions) if (!line.streamHas(label)) line.set(label, "");
    const fault = scanLogfmt(line.line, parser.strict, (key, value) => {
      const text = readable(value);
      if (text === "" && !parser.keepEmpty) return true;
      for (const label of labelsOf.get(sanitizeLabel(key)) ?? []) {
        line.set(line.streamHas(label) ? label + SUFFIX : label, text);
      }
      return true;
    });
    if (parser.strict && fault !== undefined) failed(line, hints, LOGFMT_ERROR, fault);
  };
}

function regexpFields(
  parser: Extract<FieldParser, { kind: "regexp" | "pattern" }>,
  hints: ParserHints,
): CompiledParser {
  const compiled = compileRegex(`(?-s)${parser.expression}`, parser.expression);
  if (!compiled.ok) throw meaningless(compiled.error, parser);
  const expression = compiled.value;
  const names = [...parser.expression.matchAll(/\(\?P?<([^>=!]*)>/g)].map(([, name]) => name);
  if (names.length === 0) throw meaningless("at least one named capture must be supplied", parser);
  const wrong = names.find((name) => !/^[a-zA-Z_][a-zA-Z0-9_]*$/.test(name));
  if (wrong !== undefined) throw meaningless(`invalid extracted label name '${wrong}'`, parser);
  const twice = names.find((name, index) => names.indexOf(name) !== index);
  if (twice !== undefined) throw meaningless(`duplicate extracted label name '${twice}'`, parser);
  return (line) => {
    const matcher = expression.matcher(line.line);
    if (!matcher.find()) return;
    for (const name of names) extract(line, hints, name, matcher.group(name) ?? "");
  };
}

function patternFields(
  parser: Extract<FieldParser, { kind: "regexp" | "pattern" }>,
  hints: ParserHints,
): CompiledParser {
  const compiled = compileCaptures(parser.expression);
  if (!compiled.ok) throw meaningless(compiled.error, parser);
  const captures = compiled.value;
  return (line) => {
    if (hints.noLabels) return;
    captures(line.line, (name, text) => {
      extract(line, hints, name, text);
    });
  };
}

const ENTRY = "_entry";

function unpack(hints: ParserHints): CompiledParser {
  return (line) => {
    if (line.line === "" || hints.noLabels) return;
    const fields: [string, string][] = [];
    let entry: string | undefined;
    const fault = line.line.startsWith("{")
      ? scanJsonObject(line.line, (path, kind, raw) => {
          if (path.length !== 1 || kind !== "string") return true;
          if (path[0] === ENTRY) entry = raw;
          else fields.push([String(path[0]), raw]);
          return true;
        })
      : "expecting json object(6), but it is not";
    if (fault !== undefined) {
      failed(line, hints, JSON_ERROR, fault);
      return;
    }
    // Only what was packed has an entry; fields of other JSON are left alone.
    if (entry === undefined) return;
    for (const [name, value] of fields) extract(line, hints, sanitizeLabel(name), value);
    line.line = entry;
  };
}
