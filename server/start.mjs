/**
 * What `npm start` runs: builds the server and the client where their sources have changed since the last build, then
 * serves, in this same process. Whether something changed is told by names, sizes and times of the sources, so that a
 * start without changes takes no longer than reading a few hundred directory entries.
 */
import { spawn } from "node:child_process";
import { createHash } from "node:crypto";
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

const root = fileURLToPath(new URL("..", import.meta.url));
const distribution = join(root, "dist");

/** What is built, from which sources, and the file that has to be there afterwards. */
const builds = [
  {
    name: "server",
    sources: ["server", "package-lock.json"],
    result: "server/main.js",
    program: ["node_modules/typescript/bin/tsc", "-b", "server/tsconfig.json"],
  },
  {
    name: "client",
    sources: ["client", "server/base", "server/wire", "server/tsconfig.base.json", "package-lock.json"],
    result: "client/index.html",
    program: ["node_modules/vite/bin/vite.js", "build", "--config", "client/vite.config.ts", "--logLevel", "warn"],
  },
];

function filesBelow(path) {
  if (!existsSync(path)) return [];
  if (!statSync(path).isDirectory()) return [path];
  const entries = readdirSync(path, { withFileTypes: true }).sort((one, other) => (one.name < other.name ? -1 : 1));
  return entries.flatMap((entry) => {
    const child = join(path, entry.name);
    return entry.isDirectory() ? filesBelow(child) : [child];
  });
}

function stampOf(sources) {
  const hash = createHash("sha256").update(process.version);
  for (const file of sources.flatMap((source) => filesBelow(join(root, source)))) {
    const { size, mtimeMs } = statSync(file);
    hash.update(`${file} ${size} ${mtimeMs}\n`);
  }
  return hash.digest("hex");
}

/** Runs one of our tools with this Node; what it prints is shown. Answers its exit status. */
function runTool(program) {
  return new Promise((resolve, reject) => {
    const [script, ...parameters] = program;
    const child = spawn(process.execPath, [join(root, script), ...parameters], { cwd: root, stdio: "inherit" });
    child.once("error", reject);
    child.once("exit", (code) => resolve(code ?? 1));
  });
}

async function buildWhenChanged({ name, sources, result, program }) {
  const stampFile = join(distribution, `.${name}-stamp`);
  const stamp = stampOf(sources);
  const isBuilt = existsSync(join(distribution, result));
  if (isBuilt && existsSync(stampFile) && readFileSync(stampFile, "utf8") === stamp) return true;
  // Without the result, the compiler's own notes about what is up to date are wrong.
  if (!isBuilt && name === "server")
    for (const part of ["core", "server"]) rmSync(join(distribution, `${part}.tsbuildinfo`), { force: true });
  const started = performance.now();
  const status = await runTool(program);
  if (status !== 0) {
    console.error(`firedrill: the ${name} could not be built; what is wrong stands above`);
    return false;
  }
  mkdirSync(distribution, { recursive: true });
  writeFileSync(stampFile, stamp);
  console.log(`Built the ${name} in ${((performance.now() - started) / 1000).toFixed(1)} s`);
  return true;
}

if (!existsSync(join(root, "node_modules"))) {
  console.error("firedrill: the packages are not installed; run npm ci first");
  process.exit(1);
}
const built = await Promise.all(builds.map(buildWhenChanged));
if (built.includes(false)) process.exit(1);
await import("../dist/server/main.js");
