/** Random queries that nearly always parse, though their types may not fit. */
import fc from "fast-check";

const literal = fc.constantFrom(
  "1",
  "2.5",
  "100ms",
  '"cart"',
  "true",
  "nil",
  "ok",
  "error",
  "server",
  '"[a-c]+"',
  "-3",
);
const named = fc.constantFrom(
  "duration",
  "name",
  "status",
  "kind",
  "statusMessage",
  "rootName",
  "rootServiceName",
  "traceDuration",
  "childCount",
  "nestedSetParent",
  "parent",
  "event:name",
  "span:id",
  ".a",
  "span.n",
  'span."odd name"',
  "resource.service.name",
  "parent.duration",
  "parent.a",
  "event.exception.type",
);
const operators = ["=", "!=", "<", ">=", "=~", "!~", "&&", "||", "+", "-", "*", "/", "%", "^"];

const field = fc.letrec<{ field: string }>((tie) => ({
  field: fc.oneof(
    { depthSize: "small", maxDepth: 4, withCrossShrink: true },
    named,
    literal,
    fc.tuple(tie("field"), fc.constantFrom(...operators), tie("field")).map((parts) => parts.join(" ")),
    tie("field").map((inner) => `(${inner})`),
    tie("field").map((inner) => `!${inner}`),
    tie("field").map((inner) => `-(${inner})`),
  ),
})).field;

/** Conditions whose types fit more often than not. */
const condition = fc.oneof(
  fc.constantFrom(
    "",
    "duration > 2ms",
    "status = error",
    'name = "GET"',
    "span.n >= 2",
    '.a = "x" || span.b',
    "kind = client && duration < 3ms",
    'resource.service.name = "cart"',
    ".a != nil",
    "parent = nil",
    'rootServiceName = "edge" && childCount > 0',
    "traceDuration > 4ms",
    'name =~ "G.*" && !(status = error)',
    "span.n * 2 + 1 > 3",
    "parent.duration > duration * 2",
  ),
  field,
);

const filter = condition.map((inner) => `{ ${inner} }`);

const relations = ["&&", "||", ...[">", "<", ">>", "<<", "~"].flatMap((sign) => [sign, `!${sign}`, `&${sign}`])];

const spansets = fc.letrec<{ spansets: string }>((tie) => ({
  spansets: fc.oneof(
    { depthSize: "small", maxDepth: 3, withCrossShrink: true },
    filter,
    fc.tuple(tie("spansets"), fc.constantFrom(...relations), tie("spansets")).map((parts) => parts.join(" ")),
    tie("spansets").map((inner) => `(${inner})`),
  ),
})).spansets;

const stage = fc.oneof(
  spansets,
  fc.constantFrom(
    "count() > 1",
    "avg(duration) < 3ms",
    "max(span.n) - min(span.n) >= 1",
    "sum(duration) / count() > 1ms",
    "by(name)",
    "by(resource.service.name)",
    "by(span.n)",
    "coalesce()",
    "select(.a, duration)",
  ),
);

const pipeline = fc
  .tuple(spansets, fc.array(stage, { maxLength: 2 }))
  .map(([first, rest]) => [first, ...rest].join(" | "));

/** A query that finds traces. */
export const searchQuery = fc.oneof(
  { arbitrary: pipeline, weight: 5 },
  fc.tuple(pipeline, fc.constantFrom("&&", ">>", "!~"), pipeline).map(([a, sign, b]) => `(${a}) ${sign} (${b})`),
  fc.tuple(pipeline, pipeline).map(([a, b]) => `(${a} | count()) + (${b} | max(duration)) > 2`),
);

const metrics = fc
  .tuple(
    pipeline,
    fc.constantFrom(
      "rate()",
      "count_over_time() by (name)",
      "max_over_time(duration) by (resource.service.name)",
      "avg_over_time(span.n)",
      "quantile_over_time(duration, .5, .99) by (status)",
      "histogram_over_time(duration)",
      "rate() by (span.n) | topk(2)",
      "sum_over_time(span.n) > 2",
      "compare({ status = error }, 3)",
    ),
  )
  .map((parts) => parts.join(" | "));

export const metricsQuery = fc.oneof(
  metrics,
  fc.tuple(metrics, fc.constantFrom("+", "-", "*", "/"), metrics).map(([a, sign, b]) => `(${a}) ${sign} (${b})`),
);

export const query = fc.oneof(searchQuery, metricsQuery);

/** The tree alone, without the places in its text. */
export function stripRanges(node: unknown): unknown {
  if (Array.isArray(node)) return node.map(stripRanges);
  if (typeof node !== "object" || node === null) return node;
  return Object.fromEntries(
    Object.entries(node)
      .filter(([name]) => name !== "from" && name !== "to")
      .map(([name, value]) => [name, stripRanges(value)]),
  );
}
