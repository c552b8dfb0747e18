/**
 * `npm run states`: brings about in a headless browser what goes wrong in the world outside (a server that is gone, a
 * storage that is forbidden, names that no scenario has) and looks whether the page says so and goes on. Prints a line for
 * each; `-- NAME …` runs some.
 */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { chromium } from "playwright";
import { BROWSER_FLAGS, ensureBrowser } from "./browser-path.mjs";
import { startServer } from "./start-server.mjs";
import { STATES } from "./states/states.mjs";

const PATIENCE_MS = 15_000;

const wanted = process.argv.slice(2);
const data = mkdtempSync(join(tmpdir(), "firedrill-states-"));
const browser = await chromium.launch({ executablePath: ensureBrowser(), args: BROWSER_FLAGS });
const world = { data, server: await startServer(data), failed: 0, port: "" };
world.port = new URL(world.server.url).port;

/** The same server again, on the port that it had. */
world.restart = async () => {
  world.server = await startServer(data, "server/start.mjs", world.port);
};

async function open(options = {}) {
  const context = await browser.newContext({
    viewport: { width: 1440, height: 900 },
    reducedMotion: "reduce",
    permissions: ["clipboard-read", "clipboard-write"],
    ...options,
  });
  const page = await context.newPage();
  page.setDefaultTimeout(PATIENCE_MS);
  return page;
}

let failed = 0;
for (const [name, run] of Object.entries(STATES)) {
  if (wanted.length > 0 && !wanted.some((part) => name.includes(part))) continue;
  const page = await open();
  const complaints = [];
  page.on("pageerror", (error) => complaints.push(error.message));
  try {
    await run({ page, world, open });
    if (complaints.length > 0) throw new Error(`the page complained: ${complaints.join("; ")}`);
    console.log(`ok    ${name}`);
  } catch (error) {
    failed += 1;
    console.log(`FAILS ${name}: ${error.message.split("\n").slice(0, 6).join("\n      ")}`);
  }
  await page.context().close();
}

await browser.close();
await world.server.stop();
rmSync(data, { recursive: true, force: true });
console.log(failed === 0 ? "every state is told" : `${String(failed)} failed`);
process.exit(failed === 0 ? 0 : 1);
