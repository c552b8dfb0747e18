/**
 * `npm run axe`: every screen in both themes and densities, at full width, at 200 % zoom, at a phone's width and in forced
 * colours; nothing may be serious. What is moderate is listed. `FIREDRILL_SCREENS=trace npm run axe -- -t phone` looks at
 * some of it. The tests themselves look at fewer screens (screens.test.ts).
 */
import type { Page } from "playwright";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { VIEWS } from "../../client/panels/registry.js";
import { problemsOf, show } from "./screen-checks.js";
import type { Problem } from "./screen-checks.js";
import { SCREENS } from "./screen-list.js";
import { setStage } from "./stage.js";
import { Workspace } from "./workspace.js";

const WANTED = process.env["FIREDRILL_AXE"];
const SHOWN = new RegExp(process.env["FIREDRILL_SCREENS"] ?? "");

interface Window {
  readonly title: string;
  readonly width: number;
  readonly height: number;
  readonly scale?: number;
  readonly colorScheme: "dark" | "light";
  readonly density: "comfortable" | "compact";
  readonly forcedColors?: "active";
}

/** A window of 1440 × 900 that is zoomed to 200 % has half of it in each direction, at twice the resolution. */
const WINDOWS: readonly Window[] = [
  { title: "wide and dark", width: 1440, height: 900, colorScheme: "dark", density: "comfortable" },
  { title: "wide and light", width: 1440, height: 900, colorScheme: "light", density: "compact" },
  { title: "zoomed", width: 720, height: 450, scale: 2, colorScheme: "light", density: "comfortable" },
  { title: "phone", width: 360, height: 740, colorScheme: "dark", density: "comfortable" },
  {
    title: "forced colours",
    width: 1440,
    height: 900,
    colorScheme: "dark",
    density: "comfortable",
    forcedColors: "active",
  },
];

const PATIENCE_MS = 90_000;
/** For all screens of one window, on a machine that has other things to do. */
const TIMEOUT_MS = 900_000;

const ANSWER = {
  component: "Edge proxy",
  faultClass: "exception",
  onset: "13:52:00",
  sentence: "The edge answers with errors.",
};

/** Problems of a screen that are written out: what is broken once is often broken in every row. */
const LISTED_MAX = 12;

const wordsOf = ({ where, rule, what }: Problem): string => `${where}: ${rule}: ${what}`;

const isSerious = ({ impact }: Problem): boolean => impact === "serious" || impact === "critical";

describe.runIf(WANTED !== undefined)("every screen", { timeout: TIMEOUT_MS }, () => {
  const stage = setStage();
  const runs = { running: "", over: "" };
  const rows: string[] = [];
  let page: Page;

  beforeAll(async () => {
    const context = await stage.browser.newContext({
      viewport: { width: 1440, height: 900 },
      reducedMotion: "reduce",
    });
    const learner = new Workspace(await context.newPage(), stage.server.url);
    ({ page } = learner);
    page.setDefaultTimeout(PATIENCE_MS);
    await learner.take("Checkout is failing");
    if (SCREENS.some(({ name, of }) => of === "over" && SHOWN.test(name))) {
      runs.over = learner.runId;
      await learner.submit(ANSWER);
      await learner.score();
      await learner.take("Checkout is failing");
    }
    runs.running = learner.runId;
  }, TIMEOUT_MS);

  afterAll(() => {
    console.log(["serious  moderate  seconds  screen", ...rows].join("\n"));
  });

  test("every view is among them", () => {
    const paths = SCREENS.map(({ name, path }) => (name === "trace" ? "trace" : path.replace(/\?.*/, "")));
    expect(VIEWS.filter(({ id }) => !paths.includes(id))).toEqual([]);
  });

  test.each(WINDOWS)("$title", async ({ title, width, height, scale = 1, density, colorScheme, forcedColors }) => {
    await page.emulateMedia({ colorScheme, forcedColors: forcedColors ?? "none" });
    await page.evaluate((value) => {
      localStorage.setItem("firedrill.preferences", JSON.stringify({ density: value }));
    }, density);
    const session = await page.context().newCDPSession(page);
    const metrics = { width, height, deviceScaleFactor: scale, mobile: false };
    await session.send("Emulation.setDeviceMetricsOverride", metrics);
    const serious: string[] = [];
    for (const screen of SCREENS.filter(({ name }) => SHOWN.test(name))) {
      const startMs = performance.now();
      const { of = "running" } = screen;
      await show(page, of === "none" ? stage.server.url : `${stage.server.url}/run/${runs[of]}`, screen);
      const problems = await problemsOf(page, screen.name);
      const bad = problems.filter(isSerious);
      for (const problem of problems.slice(0, LISTED_MAX))
        console.log(`${title}: ${problem.impact} ${wordsOf(problem)}`);
      serious.push(...bad.slice(0, LISTED_MAX).map(wordsOf));
      const seconds = ((performance.now() - startMs) / 1_000).toFixed(1);
      const figures = [bad.length, problems.length - bad.length, seconds].map((figure) => String(figure).padStart(7));
      rows.push(`${figures.join("  ")}  ${title}: ${screen.name}`);
    }
    await session.send("Emulation.clearDeviceMetricsOverride");
    expect(serious).toEqual([]);
  });
});
