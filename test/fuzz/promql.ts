/** PromQL under fuzzing: instants and ranges over a few awkward series. */
import { FUNCTION_SIGNATURES } from "../../server/query/promql/function-signatures.js";
import { DEFAULT_QUERY_LIMITS } from "../../server/query/promql/limits.js";
import { printExpr } from "../../server/query/promql/print.js";
import { evaluateInstant, evaluateRange, prepareQuery, type PreparedQuery } from "../../server/query/promql/query.js";
import { memoryOf } from "../fixtures/metric-memory.js";
import type { FuzzOutcome, FuzzSubject, Luck } from "./fuzz.js";

const memory = memoryOf(`load 15s
  up{job="cart", instance="a"} 1x10 stale 1x10
  up{job="pay", instance="b"} 1x4 0x4 _x4 1x8
  seen_total{job="cart", code="200"} 0+15x8 0+3x12
  seen_total{job="cart", code="500"} 0+1x20
  seen_total{job="pay", code="200"} 5+1e300x20
  heat{job="cart"} NaN 1 -Inf Inf 0 -0 1e-300x8
  took_bucket{job="cart", le="0.1"} 0+1x20
  took_bucket{job="cart", le="1"} 0+4x20
  took_bucket{job="cart", le="+Inf"} 0+5x20
  took_bucket{job="cart", le="odd"} 0+5x20
  {"my metric", "my.label"="ü"} 1+1x20
  target_info{job="cart", instance="a", version="1"} 1x20`);

const SELECTORS = [
  "up",
  "seen_total",
  'seen_total{code=~"5.."}',
  "took_bucket",
  "heat",
  '{"my metric"}',
  '{__name__=~"seen.*|up",job!="pay"}',
  "missing",
];
const DURATIONS = ["15s", "1m", "5m", "1h30m", "1ms", "90", "10d", "2m*3", "step()"];
const LABELS = ["job", "code", "le", "instance", "missing", '"my.label"'];
const NUMBERS = ["0", "1", "-1", "0.5", "1e308", "NaN", "Inf", "-Inf", "0x1f", "1_000", "5m", "1e-9", "08"];
const ARITHMETIC = ["+", "-", "*", "/", "%", "^", "atan2"];
const COMPARISONS = ["==", "!=", ">", "<", ">=", "<=", "> bool", "== bool"];
const SETS = ["and", "or", "unless"];
const AGGREGATES = ["sum", "avg", "min", "max", "count", "group", "stddev", "stdvar"];
const STRINGS = ['"job"', "'x$1'", "`(.*)`", '"le"', '"\\u00fc"', '"["'];

const grouping = (luck: Luck): string =>
  luck.chance(0.4) ? "" : ` ${luck.pick(["by", "without"])} (${luck.pick(LABELS)}, ${luck.pick(LABELS)})`;

const modifiers = (luck: Luck): string =>
  luck.pick(["", "", "", " offset 1m", " offset -30s", " @ 100", " @ start()", " @ end() offset 15s", " @ 1e9"]);

const matching = (luck: Luck): string =>
  luck.pick([
    "",
    "",
    " on (job)",
    " ignoring (code)",
    " on (job) group_left",
    " on () group_right (code)",
    " on (job, job)",
  ]);

function range(luck: Luck, depth: number): string {
  if (depth <= 0 || luck.chance(0.6)) return `${luck.pick(SELECTORS)}[${luck.pick(DURATIONS)}]${modifiers(luck)}`;
  return `(${vector(luck, depth - 1)})[${luck.pick(DURATIONS)}:${luck.pick(["", "30s", "7s", "1m"])}]${modifiers(luck)}`;
}

const scalar = (luck: Luck, depth: number): string =>
  luck.chance(0.8)
    ? luck.pick(NUMBERS)
    : luck.pick([`scalar(${vector(luck, depth - 1)})`, "time()", "pi()", "range()"]);

const FUNCTIONS = [...FUNCTION_SIGNATURES].filter(([, { returns }]) => returns === "vector");

function call(luck: Luck, depth: number): string {
  const [name, { args, variadic }] = luck.pick(FUNCTIONS);
  const count = variadic === 0 ? args.length : Math.max(0, args.length - luck.nat(2));
  const texts = args.slice(0, count).map((type, index) => {
    if (name === "info" && index === 1) return '{version=~".*",__name__="target_info"}';
    if (type === "vector") return vector(luck, depth - 1);
    if (type === "matrix") return range(luck, depth - 1);
    return type === "scalar" ? scalar(luck, depth - 1) : luck.pick(STRINGS);
  });
  return `${name}(${texts.join(", ")})`;
}

const VECTORS: readonly ((luck: Luck, depth: number) => string)[] = [
  (luck) => luck.pick(SELECTORS) + modifiers(luck),
  call,
  call,
  (luck, depth) => `${luck.pick(AGGREGATES)}${grouping(luck)} (${vector(luck, depth - 1)})`,
  (luck, depth) =>
    `${luck.pick(["topk", "bottomk", "quantile", "limitk", "limit_ratio"])}${grouping(luck)} (${scalar(luck, depth)}, ${vector(luck, depth - 1)})`,
  (luck, depth) => `count_values("v", ${vector(luck, depth - 1)})`,
  (luck, depth) =>
    `${vector(luck, depth - 1)} ${luck.pick([...ARITHMETIC, ...COMPARISONS])}${matching(luck)} ${vector(luck, depth - 1)}`,
  (luck, depth) =>
    `${vector(luck, depth - 1)} ${luck.pick(SETS)}${luck.pick(["", " on (job)"])} ${vector(luck, depth - 1)}`,
  (luck, depth) => `${vector(luck, depth - 1)} ${luck.pick([...ARITHMETIC, ...COMPARISONS])} ${scalar(luck, depth)}`,
  (luck, depth) => `-(${vector(luck, depth - 1)})`,
];

function vector(luck: Luck, depth: number): string {
  return depth <= 0 ? luck.pick(SELECTORS) : luck.pick(VECTORS)(luck, depth);
}

const LIMITS = { ...DEFAULT_QUERY_LIMITS, samplesMax: 2_000_000, timeMsMax: 2_000 };

/** Answers as instant and as range; what is printed has to parse again. */
function evaluate(prepared: PreparedQuery, clockMs: () => number): void {
  const options = { ...LIMITS, clockMs };
  if (!prepared.movingDurations) {
    const printed = printExpr(prepared.expr);
    if (!prepareQuery(printed, prepared.language).ok) throw new Error(`printed as ${printed}, which does not parse`);
  }
  evaluateInstant(prepared, memory, 120_000, options);
  if (prepared.type !== "matrix" && prepared.type !== "string")
    evaluateRange(prepared, memory, 60_000, 180_000, 20_000, options);
}

/** The language with everything that is experimental. */
export function promqlSubject(clockMs: () => number): FuzzSubject {
  return {
    name: "promql",
    generate: (luck) => vector(luck, 1 + luck.nat(3)),
    fragments: [
      ..."()[]{},=~!+-*/%^@#:\"'`$.\\ \n".split(""),
      ...[...DURATIONS, ...NUMBERS, ...LABELS, ...STRINGS, ...ARITHMETIC, ...SETS, ...AGGREGATES],
      ...[
        "by",
        "without",
        "on",
        "ignoring",
        "group_left",
        "bool",
        "offset",
        "@ start()",
        "smoothed",
        "fill(0)",
        "[5m:]",
      ],
    ],
    ask: (text): FuzzOutcome => {
      const prepared = prepareQuery(text, { experimental: true, delayedNameRemoval: text.length % 2 === 0 });
      if (!prepared.ok) {
        const [first] = prepared.error;
        return { kind: "refused", place: first, message: first?.message ?? "" };
      }
      try {
        evaluate(prepared.value, clockMs);
        return { kind: "answered", place: undefined, message: "" };
      } catch (error) {
        if (!(error instanceof Error)) throw error;
        if (error.name === "LimitError") return { kind: "failed", place: undefined, message: error.message };
        if (error.name !== "QueryError") throw error;
        const place = "range" in error ? (error.range as FuzzOutcome["place"]) : undefined;
        return { kind: place === undefined ? "refused" : "failed", place, message: error.message };
      }
    },
  };
}
