/**
 * `npm run journeys`: every scenario solved by keys alone in a headless browser, from the page to the debrief. `-- --only ID`
 * (several parted by commas) plays some of them. What is checked at every key stands in test/e2e/keyboard.ts.
 */
import { spawnSync } from "node:child_process";
import { ensureBrowser } from "./browser-path.mjs";

const at = process.argv.indexOf("--only");
const wanted = at < 0 ? "all" : (process.argv[at + 1] ?? "all");
const { status } = spawnSync(
  "node_modules/.bin/vitest",
  ["run", "--config", "test/vitest.config.ts", "--project", "browser", "test/e2e/journeys.test.ts"],
  {
    stdio: "inherit",
    env: { ...process.env, FIREDRILL_JOURNEYS: wanted, CHROMIUM_PATH: ensureBrowser() },
  },
);
process.exitCode = status ?? 1;
