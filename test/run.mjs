/**
 * `npm test`: every check of the project, one after another, and a last line `N passed, N failed`. A check counts as
 * one; the test runner's tests count each. `--only name,name` runs some of them, `--list` names them.
 */
import { spawn } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { availableParallelism, tmpdir } from "node:os";
import { join } from "node:path";
import { ensureBrowser } from "./browser-path.mjs";

const reports = mkdtempSync(join(tmpdir(), "firedrill-test-"));

const vitest = (project, name = project.replace("*", "")) => ({
  command: [
    "vitest",
    "run",
    "--config",
    "test/vitest.config.ts",
    "--project",
    project,
    "--reporter=default",
    "--reporter=json",
    `--outputFile.json=${join(reports, `${name}.json`)}`,
  ],
  report: join(reports, `${name}.json`),
});

/**
 * In the order in which a mistake is cheapest to find. Checks of the text run side by side, the longest first, and what
 * `joins` begins as soon as one of their processors is free.
 */
const CHECKS = [
  {
    name: "lint",
    ofText: true,
    command: ["eslint", "--config", "test/eslint.config.js", "--max-warnings=0", "server", "client", "test"],
  },
  { name: "types", ofText: true, command: ["tsc", "-b"] },
  { name: "templates", ofText: true, command: ["lit-analyzer", "client/**/*.ts", "--quiet"] },
  {
    name: "imports",
    ofText: true,
    command: ["depcruise", "--config", "test/dependency-cruiser.config.cjs", "server", "client", "test"],
  },
  { name: "dead-code", ofText: true, command: ["knip", "--config", "test/knip.json", "--no-progress"] },
  { name: "format", ofText: true, command: ["prettier", "--check", "--log-level=warn", "."] },
  { name: "unit", joins: true, ...vitest("unit*") },
  { name: "process", ...vitest("process") },
  { name: "browser", needsBrowser: true, ...vitest("browser") },
];

/** Runs a check; one of the text shows what it has to say when it has ended, so that two do not talk at once. */
function run(check) {
  const [binary, ...parameters] = check.command;
  return new Promise((resolve) => {
    const said = [];
    const stdio = check.ofText === true ? ["ignore", "pipe", "pipe"] : "inherit";
    const child = spawn(join("node_modules", ".bin", binary), parameters, { stdio });
    child.stdout?.on("data", (chunk) => said.push(chunk));
    child.stderr?.on("data", (chunk) => said.push(chunk));
    child.on("error", () => resolve(false));
    child.on("close", (code) => {
      if (check.ofText === true) console.log(`\n=== ${check.name}\n${Buffer.concat(said).toString()}`);
      resolve(code === 0);
    });
  });
}

/** Tests passed and failed by the runner's report; a run that wrote none counts as one failure. */
function counted(check, succeeded) {
  if (check.report === undefined) return { passed: succeeded ? 1 : 0, failed: succeeded ? 0 : 1 };
  try {
    const report = JSON.parse(readFileSync(check.report, "utf8"));
    const failed = report.numFailedTests + (succeeded || report.numFailedTests > 0 ? 0 : 1);
    return { passed: report.numPassedTests, failed };
  } catch {
    return { passed: 0, failed: 1 };
  }
}

function selected() {
  const at = process.argv.indexOf("--only");
  if (at < 0) return CHECKS;
  const names = (process.argv[at + 1] ?? "").split(",");
  const unknown = names.filter((name) => !CHECKS.some((check) => check.name === name));
  if (unknown.length > 0) {
    console.error(`unknown check ${unknown.join(", ")}: one of ${CHECKS.map((check) => check.name).join(", ")}`);
    process.exit(2);
  }
  return CHECKS.filter((check) => names.includes(check.name));
}

/** Runs one check and says how it went. */
async function outcomeOf(check) {
  if (check.ofText !== true) console.log(`\n=== ${check.name}`);
  const startedMs = performance.now();
  let succeeded = false;
  try {
    if (check.needsBrowser) process.env.CHROMIUM_PATH = ensureBrowser();
    succeeded = await run(check);
  } catch (error) {
    console.error(error instanceof Error ? error.message : error);
  }
  return { check, ...counted(check, succeeded), seconds: (performance.now() - startedMs) / 1000 };
}

/** All of them, as many at once as there are processors. */
async function outcomesOf(checks) {
  const outcomes = [];
  const waiting = [...checks];
  const work = async () => {
    for (let next = waiting.shift(); next !== undefined; next = waiting.shift()) outcomes.push(await outcomeOf(next));
  };
  await Promise.all(Array.from({ length: availableParallelism() }, work));
  return checks.map((check) => outcomes.find((outcome) => outcome.check === check));
}

async function main() {
  if (process.argv.includes("--list")) {
    for (const check of CHECKS) console.log(check.name);
    return;
  }
  const checks = selected();
  const isBeside = ({ ofText, joins }) => ofText === true || joins === true;
  const outcomes = await outcomesOf(checks.filter(isBeside));
  for (const check of checks) if (!isBeside(check)) outcomes.push(await outcomeOf(check));
  rmSync(reports, { recursive: true, force: true });
  const summary = outcomes.map(
    ({ check, passed, failed, seconds }) =>
      `${failed === 0 ? "ok  " : "FAIL"} ${check.name.padEnd(10)} ${seconds.toFixed(1).padStart(6)} s  ${String(passed)} passed, ${String(failed)} failed`,
  );
  const total = (of) => outcomes.reduce((sum, outcome) => sum + outcome[of], 0);
  console.log(`\n${summary.join("\n")}\n`);
  console.log(`${String(total("passed"))} passed, ${String(total("failed"))} failed`);
  process.exitCode = total("failed") === 0 ? 0 : 1;
}

await main();
