/** What is wrong with rule groups before any of them runs. Source: prometheus/model/rulefmt/rulefmt.go. */
import { lineAndColumn, type Diagnostic } from "../base/diagnostic.js";
import { isPlainLabelName, isPlainMetricName, parseDurationMs } from "../query/promql/literals.js";
import { prepareQuery } from "../query/promql/query.js";
import type { RuleGroupSpec, RuleSpec } from "../topology/types.js";
import { parseTemplate } from "./template.js";

/**
 * Everything that is wrong with `groups`, with the path of the value (`groups[0].rules[2].expr`) and the position within
 * its text. Empty when a RuleEvaluator takes them.
 */
export function checkRuleGroups(groups: readonly RuleGroupSpec[]): Diagnostic[] {
  const problems: Diagnostic[] = [];
  const names = new Set<string>();
  groups.forEach((group, index) => {
    const path = `groups[${String(index)}]`;
    if (group.name === "") problems.push(problem(`${path}.name`, "Groupname must not be empty"));
    if (names.has(group.name))
      problems.push(problem(`${path}.name`, `groupname: "${group.name}" is repeated in the same file`));
    names.add(group.name);
    checkDuration(problems, `${path}.interval`, group.interval);
    checkDuration(problems, `${path}.query_offset`, group.query_offset);
    for (const name of Object.keys(group.labels ?? {}))
      if (!isPlainLabelName(name) || name === "__name__")
        problems.push(problem(`${path}.labels.${name}`, `invalid label name: ${name}`));
    group.rules.forEach((rule, at) => {
      checkRule(problems, `${path}.rules[${String(at)}]`, rule);
    });
  });
  return problems;
}

function problem(
  path: string,
  message: string,
  place: { readonly text: string; readonly from: number; readonly to: number } = NOWHERE,
): Diagnostic {
  const { from, to } = place;
  return { severity: "error", message, path, from, to, ...lineAndColumn(place.text, from) };
}

const NOWHERE = { text: "", from: 0, to: 0 };

function checkRule(problems: Diagnostic[], path: string, rule: RuleSpec): void {
  if (rule.alert !== undefined && rule.record !== undefined) {
    problems.push(problem(path, "only one of 'record' and 'alert' must be set"));
  }
  if (rule.alert === undefined && rule.record === undefined)
    problems.push(problem(path, "one of 'record' or 'alert' must be set"));
  if (rule.record !== undefined) checkRecording(problems, path, rule);
  checkExpression(problems, path, rule);
  checkDuration(problems, `${path}.for`, rule.for);
  checkDuration(problems, `${path}.keep_firing_for`, rule.keep_firing_for);
  for (const [name, value] of Object.entries(rule.labels ?? {})) {
    const at = `${path}.labels.${name}`;
    if (!isPlainLabelName(name) || name === "__name__") problems.push(problem(at, `invalid label name: ${name}`));
    if (rule.alert !== undefined) checkTemplate(problems, at, value);
  }
  for (const [name, value] of Object.entries(rule.annotations ?? {})) {
    const at = `${path}.annotations.${name}`;
    if (!isPlainLabelName(name)) problems.push(problem(at, `invalid annotation name: ${name}`));
    checkTemplate(problems, at, value);
  }
}

function checkRecording(problems: Diagnostic[], path: string, rule: RuleSpec): void {
  const name = rule.record ?? "";
  if (!isPlainMetricName(name)) problems.push(problem(`${path}.record`, `invalid recording rule name: ${name}`));
  for (const field of ["for", "keep_firing_for", "annotations"] as const) {
    if (rule[field] !== undefined)
      problems.push(problem(`${path}.${field}`, `invalid field '${field}' in recording rule`));
  }
}

function checkExpression(problems: Diagnostic[], path: string, rule: RuleSpec): void {
  const at = `${path}.expr`;
  if (rule.expr.trim() === "") {
    problems.push(problem(at, "field 'expr' must be set in rule"));
    return;
  }
  const prepared = prepareQuery(rule.expr);
  if (!prepared.ok) {
    problems.push(...prepared.error.map((diagnostic) => ({ ...diagnostic, path: at })));
    return;
  }
  if (prepared.value.type === "matrix" || prepared.value.type === "string") {
    problems.push(problem(at, "the expression of a rule must be an instant vector or a scalar"));
  }
}

function checkDuration(problems: Diagnostic[], path: string, text: string | undefined): void {
  if (text === undefined || text === "0" || parseDurationMs(text) !== undefined) return;
  problems.push(problem(path, `not a valid duration string: "${text}"`));
}

function checkTemplate(problems: Diagnostic[], path: string, text: string): void {
  const parsed = parseTemplate(text);
  if (!parsed.ok) problems.push(problem(path, parsed.error.message, { text, ...parsed.error }));
}
