/** A file of tests for rules, as promtool reads it. Source: Prometheus's documentation, unit testing for rules. */
import { z } from "zod";
import { parseDurationMs } from "../../query/promql/literals.js";

const MS_PER_MINUTE = 60_000;

const durationMs = z.union([z.string(), z.number()]).transform((written, context): number => {
  const ms = written === 0 || written === "0" ? 0 : typeof written === "string" ? parseDurationMs(written) : undefined;
  if (ms !== undefined) return ms;
  context.issues.push({
    code: "custom",
    message: `not a valid duration string: ${JSON.stringify(String(written))}`,
    input: written,
  });
  return z.NEVER;
});

const texts = z.record(z.string(), z.union([z.string(), z.number(), z.boolean()]).transform(String));
const optionalTexts = texts.nullish().transform((written) => written ?? {});
/** A key without a value is as good as none. */
const listOf = <Schema extends z.ZodType>(schema: Schema) =>
  z
    .array(schema)
    .nullish()
    .transform((written) => written ?? []);

const testGroup = z.strictObject({
  name: z.string().default(""),
  interval: durationMs.optional(),
  input_series: listOf(
    z.strictObject({ series: z.string(), values: z.union([z.string(), z.number()]).transform(String) }),
  ),
  alert_rule_test: listOf(
    z.strictObject({
      eval_time: durationMs,
      alertname: z.string().default(""),
      exp_alerts: listOf(z.strictObject({ exp_labels: optionalTexts, exp_annotations: optionalTexts })),
    }),
  ),
  promql_expr_test: listOf(
    z.strictObject({
      expr: z.string(),
      eval_time: durationMs,
      exp_samples: listOf(
        z.strictObject({
          labels: z.string().default("{}"),
          value: z.union([z.number(), z.string()]).transform(Number),
        }),
      ),
    }),
  ),
  external_labels: optionalTexts,
  external_url: z.string().default(""),
  start_timestamp: z.never("start_timestamp is not known here").optional(),
});

const testFile = z.strictObject({
  rule_files: listOf(z.string()),
  evaluation_interval: durationMs.default(MS_PER_MINUTE).transform((ms) => (ms === 0 ? MS_PER_MINUTE : ms)),
  group_eval_order: listOf(z.string()),
  fuzzy_compare: z.boolean().default(false),
  tests: listOf(testGroup),
});

export type RuleTestFile = z.output<typeof testFile>;
export type RuleTestGroup = RuleTestFile["tests"][number];

interface RuleTestReading {
  /** Undefined when there are problems. */
  readonly file?: RuleTestFile;
  readonly problems: readonly { readonly path: readonly (string | number)[]; readonly message: string }[];
}

/** Reads the values of a file. */
export function readRuleTestFile(value: unknown): RuleTestReading {
  const parsed = testFile.safeParse(value ?? {});
  if (!parsed.success)
    return {
      problems: parsed.error.issues.flatMap((issue) => {
        const path = issue.path.map((part) => (typeof part === "number" ? part : String(part)));
        return issue.code === "unrecognized_keys"
          ? issue.keys.map((key) => ({ path: [...path, key], message: `field ${key} not found` }))
          : [{ path, message: issue.message }];
      }),
    };
  const repeated = parsed.data.group_eval_order.find((name, index, all) => all.indexOf(name) < index);
  if (repeated !== undefined)
    return {
      problems: [{ path: ["group_eval_order"], message: `group name repeated in evaluation order: ${repeated}` }],
    };
  return { file: parsed.data, problems: [] };
}
