/** Log lines against others: labels and fields of each, and the pattern of its text. */
import { lineAndColumn } from "../../base/diagnostic.js";
import { failure, success, type Result } from "../../base/result.js";
import type { LogStore } from "../../telemetry/log-store.js";
import type { AttributeOrigin, CompareAnswer, CompareRefusal, CompareRequest, CompareSet } from "../../wire/compare.js";
import type { LogSelector } from "../logql/ast.js";
import { Drain, patternText } from "../logql/drain.js";
import { visitLines } from "../logql/evaluate.js";
import { DEFAULT_LOGQL_LIMITS, LogqlBudget } from "../logql/limits.js";
import { parseLogql } from "../logql/parse.js";
import { Tally, type AttributeSeed, type Side } from "./tally.js";
import { ThinnedSample } from "./thinned-sample.js";

/** What of the store is asked. */
export type LineSource = Pick<LogStore, "sample" | "reader">;

interface Line {
  /** What tells it from all others. */
  readonly id: string;
  readonly text: string;
  readonly fields: Readonly<Record<string, string | number | boolean>>;
}

interface Lines {
  readonly total: number;
  readonly lines: readonly Line[];
}

/** Ids of requests differ on every line and say nothing. */
const LEFT_OUT: ReadonlySet<string> = new Set(["trace_id", "span_id", "id"]);
const PATTERN: AttributeSeed = { id: "pattern", origin: { kind: "pattern" }, title: "pattern", absent: "none" };

export function compareLines(
  store: LineSource,
  request: CompareRequest,
  clockMs: (() => number) | undefined,
): CompareAnswer | CompareRefusal {
  const selection = linesOf(store, request.selection, { side: "selection", sample: request.sample, clockMs });
  if (!selection.ok) return selection.error;
  const others = linesOf(store, request.baseline, { side: "baseline", sample: request.sample, clockMs });
  if (!others.ok) return others.error;
  const baseline = withoutLines(others.value, selection.value);
  const tally = new Tally();
  const drain = new Drain();
  const all: readonly (readonly [Side, Line])[] = [
    ...selection.value.lines.map((line) => ["selection", line] as const),
    ...baseline.lines.map((line) => ["baseline", line] as const),
  ];
  const seeds = new Map<string, AttributeSeed>();
  for (const [side, { fields }] of all) {
    for (const name in fields) if (!LEFT_OUT.has(name)) tally.add(side, seedOf(seeds, name), fields[name]);
  }
  addPatterns(tally, drain, all);
  const examined = { selection: selection.value.lines.length, baseline: baseline.lines.length };
  const chosenBy = choosers(request);
  return {
    kind: "compared",
    things: "lines",
    selection: { total: selection.value.total, examined: examined.selection },
    baseline: { total: baseline.total, examined: examined.baseline },
    attributes: tally.ranked({ weights: examined, things: examined }, ({ title }) => chosenBy.has(title)),
    attributesExamined: tally.size,
  };
}

function seedOf(seeds: Map<string, AttributeSeed>, name: string): AttributeSeed {
  let seed = seeds.get(name);
  if (seed === undefined) {
    const origin: AttributeOrigin = { kind: "field", scope: "log", name };
    const unit = name.endsWith("_ms") ? { unit: "ms" as const } : {};
    seeds.set(name, (seed = { id: name, origin, title: name, absent: "none", ...unit }));
  }
  return seed;
}

/** A pattern is what it is after all lines were seen, so each is asked for a second time. */
function addPatterns(tally: Tally, drain: Drain, all: readonly (readonly [Side, Line])[]): void {
  all.forEach(([, { text }], index) => {
    drain.add(text, index);
  });
  const patternOf = new Map<number, string>();
  for (const cluster of drain.clusters) {
    const text = patternText(cluster);
    for (const index of cluster.counts.keys()) patternOf.set(index, text);
  }
  all.forEach(([side], index) => {
    const pattern = patternOf.get(index);
    if (pattern !== undefined) tally.add(side, PATTERN, pattern);
  });
}

interface LineOptions {
  readonly side: CompareRefusal["side"];
  readonly sample: number;
  readonly clockMs: (() => number) | undefined;
}

function linesOf(store: LineSource, set: CompareSet, options: LineOptions): Result<Lines, CompareRefusal> {
  if (set.logs !== undefined || set.query.trim() === "") return success(filteredLines(store, set, options.sample));
  const selector = selectorOf(set, options.side);
  return selector.ok ? success(queriedLines(store, set, selector.value, options)) : selector;
}

function filteredLines(store: LineSource, { logs = {}, window }: CompareSet, sample: number): Lines {
  const { total, lines } = store.sample({ ...logs, ...window }, sample);
  return {
    total,
    lines: lines.map(({ id, level, service, instance, message, attributes }) => ({
      id,
      text: message,
      fields: { ...attributes, level, service, instance },
    })),
  };
}

function queriedLines(
  store: LineSource,
  { window }: CompareSet,
  selector: LogSelector,
  { sample, clockMs }: LineOptions,
): Lines {
  const limits = clockMs === undefined ? DEFAULT_LOGQL_LIMITS : { ...DEFAULT_LOGQL_LIMITS, clockMs };
  const budget = new LogqlBudget(limits);
  const kept = new ThinnedSample<Line>(sample);
  const visit = {
    fromUs: window.fromUs,
    toUs: window.toUs + 1,
    newestFirst: true,
    budget,
    counted: budget.scanCount(),
  };
  visitLines(selector, store.reader, visit, (line) => {
    kept.offer(() => {
      const fields = line.labels();
      return {
        id: `${String(line.timeUs)} ${fields["span_id"] ?? ""} ${line.line}`,
        text: line.line,
        fields: typed(fields),
      };
    });
    return true;
  });
  return { total: kept.total, lines: kept.taken() };
}

/** Labels are texts; a measure in one is a number again. */
function typed(fields: Readonly<Record<string, string>>): Line["fields"] {
  return Object.fromEntries(
    Object.entries(fields).map(([name, value]) => [
      name,
      MEASURE.test(name) && NUMBER.test(value) ? Number(value) : value,
    ]),
  );
}

const MEASURE = /(?:_ms|_us|_seconds|_bytes|_count|_rows|items|attempts?)$/;
const NUMBER = /^-?\d+(?:\.\d+)?$/;

function selectorOf({ query }: CompareSet, side: CompareRefusal["side"]): Result<LogSelector, CompareRefusal> {
  const parsed = parseLogql(query);
  if (!parsed.ok) {
    const { diagnostic } = parsed.error;
    return failure({ kind: "refused", side, message: diagnostic.message, diagnostics: [diagnostic] });
  }
  if (parsed.value.kind === "log") return success(parsed.value);
  const message = "A metric of logs has no lines to compare; ask for the lines of its selector.";
  const place = { from: 0, to: query.length, ...lineAndColumn(query, 0) };
  return failure({ kind: "refused", side, message, diagnostics: [{ severity: "error", message, ...place }] });
}

/** Of the lines that were looked at; the total goes down in proportion where only a part of both was. */
function withoutLines({ total, lines }: Lines, taken: Lines): Lines {
  const ids = new Set(taken.lines.map(({ id }) => id));
  const left = lines.filter(({ id }) => !ids.has(id));
  const isWhole = lines.length === total;
  return { total: isWhole ? left.length : total, lines: left };
}

/** Fields that only one of the sets was filtered by. */
function choosers({ selection, baseline }: CompareRequest): ReadonlySet<string> {
  const names = new Set<string>();
  const [one, other] = [selection.logs ?? {}, baseline.logs ?? {}];
  if (JSON.stringify(one.levels) !== JSON.stringify(other.levels)) names.add("level");
  if (JSON.stringify(one.services) !== JSON.stringify(other.services)) names.add("service");
  if (JSON.stringify(one.fields) !== JSON.stringify(other.fields)) {
    for (const { name } of [...(one.fields ?? []), ...(other.fields ?? [])]) names.add(name);
  }
  return names;
}
