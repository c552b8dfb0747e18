/** What a visit costs: JavaScript over the line, first paint, the time until all is there, and where requests go. */
import { readdirSync, statSync } from "node:fs";
import { join } from "node:path";
import { idle, median, medianOf } from "./ui-harness.mjs";

const ASSETS = "dist/client/assets";
const KB = 1_000;

/** Bytes of a script as it goes over the line; small ones have no compressed copy. */
function sentBytes(file) {
  const path = join(ASSETS, file);
  const compressed = statSync(`${path}.gz`, { throwIfNoEntry: false });
  return (compressed ?? statSync(path)).size;
}

const wholeKb = () =>
  readdirSync(ASSETS)
    .filter((file) => file.endsWith(".js"))
    .reduce((sum, file) => sum + sentBytes(file), 0) / KB;

/** One visit of `address` in a context: its times, its scripts, and the origins that it asked. */
async function visit(context, address) {
  const page = await context.newPage();
  const scripts = new Set();
  const origins = new Set();
  page.on("request", (request) => {
    const url = new URL(request.url());
    origins.add(url.host);
    if (url.pathname.endsWith(".js")) scripts.add(url.pathname.split("/").at(-1));
  });
  await page.goto(address, { waitUntil: "commit" });
  await page.waitForFunction(
    () => document.documentElement.dataset.idle === "true" && document.querySelector("fd-app") !== null,
  );
  const ready = await page.evaluate(() => performance.now());
  // The browser tells of a paint some time after it.
  const painted = await page.waitForFunction(
    () => performance.getEntriesByName("first-contentful-paint")[0]?.startTime,
    undefined,
    { timeout: 5_000 },
  );
  const paint = await painted.jsonValue();
  await page.close();
  const kb = [...scripts].reduce((sum, file) => sum + sentBytes(file), 0) / KB;
  return { paint, ready, kb, foreign: [...origins].filter((host) => host !== new URL(address).host).length };
}

/** First and second visits of one address, each pair in a browser profile of its own. */
async function visits(browser, address) {
  const first = [];
  const second = [];
  await medianOf(async () => {
    const context = await browser.newContext({ viewport: { width: 1440, height: 900 } });
    first.push(await visit(context, address));
    second.push(await visit(context, address));
    await context.close();
    return 0;
  });
  const of = (list, name) => median(list.map((one) => one[name]));
  return { first, second, of };
}

export async function benchLoad({ browser, newPage, openRun }) {
  const page = await newPage();
  const run = await openRun(page);
  await idle(page);
  await page.context().close();
  const rows = [
    { figure: "JavaScript of the whole client, gzip", value: wholeKb(), unit: "KB", wanted: { atMost: 600 } },
  ];
  for (const [title, address] of [
    ["start page", new URL("/", run).href],
    ["a run's brief", `${run}/brief`],
  ]) {
    const { first, second, of } = await visits(browser, address);
    const foreign = Math.max(...[...first, ...second].map((one) => one.foreign));
    rows.push(
      { figure: `${title}: JavaScript, gzip`, value: of(first, "kb"), unit: "KB", wanted: { atMost: 200 } },
      { figure: `${title}: first contentful paint`, value: of(first, "paint"), unit: "ms", wanted: { atMost: 600 } },
      { figure: `${title}: everything there`, value: of(first, "ready"), unit: "ms", wanted: { atMost: 1_200 } },
      {
        figure: `${title}: second visit, everything there`,
        value: of(second, "ready"),
        unit: "ms",
        wanted: { atMost: 500 },
      },
      { figure: `${title}: other origins asked`, value: foreign, unit: "", wanted: { atMost: 0 } },
    );
  }
  return rows;
}
