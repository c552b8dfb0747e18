/**
 * Where the compiled form of one of our modules lies. Threads always load compiled files: a test runner executes the
 * sources, but its loader does not reach into the threads it starts.
 */

/** URL of `name` (for example `world-worker.js`) beside the module at `importMetaUrl`, under `dist/` in either case. */
export function compiledFile(name: string, importMetaUrl: string): URL {
  const beside = new URL(name, importMetaUrl);
  if (importMetaUrl.endsWith(".js")) return beside;
  return new URL(beside.href.replace(/\/server\/(?!.*\/server\/)/, "/dist/server/"));
}
