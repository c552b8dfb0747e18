import { cpSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { beforeAll, describe, expect, test } from "vitest";
import { idle, textOf } from "../fixtures/browser.js";
import { ServerProcess } from "../fixtures/server-process.js";
import { Luck } from "../fixtures/luck.js";
import { COLOR_RULES, seriousViolations } from "./accessibility.js";
import { setStage } from "./stage.js";
import { screenOf, walk } from "./url-walk.js";
import { Workspace } from "./workspace.js";

const VIEWS = [
  "brief",
  "alerts",
  "slo",
  "dashboards?service=order",
  "metrics?query=up",
  "logs",
  "traces?service=edge",
  "compare?slow=0.95",
  "profiles?service=order",
  "map",
  "changes",
  "health",
  "synthetics",
  "rum",
  "actions?act=restart",
  "notebook",
  "submit",
];

const stage = setStage();
let learner: Workspace;

beforeAll(async () => {
  learner = await newWorkspace(stage.server.url);
  await learner.take("Checkout is failing");
});

async function newWorkspace(url: string): Promise<Workspace> {
  const context = await stage.browser.newContext({ viewport: { width: 1440, height: 900 }, reducedMotion: "reduce" });
  return new Workspace(await context.newPage(), url);
}

// What one theme was asked the other need not be, except for its colours. `npm run axe` asks everything of both, and of
// three more kinds of window.
describe.each([
  ["dark", undefined],
  ["light", COLOR_RULES],
] as const)("in the %s theme", (colorScheme, rules) => {
  test("no view has a serious accessibility problem", async () => {
    await learner.page.emulateMedia({ colorScheme });
    const problems: string[] = [];
    for (const view of VIEWS) {
      await learner.goto(view);
      problems.push(...(await seriousViolations(learner.page, rules)).map((problem) => `${view}: ${problem}`));
    }
    expect(problems).toEqual([]);
  });
});

test("a reload and a copied link show the same screen; back and forward are exact", async () => {
  await learner.page.getByRole("button", { name: "Pause" }).click();
  await learner.page.getByRole("button", { name: "Go on" }).waitFor();
  await learner.goto("logs?level=error&services=payment&from=now-20m&to=now");
  const countOf = async (): Promise<string | undefined> =>
    /([\d\s.,k ]+) lines/.exec(await textOf(learner.page.getByRole("main")))?.[1]?.trim();
  const before = await countOf();
  expect(before).toBeDefined();
  await learner.page.reload();
  await learner.page.getByRole("navigation", { name: "Views" }).waitFor();
  await idle(learner.page);
  expect(await countOf()).toBe(before);
  const address = learner.page.url();
  await learner.open("Map");
  await learner.page.goBack();
  await idle(learner.page);
  expect(learner.page.url()).toBe(address);
  await learner.page.goForward();
  await idle(learner.page);
  expect(learner.page.url()).toContain("/map");
  await learner.page.getByRole("button", { name: "Go on" }).click();
});

/** A slow machine draws a dozen charts in some seconds. */
const PATIENCE = { timeout: 15_000 };

test("the crosshair stands in every chart and goes with the pointer, after a drag that zoomed as well", async () => {
  const { page } = learner;
  await learner.goto("dashboards?service=order");
  const plot = page.locator("main fd-time-chart .u-over").first();
  await plot.waitFor();
  const linesShown = (): Promise<number> => page.locator("main .crosshair-line:visible").count();
  // Charts above may come later and move it: each look takes its place anew.
  const pointAt = async (share: number, options: { readonly steps?: number } = {}): Promise<void> => {
    const { x, y, width } = (await plot.boundingBox()) ?? { x: 0, y: 0, width: 0 };
    await page.mouse.move(x + width * share, y + 40, options);
  };
  for (const [from, to] of [
    [0.3, 0.8],
    [0.2, 0.7],
  ] as const) {
    await expect.poll(() => pointAt(from).then(linesShown), PATIENCE).toBeGreaterThan(1);
    await page.mouse.down();
    await pointAt(to, { steps: 3 });
    await page.mouse.up();
    await idle(page);
    await page.mouse.move(1, 1);
    await idle(page);
    await expect.poll(linesShown, PATIENCE).toBe(0);
  }
  expect(new URL(page.url()).searchParams.get("from")).toMatch(/^\d+$/);
});

/** Few where every change is tested; `FIREDRILL_WALKS=40` for many. */
const WALKS = Number(process.env["FIREDRILL_WALKS"] ?? "2");
const WALK_STEPS = 4;

test(
  "random walks: a reload, the way back and the way forward show the same screens",
  { timeout: 60_000 + WALKS * 20_000 },
  async () => {
    const { page } = learner;
    await learner.goto("map");
    await page.getByText(/^History \d+ %$/).waitFor({ state: "detached" });
    await page.getByRole("button", { name: "Pause" }).click();
    await page.getByRole("button", { name: "Go on" }).waitFor();
    for (let seed = 1; seed <= WALKS; seed++) {
      await learner.goto("dashboards?service=order");
      const steps = await walk(page, new Luck(seed), WALK_STEPS);
      const story = `walk ${String(seed)}: ${steps.map(({ name, address }) => `${name} ${decodeURIComponent(address)}`).join("\n")}`;
      const last = steps.at(-1);
      await page.reload();
      await page.getByRole("navigation", { name: "Views" }).waitFor();
      expect(await screenOf(page), `reload after ${story}`).toBe(last?.screen);
      const earlier = steps.findLast(({ address }) => address !== last?.address);
      if (earlier === undefined) continue;
      await page.goBack();
      await idle(page);
      const back = steps.findLast(({ address }) => address === page.url());
      expect(await screenOf(page), `back in ${story}`).toBe(back?.screen);
      await page.goForward();
      await idle(page);
      expect(await screenOf(page), `forward in ${story}`).toBe(last?.screen);
    }
    await page.getByRole("button", { name: "Go on" }).click();
  },
);

test("two tabs on one run stay in step", async () => {
  const other = await newWorkspace(stage.server.url);
  await other.page.goto(learner.page.url());
  await idle(other.page);
  await other.page.getByRole("button", { name: "Pause" }).click();
  await learner.page.getByRole("button", { name: "Go on" }).waitFor();
  await learner.page.getByRole("button", { name: "Go on" }).click();
  await other.page.getByRole("button", { name: "Pause" }).waitFor();
  await other.page.context().close();
});

test("a query that is wrong says where, and what would have been right", async () => {
  const metrics = await learner.goto(`metrics?query=${encodeURIComponent("sum by (job) (rate(up[5m])")}`);
  expect(await textOf(metrics)).toMatch(/1:\d+|position|parenthesis/i);
  expect(await textOf(metrics)).toMatch(/unclosed left parenthesis|expected/i);
});

test("a jump in the list of lines fills the screen, and then the rows beyond its edges", async () => {
  const logs = await learner.goto("logs");
  const list = logs.getByRole("treegrid");
  const lines = list.locator(".line");
  await lines.first().waitFor();
  await list.evaluate((element) => {
    element.scrollTop = element.scrollHeight / 2;
  });
  await expect
    .poll(
      async () => {
        const texts = (await lines.locator(".message").allTextContents()).map((text) => text.trim());
        const isElsewhere = Number(await lines.first().getAttribute("aria-rowindex")) > 100;
        return isElsewhere && texts.length > 0 && texts.every((text) => text !== "" && text !== "…");
      },
      { timeout: 15_000 },
    )
    .toBe(true);
});

test("a sheet over the page holds the focus, goes away by Escape or a press beside it, and gives the focus back", async () => {
  const { page } = learner;
  await learner.goto("alerts");
  const opener = page.getByRole("button", { name: "Help", exact: true });
  const sheet = page.getByRole("dialog", { name: "Keys and help" });
  const workspace = page.locator("fd-workspace");
  await opener.press("Enter");
  await sheet.waitFor();
  expect(
    await page.getByRole("searchbox", { name: "Search the keys" }).evaluate((field) => field.matches(":focus")),
  ).toBe(true);
  // Three controls: close, search, switch.
  for (const key of ["Tab", "Tab", "Tab", "Tab", "Shift+Tab", "Shift+Tab", "Shift+Tab", "Shift+Tab", "Shift+Tab"]) {
    await page.keyboard.press(key);
    const holder = await workspace.evaluate((host) => host.shadowRoot?.activeElement?.localName);
    expect(holder, `after ${key}`).toBe("fd-help-sheet");
  }
  await page.keyboard.press("Escape");
  await sheet.waitFor({ state: "hidden" });
  expect(await opener.evaluate((button) => button.matches(":focus"))).toBe(true);
  await page.keyboard.press("?");
  await sheet.waitFor();
  await page.mouse.click(4, 450);
  await sheet.waitFor({ state: "hidden" });
});

test("a run that is not there is said to be not there", async () => {
  const stranger = await newWorkspace(stage.server.url);
  await stranger.page.goto(`${stage.server.url}/run/0000000000000000/map`);
  await stranger.page
    .getByText(/no run|not there|does not exist|unknown run/i)
    .first()
    .waitFor();
  await stranger.page.context().close();
});

test("a killed server comes back: a banner, then the run goes on where it was", async () => {
  const dataFolder = mkdtempSync(join(tmpdir(), "firedrill-e2e-"));
  const first = await ServerProcess.start(dataFolder);
  const port = new URL(first.url).port;
  const tab = await newWorkspace(first.url);
  // Who saves data has nothing fetched before it is opened.
  await tab.page.addInitScript(() => {
    Object.defineProperty(navigator, "connection", { value: { saveData: true } });
  });
  await tab.take("Slow for some");
  await tab.open("Map");
  await first.kill();
  const banner = tab.page.locator(".banner[role=status]");
  await banner.waitFor();
  // A view that was never opened can not be fetched now; it opens by itself later.
  await tab.page.getByRole("navigation", { name: "Views" }).getByRole("link", { name: "Alerts" }).click();
  await tab.page.getByText("opens by itself once it is back").waitFor();
  const second = await ServerProcess.start(dataFolder, port);
  await tab.page.getByRole("button", { name: "Pause" }).waitFor();
  await banner.waitFor({ state: "detached" });
  await idle(tab.page);
  expect(await textOf(tab.page.getByRole("main"))).toContain("CheckoutLatencyHigh");
  await tab.page.context().close();
  await second.stop();
});

test("a broken scenario file is listed with what is wrong, and the others load", async () => {
  const folder = mkdtempSync(join(tmpdir(), "firedrill-scenarios-"));
  cpSync("scenarios", folder, { recursive: true });
  writeFileSync(join(folder, "broken.yaml"), "title: Broken\ndifficulty: impossible\n");
  const broken = await ServerProcess.start(undefined, "0", { FIREDRILL_SCENARIOS: folder });
  const visitor = await newWorkspace(broken.url);
  await visitor.page.goto(broken.url);
  await idle(visitor.page);
  const text = await textOf(visitor.page.locator("body"));
  expect(text).toMatch(/broken\.yaml.*difficulty/);
  expect(text).toContain("Checkout is failing");
  await visitor.page.context().close();
  await broken.stop();
  rmSync(folder, { recursive: true, force: true });
});
