/**
 * Incidents solved by keys alone, from the page to the debrief: one in every run of the tests, all of them by
 * `npm run journeys` (`npm run journeys -- --only ID` for one).
 */
import { describe, expect, test } from "vitest";
import { JOURNEYS, playByKeys } from "./keyboard-journey.js";
import { Keyboard } from "./keyboard.js";
import { setStage } from "./stage.js";
import { Workspace } from "./workspace.js";

/** The one that no pointer plays in the tests. */
const WANTED = process.env["FIREDRILL_JOURNEYS"] ?? "slow-baskets";
const CHOSEN = JOURNEYS.filter(({ id }) => WANTED === "all" || WANTED.split(",").includes(id));

const stage = setStage();

test("every journey that is asked for exists", () => {
  expect(CHOSEN.map(({ id }) => id)).toEqual(WANTED === "all" ? JOURNEYS.map(({ id }) => id) : WANTED.split(","));
});

describe.each(CHOSEN)("$title", (journey) => {
  test("is solved by keys alone, the focus always somewhere to be seen", async () => {
    const context = await stage.browser.newContext({ viewport: { width: 1440, height: 900 }, reducedMotion: "reduce" });
    const page = await context.newPage();
    const learner = new Workspace(page, stage.server.url);
    const keyboard = await Keyboard.of(page);
    const score = await playByKeys(keyboard, stage.server.url, journey);
    console.log(
      `${journey.id}: ${String(score)} of 100, ${String(keyboard.tabs)} Tabs, at most ${String(keyboard.longest.tabs)} to a control (${keyboard.longest.name})`,
    );
    expect(score).toBeGreaterThanOrEqual(70);
    expect(keyboard.faults).toEqual([]);
    expect(learner.complaints).toEqual([]);
    await context.close();
  });
});
