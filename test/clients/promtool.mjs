/** What promtool asks of a run, and what it says of rules and expositions. */
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { expectText, run } from "./program.mjs";

const RULES = "scenarios/rules/shop.yaml";
const RULES_TEST = "test/clients/rules-test.yaml";
const RULE_TESTS = [RULES_TEST, ...["passes", "states", "fails"].map((name) => `test/clients/rule-tests/${name}.yaml`)];
const RATE = "sum by (job) (rate(http_server_request_duration_seconds_count[5m]))";

/** Rows `[title, run]`; `path` is for clients with simulated times, `wallPath` for those with a clock of their own. */
export function promtoolRows({ path, wallPath, endSeconds, targets, folder }) {
  const time = `--time=${endSeconds}`;
  const range = [`--start=${endSeconds - 600}`, `--end=${endSeconds}`];
  const ask = (...parameters) => run("promtool", ["query", ...parameters]);
  return [
    ["query instant, now", async () => expectText(await ask("instant", wallPath, "up"), /up\{.*job="edge".*\} => 1 @/)],
    [
      "query instant, a time",
      async () => expectText(await ask("instant", time, path, RATE), /\{job="edge"\} => [\d.]+/),
    ],
    [
      "query instant, a mistake",
      () =>
        ask("instant", path, "sum(").then(
          () => Promise.reject(new Error("it was taken")),
          ({ message }) => expectText(message, /parse error: unclosed left parenthesis/),
        ),
    ],
    [
      "query range",
      async () =>
        expectText(await ask("range", ...range, "--step=15s", path, RATE), /job="edge"(?:.*\n)+?[\d.]+ @\[\d+/),
    ],
    [
      "query range as JSON, wall clock",
      async () => {
        const rows = JSON.parse(await run("promtool", ["query", "-o", "json", "range", "--step=15s", wallPath, RATE]));
        if (rows.length === 0 || Date.now() / 1_000 - rows[0].values.at(-1)[0] > 60)
          throw new Error("no recent points");
      },
    ],
    ["query series", async () => expectText(await ask("series", "--match=up", ...range, path), /__name__="up"/)],
    ["query labels", async () => expectText(await ask("labels", ...range, path, "job"), /^edge$/m)],
    [
      "check rules",
      async () => expectText(await run("promtool", ["check", "rules", RULES]), /SUCCESS: \d+ rules found/),
    ],
    ["test rules", async () => expectText(await run("promtool", ["test", "rules", RULES_TEST]), /SUCCESS/)],
    ...RULE_TESTS.map((file) => [`test rules, and ours say the same of ${file}`, () => sameVerdict(file)]),
    ["check metrics, of each job", () => checkMetrics(path, targets)],
    [
      "tsdb create-blocks-from openmetrics, of a dump",
      () => makeBlocks(`${path}/openmetrics?match[]={job="edge"}&start=${endSeconds - 600}`, folder),
    ],
    ["check metrics, of a federation", async () => lint(await read(`${path}/federate?match[]=up`))],
  ];
}

/** Both programs print the same and end with the same status. */
async function sameVerdict(file) {
  const said = (program, parameters) =>
    run(program, parameters).then(
      (text) => `status 0: ${text.trim()}`,
      ({ message }) => message,
    );
  const [theirs, ours] = [
    await said("promtool", ["test", "rules", file]),
    await said(process.execPath, ["dist/server/cli/main.js", "test-rules", file]),
  ];
  const lines = (text) =>
    text
      .split("\n")
      .map((line) => line.trimEnd())
      .filter((line) => line !== "");
  if (lines(theirs).join("\n") !== lines(ours).join("\n")) throw new Error(`promtool: ${theirs}\nours: ${ours}`);
}

/** A dump as blocks of a Prometheus. */
async function makeBlocks(url, folder) {
  const file = join(folder, "dump.txt");
  writeFileSync(file, await read(url));
  const blocks = join(folder, "blocks");
  expectText(await run("promtool", ["tsdb", "create-blocks-from", "openmetrics", file, blocks]), /BLOCK ULID/);
}

async function read(url) {
  const answer = await fetch(url);
  const text = await answer.text();
  if (!answer.ok) throw new Error(text.slice(0, 300));
  return text;
}

/** One process of each job. */
async function checkMetrics(path, targets) {
  const byJob = new Map(targets.map(({ labels }) => [labels.job, labels]));
  for (const { job, instance } of byJob.values()) {
    const text = await read(`${path}/targets/${job}/${encodeURIComponent(instance)}/metrics`);
    await lint(text).catch(({ message }) => Promise.reject(new Error(`${job}: ${message}`)));
  }
}

/** The linter ends with 3 for names that it would not give; only what can not be read is wrong here. */
async function lint(text) {
  if (text.trim() === "") throw new Error("there are no metrics");
  await run("promtool", ["check", "metrics"], text).catch(({ message }) => {
    if (!message.startsWith("status 3:")) throw new Error(message);
  });
}
