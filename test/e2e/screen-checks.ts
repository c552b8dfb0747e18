/**
 * A screen through axe and through what axe has no rule for: the page never scrolls sideways (WCAG 1.4.10), no text lies on
 * another or is cut, every control can be brought onto the screen, and every picture has words.
 */
import { AxeBuilder } from "@axe-core/playwright";
import type { Page } from "playwright";
import { overflowOf, picturesWithoutWords, unreachedControls, unreadableTexts } from "./screen-geometry.js";
import type { SCREENS } from "./screen-list.js";

export interface Problem {
  readonly where: string;
  readonly rule: string;
  readonly impact: string;
  readonly what: string;
}

/** What a key opens fades in. */
const SETTLE_MS = 200;
/** The machine has other things to do. */
const PATIENCE_MS = 90_000;

async function idle(page: Page): Promise<void> {
  const isIdle = (): boolean => document.documentElement.dataset["idle"] === "true";
  await page.waitForFunction(isIdle, undefined, { timeout: PATIENCE_MS });
}

/** Goes to the screen and opens what belongs to it. */
export async function show(page: Page, base: string, { path, of, open }: (typeof SCREENS)[number]): Promise<void> {
  await page.goto(`${base}/${path}`);
  await page
    .locator(of === "none" ? "fd-app" : "main")
    .first()
    .waitFor();
  await idle(page);
  if (open === undefined) return;
  await open(page);
  await page.waitForTimeout(SETTLE_MS);
  await idle(page);
}

/** Everything that is wrong with what is on the screen now. */
export async function problemsOf(page: Page, where: string): Promise<readonly Problem[]> {
  const { violations } = await new AxeBuilder({ page })
    .options({ resultTypes: ["violations"] })
    .setLegacyMode(true)
    .analyze();
  const found = violations.map(({ id, impact, nodes }) => ({
    where,
    rule: id,
    impact: impact ?? "minor",
    what: `${String(nodes.length)}× ${nodes
      .slice(0, 4)
      .map(({ target }) => String(target).split(",").slice(-3).join(" "))
      .join(" | ")} ${nodes[0]?.any[0]?.message ?? nodes[0]?.all[0]?.message ?? ""}`,
  }));
  const sideways = await page.evaluate(overflowOf);
  const ours = [
    ...(sideways === undefined ? [] : [{ rule: "reflow", what: sideways }]),
    ...(await page.evaluate(unreadableTexts)).map((what) => ({ rule: "text", what })),
    ...(await page.evaluate(picturesWithoutWords)).map((what) => ({ rule: "caption", what })),
    // Last, for it scrolls.
    ...(await page.evaluate(unreachedControls)).map((what) => ({ rule: "control", what })),
  ];
  return [...found, ...ours.map((problem) => ({ where, impact: "serious", ...problem }))];
}
