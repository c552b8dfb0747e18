/**
 * Text scripts for PromQL: `load` fills a memory, `eval` asks, the indented lines below say what must come out.
 *
 *     load 1m
 *       requests_total 0+10x10
 *     eval instant at 5m rate(requests_total[5m])
 *       {} 0.16666666
 *     eval range from 0 to 2m step 1m requests_total
 *       requests_total 0 10 20
 *
 * Expectations besides series: `expect fail [msg: text | regex: text]`, `expect warn|info [msg|regex]`, `expect no_warn`,
 * `expect no_info`, `expect ordered`, `expect string "…"`.
 */
import { MetricMemory, parseSeries } from "../fixtures/metric-memory.js";
import { parseDurationMs, parseNumber, unquote } from "../../server/query/promql/literals.js";
import { LabelSet } from "../../server/query/promql/label-set.js";
import {
  evaluateInstant,
  evaluateRange,
  prepareQuery,
  type PreparedQuery,
  type QueryResult,
} from "../../server/query/promql/query.js";
import { printExpr } from "../../server/query/promql/print.js";

/** As Prometheus runs its own scripts. */
const LANGUAGE = { experimental: true, delayedNameRemoval: true };

export interface ScriptCase {
  readonly line: number;
  readonly title: string;
  /** Whether it asks for native histograms, which are not stored here. */
  readonly native: boolean;
  /** Undefined when it passed. */
  readonly failure: string | undefined;
}

interface Command {
  readonly line: number;
  readonly head: string;
  readonly body: string[];
}

/** Runs a script; each `eval` is one case. A `load` that cannot be read is noted and its readable lines are kept. */
export function runScript(text: string): ScriptCase[] {
  let memory = new MetricMemory();
  const natives = new Set<string>();
  const cases: ScriptCase[] = [];
  for (const command of commands(text)) {
    const { line, head } = command;
    if (head.startsWith("clear")) {
      memory = new MetricMemory();
      natives.clear();
    } else if (head.startsWith("load")) {
      load(memory, command);
      for (const name of nativeNames(command)) natives.add(name);
    } else cases.push({ line, title: head, native: isNative(command, natives), failure: attempt(memory, command) });
  }
  return cases;
}

/** Names of the native histograms that a load brings; with `nhcb` the classic ones become native as well. */
function nativeNames({ head, body }: Command): string[] {
  const converted = head.startsWith("load_with_nhcb");
  return body
    .filter((line) => line.includes("{{") || (converted && /^\w+_bucket/.test(line)))
    .map((line) => (/^[\w:]+/.exec(line)?.[0] ?? "").replace(/_bucket$/, ""));
}

function isNative({ head, body }: Command, natives: ReadonlySet<string>): boolean {
  if (body.some((line) => line.includes("{{")) || /histogram_(?:avg|count|sum|stddev|stdvar)\(/.test(head)) return true;
  // A selector without a name may choose them.
  if (natives.size > 0 && /(?:^|[\s(,])\{/.test(head)) return true;
  return [...natives].some((name) => new RegExp(`\\b${name}\\b`).test(head));
}

function commands(text: string): Command[] {
  const found: Command[] = [];
  text.split("\n").forEach((raw, index) => {
    const line = raw.replace(/\s+$/, "");
    if (line.trim() === "" || line.trim().startsWith("#")) return;
    if (/^(load|load_with_nhcb|clear|eval|eval_\w+)\b/.test(line))
      found.push({ line: index + 1, head: line, body: [] });
    else found.at(-1)?.body.push(line.trim());
  });
  return found;
}

function load(memory: MetricMemory, { head, body }: Command): void {
  const stepMs = parseDurationMs(head.split(/\s+/)[1] ?? "") ?? NaN;
  // Native histograms are not stored here; the cases that need them fail by themselves.
  memory.load(
    stepMs,
    body.filter((line) => !line.includes("{{")),
  );
}

function attempt(memory: MetricMemory, command: Command): string | undefined {
  try {
    return check(memory, command);
  } catch (error) {
    return error instanceof Error ? `${error.name}: ${error.message}` : String(error);
  }
}

const timeMs = (text: string): number => parseDurationMs(text) ?? (parseNumber(text) ?? NaN) * 1000;

function check(memory: MetricMemory, { head, body }: Command): string | undefined {
  const range = /^eval\S*\s+range\s+from\s+(\S+)\s+to\s+(\S+)\s+step\s+(\S+)\s+(.*)$/.exec(head);
  const instant = /^eval\S*\s+instant\s+at\s+(\S+)\s+(.*)$/.exec(head);
  const text = range?.[4] ?? instant?.[2] ?? "";
  const expects = body.filter((line) => line.startsWith("expect ")).map((line) => line.slice("expect ".length));
  const fails = head.startsWith("eval_fail") ? "fail" : expects.find((line) => line.startsWith("fail"));
  const outcome = ask(memory, text, range, instant);
  if (fails !== undefined) {
    if (typeof outcome !== "string") return "expected an error and got a result";
    return matchesText(fails.slice("fail".length), [outcome]) ? undefined : `wrong error: ${outcome}`;
  }
  if (typeof outcome === "string") return `error: ${outcome}`;
  return (
    checkRemarks(expects, outcome) ??
    (range === null
      ? checkInstant(memory, text, timeMs(instant?.[1] ?? ""), body, expects, outcome)
      : checkRange(range, body, outcome))
  );
}

/** The result, or the text of the error. */
function ask(
  memory: MetricMemory,
  text: string,
  range: RegExpExecArray | null,
  instant: RegExpExecArray | null,
): QueryResult | string {
  const prepared = prepareQuery(text, LANGUAGE);
  if (!prepared.ok) return prepared.error.map((diagnostic) => diagnostic.message).join("; ");
  if (!prepared.value.movingDurations) checkPrinted(prepared.value);
  try {
    if (range !== null) {
      return evaluateRange(
        prepared.value,
        memory,
        timeMs(range[1] ?? ""),
        timeMs(range[2] ?? ""),
        timeMs(range[3] ?? ""),
      );
    }
    return evaluateInstant(prepared.value, memory, timeMs(instant?.[1] ?? ""));
  } catch (error) {
    if (error instanceof Error && (error.name === "QueryError" || error.name === "LimitError")) return error.message;
    throw error;
  }
}

function checkPrinted({ expr }: PreparedQuery): void {
  const printed = printExpr(expr);
  const again = prepareQuery(printed, LANGUAGE);
  if (!again.ok) throw new Error(`printed as ${printed}, which does not parse: ${again.error[0]?.message ?? ""}`);
  if (printExpr(again.value.expr) !== printed)
    throw new Error(`printed as ${printed}, and again as ${printExpr(again.value.expr)}`);
}

function matchesText(rule: string, texts: readonly string[]): boolean {
  const literal = /^\s*msg:\s*(.*)$/.exec(rule);
  if (literal !== null) return texts.some((text) => text.includes(literal[1] ?? ""));
  const regex = /^\s*regex:\s*(.*)$/.exec(rule);
  return regex === null ? texts.length > 0 : texts.some((text) => new RegExp(regex[1] ?? "").test(text));
}

function checkRemarks(expects: readonly string[], { warnings, infos }: QueryResult): string | undefined {
  for (const expect of expects) {
    if (expect === "no_warn" && warnings.length > 0) return `unexpected warning: ${warnings[0] ?? ""}`;
    if (expect === "no_info" && infos.length > 0) return `unexpected info: ${infos[0] ?? ""}`;
    if (expect.startsWith("warn") && !matchesText(expect.slice(4), warnings))
      return `no such warning among ${JSON.stringify(warnings)}`;
    if (expect.startsWith("info") && !matchesText(expect.slice(4), infos))
      return `no such info among ${JSON.stringify(infos)}`;
  }
  return undefined;
}

function checkInstant(
  memory: MetricMemory,
  text: string,
  atMs: number,
  body: readonly string[],
  expects: readonly string[],
  result: QueryResult,
): string | undefined {
  const lines = body.filter((line) => !line.startsWith("expect "));
  const wantedText = expects.find((line) => line.startsWith("string "));
  if (wantedText !== undefined) {
    const wanted = unquote(wantedText.slice("string ".length).trim());
    return result.kind === "string" && wanted.ok && wanted.value === result.value
      ? undefined
      : `got ${JSON.stringify(result)}`;
  }
  if (result.kind === "scalar") {
    return lines.length === 1 && close(parseNumber(lines[0] ?? "") ?? NaN, result.value)
      ? undefined
      : `got scalar ${String(result.value)}`;
  }
  if (result.kind === "matrix") {
    const got = new Map(result.series.map((series) => [series.labels.key, [...series.values]]));
    return compareSeries(lines, got);
  }
  if (result.kind !== "vector") return `got a ${result.kind}`;
  const order = result.samples.map((sample) => sample.labels.key);
  const failure = compareSeries(lines, new Map(result.samples.map((sample) => [sample.labels.key, [sample.value]])));
  if (failure !== undefined) return failure;
  const wantedOrder = lines.map((line) => LabelSet.of(parseSeries(line).labels).key);
  if (expects.includes("ordered") && wantedOrder.join("\n") !== order.join("\n")) return "order differs";
  return /@|sort/.test(text) ? undefined : checkAsRange(memory, text, atMs, result);
}

/** The instant asked in the middle of a range must give the same. */
function checkAsRange(memory: MetricMemory, text: string, atMs: number, result: QueryResult): string | undefined {
  const prepared = prepareQuery(text, LANGUAGE);
  if (!prepared.ok || result.kind !== "vector") return undefined;
  const matrix = evaluateRange(prepared.value, memory, atMs, atMs + 60_000, 30_000);
  if (matrix.kind !== "matrix") return "a range query gave no matrix";
  const there = matrix.series.filter((series) => series.timesMs[0] === atMs);
  const values = new Map(there.map((series) => [series.labels.key, series.values[0] ?? NaN]));
  if (values.size !== result.samples.length) return `as a range: ${String(values.size)} series`;
  for (const { labels, value } of result.samples) {
    if (!close(values.get(labels.key) ?? Infinity, value)) return `as a range: ${labels.toString()} differs`;
  }
  return undefined;
}

function checkRange(range: RegExpExecArray, body: readonly string[], result: QueryResult): string | undefined {
  if (result.kind !== "matrix") return `got a ${result.kind}`;
  const [startMs, stepMs] = [timeMs(range[1] ?? ""), timeMs(range[3] ?? "")];
  const got = new Map<string, (number | undefined)[]>();
  for (const { labels, timesMs, values } of result.series) {
    const row: (number | undefined)[] = [];
    timesMs.forEach((time, index) => (row[(time - startMs) / stepMs] = values[index]));
    got.set(labels.key, row);
  }
  return compareSeries(
    body.filter((line) => !line.startsWith("expect ")),
    got,
  );
}

function compareSeries(
  lines: readonly string[],
  got: ReadonlyMap<string, readonly (number | undefined)[]>,
): string | undefined {
  const show = JSON.stringify([...got].map(([key, values]) => [key, values.map(String)]));
  if (lines.length !== got.size) return `expected ${String(lines.length)} series, got ${show}`;
  for (const line of lines) {
    const wanted = parseSeries(line);
    const labels = LabelSet.of(wanted.labels);
    const values = got.get(labels.key);
    if (values === undefined) return `no series ${labels.toString()} in ${show}`;
    const length = Math.max(values.length, wanted.values.length);
    for (let index = 0; index < length; index++) {
      const [want, have] = [wanted.values[index], values[index]];
      const same = want === undefined || have === undefined ? want === have : close(want, have);
      if (!same) return `${labels.toString()} at ${String(index)}: expected ${String(want)}, got ${String(have)}`;
    }
  }
  return undefined;
}

function close(wanted: number, got: number): boolean {
  if (Number.isNaN(wanted) || Number.isNaN(got)) return Number.isNaN(wanted) && Number.isNaN(got);
  if (wanted === got) return true;
  return Math.abs(wanted - got) <= 1e-6 * Math.max(Math.abs(wanted), Math.abs(got), 1e-9);
}
