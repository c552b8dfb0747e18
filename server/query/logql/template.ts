/** Evaluation of a parsed template over the labels of a line. Source: Go text/template/exec.go, grafana/loki pkg/logql/log/fmt.go. */
import { failure, success, type Result } from "../../base/result.js";
import {
  isTrue,
  showValue,
  TEMPLATE_FUNCTIONS,
  TemplateFloat,
  TemplateTime,
  type TemplateScene,
  type TemplateValue,
} from "./template-functions.js";
import {
  parseTemplate,
  TemplateFault,
  type TemplateNode,
  type TemplateOperand,
  type TemplatePipeline,
} from "./template-syntax.js";

/** The text for a line's labels, or why there is none. */
export type CompiledTemplate = (
  labels: Readonly<Record<string, string>>,
  scene: TemplateScene,
) => Result<string, string>;

/** Characters of one text. */
const TEXT_MAX = 1_000_000;

export function compileTemplate(source: string): Result<CompiledTemplate, string> {
  try {
    const nodes = parseTemplate(source, (name) => TEMPLATE_FUNCTIONS.has(name));
    return success((labels, scene) => attempt(() => new Execution(labels, scene).text(nodes)));
  } catch (error) {
    if (error instanceof TemplateFault) return failure(`template: line:1: ${error.message}`);
    throw error;
  }
}

/** Labels that a template names, for knowing what has to be parsed. */
export function fieldsOfTemplate(source: string): readonly string[] {
  const fields: string[] = [];
  const ofPipeline = ({ commands }: TemplatePipeline): void => {
    for (const operand of commands.flat()) {
      if (operand.kind === "field" && operand.path.length > 0) fields.push(operand.path[0]);
      if (operand.kind === "group") ofPipeline(operand.pipeline);
    }
  };
  const ofNodes = (nodes: readonly TemplateNode[]): void => {
    for (const node of nodes) {
      if (!("pipeline" in node)) continue;
      ofPipeline(node.pipeline);
      if (node.kind === "action") continue;
      ofNodes(node.body);
      ofNodes(node.otherwise);
    }
  };
  ofNodes(parseTemplate(source, () => true));
  return fields;
}

function attempt(run: () => string): Result<string, string> {
  try {
    return success(run());
  } catch (error) {
    if (error instanceof TemplateFault) return failure(`template: line:1: ${error.message}`);
    throw error;
  }
}

type TemplateBranch = Extract<TemplateNode, { readonly kind: "if" | "with" | "range" }>;

class Execution {
  readonly #variables: [name: string, value: TemplateValue][];
  #length = 0;
  /** Set where a `range` is to go on with its next value, or to end. */
  #leaves: "break" | "continue" | undefined;

  constructor(
    private readonly labels: Readonly<Record<string, string>>,
    private readonly scene: TemplateScene,
  ) {
    this.#variables = [["$", labels]];
  }

  text(nodes: readonly TemplateNode[]): string {
    return this.#list(nodes, this.labels);
  }

  #list(nodes: readonly TemplateNode[], dot: TemplateValue): string {
    let out = "";
    for (const node of nodes) {
      out += this.#node(node, dot);
      if (this.#leaves !== undefined) break;
      if ((this.#length += out.length) > TEXT_MAX * 10 || out.length > TEXT_MAX)
        throw new TemplateFault("text too long");
    }
    return out;
  }

  #node(node: TemplateNode, dot: TemplateValue): string {
    if (node.kind === "text") return node.text;
    if (node.kind === "break" || node.kind === "continue") {
      this.#leaves = node.kind;
      return "";
    }
    if (node.kind === "action") {
      const value = this.#pipeline(node.pipeline, dot);
      return node.pipeline.variables.length > 0 ? "" : showValue(value);
    }
    const depth = this.#variables.length;
    const out = this.#branch(node, dot);
    this.#variables.length = depth;
    return out;
  }

  #branch(node: TemplateBranch, dot: TemplateValue): string {
    if (node.kind === "range") return this.#range(node, dot);
    const value = this.#pipeline(node.pipeline, dot);
    if (!isTrue(value)) return this.#list(node.otherwise, dot);
    return this.#list(node.body, node.kind === "with" ? value : dot);
  }

  #range(node: TemplateBranch, dot: TemplateValue): string {
    const { variables } = node.pipeline;
    const value = this.#pipeline({ ...node.pipeline, variables: [] }, dot);
    const entries = entriesOf(value);
    if (entries.length === 0) return this.#list(node.otherwise, dot);
    let out = "";
    for (const [key, each] of entries) {
      const depth = this.#variables.length;
      if (variables.length === 1) this.#variables.push([variables[0], each]);
      if (variables.length === 2) this.#variables.push([variables[0], key], [variables[1], each]);
      out += this.#list(node.body, each);
      this.#variables.length = depth;
      const ends = this.#leaves === "break";
      this.#leaves = undefined;
      if (ends) break;
    }
    return out;
  }

  #pipeline({ commands, variables, declares }: TemplatePipeline, dot: TemplateValue): TemplateValue {
    let value: TemplateValue;
    commands.forEach((command, index) => {
      value = this.#command(command, dot, index > 0 ? [value] : []);
    });
    if (variables.length === 0) return value;
    const [name] = variables;
    if (declares) this.#variables.push([name, value]);
    else this.#assign(name, value);
    return value;
  }

  #assign(name: string, value: TemplateValue): void {
    const variable = this.#variables.findLast(([known]) => known === name);
    if (variable === undefined) throw new TemplateFault(`undefined variable ${JSON.stringify(name)}`);
    variable[1] = value;
  }

  /** `piped` is what the command before gave: the last argument. */
  #command(
    [first, ...rest]: readonly TemplateOperand[],
    dot: TemplateValue,
    piped: readonly TemplateValue[],
  ): TemplateValue {
    if (first.kind !== "function") {
      if (rest.length > 0 || piped.length > 0) throw new TemplateFault("can't give argument to non-function");
      return this.#operand(first, dot);
    }
    const call = TEMPLATE_FUNCTIONS.get(first.name);
    if (call === undefined) throw new TemplateFault(`function ${JSON.stringify(first.name)} not defined`);
    return call([...rest.map((operand) => this.#operand(operand, dot)), ...piped], this.scene);
  }

  #operand(operand: TemplateOperand, dot: TemplateValue): TemplateValue {
    switch (operand.kind) {
      case "constant":
        return operand.value;
      case "field":
        return fieldOf(dot, operand.path, dot === this.labels);
      case "variable": {
        const variable = this.#variables.findLast(([known]) => known === operand.name);
        if (variable === undefined) throw new TemplateFault(`undefined variable ${JSON.stringify(operand.name)}`);
        return fieldOf(variable[1], operand.path, variable[1] === this.labels);
      }
      case "group":
        return fieldOf(this.#pipeline(operand.pipeline, dot), operand.path, false);
      case "function":
        return this.#command([operand], dot, []);
    }
  }
}

const isScalar = (value: TemplateValue): boolean => value instanceof TemplateTime || value instanceof TemplateFloat;

/** A label that is not there is empty; a field of other data that is not there is nothing. */
function fieldOf(value: TemplateValue, path: readonly string[], isLabels: boolean): TemplateValue {
  let inner = value;
  for (const name of path) {
    if (typeof inner !== "object" || Array.isArray(inner) || isScalar(inner)) {
      throw new TemplateFault(`can't evaluate field ${name} in type ${typeof inner}`);
    }
    const record = inner as Readonly<Record<string, TemplateValue>>;
    inner = Object.hasOwn(record, name) ? record[name] : isLabels ? "" : undefined;
  }
  return inner;
}

function entriesOf(value: TemplateValue): readonly (readonly [TemplateValue, TemplateValue])[] {
  if (value === undefined) return [];
  if (Array.isArray(value)) return (value as readonly TemplateValue[]).map((each, index) => [index, each] as const);
  if (typeof value !== "object" || isScalar(value)) {
    throw new TemplateFault(`range can't iterate over ${showValue(value)}`);
  }
  return Object.entries(value as Readonly<Record<string, TemplateValue>>).sort(([a], [b]) => (a < b ? -1 : 1));
}
