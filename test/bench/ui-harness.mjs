/**
 * What every benchmark of the client stands on: a server with a run of its own, a headless browser, fixture pages that
 * show one element with made-up data, and the few sums.
 */
import { createServer } from "node:http";
import { mkdtempSync, rmSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { basename, extname, join } from "node:path";
import { chromium } from "playwright";
import { BROWSER_FLAGS, ensureBrowser } from "../browser-path.mjs";
import { startServer } from "../start-server.mjs";

/** Figures are the median of this many. */
const ROUNDS = 5;
const VIEWPORT = { width: 1440, height: 900 };
const SCENARIO = "Checkout is failing";

/** The value below which the given share of the values lies. */
export function quantile(values, share) {
  const sorted = [...values].sort((one, other) => one - other);
  return sorted[Math.min(sorted.length - 1, Math.floor(share * sorted.length))] ?? Number.NaN;
}

export const median = (values) => quantile(values, 0.5);

/** The median of five results of `measure`, which are taken one after the other. */
export async function medianOf(measure) {
  const values = [];
  for (let round = 0; round < ROUNDS; round++) values.push(await measure(round));
  return median(values);
}

/** Resolves when no query of the page is under way and what they answered is on the screen. */
export async function idle(page) {
  await page.waitForFunction(() => document.documentElement.dataset.idle === "true", undefined, { timeout: 60_000 });
}

export async function openHarness({ hour }) {
  const dataFolder = mkdtempSync(join(tmpdir(), "firedrill-bench-"));
  let starting;
  const server = () => (starting ??= startServer(dataFolder));
  const browser = await chromium.launch({ executablePath: ensureBrowser(), args: BROWSER_FLAGS });
  const fixtures = await serveFixtures();
  const endWorlds = async () => {
    await (await starting)?.stop();
    starting = undefined;
  };
  return {
    /** Whether figures over an hour are to be taken over all of it. */
    hour,
    browser,
    newPage: async () => (await browser.newContext({ viewport: VIEWPORT })).newPage(),
    /** A page with a new run whose clock runs and whose history is there; answers with the run's address, too. */
    openRun: async (page) => openRun(page, (await server()).url),
    /**
     * A page with `bench/ui-pages/<name>.js` on it, built as the client is. What it puts on `window.bench` is called
     * by `page.evaluate(() => window.bench.…())`.
     */
    fixture: async (name) => {
      const page = await (await browser.newContext({ viewport: VIEWPORT })).newPage();
      await page.goto(await fixtures.address(name));
      await page.waitForFunction(() => window.bench !== undefined, undefined, { timeout: 60_000 });
      return page;
    },
    /** Ends the server and the worlds that run in it: what is measured next has the machine for itself. */
    endWorlds,
    close: async () => {
      await browser.close();
      await fixtures.close();
      await endWorlds();
      rmSync(dataFolder, { recursive: true, force: true });
    },
  };
}

async function openRun(page, url) {
  await page.goto(url);
  await idle(page);
  await page.getByRole("button", { name: `Take ${SCENARIO}` }).click();
  await page.getByRole("button", { name: "Start the clock" }).click({ timeout: 60_000 });
  await page.getByRole("button", { name: "Pause" }).waitFor();
  await page.getByText(/^History \d+ %$/).waitFor({ state: "detached", timeout: 120_000 });
  await idle(page);
  return /^.*\/run\/[0-9a-f]+/.exec(page.url())[0];
}

const TYPES = { ".html": "text/html", ".js": "text/javascript", ".css": "text/css", ".woff2": "font/woff2" };

/** Builds a fixture page when it is first asked for, and serves what was built. */
async function serveFixtures() {
  const folder = mkdtempSync(join(tmpdir(), "firedrill-pages-"));
  const built = new Set();
  const server = createServer((request, response) => {
    const path = new URL(request.url ?? "/", "http://localhost").pathname;
    readFile(join(folder, path)).then(
      (content) => response.setHeader("content-type", TYPES[extname(path)] ?? "application/octet-stream").end(content),
      () => response.writeHead(404).end(),
    );
  });
  await new Promise((resolve) => server.listen(0, "127.0.0.1", resolve));
  return {
    address: async (name) => {
      if (!built.has(name)) await buildFixture(name, join(folder, basename(name)));
      built.add(name);
      return `http://127.0.0.1:${String(server.address().port)}/${basename(name)}/test/bench/ui-pages/page.html`;
    },
    close: async () => {
      await new Promise((resolve) => server.close(resolve));
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

async function buildFixture(name, folder) {
  const { build } = await import("vite");
  await build({
    configFile: false,
    root: process.cwd(),
    base: "./",
    logLevel: "error",
    publicDir: false,
    plugins: [
      {
        name: "fixture",
        transformIndexHtml: { order: "pre", handler: (html) => html.replace("%FIXTURE%", `./${name}.js`) },
      },
    ],
    build: {
      outDir: folder,
      emptyOutDir: true,
      target: "es2022",
      modulePreload: { polyfill: false },
      rolldownOptions: { input: join("test", "bench", "ui-pages", "page.html") },
    },
  });
}
