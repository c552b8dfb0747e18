/** What a dashboard file means: panels that overlap nobody, variables that are there, queries that are PromQL. */
import type { Report } from "./report.js";
import type { WrittenDashboard } from "./dashboard-schema.js";
import type { ValuePath } from "./source-document.js";
import { suggest } from "./suggest.js";

/** Grafana's own, which are always there. */
const GLOBAL_VARIABLE = /^(?:__\w+|timeFilter)$/;
const VARIABLE = /\$(\w+)|\$\{(\w+)(?::[\w-]+)?\}|\[\[(\w+)(?::[\w-]+)?\]\]/g;

/** Columns of Grafana's grid. */
const COLUMNS = 24;

/** A panel, or one within a row. */
type WrittenPanel = NonNullable<WrittenDashboard["panels"][number]["panels"]>[number];

interface DashboardCheck {
  readonly variables: readonly string[];
  readonly report: Report;
  readonly checkExpression:
    ((expression: string) => readonly { readonly message: string; readonly hint?: string }[]) | undefined;
}

export function checkDashboard(
  written: WrittenDashboard,
  report: Report,
  checkExpression: DashboardCheck["checkExpression"],
): void {
  const variables = (written.templating?.list ?? []).map((variable) => variable.name);
  reportTwice(variables, (index) => ["templating", "list", index, "name"], "variable", report);
  const check: DashboardCheck = { variables, report, checkExpression };
  const ids = new Map<number, ValuePath>();
  written.panels.forEach((panel, index) => {
    const path: ValuePath = ["panels", index];
    checkPanel(panel, path, ids, check);
    panel.panels?.forEach((inner, place) => {
      checkPanel(inner, [...path, "panels", place], ids, check);
    });
  });
}

function checkPanel(panel: WrittenPanel, path: ValuePath, ids: Map<number, ValuePath>, check: DashboardCheck): void {
  const { id, gridPos, targets = [] } = panel;
  if (id !== undefined && ids.has(id))
    check.report([...path, "id"], { message: `another panel has the id ${String(id)}` });
  if (id !== undefined) ids.set(id, path);
  if (gridPos !== undefined && gridPos.x + gridPos.w > COLUMNS) {
    check.report([...path, "gridPos", "w"], {
      message: `the panel ends in column ${String(gridPos.x + gridPos.w)}, and a dashboard has ${String(COLUMNS)}`,
    });
  }
  if (panel.type === "logs") return;
  targets.forEach(({ expr }, index) => {
    if (expr !== undefined && expr.trim() !== "") checkQuery(expr, [...path, "targets", index, "expr"], check);
  });
}

function checkQuery(query: string, path: ValuePath, { variables, report, checkExpression }: DashboardCheck): void {
  for (const match of query.matchAll(VARIABLE)) {
    const name = match.slice(1).find((part: string | undefined) => part !== undefined) ?? "";
    if (GLOBAL_VARIABLE.test(name) || variables.includes(name)) continue;
    report(path, { message: `there is no variable $${name}`, hint: suggest(name, variables) });
  }
  for (const { message, hint } of checkExpression?.(withStandIns(query)) ?? []) report(path, { message, hint });
}

/** `query` with something of the right kind in the place of each variable: a duration in brackets, a word elsewhere. */
function withStandIns(query: string): string {
  return query
    .replace(/\[\s*(?:\$\w+|\$\{\w+(?::[\w-]+)?\})\s*(?=[\]:])/g, "[1m")
    .replace(/:\s*(?:\$\w+|\$\{\w+(?::[\w-]+)?\})\s*\]/g, ":1m]")
    .replace(VARIABLE, "1");
}

function reportTwice(
  names: readonly string[],
  pathOf: (index: number) => ValuePath,
  kind: string,
  report: Report,
): void {
  names.forEach((name, index) => {
    if (names.indexOf(name) < index) report(pathOf(index), { message: `another ${kind} is called ${name}` });
  });
}
