/**
 * The structure of a template in a rule: what Go's text/template has of it, with `define`, `template`, `block`, `break`
 * and `continue`. Words and pipelines are read by the reader that LogQL's templates have. Source: Go text/template/parse.
 */
import {
  parsePipeline,
  piecesOf,
  TemplateFault,
  type TemplateOperand,
  type TemplatePiece,
  type TemplatePipeline,
} from "../query/logql/template-syntax.js";
import { failure, success, type Result } from "../base/result.js";
import { unquote } from "../query/promql/literals.js";

export type RuleTemplateNode =
  | { readonly kind: "text"; readonly text: string }
  | { readonly kind: "action"; readonly pipeline: TemplatePipeline }
  | {
      readonly kind: "if" | "with" | "range";
      readonly pipeline: TemplatePipeline;
      readonly body: readonly RuleTemplateNode[];
      readonly otherwise: readonly RuleTemplateNode[];
    }
  | { readonly kind: "template"; readonly name: string; readonly pipeline: TemplatePipeline | undefined }
  | { readonly kind: "break" | "continue" };

export interface RuleTemplateNodes {
  readonly nodes: readonly RuleTemplateNode[];
  /** Templates that it defines, by name. */
  readonly defined: ReadonlyMap<string, readonly RuleTemplateNode[]>;
}

const DEPTH_MAX = 50;
const CONTROL = /^(if|with|range|else|end|define|template|block|break|continue)\b\s*([^]*)$/;
const NAMED = /^("(?:[^"\\\n]|\\.)*"|`[^`]*`)\s*([^]*)$/;

/** What is wrong with a template, and where the action begins that is. */
interface NodeProblem {
  readonly message: string;
  readonly from: number;
}

/** `variables` are known from the start, with their dollar. */
export function readNodes(
  source: string,
  isFunction: (name: string) => boolean,
  variables: readonly string[],
): Result<RuleTemplateNodes, NodeProblem> {
  let reader: NodeReader | undefined;
  try {
    reader = new NodeReader(piecesOf(source), isFunction, variables);
    const { nodes } = reader.list({ depth: 0, loops: false });
    return success({ nodes, defined: reader.defined });
  } catch (error) {
    if (!(error instanceof TemplateFault)) throw error;
    return failure({ message: error.message, from: reader?.from ?? source.lastIndexOf("{{") });
  }
}

interface Place {
  readonly depth: number;
  /** Within a `range`, where `break` may stand. */
  readonly loops: boolean;
}

class NodeReader {
  readonly defined = new Map<string, readonly RuleTemplateNode[]>();
  private at = 0;
  private known: string[];

  constructor(
    private readonly pieces: readonly TemplatePiece[],
    private readonly isFunction: (name: string) => boolean,
    variables: readonly string[],
  ) {
    this.known = ["$", ...variables];
  }

  /** Of the piece that was read last. */
  get from(): number {
    return this.pieces.at(Math.max(0, this.at - 1))?.from ?? 0;
  }

  /** Nodes up to the `else` or `end` that belongs to the caller, which is `ending`. */
  list(place: Place): { readonly nodes: RuleTemplateNode[]; readonly ending: string } {
    if (place.depth > DEPTH_MAX) throw new TemplateFault("max expression depth exceeded");
    const nodes: RuleTemplateNode[] = [];
    while (this.at < this.pieces.length) {
      const piece = this.pieces[this.at++];
      if (piece.kind === "text") {
        nodes.push({ kind: "text", text: piece.text });
        continue;
      }
      const [, keyword = "", rest = ""] = CONTROL.exec(piece.text) ?? [];
      if (keyword === "else" || keyword === "end") {
        if (place.depth === 0) throw new TemplateFault(`unexpected {{${keyword}}}`);
        return { nodes, ending: piece.text };
      }
      if (keyword === "") nodes.push({ kind: "action", pipeline: this.pipeline(piece.text) });
      else nodes.push(...this.control(keyword, rest, place));
    }
    if (place.depth > 0) throw new TemplateFault("unexpected EOF");
    return { nodes, ending: "" };
  }

  private control(keyword: string, rest: string, place: Place): readonly RuleTemplateNode[] {
    switch (keyword) {
      case "define":
        this.define(nameOf(rest, "define").name, place);
        return [];
      case "block": {
        const { name, rest: text } = nameOf(rest, "block clause");
        const pipeline = this.pipeline(text);
        this.define(name, { depth: 0, loops: false });
        return [{ kind: "template", name, pipeline }];
      }
      case "template": {
        const { name, rest: text } = nameOf(rest, "template clause");
        return [{ kind: "template", name, pipeline: text === "" ? undefined : this.pipeline(text) }];
      }
      case "break":
      case "continue":
        if (!place.loops) throw new TemplateFault(`{{${keyword}}} outside {{range}}`);
        return [{ kind: keyword }];
      default:
        return [this.branch(keyword as "if" | "with" | "range", rest, place)];
    }
  }

  /** A template of its own: it sees none of the variables around it. */
  private define(name: string, { depth }: Place): void {
    if (depth > 0) throw new TemplateFault("unexpected {{define}}");
    const { known } = this;
    this.known = ["$"];
    const { nodes, ending } = this.list({ depth: 1, loops: false });
    if (ending !== "end") throw new TemplateFault(`unexpected {{${ending}}} in define clause`);
    this.defined.set(name, nodes);
    this.known = known;
  }

  private branch(kind: "if" | "with" | "range", text: string, { depth, loops }: Place): RuleTemplateNode {
    if (text === "") throw new TemplateFault(`missing value for ${kind}`);
    const before = this.known.length;
    const pipeline = this.pipeline(text);
    const body = this.list({ depth: depth + 1, loops: loops || kind === "range" });
    const otherwise = this.otherwise(body.ending, { depth: depth + 1, loops });
    this.known.length = before;
    return { kind, pipeline, body: body.nodes, otherwise };
  }

  private otherwise(ending: string, place: Place): readonly RuleTemplateNode[] {
    if (ending === "end") return [];
    const [, keyword = "", rest = ""] = CONTROL.exec(ending.replace(/^else\s*/, "")) ?? [];
    // `else if` shares the `end` of the whole.
    if (keyword === "if" || keyword === "with") return [this.branch(keyword, rest, place)];
    const { nodes, ending: last } = this.list(place);
    if (last !== "end") throw new TemplateFault("expected end; found {{else}}");
    return nodes;
  }

  private pipeline(text: string): TemplatePipeline {
    const pipeline = parsePipeline(text, this.isFunction);
    this.check(pipeline);
    if (pipeline.declares) this.known.push(...pipeline.variables);
    else for (const name of pipeline.variables) this.checkVariable(name);
    return pipeline;
  }

  private check({ commands }: TemplatePipeline): void {
    for (const operand of commands.flat()) this.checkOperand(operand);
  }

  private checkOperand(operand: TemplateOperand): void {
    if (operand.kind === "variable") this.checkVariable(operand.name);
    if (operand.kind === "group") this.check(operand.pipeline);
  }

  private checkVariable(name: string): void {
    if (!this.known.includes(name)) throw new TemplateFault(`undefined variable "${name}"`);
  }
}

function nameOf(text: string, where: string): { readonly name: string; readonly rest: string } {
  const match = NAMED.exec(text);
  if (match === null) throw new TemplateFault(`unexpected ${JSON.stringify(text)} in ${where}`);
  const [, quoted, rest] = match;
  const name = unquote(quoted);
  if (!name.ok) throw new TemplateFault(name.error);
  return { name: name.value, rest: rest.trim() };
}
