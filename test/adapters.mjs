/** `npm run adapters`: the query languages' adapters of `test/query`, each compiled to one module in `dist/adapters`. */
import { readdirSync } from "node:fs";
import { basename, join } from "node:path";
import { build } from "vite";

const SOURCES = "test/query";
const OUTPUT = "dist/adapters";

for (const file of readdirSync(SOURCES).filter((name) => name.endsWith("-adapter.ts"))) {
  await build({
    configFile: false,
    logLevel: "error",
    build: { ssr: join(SOURCES, file), outDir: OUTPUT, emptyOutDir: false },
  });
  console.log(join(OUTPUT, `${basename(file, ".ts")}.js`));
}
