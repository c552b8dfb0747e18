import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { Expr } from "../../server/query/promql/ast.js";
import { AGGREGATE_PARAMETERS, FUNCTION_SIGNATURES } from "../../server/query/promql/function-signatures.js";
import { RANGE_FUNCTIONS } from "../../server/query/promql/range-functions.js";
import { parsePromql } from "../../server/query/promql/parse.js";
import { prettyExpr } from "../../server/query/promql/pretty.js";
import { printExpr } from "../../server/query/promql/print.js";
import { evaluateInstant, prepareQuery } from "../../server/query/promql/query.js";
import { memoryOf } from "../fixtures/metric-memory.js";

/** The tree without positions. */
function shape(expr: Expr): unknown {
  return JSON.parse(
    JSON.stringify(expr, (key, value: unknown) => {
      if (key === "from" || key === "to") return undefined;
      return typeof value === "number" && !Number.isFinite(value) ? String(value) : value;
    }),
  );
}

const label = fc.constantFrom("job", "le", "http_route", "odd.name");
const written = (name: string): string => (name.includes(".") ? `"${name}"` : name);
const duration = fc.constantFrom("5m", "1h30m", "90s", "250ms", "2d", "1w");
const text = fc.string({ maxLength: 6 }).map((value) => JSON.stringify(value.replace(/[^\x20-\x7e]/g, "é")));
const matcher = fc
  .tuple(label, fc.constantFrom("=", "!="), text)
  .map(([name, operator, value]) => `${written(name)}${operator}${value}`);
const modifiers = fc.constantFrom("", " offset 5m", " offset -1h", " @ 12.345", " @ start() offset 30s", " @ end()");
const selector = fc
  .tuple(fc.constantFrom("up", "a:b", "http_requests_total"), fc.array(matcher, { maxLength: 2 }))
  .map(([name, matchers]) => (matchers.length === 0 ? name : `${name}{${matchers.join(", ")}}`));
const labels = fc.uniqueArray(label, { maxLength: 3 }).map((names) => `(${names.map(written).join(", ")})`);
const number = fc.oneof(
  fc.double({ noDefaultInfinity: true, noNaN: true, min: -1e9, max: 1e9 }).map(String),
  fc.constantFrom("0x1F", "1e3", "Inf", "NaN", "5m", "-2", "1_000"),
);

const { query } = fc.letrec<{ query: string; scalar: string }>((tie) => ({
  scalar: fc.oneof(
    { maxDepth: 2 },
    number,
    fc.tuple(tie("scalar"), fc.constantFrom("+", "-", "*", "^", "%"), tie("scalar")).map((parts) => parts.join(" ")),
    tie("query").map((inner) => `scalar(${inner})`),
  ),
  query: fc.oneof(
    { maxDepth: 4 },
    fc.tuple(selector, modifiers).map((parts) => parts.join("")),
    fc
      .tuple(fc.constantFrom("rate", "max_over_time", "deriv"), selector, duration, modifiers)
      .map(([name, of, range, at]) => `${name}(${of}[${range}]${at})`),
    fc
      .tuple(tie("query"), duration, fc.constantFrom("", "30s"), modifiers)
      .map(([of, range, step, at]) => `sum_over_time((${of})[${range}:${step}]${at})`),
    fc
      .tuple(fc.constantFrom("sum", "avg", "MAX"), fc.constantFrom("by", "without"), labels, tie("query"))
      .map(([name, how, names, of]) => `${name} ${how} ${names} (${of})`),
    fc
      .tuple(fc.constantFrom("topk", "quantile"), tie("scalar"), tie("query"))
      .map(([name, k, of]) => `${name}(${k}, ${of})`),
    fc
      .tuple(
        tie("query"),
        fc.constantFrom("+", "/", "^", "==", "> bool", "and", "or", "unless"),
        fc.constantFrom("", " on (job)", " ignoring (le)"),
        tie("query"),
      )
      .map(([left, operator, matching, right]) => `${left} ${operator}${matching} ${right}`),
    fc.tuple(tie("query"), tie("query")).map(([left, right]) => `${left} * on (job) group_left (le) ${right}`),
    fc.tuple(tie("query"), tie("scalar")).map(([left, right]) => `${left} - ${right}`),
    tie("query").map((of) => `-${of}`),
    tie("query").map((of) => `(${of})`),
    tie("query").map((of) => `label_replace(${of}, "a", "$1", "b", "(.*)")`),
  ),
}));

describe("printing", () => {
  it("gives text that parses to the same tree", () => {
    fc.assert(
      fc.property(query, (input) => {
        const parsed = parsePromql(input);
        // Precedence can bring a scalar where only vectors match.
        fc.pre(parsed.ok);
        const printed = printExpr(parsed.value);
        for (const text of [printed, prettyExpr(parsed.value)]) {
          const again = parsePromql(text);
          if (!again.ok) throw new Error(`${text}: ${again.error[0]?.message ?? ""}`);
          expect(shape(again.value)).toEqual(shape(parsed.value));
        }
      }),
      { numRuns: 400 },
    );
  });

  it("breaks what is too long for a line", () => {
    const parsed = parsePromql(
      'sum by (service) (rate(http_server_request_duration_seconds_count{http_response_status_code=~"5.."}[5m])) / on (service) -(request_rate)',
    );
    expect(parsed.ok ? prettyExpr(parsed.value).split("\n") : []).toEqual([
      "  sum by (service) (",
      '    rate(http_server_request_duration_seconds_count{http_response_status_code=~"5.."}[5m])',
      "  )",
      "/ on (service)",
      "  -(request_rate)",
    ]);
  });

  it.each([
    ["x * 1e-9 + Inf ^ 2", "x * 1e-09 + Inf ^ 2"],
    ["x{a='\\x07\\u0378'}", 'x{a="\\a\\u0378"}'],
    ["sum(rate(x[5m]))by(a)", "sum by (a) (rate(x[5m]))"],
    ["a offset 1h @ 3", "a @ 3.000 offset 1h"],
    ['{"my metric",b="c"}', '{"my metric",b="c"}'],
    ["1+foo[5m:]", undefined],
    ["a>bool on()b", "a > bool on () b"],
    ["topk(3,a)without(b)", "topk without (b) (3, a)"],
  ])("of %s is %s", (input, printed) => {
    const parsed = parsePromql(input);
    expect(parsed.ok ? printExpr(parsed.value) : undefined).toBe(printed);
  });
});

const EXPERIMENTAL = { experimental: true };

describe("the function table", () => {
  const memory = memoryOf(`load 1m
    x_total{le="1"} 0+1x10`);
  const argument = { scalar: "0.5", vector: "x_total", matrix: "x_total[5m]", string: '"le"' };
  // info() takes matchers where others take vectors.
  const texts = (name: string) => (name === "info" ? { ...argument, vector: '{__name__="x_total"}' } : argument);
  const present = [...FUNCTION_SIGNATURES].filter(([, signature]) => signature.missing === undefined);

  it.each(present)("%s is implemented", (name, signature) => {
    const types = signature.variadic === -1 ? signature.args.slice(0, -1) : signature.args;
    const prepared = prepareQuery(`${name}(${types.map((type) => texts(name)[type]).join(", ")})`, EXPERIMENTAL);
    expect(prepared.ok).toBe(true);
    if (prepared.ok) expect(evaluateInstant(prepared.value, memory, 300_000).kind).toBe(signature.returns);
  });

  it("knows every range function by its signature", () => {
    for (const name of RANGE_FUNCTIONS.keys()) expect(FUNCTION_SIGNATURES.has(name)).toBe(true);
  });

  it.each(Object.entries(AGGREGATE_PARAMETERS))("%s aggregates", (operator, parameter) => {
    const prepared = prepareQuery(
      `${operator}(${parameter === undefined ? "" : `${argument[parameter]}, `}x_total)`,
      EXPERIMENTAL,
    );
    if (!prepared.ok) throw new Error(prepared.error[0]?.message);
    const result = evaluateInstant(prepared.value, memory, 300_000);
    expect(result.kind === "vector" && result.samples.length <= 1).toBe(true);
  });
});
