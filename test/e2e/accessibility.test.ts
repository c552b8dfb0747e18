/**
 * `npm run axe`: every screen through axe, in both themes and densities and in three widths; nothing may be serious. What
 * is moderate is listed. The tests themselves look at fewer screens (screens.test.ts).
 */
import { describe, expect, test } from "vitest";
import { problemsOf, SCREENS, show } from "./screen-checks.js";
import { setStage } from "./stage.js";
import { Workspace } from "./workspace.js";

const WANTED = process.env["FIREDRILL_AXE"];

const WINDOWS = [
  { width: 1440, colorScheme: "dark", density: "comfortable" },
  { width: 1440, colorScheme: "light", density: "compact" },
  { width: 720, colorScheme: "light", density: "comfortable" },
  { width: 360, colorScheme: "dark", density: "comfortable" },
] as const;

const HEIGHT = 900;
/** For all screens of one window, on a machine that has other things to do. */
const TIMEOUT_MS = 900_000;

describe.runIf(WANTED !== undefined)("every screen", { timeout: TIMEOUT_MS }, () => {
  const stage = setStage();

  test.each(WINDOWS)("at $width px, $colorScheme and $density", async ({ width, colorScheme, density }) => {
    const context = await stage.browser.newContext({
      viewport: { width: 1440, height: HEIGHT },
      colorScheme,
      reducedMotion: "reduce",
    });
    const learner = new Workspace(await context.newPage(), stage.server.url);
    const { page } = learner;
    await learner.take("Checkout is failing");
    await page.evaluate((value) => {
      localStorage.setItem("firedrill.preferences", JSON.stringify({ density: value }));
    }, density);
    await page.setViewportSize({ width, height: HEIGHT });
    const base = `${stage.server.url}/run/${learner.runId}`;
    const serious: string[] = [];
    for (const screen of SCREENS) {
      await show(page, base, screen);
      const problems = await problemsOf(page, screen.name);
      for (const { where, rule, impact, what } of problems) {
        const line = `${where}: ${rule}: ${what}`;
        if (impact === "serious" || impact === "critical") serious.push(line);
        else console.log(`${impact} ${line}`);
      }
    }
    expect(serious).toEqual([]);
    await context.close();
  });
});
