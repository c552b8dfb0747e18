/**
 * The commands of `npm run scenario -- <command>`, as a table. Each gets its arguments and the outside world as
 * parameters and answers with an exit code: 0 all is well, 1 a file has errors, 2 the command was used wrongly.
 */
import { mkdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { formatDiagnostic } from "../base/diagnostic.js";
import type { Diagnostic } from "../base/diagnostic.js";
import { MICROS_PER_MINUTE } from "../base/time.js";
import { jsonSchemaFiles } from "../scenario/json-schema.js";
import { readScenario, readTopology } from "../scenario/read-scenario.js";
import type { Command, CommandContext, ExitCode } from "./command.js";
import { COMPARE } from "./compare.js";
import { EXPORT } from "./export.js";
import { QUERY_CHECKS } from "./expressions.js";
import { loadWithIncludes, scenarioFiles } from "./files.js";
import { Simulation } from "./simulation.js";
import { TEST_RULES } from "./test-rules.js";
import { reportSimulation } from "./simulation-report.js";

const COMMANDS: ReadonlyMap<string, Command> = new Map([
  [
    "validate",
    {
      usage: "validate [FILE…]",
      description: "check scenario and topology files (all scenarios without FILE); exit 1 when one has errors",
      run: validate,
    },
  ],
  ["list", { usage: "list", description: "list the scenarios with their titles", run: list }],
  [
    "simulate",
    {
      usage: "simulate FILE [MINUTES]",
      description: "play a scenario beside its healthy twin, to 10 minutes after the page, and say what comes of it",
      run: simulate,
    },
  ],
  ["compare", COMPARE],
  ["export", EXPORT],
  ["test-rules", TEST_RULES],
  [
    "schema",
    {
      usage: "schema [--check]",
      description: "write the JSON Schemas for editors; with --check only say whether they are up to date",
      run: schema,
    },
  ],
]);

/** Runs the command that `words` name. */
export async function runCommand(words: readonly string[], context: CommandContext): Promise<ExitCode> {
  const [name = "", ...parameters] = words;
  const command = COMMANDS.get(name);
  if (command !== undefined) return command.run(parameters, context);
  if (["help", "--help", "-h"].includes(name)) {
    usageLines().forEach(context.out);
    return 0;
  }
  context.error(name === "" ? "name a command" : `unknown command "${name}"`);
  usageLines().forEach(context.error);
  return 2;
}

function usageLines(): string[] {
  const commands = [...COMMANDS.values()];
  const width = Math.max(...commands.map(({ usage }) => usage.length));
  return [
    "usage: npm run scenario -- <command>",
    ...commands.map(({ usage, description }) => `  ${usage.padEnd(width)}  ${description}`),
  ];
}

async function validate(parameters: readonly string[], context: CommandContext): Promise<ExitCode> {
  const unknown = parameters.find((parameter) => parameter.startsWith("-"));
  if (unknown !== undefined) {
    context.error(`unknown option "${unknown}"; usage: npm run scenario -- validate [FILE…]`);
    return 2;
  }
  const files = parameters.length > 0 ? parameters : await scenarioFiles(context.scenariosFolder);
  let errors = 0;
  for (const file of files) errors += await validateFile(file, context);
  if (errors > 0) context.error(`${countOf(errors, "error")} in ${countOf(files.length, "file")}`);
  return errors > 0 ? 1 : 0;
}

const countOf = (count: number, noun: string): string => `${String(count)} ${noun}${count === 1 ? "" : "s"}`;

/** Prints what is wrong with a file and answers the number of errors. */
async function validateFile(file: string, context: CommandContext): Promise<number> {
  const { diagnostics } = await readAny(file);
  for (const diagnostic of diagnostics) {
    const mark = diagnostic.severity === "warning" ? "warning: " : "";
    context.error(mark + formatDiagnostic(diagnostic));
  }
  const errors = diagnostics.filter(({ severity }) => severity === "error").length;
  if (errors === 0) context.out(`${file}: ok`);
  return errors;
}

/** A file that has journeys and no page is a topology; every other one is read as a scenario. */
async function readAny(file: string): Promise<{ readonly diagnostics: readonly Diagnostic[] }> {
  const texts = await loadWithIncludes(file);
  const text = texts.get(file) ?? "";
  const isTopology = /^journeys:/m.test(text) && !/^page:/m.test(text);
  return isTopology ? readTopology(texts, file, QUERY_CHECKS) : readScenario(texts, file, QUERY_CHECKS);
}

async function list(parameters: readonly string[], context: CommandContext): Promise<ExitCode> {
  if (parameters.length > 0) {
    context.error("usage: npm run scenario -- list");
    return 2;
  }
  for (const file of await scenarioFiles(context.scenariosFolder)) {
    const { scenario, diagnostics } = readScenario(await loadWithIncludes(file), file);
    const errors = diagnostics.filter(({ severity }) => severity === "error").length;
    if (scenario === undefined) context.out(`${file}: ${countOf(errors, "error")}`);
    else context.out(`${scenario.id}: ${scenario.title} (${scenario.difficulty}, ${String(scenario.minutes)} min)`);
  }
  return 0;
}

/** Minutes after the page to which `simulate` plays. */
const SIMULATE_MINUTES = 10;
const SIMULATE_MINUTES_MAX = 240;

async function simulate(parameters: readonly string[], context: CommandContext): Promise<ExitCode> {
  const [file, written = String(SIMULATE_MINUTES)] = parameters;
  const minutes = Number(written);
  if (
    file === undefined ||
    parameters.length > 2 ||
    !Number.isInteger(minutes) ||
    minutes < 0 ||
    minutes > SIMULATE_MINUTES_MAX
  ) {
    context.error(`usage: npm run scenario -- simulate FILE [MINUTES], 0 to ${String(SIMULATE_MINUTES_MAX)}`);
    return 2;
  }
  const { scenario, diagnostics } = readScenario(await loadWithIncludes(file), file, QUERY_CHECKS);
  if (scenario === undefined) {
    for (const diagnostic of diagnostics) context.error(formatDiagnostic(diagnostic));
    return 1;
  }
  const from = 0 - scenario.recent / MICROS_PER_MINUTE;
  const world = new Simulation(scenario, { faultsOn: true, from }).run(minutes);
  const twin = new Simulation(scenario, { faultsOn: false, from }).run(minutes);
  // What users suffer may need eyes that work: the same world with all its faults but those of the monitoring.
  const faults = scenario.faults.filter((fault) => !fault.class.startsWith("telemetry/"));
  const sighted =
    faults.length < scenario.faults.length
      ? new Simulation({ ...scenario, faults }, { faultsOn: true, from }).run(minutes)
      : undefined;
  reportSimulation(world, twin, minutes, sighted).forEach(context.out);
  return 0;
}

async function schema(parameters: readonly string[], context: CommandContext): Promise<ExitCode> {
  const check = parameters.length === 1 && parameters[0] === "--check";
  if (parameters.length > 0 && !check) {
    context.error("usage: npm run scenario -- schema [--check]");
    return 2;
  }
  const folder = join(context.scenariosFolder, "schema");
  let stale = 0;
  for (const [name, text] of jsonSchemaFiles()) {
    const file = join(folder, name);
    if ((await currentText(file)) === text) continue;
    stale++;
    if (check) context.error(`${file} is out of date; run: npm run scenario -- schema`);
    else {
      await mkdir(folder, { recursive: true });
      await writeFile(file, text);
      context.out(`wrote ${file}`);
    }
  }
  return check && stale > 0 ? 1 : 0;
}

async function currentText(file: string): Promise<string | undefined> {
  try {
    return await readFile(file, "utf8");
  } catch {
    return undefined;
  }
}
