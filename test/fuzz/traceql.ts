/** TraceQL under fuzzing: searches and series over a few awkward traces. */
import { DEFAULT_TRACEQL_LIMITS } from "../../server/query/traceql/limits.js";
import { evaluateMetrics } from "../../server/query/traceql/metrics.js";
import { parseTraceql } from "../../server/query/traceql/parse.js";
import { printQuery } from "../../server/query/traceql/print.js";
import { searchTraces } from "../../server/query/traceql/search.js";
import type { Query } from "../../server/query/traceql/ast.js";
import { SpanMemory } from "../fixtures/span-memory.js";
import { randomSpans } from "../query/traceql/random-spans.js";
import { type FuzzOutcome, type FuzzSubject, type Luck, luckOf } from "./fuzz.js";

const FIELDS = [
  ..."duration,name,status,kind,statusMessage,rootName,rootServiceName,traceDuration,childCount,parent".split(","),
  ..."nestedSetLeft,nestedSetRight,nestedSetParent,span:id,trace:id,event:name,event:timeSinceStart".split(","),
  ..."link:traceID,instrumentation:name,.a,span.n,.b,resource.service.name,parent.n,parent.duration".split(","),
  ...['span."odd name"', "event.exception.type", "parent.resource.a", "instrumentation.x", "link.y", ".ü"],
];
const LITERALS = [
  "1",
  "0",
  "-1",
  "2.5",
  "1e300",
  "100ms",
  "1h2m",
  '"x"',
  "`cart`",
  "true",
  "false",
  "nil",
  "ok",
  "error",
  "server",
  '"[a-c]+"',
  '"("',
  '"\\u00fc"',
];
const OPERATORS = ["=", "!=", "<", "<=", ">", ">=", "=~", "!~", "&&", "||", "+", "-", "*", "/", "%", "^"];
const RELATIONS = ["&&", "||", ...[">", "<", ">>", "<<", "~"].flatMap((sign) => [sign, `!${sign}`, `&${sign}`])];
const AGGREGATES = ["count()", "max(duration)", "min(.n)", "avg(span.n)", "sum(duration)", "max(.n * 2)"];
const METRICS = [
  ..."rate(),count_over_time(),min_over_time(duration),max_over_time(.n),avg_over_time(span.n)".split(","),
  ..."sum_over_time(.a),histogram_over_time(duration)".split(","),
  ...[
    "quantile_over_time(duration, .5, 1)",
    "quantile_over_time(.n, 0)",
    "compare({ status = error })",
    "compare({}, 2, 1, 9000000)",
  ],
];

function field(luck: Luck, depth: number): string {
  if (depth <= 0 || luck.chance(0.4)) return luck.chance(0.6) ? luck.pick(FIELDS) : luck.pick(LITERALS);
  if (luck.chance(0.1)) return `${luck.pick(["!", "-"])}(${field(luck, depth - 1)})`;
  if (luck.chance(0.2)) return `(${field(luck, depth - 1)})`;
  return `${field(luck, depth - 1)} ${luck.pick(OPERATORS)} ${field(luck, depth - 1)}`;
}

/** Fields and literals that go together, with operators that take both. */
const FITTING = [
  {
    fields: [
      "duration",
      "traceDuration",
      "childCount",
      ".n",
      "parent.n",
      "nestedSetParent",
      "event:timeSinceStart",
      ".n * 2",
    ],
    operators: ["=", "!=", "<", "<=", ">", ">="],
    literals: ["1", "0", "-1", "2.5", "100ms", "1e300", "duration / 2", ".n + 1"],
  },
  {
    fields: ["name", "statusMessage", "rootName", "resource.service.name", ".a", "event:name", "span:id", "parent.a"],
    operators: ["=", "!=", "=~", "!~"],
    literals: ['"x"', "`cart`", '"[a-c]+"', '"G.*"', '"\\u00fc"'],
  },
  { fields: ["status", ".a", "parent.status"], operators: ["=", "!="], literals: ["ok", "error", "unset"] },
  { fields: ["kind", "span:kind"], operators: ["=", "!="], literals: ["server", "client", "internal"] },
  { fields: [".b", "parent", "event.exception.type", ".a"], operators: ["=", "!="], literals: ["nil"] },
];

function fitting(luck: Luck): string {
  const { fields, operators, literals } = luck.pick(FITTING);
  return `${luck.pick(fields)} ${luck.pick(operators)} ${luck.pick(literals)}`;
}

function condition(luck: Luck, depth: number): string {
  if (luck.chance(0.15)) return "";
  if (luck.chance(0.05)) return field(luck, depth);
  if (luck.chance(0.1)) return luck.pick([".b", "!.b", "true", "!(false || .b)"]);
  return luck.chance(0.5) ? fitting(luck) : `${fitting(luck)} ${luck.pick(["&&", "||"])} ${fitting(luck)}`;
}

function spansets(luck: Luck, depth: number): string {
  if (depth <= 0 || luck.chance(0.5)) return `{ ${condition(luck, 2)} }`;
  if (luck.chance(0.2)) return `(${spansets(luck, depth - 1)})`;
  return `${spansets(luck, depth - 1)} ${luck.pick(RELATIONS)} ${spansets(luck, depth - 1)}`;
}

function stage(luck: Luck): string {
  return luck.pick<() => string>([
    () => spansets(luck, 1),
    () => `${luck.pick(AGGREGATES)} ${luck.pick(OPERATORS)} ${luck.pick(LITERALS)}`,
    () =>
      `${luck.pick(AGGREGATES)} ${luck.pick(["+", "-", "/", "%"])} ${luck.pick(AGGREGATES)} > ${luck.pick(LITERALS)}`,
    () => `by(${field(luck, 1)})`,
    () => "coalesce()",
    () => `select(${luck.pick(FIELDS)}, ${luck.pick(FIELDS)})`,
  ])();
}

function pipeline(luck: Luck): string {
  const stages = [spansets(luck, 3)];
  for (let left = luck.nat(3); left > 0; left--) stages.push(stage(luck));
  return stages.join(" | ");
}

function metrics(luck: Luck): string {
  const by = luck.chance(0.4) ? ` by (${luck.pick(FIELDS)})` : "";
  const then = luck.pick(["", "", " | topk(2)", " | bottomk(1)", " > 1", " != 0.5"]);
  return `${pipeline(luck)} | ${luck.pick(METRICS)}${by}${then}`;
}

const QUERIES: readonly ((luck: Luck) => string)[] = [
  pipeline,
  pipeline,
  metrics,
  (luck) => `(${pipeline(luck)}) ${luck.pick(RELATIONS)} (${pipeline(luck)})`,
  (luck) => `(${pipeline(luck)} | ${luck.pick(AGGREGATES)}) + (${pipeline(luck)} | count()) > ${luck.pick(LITERALS)}`,
  (luck) => `(${metrics(luck)}) ${luck.pick(["+", "-", "*", "/"])} (${metrics(luck)})`,
  (luck) => `${metrics(luck)} with(exemplars=true, sample=0.1)`,
];

const RANGE = { fromUs: 0, toUs: 90_000, stepUs: 7_000, exemplars: 5 };

export function traceqlSubject(clockMs: () => number): FuzzSubject {
  const memory = new SpanMemory();
  for (const seed of [3, 8, 21])
    memory.push(...randomSpans(luckOf(seed)).map((span) => ({ ...span, traceId: `${span.traceId}${String(seed)}` })));
  const limits = { ...DEFAULT_TRACEQL_LIMITS, timeMsMax: 2_000 };
  const evaluate = (query: Query): void => {
    const printed = printQuery(query);
    if (!parseTraceql(printed).ok) throw new Error(`printed as ${printed}, which does not parse`);
    if (query.kind === "range") evaluateMetrics(memory, query.metrics, { ...RANGE, limits, clockMs });
    else searchTraces(memory, query.stages, { fromUs: 0, toUs: 1e9, limit: 20, limits, clockMs });
  };
  return {
    name: "traceql",
    generate: (luck) => luck.pick(QUERIES)(luck),
    fragments: [
      ...'(){}|,.=<>!~&+-*/%^:"`\\ \n'.split(""),
      ...[...FIELDS, ...LITERALS, ...OPERATORS, ...RELATIONS, ...AGGREGATES, ...METRICS],
      ...[
        "by (",
        "with(",
        "| topk(",
        "resource.",
        "span.",
        "parent.",
        "trace:",
        "// x",
        "/* x */",
        "1h",
        "99999999999999999999",
      ],
    ],
    ask: (text): FuzzOutcome => {
      const parsed = parseTraceql(text);
      if (!parsed.ok) return { kind: "refused", place: parsed.error.range, message: parsed.error.message };
      try {
        evaluate(parsed.value);
        return { kind: "answered", place: undefined, message: "" };
      } catch (error) {
        if (!(error instanceof Error) || error.name !== "LimitError") throw error;
        return { kind: "failed", place: undefined, message: error.message };
      }
    },
  };
}
