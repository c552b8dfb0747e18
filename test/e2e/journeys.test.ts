/**
 * Incidents solved by keys alone, from the page to the debrief: one in every run of the tests, all of them by
 * `npm run journeys` (`npm run journeys -- --only ID` for one).
 */
import type { Browser } from "playwright";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { launchBrowser } from "../fixtures/browser.js";
import { ServerProcess } from "../fixtures/server-process.js";
import { JOURNEYS, playByKeys } from "./keyboard-journey.js";
import { Keyboard } from "./keyboard.js";
import { Workspace } from "./workspace.js";

/** The one that no pointer plays in the tests. */
const WANTED = process.env["FIREDRILL_JOURNEYS"] ?? "slow-baskets";
const CHOSEN = JOURNEYS.filter(({ id }) => WANTED === "all" || WANTED.split(",").includes(id));

let server: ServerProcess;
let browser: Browser;

beforeAll(async () => {
  server = await ServerProcess.start();
  browser = await launchBrowser();
});

afterAll(async () => {
  await browser.close();
  await server.stop();
});

test("every journey that is asked for exists", () => {
  expect(CHOSEN.map(({ id }) => id)).toEqual(WANTED === "all" ? JOURNEYS.map(({ id }) => id) : WANTED.split(","));
});

describe.each(CHOSEN)("$title", (journey) => {
  test("is solved by keys alone, the focus always somewhere to be seen", async () => {
    const context = await browser.newContext({ viewport: { width: 1440, height: 900 }, reducedMotion: "reduce" });
    const page = await context.newPage();
    const learner = new Workspace(page, server.url);
    const keyboard = await Keyboard.of(page);
    const score = await playByKeys(keyboard, server.url, journey);
    console.log(
      `${journey.id}: ${String(score)} of 100, ${String(keyboard.tabs)} Tabs, at most ${String(keyboard.longest.tabs)} to a control (${keyboard.longest.name})`,
    );
    expect(score).toBeGreaterThanOrEqual(70);
    expect(keyboard.faults).toEqual([]);
    expect(learner.complaints).toEqual([]);
    await context.close();
  });
});
