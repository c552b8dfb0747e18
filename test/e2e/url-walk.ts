/**
 * Random walks through the workspace, to hold it to one rule: the address is the state. After every walk a reload shows
 * the same screen, and so do the browser's way back and forward. What a screen shows is its text and the data of its
 * charts, not its pixels.
 */
import type { Locator, Page } from "playwright";
import { idle, textOf } from "../fixtures/browser.js";
import type { Luck } from "../fixtures/luck.js";

/** Panels ask when they come into view, which may be after the page was idle for a moment. */
const STILL_MS = 250;
const LOOKS_MAX = 20;

/** A canonical text of both sides, once it stands still: what is written there, and a sum of every chart's points. */
export async function screenOf(page: Page): Promise<string> {
  let screen = await lookAt(page);
  for (let look = 1; look < LOOKS_MAX; look++) {
    await page.waitForTimeout(STILL_MS);
    const next = await lookAt(page);
    if (next === screen) return screen;
    screen = next;
  }
  return screen;
}

async function lookAt(page: Page): Promise<string> {
  // Tips and menus follow the pointer: it rests where nothing answers to it.
  await page.mouse.move(1, 1);
  // A chart that was pressed has the keys: arrows point in it and select, which lasts as long as the focus.
  await page.locator("fd-time-chart .plot:focus").evaluateAll((plots: readonly HTMLElement[]) => {
    for (const plot of plots) plot.blur();
  });
  await idle(page);
  await passPanels(page);
  await idle(page);
  const charts = await page.locator("fd-time-chart").evaluateAll((elements) =>
    elements.map((element) => {
      const { series } = element as unknown as {
        readonly series: readonly { readonly name: string; readonly values: Float64Array }[];
      };
      const sums = series.map(({ name, values }) => {
        const drawn = values.filter((value) => Number.isFinite(value));
        return `${name} ${String(drawn.length)} ${drawn.reduce((sum, value) => sum + value, 0).toPrecision(9)}`;
      });
      return sums.join("; ");
    }),
  );
  const sides = [page.getByRole("main"), page.getByRole("region", { name: "View on the right" })];
  const texts: string[] = [];
  for (const side of sides) if ((await side.count()) > 0) texts.push(await textOf(side));
  return [...texts, ...charts].join("\n");
}

/** Brings every panel into sight once, which is when it asks, and leaves the page where it was. */
async function passPanels(page: Page): Promise<void> {
  await page.locator("fd-dashboard-panel").evaluateAll(async (panels) => {
    const places = new Map<Element, number>();
    for (const panel of panels) {
      for (let node: Node | null = panel; node !== null;) {
        if (node instanceof Element) places.set(node, node.scrollTop);
        node = node instanceof ShadowRoot ? node.host : ((node as Element).assignedSlot ?? node.parentNode);
      }
    }
    for (const panel of panels) {
      panel.scrollIntoView({ block: "center", behavior: "instant" });
      for (let frame = 0; frame < 2; frame++) await new Promise(requestAnimationFrame);
    }
    for (const [element, top] of places) element.scrollTop = top;
  });
}

/** What a learner may press in a view without changing the world: links, tabs and switches. */
const PRESSABLE = [
  "main a[href^='/run/']",
  "main [role='tab']",
  "main button[aria-pressed]:not(fd-time-chart button):not(fd-notebook button)",
].join(", ");

interface Step {
  readonly name: string;
  readonly take: (page: Page, luck: Luck) => Promise<void>;
}

const press =
  (...keys: readonly string[]) =>
  async (page: Page): Promise<void> => {
    for (const key of keys) await page.keyboard.press(key);
  };

/** Views that show evidence; forms are walked by the journeys. */
const VIEW_KEYS = ["a", "o", "d", "m", "l", "t", "p", "c"];

const STEPS: readonly Step[] = [
  { name: "view", take: async (page, luck) => press("g", luck.pick(VIEW_KEYS))(page) },
  { name: "earlier", take: press("Shift+ArrowLeft") },
  { name: "zoom out", take: press("-") },
  { name: "undo zoom", take: press("z") },
  { name: "split", take: press("|") },
  { name: "drag", take: dragChart },
  { name: "lock", take: lockCrosshair },
  { name: "press", take: pressSomething },
  { name: "press", take: pressSomething },
  { name: "press", take: pressSomething },
];

export interface WalkStep {
  readonly name: string;
  readonly address: string;
  readonly screen: string;
}

/** Takes `length` steps: where it began and where each led, with what was on the screen. */
export async function walk(page: Page, luck: Luck, length: number): Promise<readonly WalkStep[]> {
  const steps: WalkStep[] = [{ name: "start", address: page.url(), screen: await screenOf(page) }];
  for (let at = 0; at < length; at++) {
    const { name, take } = luck.pick(STEPS);
    await take(page, luck);
    await idle(page);
    steps.push({ name, address: page.url(), screen: await screenOf(page) });
  }
  return steps;
}

async function pressSomething(page: Page, luck: Luck): Promise<void> {
  const choices = await visibleOnes(page.locator(PRESSABLE));
  if (choices.length === 0) return;
  await luck.pick(choices).click({ timeout: 2_000 });
}

/** At most the first forty: enough to choose from. */
async function visibleOnes(found: Locator): Promise<readonly Locator[]> {
  const all = (await found.all()).slice(0, 40);
  const seen = await Promise.all(all.map((one) => one.isVisible()));
  return all.filter((_, index) => seen[index]);
}

async function dragChart(page: Page, luck: Luck): Promise<void> {
  const box = await page
    .locator("main fd-time-chart .u-over")
    .first()
    .boundingBox({ timeout: 500 })
    .catch(() => null);
  if (box === null || box.y + 40 > 880) return;
  const y = box.y + Math.min(40, box.height / 2);
  await page.mouse.move(box.x + box.width * luck.between(0.2, 0.4), y);
  await page.mouse.down();
  await page.mouse.move(box.x + box.width * luck.between(0.6, 0.8), y, { steps: 3 });
  await page.mouse.up();
}

async function lockCrosshair(page: Page, luck: Luck): Promise<void> {
  const box = await page
    .locator("main fd-time-chart .u-over")
    .first()
    .boundingBox({ timeout: 500 })
    .catch(() => null);
  if (box === null || box.y + 40 > 880) return;
  await page.mouse.move(box.x + box.width * luck.between(0.2, 0.8), box.y + 30);
  await page.keyboard.press("l");
}
