/** LogQL under fuzzing: lines and metrics over a few awkward lines. */
import { evaluateInstant, evaluateLines, evaluateRange, isMetric } from "../../server/query/logql/evaluate.js";
import { DEFAULT_LOGQL_LIMITS } from "../../server/query/logql/limits.js";
import { parseLogql } from "../../server/query/logql/parse.js";
import { prettyLogql, printLogql } from "../../server/query/logql/print.js";
import type { Expr } from "../../server/query/logql/ast.js";
import { LOGQL_QUERIES } from "../query/logql-queries.js";
import { MemoryLogs } from "../query/memory-logs.js";
import type { FuzzOutcome, FuzzSubject, Luck } from "./fuzz.js";

const LINES = [
  'level=info took=12ms size=3KB path="/a b" n=1 addr=10.0.0.1',
  "level=error took=oops n=NaN =broken",
  '{"level":"warn","n":2.50,"a":{"b":[1,{"c":"d"}],"é":null},"took":"1m3s"}',
  '{"level":"cut',
  "",
  "\u001b[31mred\u001b[0m ü 😀 \ud800 <_> {{.x}}",
  '{"_entry":"inner","pod":"p"}',
];

function memory(): MemoryLogs {
  const logs = new MemoryLogs();
  for (const app of ["cart", "pay"]) {
    const entries = LINES.map((line, at) => ({
      timeUs: at * 7e6,
      line,
      metadata: { trace_id: `t${String(at % 3)}`, app: "x" },
    }));
    logs.push({ app, env: "prod" }, entries);
  }
  return logs;
}

const SELECTORS = ['{app="cart"}', '{env=~"p.*",app!="pay"}', '{app=~".+"}', '{none="x"}'];
const LABELS = ["app", "level", "n", "took", "size", "addr", "trace_id", "missing", "__error__"];
const STRINGS = [
  '"a"',
  '"level=error"',
  "`(?P<x>\\w+)`",
  '"<a> <_>"',
  '"10.0.0.0/8"',
  '""',
  '"{{.n}}"',
  '"(?i)E.*"',
  '"a.b[0]"',
];
const QUANTITIES = ["1", "-0.5", "12ms", "1h30m", "3KB", "1.5MiB", "1e400", "0"];
const COMPARISONS = ["==", "!=", ">", ">=", "<", "<="];
const TEMPLATES = [
  '"{{.level | upper}} {{ __line__ }}"',
  '"{{if gt (len .n) 1}}{{.took}}{{else}}{{ default \\"-\\" .x }}{{end}}"',
  '"{{range $i, $e := fromJson __line__}}{{$i}}{{end}}{{ printf \\"%5.2f\\" (float64 .n) }}"',
  '"{{ regexReplaceAll `(l)e` __line__ `$1` | trunc 5 }} {{ div 1 0 }} {{ duration .took }}"',
];

function labelFilter(luck: Luck, depth: number): string {
  if (depth > 0 && luck.chance(0.4)) {
    const joint = luck.pick([" and ", " or ", ", ", " "]);
    return `(${labelFilter(luck, depth - 1)})${joint}${labelFilter(luck, depth - 1)}`;
  }
  const label = luck.pick(LABELS);
  return luck.pick([
    `${label}${luck.pick(["=", "!=", "=~", "!~"])}${luck.pick(STRINGS)}`,
    `${label} ${luck.pick(COMPARISONS)} ${luck.pick(QUANTITIES)}`,
    `${label}=ip("10.0.0.0/8")`,
  ]);
}

const STAGES: readonly ((luck: Luck) => string)[] = [
  (luck) => `${luck.pick(["|=", "!=", "|~", "!~", "|>", "!>"])} ${luck.pick(STRINGS)}`,
  (luck) => `|= ${luck.pick(STRINGS)} or ${luck.pick(STRINGS)}`,
  (luck) => `| json${luck.pick(["", "", ' x="a.b[0]"', ' x="a", y="level"'])}`,
  (luck) => `| logfmt${luck.pick(["", " --strict", " --keep-empty", ' x="n"'])}`,
  (luck) => `| ${luck.pick(["regexp", "pattern"])} ${luck.pick(STRINGS)}`,
  (luck) => luck.pick(["| unpack", "| decolorize"]),
  (luck) => `| ${labelFilter(luck, 2)}`,
  (luck) => `| ${labelFilter(luck, 1)}`,
  (luck) => `| line_format ${luck.pick(TEMPLATES)}`,
  (luck) => `| label_format ${luck.pick(LABELS)}=${luck.pick([...LABELS, ...TEMPLATES])}`,
  (luck) => `| ${luck.pick(["drop", "keep", "distinct"])} ${luck.pick(LABELS)}, ${luck.pick(LABELS)}`,
];

const pipeline = (luck: Luck): string =>
  [luck.pick(SELECTORS), ...Array.from({ length: luck.nat(4) }, () => luck.pick(STAGES)(luck))].join(" ");

const grouping = (luck: Luck): string =>
  luck.chance(0.4) ? "" : ` ${luck.pick(["by", "without"])} (${luck.pick(LABELS)}, ${luck.pick(LABELS)})`;

const RANGE = ["[1m]", "[15s]", "[1ms]", "[1w]", "[1m] offset 10s", "[30s] offset -1m"];

const METRICS: readonly ((luck: Luck, depth: number) => string)[] = [
  (luck) =>
    `${luck.pick(["rate", "count_over_time", "bytes_rate", "bytes_over_time", "absent_over_time"])}(${pipeline(luck)} ${luck.pick(RANGE)})`,
  (luck) =>
    `${luck.pick(["avg_over_time", "max_over_time", "first_over_time", "stddev_over_time"])}(${pipeline(luck)} | unwrap ${luck.pick(["n", "duration(took)", "bytes(size)"])} | __error__="" ${luck.pick(RANGE)})${grouping(luck)}`,
  (luck) => `quantile_over_time(0.9, ${pipeline(luck)} | unwrap n ${luck.pick(RANGE)})${grouping(luck)}`,
  (luck, depth) =>
    `${luck.pick(["sum", "avg", "max", "count", "stdvar", "sort"])}${grouping(luck)} (${metric(luck, depth - 1)})`,
  (luck, depth) =>
    `${luck.pick(["topk", "bottomk"])}(${String(luck.nat(3))}, ${metric(luck, depth - 1)})${grouping(luck)}`,
  (luck, depth) =>
    `${metric(luck, depth - 1)} ${luck.pick(["+", "/", "^", "> bool", "==", "or", "and", "unless"])}${luck.pick(["", " on (app)", " ignoring (n) group_left"])} ${metric(luck, depth - 1)}`,
  (luck, depth) => `${metric(luck, depth - 1)} ${luck.pick(["*", "%", "<"])} ${luck.pick(["2", "-1", "0"])}`,
  (luck, depth) => `label_replace(${metric(luck, depth - 1)}, "x", "$1-\${1}", "app", ${luck.pick(STRINGS)})`,
  (luck) => `vector(${luck.pick(["1", "0"])})`,
];

function metric(luck: Luck, depth: number): string {
  return luck.pick(depth <= 0 ? METRICS.slice(0, 2) : METRICS)(luck, depth);
}

function generate(luck: Luck): string {
  const choice = luck.nat(10);
  if (choice === 0) return luck.pick(LOGQL_QUERIES);
  return choice < 4 ? pipeline(luck) : metric(luck, 1 + luck.nat(2));
}

/** What is printed has to parse again, to the same. */
function checkPrinting(expr: Expr): void {
  const printed = printLogql(expr);
  for (const text of [printed, prettyLogql(expr)]) {
    const again = parseLogql(text);
    if (!again.ok) throw new Error(`printed as ${text}, which does not parse: ${again.error.sentence}`);
    if (printLogql(again.value) !== printed) throw new Error(`printed as ${text}, which is something else`);
  }
}

function evaluate(expr: Expr, logs: MemoryLogs): void {
  if (!isMetric(expr)) {
    evaluateLines(expr, logs, { fromUs: 0, toUs: 60e6, limit: 10, newestFirst: true }, DEFAULT_LOGQL_LIMITS);
    return;
  }
  evaluateInstant(expr, logs, 60_000);
  evaluateRange(expr, logs, { startMs: 0, endMs: 60_000, stepMs: 20_000 });
}

export function logqlSubject(): FuzzSubject {
  const logs = memory();
  return {
    name: "logql",
    generate,
    fragments: [
      ..."()[]{},=~!+-*/%^|<>@#:\"'`$.\\ \n".split(""),
      ...[...LABELS, ...STRINGS, ...QUANTITIES, ...COMPARISONS, ...RANGE, ...SELECTORS],
      ...[
        "| json",
        "| unwrap n",
        "by",
        "without",
        "on",
        "ignoring",
        "group_left",
        "bool",
        "offset",
        "or",
        "ip(",
        "--strict",
      ],
    ],
    ask: (text): FuzzOutcome => {
      const parsed = parseLogql(text);
      if (!parsed.ok) return { kind: "refused", place: parsed.error.diagnostic, message: parsed.error.sentence };
      try {
        checkPrinting(parsed.value);
        evaluate(parsed.value, logs);
        return { kind: "answered", place: undefined, message: "" };
      } catch (error) {
        if (!(error instanceof Error)) throw error;
        if (error.name === "LimitError") return { kind: "failed", place: undefined, message: error.message };
        if (error.name !== "QueryFailure") throw error;
        const place = "range" in error ? (error.range as FuzzOutcome["place"]) : undefined;
        return { kind: place === undefined ? "refused" : "failed", place, message: error.message };
      }
    },
  };
}
