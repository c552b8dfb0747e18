/**
 * Templates in the labels and annotations of alert rules, as Prometheus expands them: Go's text templates with `$labels`,
 * `$value`, `$externalLabels` and `$externalURL`, and queries from within. Source: prometheus/template/template.go,
 * Go text/template/exec.go.
 */
import { failure, success, type Result } from "../base/result.js";
import { isTrue, showValue, type TemplateValue } from "../query/logql/template-functions.js";
import { TemplateFault, type TemplateOperand, type TemplatePipeline } from "../query/logql/template-syntax.js";
import type { Labels } from "../telemetry/metric-reader.js";
import { callLazily, callRuleFunction, isRuleFunction, type TemplateScene } from "./template-functions.js";
import { readNodes, type RuleTemplateNode, type RuleTemplateNodes } from "./template-nodes.js";

/** What a template can speak of. */
export interface TemplateData {
  readonly labels: Labels;
  readonly externalLabels: Labels;
  readonly value: number;
}

/** A template that was read once and is rendered for each alert; what goes wrong then stands in the text. */
export type Template = (data: TemplateData, scene: TemplateScene) => string;

export interface TemplateProblem {
  readonly message: string;
  readonly from: number;
  readonly to: number;
}

const VARIABLES = ["$labels", "$externalLabels", "$externalURL", "$value"];
/** Characters of one text, and nodes that one rendering may visit. */
const TEXT_MAX = 1_000_000;
const STEPS_MAX = 1_000_000;
const CALL_DEPTH_MAX = 100;

/** Reads `text`, or says what in it cannot be read. */
export function parseTemplate(text: string): Result<Template, TemplateProblem> {
  const nodes = readNodes(text, isRuleFunction, VARIABLES);
  if (!nodes.ok) return failure({ ...nodes.error, to: text.length });
  return success((data, scene) => rendered(nodes.value, data, scene));
}

function rendered(nodes: RuleTemplateNodes, data: TemplateData, scene: TemplateScene): string {
  try {
    return new Rendering(nodes, data, scene).text();
  } catch (error) {
    if (!(error instanceof TemplateFault)) throw error;
    return `<error expanding template: error executing template: ${error.message}>`;
  }
}

/** Why a list ended before its end. */
type Leap = "break" | "continue" | undefined;

class Rendering {
  private readonly root: Readonly<Record<string, TemplateValue>>;
  private variables: [name: string, value: TemplateValue][];
  private out = "";
  private steps = 0;
  private depth = 0;

  constructor(
    private readonly template: RuleTemplateNodes,
    { labels, externalLabels, value }: TemplateData,
    private readonly scene: TemplateScene,
  ) {
    const ExternalURL = scene.externalUrl;
    this.root = { Labels: labels, ExternalLabels: externalLabels, ExternalURL, Value: value };
    this.variables = [
      ["$", this.root],
      ["$labels", labels],
      ["$externalLabels", externalLabels],
      ["$externalURL", ExternalURL],
      ["$value", value],
    ];
  }

  text(): string {
    this.list(this.template.nodes, this.root);
    return this.out;
  }

  private write(text: string): void {
    this.out += text;
    if (this.out.length > TEXT_MAX) throw new TemplateFault("text too long");
  }

  private list(nodes: readonly RuleTemplateNode[], dot: TemplateValue): Leap {
    for (const node of nodes) {
      if (++this.steps > STEPS_MAX) throw new TemplateFault("too many steps");
      const leap = this.node(node, dot);
      if (leap !== undefined) return leap;
    }
    return undefined;
  }

  private node(node: RuleTemplateNode, dot: TemplateValue): Leap {
    switch (node.kind) {
      case "text":
        this.write(node.text);
        return undefined;
      case "action": {
        const value = this.pipeline(node.pipeline, dot);
        if (node.pipeline.variables.length === 0) this.write(showValue(value));
        return undefined;
      }
      case "template":
        this.call(node.name, node.pipeline === undefined ? undefined : this.pipeline(node.pipeline, dot));
        return undefined;
      case "break":
      case "continue":
        return node.kind;
      default:
        return this.scoped(() => this.branch(node, dot));
    }
  }

  private scoped<Value>(run: () => Value): Value {
    const known = this.variables.length;
    const value = run();
    this.variables.length = known;
    return value;
  }

  private branch(node: Extract<RuleTemplateNode, { readonly body: unknown }>, dot: TemplateValue): Leap {
    if (node.kind === "range") {
      this.range(node, dot);
      return undefined;
    }
    const value = this.pipeline(node.pipeline, dot);
    if (!isTrue(value)) return this.list(node.otherwise, dot);
    return this.list(node.body, node.kind === "with" ? value : dot);
  }

  private range(node: Extract<RuleTemplateNode, { readonly body: unknown }>, dot: TemplateValue): void {
    const { variables } = node.pipeline;
    const entries = entriesOf(this.pipeline({ ...node.pipeline, variables: [] }, dot));
    if (entries.length === 0) this.list(node.otherwise, dot);
    for (const [key, each] of entries) {
      const leap = this.scoped(() => {
        if (variables.length === 1) this.variables.push([variables[0], each]);
        if (variables.length === 2) this.variables.push([variables[0], key], [variables[1], each]);
        return this.list(node.body, each);
      });
      if (leap === "break") return;
    }
  }

  /** Another template, which sees its argument and nothing else. */
  private call(name: string, dot: TemplateValue): void {
    const nodes = this.template.defined.get(name);
    if (nodes === undefined) throw new TemplateFault(`template ${JSON.stringify(name)} not defined`);
    if (++this.depth > CALL_DEPTH_MAX) throw new TemplateFault("exceeded maximum template depth");
    const { variables } = this;
    this.variables = [["$", dot]];
    this.list(nodes, dot);
    this.variables = variables;
    this.depth--;
  }

  private pipeline({ commands, variables, declares }: TemplatePipeline, dot: TemplateValue): TemplateValue {
    let value: TemplateValue;
    commands.forEach((command, index) => {
      value = this.command(command, dot, index > 0 ? [value] : []);
    });
    if (variables.length === 0) return value;
    const [name] = variables;
    const held = this.variables.findLast(([known]) => known === name);
    if (declares || held === undefined) this.variables.push([name, value]);
    else held[1] = value;
    return value;
  }

  /** `piped` is what the command before gave: the last argument. */
  private command(
    [first, ...rest]: readonly TemplateOperand[],
    dot: TemplateValue,
    piped: readonly TemplateValue[],
  ): TemplateValue {
    if (first.kind !== "function") {
      if (rest.length > 0 || piped.length > 0) throw new TemplateFault("can't give argument to non-function");
      return this.operand(first, dot);
    }
    const later = [...rest.map((operand) => () => this.operand(operand, dot)), ...piped.map((value) => () => value)];
    if (first.name === "and" || first.name === "or") return callLazily(first.name, later);
    return callRuleFunction(
      first.name,
      later.map((argument) => argument()),
      this.scene,
    );
  }

  private operand(operand: TemplateOperand, dot: TemplateValue): TemplateValue {
    switch (operand.kind) {
      case "constant":
        return operand.value;
      case "field":
        return fieldOf(dot, operand.path);
      case "variable":
        return fieldOf(this.variables.findLast(([known]) => known === operand.name)?.[1], operand.path);
      case "group":
        return fieldOf(this.pipeline(operand.pipeline, dot), operand.path);
      case "function":
        return this.command([operand], dot, []);
    }
  }
}

/** A label that is not there is empty. */
function fieldOf(value: TemplateValue, path: readonly string[]): TemplateValue {
  let inner = value;
  for (const name of path) {
    if (typeof inner !== "object" || Array.isArray(inner))
      throw new TemplateFault(
        `can't evaluate field ${name} in type ${typeof inner === "number" ? "float64" : typeof inner}`,
      );
    const record = inner as Readonly<Record<string, TemplateValue>>;
    if (!Object.hasOwn(record, name) && "Value" in record && "Labels" in record)
      throw new TemplateFault(`can't evaluate field ${name}`);
    inner = Object.hasOwn(record, name) ? record[name] : "";
  }
  return inner;
}

function entriesOf(value: TemplateValue): readonly (readonly [TemplateValue, TemplateValue])[] {
  if (value === undefined) return [];
  if (Array.isArray(value)) return (value as readonly TemplateValue[]).map((each, index) => [index, each] as const);
  if (typeof value !== "object") throw new TemplateFault(`range can't iterate over ${showValue(value)}`);
  return Object.entries(value as Readonly<Record<string, TemplateValue>>).sort(([a], [b]) => (a < b ? -1 : 1));
}
