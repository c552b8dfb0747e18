/**
 * `npm test`: every check of the project, one after another, and a last line `N passed, N failed`. A check counts as
 * one; the test runner's tests count each. `--only name,name` runs some of them, `--list` names them.
 */
import { spawn } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { ensureBrowser } from "./browser-path.mjs";

const reports = mkdtempSync(join(tmpdir(), "firedrill-test-"));

const vitest = (project) => ({
  command: [
    "vitest",
    "run",
    "--config",
    "test/vitest.config.ts",
    "--project",
    project,
    "--reporter=default",
    "--reporter=json",
    `--outputFile.json=${join(reports, `${project}.json`)}`,
  ],
  report: join(reports, `${project}.json`),
});

/** In the order in which a mistake is cheapest to find. */
const CHECKS = [
  { name: "types", command: ["tsc", "-b"] },
  { name: "format", command: ["prettier", "--check", "--log-level=warn", "."] },
  {
    name: "imports",
    command: ["depcruise", "--config", "test/dependency-cruiser.config.cjs", "server", "client", "test"],
  },
  { name: "dead-code", command: ["knip", "--config", "test/knip.json", "--no-progress"] },
  {
    name: "lint",
    command: ["eslint", "--config", "test/eslint.config.js", "--max-warnings=0", "server", "client", "test"],
  },
  { name: "templates", command: ["lit-analyzer", "client/**/*.ts", "--quiet"] },
  { name: "unit", ...vitest("unit") },
  { name: "process", ...vitest("process") },
  { name: "browser", needsBrowser: true, ...vitest("browser") },
];

function run(check) {
  const [binary, ...parameters] = check.command;
  return new Promise((resolve) => {
    const child = spawn(join("node_modules", ".bin", binary), parameters, { stdio: "inherit" });
    child.on("error", () => resolve(false));
    child.on("exit", (code) => resolve(code === 0));
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

async function main() {
  if (process.argv.includes("--list")) {
    for (const check of CHECKS) console.log(check.name);
    return;
  }
  let passed = 0;
  let failed = 0;
  const summary = [];
  for (const check of selected()) {
    console.log(`\n=== ${check.name}`);
    const startedMs = performance.now();
    let succeeded = false;
    try {
      if (check.needsBrowser) process.env.CHROMIUM_PATH = ensureBrowser();
      succeeded = await run(check);
    } catch (error) {
      console.error(error instanceof Error ? error.message : error);
    }
    const result = counted(check, succeeded);
    passed += result.passed;
    failed += result.failed;
    const seconds = ((performance.now() - startedMs) / 1000).toFixed(1);
    summary.push(
      `${result.failed === 0 ? "ok  " : "FAIL"} ${check.name.padEnd(10)} ${seconds.padStart(6)} s  ${String(result.passed)} passed, ${String(result.failed)} failed`,
    );
  }
  rmSync(reports, { recursive: true, force: true });
  console.log(`\n${summary.join("\n")}\n`);
  console.log(`${String(passed)} passed, ${String(failed)} failed`);
  process.exitCode = failed === 0 ? 0 : 1;
}

await main();
