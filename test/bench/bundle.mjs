/** A test program in TypeScript, bundled over the server's sources so that Node runs it as it is; answers with its path. */
import { rmSync } from "node:fs";
import { basename, resolve } from "node:path";
import { build } from "vite";

/** Each process has its own, gone when it ends: two at once would run each other's programs. */
const OUTPUT = `dist/bench/${process.pid}`;

process.once("exit", () => {
  rmSync(OUTPUT, { recursive: true, force: true });
});

export async function bundle(entry) {
  await build({
    configFile: false,
    logLevel: "error",
    build: { ssr: entry, outDir: OUTPUT, emptyOutDir: false },
  });
  return resolve(OUTPUT, `${basename(entry, ".ts")}.js`);
}
