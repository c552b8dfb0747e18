/** `test-rules`: unit tests of alerting and recording rules in promtool's file format, with its output and exit status. */
import { readdir, readFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { parseDocument } from "yaml";
import { checkRuleGroups } from "../alerting/rule-check.js";
import { runRuleTests } from "../alerting/rule-tests/run-tests.js";
import { readRuleTestFile } from "../alerting/rule-tests/test-file.js";
import { formatPath, SourceDocument } from "../scenario/source-document.js";
import { rulesSchema } from "../scenario/topology-schema.js";
import type { RuleGroupSpec } from "../topology/types.js";
import type { Command, CommandContext, ExitCode } from "./command.js";

const USAGE = "test-rules FILE…";

export const TEST_RULES: Command = {
  usage: USAGE,
  description: "run unit tests of rules, files as `promtool test rules` takes them; exit 1 when one fails",
  run: testRules,
};

async function testRules(files: readonly string[], context: CommandContext): Promise<ExitCode> {
  if (files.length === 0 || files.some((file) => file.startsWith("-"))) {
    context.error(`usage: npm run scenario -- ${USAGE}`);
    return 2;
  }
  let failed = false;
  for (const file of files) {
    context.out(`Unit Testing:  ${file}`);
    const problems = await testFile(file, context);
    failed ||= problems.length > 0;
    if (problems.length === 0) context.out("  SUCCESS");
    else context.error("  FAILED:");
    for (const problem of problems) context.error(`${problem}\n`);
    context.out("");
  }
  return failed ? 1 : 0;
}

async function testFile(file: string, context: CommandContext): Promise<readonly string[]> {
  const read = await readYaml(file);
  if ("problems" in read) return read.problems;
  const { file: tests, problems } = readRuleTestFile(read.value);
  if (tests === undefined) {
    const source = new SourceDocument(file, read.text);
    return problems.map(({ path, message }) => `line ${String(source.at(path, { message }).line)}: ${message}`);
  }
  const groups: RuleGroupSpec[] = [];
  for (const pattern of tests.rule_files) {
    const found = await matchingFiles(dirname(file), pattern);
    if (found.length === 0) context.out(`  WARNING: no file match pattern ${join(dirname(file), pattern)}`);
    for (const rules of found) {
      const loaded = await loadRules(rules);
      if ("problems" in loaded) return loaded.problems;
      groups.push(...loaded.groups);
    }
  }
  return runRuleTests(tests, groups);
}

type Read = { readonly text: string; readonly value: unknown } | { readonly problems: readonly string[] };

async function readYaml(file: string): Promise<Read> {
  let text: string;
  try {
    text = await readFile(file, "utf8");
  } catch {
    return { problems: [`open ${file}: no such file or directory`] };
  }
  const document = parseDocument(text);
  if (document.errors.length > 0) return { problems: document.errors.map(({ message }) => `yaml: ${message}`) };
  return { text, value: document.toJS() as unknown };
}

async function loadRules(
  file: string,
): Promise<{ readonly groups: readonly RuleGroupSpec[] } | { readonly problems: readonly string[] }> {
  const read = await readYaml(file);
  if ("problems" in read) return { problems: read.problems.map((problem) => `${file}: ${problem}`) };
  const parsed = rulesSchema.safeParse(read.value ?? { groups: [] });
  if (!parsed.success)
    return {
      problems: parsed.error.issues.map(
        ({ path, message }) =>
          `${file}: ${formatPath(path.map((part) => (typeof part === "number" ? part : String(part))))}: ${message}`,
      ),
    };
  const groups = parsed.data.groups.map(withoutUndefined);
  const problems = checkRuleGroups(groups);
  if (problems.length > 0)
    return {
      problems: problems.map(
        ({ path = "", line, column, message }) => `${file}: ${path}: ${String(line)}:${String(column)}: ${message}`,
      ),
    };
  return { groups };
}

/** What was left out is absent, and not there as nothing. */
const withoutUndefined = (group: unknown): RuleGroupSpec => JSON.parse(JSON.stringify(group)) as RuleGroupSpec;

/** Files that a pattern with `*` and `?` names, in order; relative to `folder`. */
async function matchingFiles(folder: string, pattern: string): Promise<readonly string[]> {
  const absolute = pattern.startsWith("/");
  let found = [absolute ? "/" : folder];
  for (const part of pattern.split("/").filter((one) => one !== "" && one !== ".")) {
    if (part === ".." || !/[*?[]/.test(part)) {
      found = found.map((place) => join(place, part));
      continue;
    }
    const name = new RegExp(
      `^${part
        .replace(/[.+^${}()|\\]/g, "\\$&")
        .replaceAll("*", "[^/]*")
        .replaceAll("?", "[^/]")}$`,
    );
    const below = await Promise.all(
      found.map(async (place) => {
        const entries = await readdir(place).catch(() => [] as string[]);
        return entries
          .filter((entry) => name.test(entry))
          .sort()
          .map((entry) => join(place, entry));
      }),
    );
    found = below.flat();
  }
  const readable = await Promise.all(
    found.map(async (file) => ((await readFile(file).catch(() => undefined)) === undefined ? [] : [file])),
  );
  return readable.flat();
}
