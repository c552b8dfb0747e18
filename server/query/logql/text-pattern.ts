/** Patterns of the kind `<ip> - <user> [<_>]`: literal text with captures between. Source: grafana/loki pkg/logql/log/pattern. */
import { failure, success, type Result } from "../../base/result.js";

/** Literals and captures in turn; a capture without a name is `_`. */
type Part = { readonly kind: "text"; readonly text: string } | { readonly kind: "capture"; readonly name: string };

const CAPTURE = /<([a-zA-Z_][a-zA-Z0-9_]*)>/g;

function partsOf(pattern: string): Part[] {
  const parts: Part[] = [];
  let at = 0;
  for (const match of pattern.matchAll(CAPTURE)) {
    if (match.index > at) parts.push({ kind: "text", text: pattern.slice(at, match.index) });
    parts.push({ kind: "capture", name: match[1] });
    at = match.index + match[0].length;
  }
  if (at < pattern.length) parts.push({ kind: "text", text: pattern.slice(at) });
  return parts;
}

function faultOf(parts: readonly Part[]): string | undefined {
  for (let index = 1; index < parts.length; index++) {
    const [before, part] = [parts[index - 1], parts[index]];
    if (before.kind === "capture" && part.kind === "capture") {
      return `found consecutive capture '<${before.name}><${part.name}>': invalid expression`;
    }
  }
  const names = parts.flatMap((part) => (part.kind === "capture" && part.name !== "_" ? [part.name] : []));
  const twice = names.find((name, index) => names.indexOf(name) !== index);
  return twice === undefined ? undefined : `duplicate capture name (${twice}): invalid expression`;
}

/** Visits name and text of each capture that a line has. */
export type Captures = (line: string, visit: (name: string, text: string) => void) => void;

/** For the parser: at least one capture has a name. */
export function compileCaptures(pattern: string): Result<Captures, string> {
  const parts = partsOf(pattern);
  const fault = faultOf(parts);
  if (fault !== undefined) return failure(fault);
  if (!parts.some((part) => part.kind === "capture" && part.name !== "_")) {
    return failure("at least one capture is required");
  }
  return success((line, visit) => capture(parts, line, visit));
}

function capture(parts: readonly Part[], line: string, visit: (name: string, text: string) => void): void {
  if (line === "") return;
  let index = 0;
  let at = 0;
  const first = parts[0];
  if (first.kind === "text") {
    if (!line.startsWith(first.text)) return;
    [index, at] = [1, first.text.length];
  }
  for (; index < parts.length; index += 2) {
    const part = parts[index];
    const name = part.kind === "capture" ? part.name : "_";
    const next = parts.at(index + 1);
    const end = next?.kind === "text" ? line.indexOf(next.text, at) : -1;
    if (name !== "_") visit(name, end < 0 ? line.slice(at) : line.slice(at, end));
    // What a missing literal leaves open takes the rest of the line.
    if (next?.kind !== "text" || end < 0) return;
    at = end + next.text.length;
  }
}

/** For line filters: captures have no names, and the literals come in order, the whole line long. */
export function compileLinePattern(pattern: string): Result<(line: string) => boolean, string> {
  const parts = partsOf(pattern);
  const fault = faultOf(parts);
  if (fault !== undefined) return failure(fault);
  const named = parts.find((part) => part.kind === "capture" && part.name !== "_");
  if (named !== undefined) return failure("named captures are not allowed: invalid expression");
  return success((line) => passes(parts, line));
}

function passes(parts: readonly Part[], line: string): boolean {
  if (parts.length === 0) return line === "";
  let at = 0;
  for (const [index, part] of parts.entries()) {
    if (part.kind === "capture") continue;
    const found = line.indexOf(part.text, at);
    if (found < 0 || (index === 0 && found !== 0)) return false;
    at = found + part.text.length;
  }
  const endsOpen = parts[parts.length - 1].kind === "capture";
  return endsOpen === at < line.length;
}
