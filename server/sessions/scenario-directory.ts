/**
 * Reads a directory of scenario files: each `*.yaml` in it is a scenario, what they name (topologies, rules, dashboards)
 * lies in its folders. A file that can not be read is listed with what is wrong; the others load.
 */
import { readdir, readFile, stat } from "node:fs/promises";
import { join, sep } from "node:path";
import type { Diagnostic } from "../base/diagnostic.js";
import { readScenario, type ReadOptions } from "../scenario/read-scenario.js";
import type { Scenario } from "../scenario/types.js";
import { SCENARIO_FILE_BYTES_MAX, SCENARIO_FILES_MAX } from "./limits.js";
import type { ReadScenarioFile } from "./scenario-library.js";

/** Every scenario of `directory`, broken ones too. Throws when the directory can not be listed. */
export async function readScenarioDirectory(
  directory: string,
  options: ReadOptions = {},
): Promise<readonly ReadScenarioFile[]> {
  const paths = await listYaml(directory);
  const texts = new Map<string, string>();
  const unreadable = new Map<string, string>();
  for (const path of paths) {
    const read = await readText(join(directory, path));
    if (read.ok) texts.set(path, read.text);
    else unreadable.set(path, read.problem);
  }
  return paths.filter((path) => !path.includes("/")).map((file) => readEntry({ file, texts, unreadable, options }));
}

/** Scenarios by id, for those who build worlds. Throws for an id that is not there. */
export function scenarioLookup(files: readonly ReadScenarioFile[]): (scenarioId: string) => Scenario {
  const scenarios = files.flatMap(({ scenario }) => (scenario === undefined ? [] : [scenario]));
  return (scenarioId) => {
    const found = scenarios.find(({ id }) => id === scenarioId);
    if (found === undefined) throw new Error(`no scenario has the id ${JSON.stringify(scenarioId)}`);
    return found;
  };
}

async function listYaml(directory: string): Promise<readonly string[]> {
  const entries = await readdir(directory, { recursive: true, encoding: "utf8" });
  const paths = entries
    .map((entry) => entry.split(sep).join("/"))
    .filter((path) => /\.ya?ml$|^dashboards\/.*\.json$/.test(path));
  return paths.sort().slice(0, SCENARIO_FILES_MAX);
}

type ReadText = { readonly ok: true; readonly text: string } | { readonly ok: false; readonly problem: string };

async function readText(path: string): Promise<ReadText> {
  try {
    const { size } = await stat(path);
    if (size > SCENARIO_FILE_BYTES_MAX) {
      return {
        ok: false,
        problem: `the file has ${String(size)} bytes, allowed are ${String(SCENARIO_FILE_BYTES_MAX)}`,
      };
    }
    return { ok: true, text: await readFile(path, "utf8") };
  } catch {
    return { ok: false, problem: "the file can not be read" };
  }
}

interface Entry {
  readonly file: string;
  readonly texts: ReadonlyMap<string, string>;
  readonly unreadable: ReadonlyMap<string, string>;
  readonly options: ReadOptions;
}

function readEntry({ file, texts, unreadable, options }: Entry): ReadScenarioFile {
  const problem = unreadable.get(file);
  if (problem !== undefined) return { file, scenario: undefined, diagnostics: [unreadableFile(file, problem)] };
  const { scenario, diagnostics } = readScenario(texts, file, options);
  return { file, scenario, diagnostics };
}

const unreadableFile = (file: string, message: string): Diagnostic => ({
  severity: "error",
  message,
  from: 0,
  to: 0,
  line: 1,
  column: 1,
  file,
});
