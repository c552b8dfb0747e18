/** Other people's programs as processes: whether they are there, and what they say. */
import { spawn, spawnSync } from "node:child_process";

/** An export of a whole run takes a busy machine more than a minute. */
const TIMEOUT_MS = 180_000;

const isInstalled = (program) => spawnSync(program, ["--version"], { stdio: "ignore" }).error === undefined;

/** Those of `programs` that are here, after Debian's packages were installed where that may be done. */
export function installed(programs, packages) {
  if (!programs.every(isInstalled) && process.getuid?.() === 0) {
    const environment = { ...process.env, DEBIAN_FRONTEND: "noninteractive" };
    for (const parameters of [["update"], ["install", "-y", "--no-install-recommends", ...packages]])
      spawnSync("apt-get", ["-qq", ...parameters], { stdio: "ignore", env: environment });
  }
  return new Set(programs.filter(isInstalled));
}

/** Runs to the end, and answers what was printed; throws with it when the program says that it failed. */
export function run(program, parameters, input = "") {
  return new Promise((resolve, reject) => {
    const child = spawn(program, parameters, { stdio: ["pipe", "pipe", "pipe"], timeout: TIMEOUT_MS });
    let out = "";
    let complaints = "";
    child.stdout.on("data", (chunk) => (out += chunk));
    child.stderr.on("data", (chunk) => (complaints += chunk));
    child.once("error", reject);
    child.once("close", (code) => {
      if (code === 0) resolve(out + complaints);
      else reject(new Error(`status ${code}: ${(complaints + out).trim()}`));
    });
    child.stdin.on("error", () => undefined);
    child.stdin.end(input);
  });
}

/** What was expected to be printed is there. */
export function expectText(text, pattern) {
  if (!pattern.test(text)) throw new Error(`${pattern} is not in: ${text.slice(0, 400)}`);
  return text;
}
