/**
 * Go's text templates as `line_format` and `label_format` use them: text, actions, `if`, `with`, `range`, variables and
 * pipelines. Source: Go text/template/parse; the sentences of its errors.
 */
import { unquote } from "../promql/literals.js";

export type TemplateNode =
  | { readonly kind: "text"; readonly text: string }
  | { readonly kind: "action"; readonly pipeline: TemplatePipeline }
  | { readonly kind: "break" }
  | { readonly kind: "continue" }
  | {
      readonly kind: "if" | "with" | "range";
      readonly pipeline: TemplatePipeline;
      readonly body: readonly TemplateNode[];
      readonly otherwise: readonly TemplateNode[];
    };

export interface TemplatePipeline {
  /** Variables that take the value; two in a `range`. */
  readonly variables: readonly string[];
  readonly declares: boolean;
  readonly commands: readonly (readonly TemplateOperand[])[];
}

export type TemplateOperand =
  | { readonly kind: "field"; readonly path: readonly string[] }
  | { readonly kind: "variable"; readonly name: string; readonly path: readonly string[] }
  | { readonly kind: "function"; readonly name: string }
  | { readonly kind: "constant"; readonly value: string | number | boolean | undefined }
  | { readonly kind: "group"; readonly pipeline: TemplatePipeline; readonly path: readonly string[] };

export class TemplateFault extends Error {
  override readonly name = "TemplateFault";
}

const DEPTH_MAX = 50;

export interface TemplatePiece {
  readonly kind: "text" | "action";
  readonly text: string;
  /** Where its source begins. */
  readonly from: number;
}

/** Text and actions in turn, with the spaces beside `{{-` and `-}}` taken away. */
export function piecesOf(source: string): TemplatePiece[] {
  const pieces: TemplatePiece[] = [];
  let at = 0;
  let trims = false;
  for (;;) {
    const open = source.indexOf("{{", at);
    const textEnd = open < 0 ? source.length : open;
    const trimsBefore = open >= 0 && /^\{\{-\s/.test(source.slice(open, open + 4));
    let text = source.slice(at, textEnd);
    if (trims) text = text.trimStart();
    if (trimsBefore) text = text.trimEnd();
    if (text !== "") pieces.push({ kind: "text", text, from: at });
    if (open < 0) return pieces;
    const close = closeOf(source, open + 2);
    const body = source.slice(open + (trimsBefore ? 3 : 2), close);
    trims = /\s-$/.test(body);
    const inner = (trims ? body.slice(0, -1) : body).trim();
    if (!/^\/\*[^]*\*\/$/.test(inner)) pieces.push({ kind: "action", text: inner, from: open });
    at = close + 2;
  }
}

/** Where an action ends: at `}}` outside of quotes. */
function closeOf(source: string, from: number): number {
  const pattern = /"(?:[^"\\\n]|\\.)*"|`[^`]*`|'(?:[^'\\\n]|\\.)*'|\/\*[^]*?\*\/|\}\}|[^]/g;
  pattern.lastIndex = from;
  for (let match = pattern.exec(source); match !== null; match = pattern.exec(source)) {
    if (match[0] === "}}") return match.index;
    if (match[0] === '"') throw new TemplateFault("unterminated quoted string");
    if (match[0] === "`") throw new TemplateFault("unterminated raw quoted string");
  }
  throw new TemplateFault("unclosed action");
}

/** Nodes of a template. Throws TemplateFault. */
export function parseTemplate(source: string, isFunction: (name: string) => boolean): readonly TemplateNode[] {
  return new TemplateParser(piecesOf(source), isFunction).list(0).nodes;
}

const CONTROL = /^(if|with|range|else|end)\b\s*([^]*)$/;

class TemplateParser {
  #at = 0;

  constructor(
    private readonly pieces: readonly TemplatePiece[],
    private readonly isFunction: (name: string) => boolean,
  ) {}

  /** Nodes up to the `else` or `end` that belongs to the caller, which is `ending`. */
  list(depth: number, inRange = false): { readonly nodes: TemplateNode[]; readonly ending: string } {
    if (depth > DEPTH_MAX) throw new TemplateFault("max expression depth exceeded");
    const nodes: TemplateNode[] = [];
    while (this.#at < this.pieces.length) {
      const piece = this.pieces[this.#at++];
      if (piece.kind === "text") {
        nodes.push({ kind: "text", text: piece.text });
        continue;
      }
      const [, keyword = "", rest = ""] = CONTROL.exec(piece.text) ?? [];
      if (keyword === "else" || keyword === "end") {
        if (depth === 0) throw new TemplateFault(`unexpected {{${keyword}}}`);
        return { nodes, ending: piece.text };
      }
      if (piece.text === "break" || piece.text === "continue") {
        if (!inRange) throw new TemplateFault(`{{${piece.text}}} outside {{range}}`);
        nodes.push({ kind: piece.text });
      } else if (keyword === "") nodes.push({ kind: "action", pipeline: this.#pipeline(piece.text) });
      else nodes.push(this.#branch(keyword as "if" | "with" | "range", rest, depth, inRange));
    }
    if (depth > 0) throw new TemplateFault("unexpected EOF");
    return { nodes, ending: "" };
  }

  #branch(kind: "if" | "with" | "range", text: string, depth: number, inRange: boolean): TemplateNode {
    if (text === "") throw new TemplateFault(`missing value for ${kind}`);
    const pipeline = this.#pipeline(text);
    const body = this.list(depth + 1, inRange || kind === "range");
    if (body.ending === "end") return { kind, pipeline, body: body.nodes, otherwise: [] };
    const [, keyword = "", rest = ""] = CONTROL.exec(body.ending.replace(/^else\s*/, "")) ?? [];
    // `else if` shares the `end` of the whole.
    if (keyword === "if" || keyword === "with") {
      return { kind, pipeline, body: body.nodes, otherwise: [this.#branch(keyword, rest, depth + 1, inRange)] };
    }
    const otherwise = this.list(depth + 1, inRange);
    if (otherwise.ending !== "end") throw new TemplateFault("expected end; found {{else}}");
    return { kind, pipeline, body: body.nodes, otherwise: otherwise.nodes };
  }

  #pipeline(text: string): TemplatePipeline {
    return parsePipeline(text, this.isFunction);
  }
}

/** What stands between the braces of an action. Throws TemplateFault. */
export function parsePipeline(text: string, isFunction: (name: string) => boolean): TemplatePipeline {
  const reader = new PipelineReader(wordsOf(text), isFunction);
  const pipeline = reader.pipeline(0);
  reader.end();
  return pipeline;
}

const WORD =
  /\s+|(?<text>"(?:[^"\\\n]|\\.)*"|`[^`]*`)|(?<character>'(?:[^'\\\n]|\\.)+')|(?<number>[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?)|(?<variable>\$[\p{L}\p{Nd}_]*)|(?<field>(?:\.[\p{L}_][\p{L}\p{Nd}_]*)+)|(?<name>[\p{L}_][\p{L}\p{Nd}_]*)|(?<symbol>:=|[=|(),.])/uy;

interface TemplateWord {
  readonly kind: "text" | "character" | "number" | "variable" | "field" | "name" | "symbol" | "end";
  readonly text: string;
  /** Whether it stands right behind the word before. */
  readonly joined: boolean;
}

function wordsOf(source: string): TemplateWord[] {
  const words: TemplateWord[] = [];
  let joined = false;
  for (let at = 0; at < source.length;) {
    WORD.lastIndex = at;
    const match = WORD.exec(source);
    if (match === null) throw new TemplateFault(`unexpected ${JSON.stringify(source.charAt(at))} in command`);
    at += match[0].length;
    const kind = Object.entries(match.groups ?? {}).find(
      ([, value]) => (value as string | undefined) !== undefined,
    )?.[0];
    if (kind !== undefined) words.push({ kind: kind as TemplateWord["kind"], text: match[0], joined });
    joined = kind !== undefined;
  }
  words.push({ kind: "end", text: "", joined: false });
  return words;
}

const CONSTANTS: ReadonlyMap<string, boolean | undefined> = new Map<string, boolean | undefined>([
  ["true", true],
  ["false", false],
  ["nil", undefined],
]);

class PipelineReader {
  #at = 0;

  constructor(
    private readonly words: readonly TemplateWord[],
    private readonly isFunction: (name: string) => boolean,
  ) {}

  end(): void {
    const word = this.words[this.#at];
    if (word.kind !== "end") throw new TemplateFault(`unexpected ${JSON.stringify(word.text)} in operand`);
  }

  pipeline(depth: number): TemplatePipeline {
    if (depth > DEPTH_MAX) throw new TemplateFault("max expression depth exceeded");
    const { variables, declares } = this.#assigned();
    const commands: TemplateOperand[][] = [];
    do commands.push(this.#command(depth));
    while (this.#takes("|"));
    return { variables, declares, commands };
  }

  /** `$x :=`, `$x =`, `$i, $x :=`. */
  #assigned(): { readonly variables: readonly string[]; readonly declares: boolean } {
    const names: string[] = [];
    for (let at = this.#at; this.words[at].kind === "variable"; at += 2) {
      names.push(this.words[at].text);
      const after = this.words[at + 1].text;
      if (after === ":=" || after === "=") {
        this.#at = at + 2;
        return { variables: names, declares: after === ":=" };
      }
      if (after !== ",") break;
    }
    return { variables: [], declares: false };
  }

  #takes(symbol: string): boolean {
    const word = this.words[this.#at];
    if (word.kind !== "symbol" || word.text !== symbol) return false;
    this.#at++;
    return true;
  }

  #command(depth: number): TemplateOperand[] {
    const operands: TemplateOperand[] = [];
    for (;;) {
      const operand = this.#operand(depth);
      if (operand === undefined) break;
      operands.push(operand);
    }
    if (operands.length === 0) throw new TemplateFault("missing value for command");
    return operands;
  }

  #operand(depth: number): TemplateOperand | undefined {
    const word = this.words[this.#at];
    if (this.#takes("(")) {
      const pipeline = this.pipeline(depth + 1);
      if (!this.#takes(")")) throw new TemplateFault("unclosed left paren");
      return { kind: "group", pipeline, path: this.#path() };
    }
    if (this.#takes(".")) return { kind: "field", path: [] };
    if (word.kind === "symbol" || word.kind === "end") return undefined;
    this.#at++;
    return this.#simple(word);
  }

  #simple(word: TemplateWord): TemplateOperand {
    switch (word.kind) {
      case "field":
        return { kind: "field", path: word.text.slice(1).split(".") };
      case "variable":
        return { kind: "variable", name: word.text, path: this.#path() };
      case "number":
        return { kind: "constant", value: Number(word.text) };
      case "text":
      case "character":
        return { kind: "constant", value: textOf(word) };
      default:
        if (CONSTANTS.has(word.text)) return { kind: "constant", value: CONSTANTS.get(word.text) };
        if (!this.isFunction(word.text)) throw new TemplateFault(`function "${word.text}" not defined`);
        return { kind: "function", name: word.text };
    }
  }

  /** Fields right behind a variable or a parenthesis. */
  #path(): readonly string[] {
    const word = this.words[this.#at];
    if (word.kind !== "field" || !word.joined) return [];
    this.#at++;
    return word.text.slice(1).split(".");
  }
}

function textOf(word: TemplateWord): string | number {
  const meant = unquote(word.text);
  if (!meant.ok) throw new TemplateFault(meant.error);
  return word.kind === "character" ? (meant.value.codePointAt(0) ?? 0) : meant.value;
}
