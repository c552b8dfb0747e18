/** Reads the files that a scenario file names, transitively, off the disk, for the reader that never touches files. */
import { readFile, readdir } from "node:fs/promises";
import { join } from "node:path";
import { includedFiles } from "../scenario/read-scenario.js";

/** Files that one scenario may bring in, itself included. */
const FILES_MAX = 50;

/**
 * Texts by path of `entry` and of all that it includes. Paths keep the form of `entry` with `/` between folders.
 * A file that is not there is left out; the reader says so at the place that names it.
 */
export async function loadWithIncludes(entry: string): Promise<ReadonlyMap<string, string>> {
  const texts = new Map<string, string>();
  const waiting = [entry];
  while (waiting.length > 0 && texts.size < FILES_MAX) {
    const file = waiting.shift();
    if (file === undefined || texts.has(file)) continue;
    const text = await readText(file);
    if (text === undefined) continue;
    texts.set(file, text);
    waiting.push(...includedFiles(file, text));
  }
  return texts;
}

/** Paths of the scenario files of a folder, in order of name. Folders below it hold what scenarios include. */
export async function scenarioFiles(folder: string): Promise<readonly string[]> {
  const entries = await readdir(folder, { withFileTypes: true });
  return entries
    .filter((entry) => entry.isFile() && /\.ya?ml$/.test(entry.name))
    .map((entry) => join(folder, entry.name))
    .sort();
}

async function readText(file: string): Promise<string | undefined> {
  try {
    return await readFile(file, "utf8");
  } catch {
    return undefined;
  }
}
