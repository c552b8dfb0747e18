/** A test program in TypeScript, bundled over the server's sources so that Node runs it as it is; answers with its path. */
import { basename, resolve } from "node:path";
import { build } from "vite";

const OUTPUT = "dist/bench";

export async function bundle(entry) {
  await build({
    configFile: false,
    logLevel: "error",
    build: { ssr: entry, outDir: OUTPUT, emptyOutDir: false },
  });
  return resolve(OUTPUT, `${basename(entry, ".ts")}.js`);
}
