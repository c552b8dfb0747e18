/**
 * Lets Node import the project's TypeScript as it is, for tests: types are stripped on the way, modules stay modules. The
 * engine runs so at its full speed, where a module runner's indirections take half of it.
 */
import { readFile, stat } from "node:fs/promises";
import { register } from "node:module";
import { fileURLToPath } from "node:url";
import { isMainThread } from "node:worker_threads";

/** Sources name what they import by the name that it has when it is compiled. */
const COMPILED = /^\.{1,2}\/.*\.js$/;

export async function resolve(specifier, context, next) {
  if (
    COMPILED.test(specifier) &&
    context.parentURL?.startsWith("file:") &&
    !context.parentURL.includes("/node_modules/")
  ) {
    const source = new URL(specifier.replace(/\.js$/, ".ts"), context.parentURL);
    const found = await stat(source).then(
      (entry) => entry.isFile(),
      () => false,
    );
    if (found) return next(source.href, context);
  }
  return next(specifier, context);
}

export async function load(url, context, next) {
  if (!url.startsWith("file:") || !/\.ts(?:\?|$)/.test(url)) return next(url, context);
  const { transform } = await import("rolldown/experimental");
  const file = fileURLToPath(url);
  const { code, errors } = await transform(file, await readFile(file, "utf8"), {
    lang: "ts",
    sourcemap: false,
    target: "es2023",
  });
  if (errors.length > 0) throw new SyntaxError(`${file}: ${errors[0].message}`);
  return { format: "module", source: code, shortCircuit: true };
}

if (isMainThread) register(import.meta.url);
