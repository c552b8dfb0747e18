/** Stages compiled in their order: a line goes through until one refuses it. Source: grafana/loki pkg/logql/log/pipeline.go. */
import type { LineTest } from "../../telemetry/log-reader.js";
import type { Labels } from "../../telemetry/metric-reader.js";
import { compileMatcher } from "../promql/matcher.js";
import type { LabelFormat, LabelFormatItem, NamedLabel, Stage } from "./ast.js";
import { ALL_LABELS, compileParser, type ParserHints } from "./field-parsers.js";
import { compileLabelFilter, labelsOfFilter, type LinePredicate } from "./label-filter.js";
import { compileLineFilter } from "./line-test.js";
import { ERROR_DETAILS_LABEL, ERROR_LABEL, PRESERVE_ERROR_LABEL, type LineState } from "./line-state.js";
import { meaningless } from "./problem.js";
import { printStage } from "./print.js";
import { compileTemplate, fieldsOfTemplate, type CompiledTemplate } from "./template.js";

export interface Pipeline {
  /** Line filters before any other stage, for the store to decide. */
  readonly tests: readonly LineTest[];
  /** What is left. */
  readonly process: LinePredicate;
}

/** For one evaluation: some stages remember what they have seen. Throws ParseFailure for a stage that cannot work. */
export function compileStages(stages: readonly Stage[], hints: ParserHints = ALL_LABELS): Pipeline {
  const first = stages.findIndex(({ kind }) => kind !== "line-filter");
  const leading = first < 0 ? stages : stages.slice(0, first);
  const tests = leading.flatMap((stage) => (stage.kind === "line-filter" ? [compileLineFilter(stage)] : []));
  const rest = (first < 0 ? [] : stages.slice(first)).map((stage) => compileStage(stage, hints));
  return { tests, process: (line) => rest.every((stage) => stage(line)) };
}

function compileStage(stage: Stage, hints: ParserHints): LinePredicate {
  switch (stage.kind) {
    case "line-filter": {
      const filter = compileLineFilter(stage);
      return (line) => filter.test(line.line);
    }
    case "label-filter":
      return compileLabelFilter(stage.filter, stage);
    case "line-format":
      return lineFormat(templateOf(stage.template, stage));
    case "label-format":
      return labelFormat(stage);
    case "decolorize":
      return always((line) => (line.line = line.line.replace(ANSI, "")));
    case "drop":
      return always(dropLabels(stage.labels));
    case "keep":
      return always(keepLabels(stage.labels));
    case "distinct":
      return distinct(stage.labels);
    default:
      return always(compileParser(stage, hints));
  }
}

const always =
  (change: (line: LineState) => void): LinePredicate =>
  (line) => {
    change(line);
    return true;
  };

// The sequences that colour a terminal's text; the expression of the stripansi library, which Loki uses.
const ANSI = new RegExp(
  "[\\u001B\\u009B][[\\]()#;?]*(?:(?:(?:[a-zA-Z\\d]*(?:;[a-zA-Z\\d]*)*)?\\u0007)|(?:(?:\\d{1,4}(?:;\\d{0,4})*)?[\\dA-PRZcf-ntqry=><~]))",
  "g",
);

function templateOf(source: string, stage: Stage): CompiledTemplate {
  const compiled = compileTemplate(source);
  if (!compiled.ok) throw meaningless(`stage '${printStage(stage)}' : invalid line template: ${compiled.error}`, stage);
  return compiled.value;
}

const TEMPLATE_ERROR = "TemplateFormatErr";

const sceneOf = (line: LineState): { readonly line: () => string; readonly timeUs: number } => ({
  line: () => line.line,
  timeUs: line.timeUs,
});

function lineFormat(template: CompiledTemplate): LinePredicate {
  return always((line) => {
    const text = template(line.labels(), sceneOf(line));
    if (text.ok) line.line = text.value;
    else line.fail(TEMPLATE_ERROR, text.error);
  });
}

function labelFormat(stage: LabelFormat): LinePredicate {
  const items = stage.items.map((item) => compileItem(item, stage));
  return always((line) => {
    // Every template sees the labels as they were before the first; a rename is seen by those behind it.
    let labels: Labels | undefined;
    for (const item of items) labels = item(line, labels);
  });
}

type FormatItem = (line: LineState, labels: Labels | undefined) => Labels | undefined;

function compileItem({ label, source }: LabelFormatItem, stage: LabelFormat): FormatItem {
  if (source.kind === "rename") {
    return (line, labels) => {
      const value = line.get(source.text);
      if (value !== undefined) {
        line.delete(source.text);
        line.set(label, value);
      }
      return labels;
    };
  }
  const compiled = compileTemplate(source.text);
  if (!compiled.ok) {
    const message = `stage '${printStage(stage)}' : invalid template for label '${label}': ${compiled.error}`;
    throw meaningless(message, stage);
  }
  return (line, labels) => {
    const seen = labels ?? line.labels();
    const text = compiled.value(seen, sceneOf(line));
    if (text.ok) line.set(label, text.value);
    else line.fail(TEMPLATE_ERROR, text.error);
    return seen;
  };
}

type NameTest = (name: string, value: string) => boolean;

function testOf({ name, matcher }: NamedLabel): NameTest {
  if (matcher === undefined) return (candidate) => candidate === name;
  const compiled = compileMatcher(matcher);
  return (candidate, value) => candidate === name && compiled.ok && compiled.value(value);
}

function dropLabels(labels: readonly NamedLabel[]): (line: LineState) => void {
  const tests = labels.map((label) => ({ name: label.name, test: testOf(label) }));
  return (line) => {
    for (const { name, test } of tests) {
      if (name === ERROR_LABEL) {
        if (line.error !== "" && test(name, line.error)) line.error = "";
      } else if (name === ERROR_DETAILS_LABEL) {
        if (line.errorDetails !== "" && test(name, line.errorDetails)) line.errorDetails = "";
      } else {
        const value = line.get(name);
        if (value !== undefined && test(name, value)) line.delete(name);
      }
    }
  };
}

const SPECIAL: ReadonlySet<string> = new Set([ERROR_LABEL, ERROR_DETAILS_LABEL, PRESERVE_ERROR_LABEL]);

function keepLabels(labels: readonly NamedLabel[]): (line: LineState) => void {
  const tests = labels.map(testOf);
  return (line) => {
    for (const [name, value] of Object.entries(line.labels())) {
      if (!SPECIAL.has(name) && !tests.some((test) => test(name, value))) line.delete(name);
    }
  };
}

/** Lines whose values of the labels were not there before. Each label remembers its values by itself, as it did in Loki. */
function distinct(labels: readonly string[]): LinePredicate {
  const seen = labels.map((name) => ({ name, values: new Set<string>() }));
  return (line) => {
    for (const { name, values } of seen) {
      const value = line.get(name);
      if (value === undefined || values.has(value)) return false;
      values.add(value);
    }
    return true;
  };
}

/** Labels that stages ask for, which parsers therefore have to find. */
export function labelsOfStages(stages: readonly Stage[]): readonly string[] {
  return stages.flatMap((stage) => {
    switch (stage.kind) {
      case "label-filter":
        return labelsOfFilter(stage.filter);
      case "line-format":
        return fieldsOfTemplate(stage.template);
      case "label-format":
        return stage.items.flatMap(({ source }) =>
          source.kind === "rename" ? [source.text] : fieldsOfTemplate(source.text),
        );
      case "distinct":
        return stage.labels;
      default:
        return [];
    }
  });
}
