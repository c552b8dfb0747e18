/**
 * Every screen through axe: views of a run under way, its dialogs and menus, the start page and the debrief; in both
 * themes and densities, at full width, at half of it (what 200 % zoom leaves) and at a phone's. Beside axe's rules: the
 * page itself never scrolls sideways (WCAG 1.4.10), and every picture has a caption and is reached by keys.
 */
import { AxeBuilder } from "@axe-core/playwright";
import type { Page } from "playwright";
import { idle } from "../fixtures/browser.js";

interface Screen {
  readonly name: string;
  /** Behind `/run/ID/`. */
  readonly path: string;
  /** What opens it, once the page is there. */
  readonly open?: (page: Page) => Promise<void>;
}

const press =
  (...keys: readonly string[]) =>
  async (page: Page): Promise<void> => {
    for (const key of keys) await page.keyboard.press(key);
  };

const QUERY = "sum%20by%20(job)%20(rate(http_server_request_duration_seconds_count%5B1m%5D))";
const CHECKOUTS = "traces?service=edge&operation=POST%20/checkout&order=slowest";

/** The views of the rail in their forms, then what lies over them. */
export const SCREENS: readonly Screen[] = [
  { name: "brief", path: "brief" },
  { name: "alerts", path: "alerts" },
  { name: "slo", path: "slo" },
  { name: "dashboards", path: "dashboards?service=order" },
  { name: "metrics grid", path: "metrics" },
  { name: "metrics graph", path: `metrics?query=${QUERY}` },
  { name: "metrics table", path: `metrics?tab=table&query=${QUERY}` },
  {
    name: "metrics heatmap",
    path: "metrics?tab=heatmap&query=sum%20by%20(le)%20(rate(http_server_request_duration_seconds_bucket%5B1m%5D))",
  },
  { name: "logs", path: "logs?level=error,warn" },
  { name: "logs patterns", path: "logs?level=error,warn&tab=patterns" },
  { name: "traces", path: CHECKOUTS },
  { name: "trace", path: CHECKOUTS, open: openTrace },
  { name: "profiles", path: "profiles?service=order" },
  { name: "compare", path: "compare?slow=0.95" },
  { name: "map", path: "map?node=payment" },
  { name: "map tree", path: "map?form=tree" },
  { name: "map table", path: "map?form=table" },
  { name: "changes", path: "changes?change=cart-2-9-4" },
  { name: "health", path: "health" },
  { name: "synthetics", path: "synthetics" },
  { name: "rum", path: "rum" },
  { name: "actions", path: "actions?act=restart" },
  { name: "notebook", path: "notebook" },
  { name: "submit", path: "submit" },
  { name: "palette", path: "alerts", open: press("Control+k") },
  { name: "help", path: "alerts", open: press("?") },
  { name: "field notes", path: "slo", open: press(".") },
  { name: "split", path: "logs?level=error", open: press("|") },
  { name: "notebook beside", path: "slo", open: press("n") },
  { name: "pivot menu", path: "slo", open: openPivot },
  { name: "export menu", path: "logs?level=error", open: press("e") },
];

async function openTrace(page: Page): Promise<void> {
  await page
    .getByRole("link", { name: /POST \/checkout/ })
    .first()
    .click();
  await page.waitForURL(/\/trace\?/);
}

async function openPivot(page: Page): Promise<void> {
  await page.locator("main fd-pivot-menu").first().getByRole("button").first().click();
}

interface Problem {
  readonly where: string;
  readonly rule: string;
  readonly impact: string;
  readonly what: string;
}

/** Goes to the screen of a run and opens what belongs to it. */
export async function show(page: Page, base: string, { path, open }: Screen): Promise<void> {
  await page.goto(`${base}/${path}`);
  await page.getByRole("main").waitFor();
  await idle(page);
  if (open === undefined) return;
  await open(page);
  await page.waitForTimeout(SETTLE_MS);
  await idle(page);
}

/** What a key opens fades in. */
const SETTLE_MS = 200;

/** Everything that is wrong with what is on the screen now. */
export async function problemsOf(page: Page, where: string): Promise<readonly Problem[]> {
  const { violations } = await new AxeBuilder({ page }).analyze();
  const found = violations.map(({ id, impact, nodes }) => ({
    where,
    rule: id,
    impact: impact ?? "minor",
    what: `${String(nodes.length)}× ${String(nodes[0]?.target)} ${nodes[0]?.any[0]?.message ?? nodes[0]?.all[0]?.message ?? ""}`,
  }));
  const sideways = await reflowOf(page);
  const pictures = await page.evaluate(picturesWithoutWords);
  return [
    ...found,
    ...(sideways === undefined ? [] : [{ where, rule: "reflow", impact: "serious", what: sideways }]),
    ...pictures.map((what) => ({ where, rule: "caption", impact: "serious", what })),
  ];
}

/** Where the page would have to be scrolled sideways; undefined where it fits. */
const reflowOf = (page: Page): Promise<string | undefined> => page.evaluate(overflowOf);

/** How much wider than the window the page is, and the first element that makes it so. Runs in the page. */
function overflowOf(): string | undefined {
  const { scrollWidth, clientWidth } = document.documentElement;
  const shell = document.querySelector("fd-app")?.shadowRoot?.querySelector("fd-workspace")?.shadowRoot;
  const main = shell?.querySelector("main");
  const over = Math.max(scrollWidth - clientWidth, (main?.scrollWidth ?? 0) - (main?.clientWidth ?? 0));
  if (over <= 1) return undefined;
  const wide: string[] = [];
  const visit = (root: Element | ShadowRoot): void => {
    for (const child of root.children) {
      const { right, width } = child.getBoundingClientRect();
      const scrolls = getComputedStyle(child).overflowX !== "visible";
      if (width > 0 && right > clientWidth + 1)
        wide.push(`${child.localName}.${child.className} ${String(Math.round(right))}`);
      if (scrolls && child.localName !== "main") continue;
      if (child.shadowRoot !== null) visit(child.shadowRoot);
      visit(child);
    }
  };
  visit(shell ?? document.body);
  return `${String(over)} px wider than the window: ${wide.slice(-3).join(", ")}`;
}

/**
 * Canvases and charts drawn as SVG that nothing says anything about: no name of their own, no labelled part around them, and
 * not set aside for assistive technology with words beside them. Runs in the page.
 */
function picturesWithoutWords(): string[] {
  const silent: string[] = [];
  const named = (element: Element): boolean =>
    element.hasAttribute("aria-label") ||
    element.hasAttribute("aria-labelledby") ||
    (element.localName === "figure" && element.querySelector("figcaption") !== null);
  const visit = (root: Element | ShadowRoot, hosts: readonly Element[]): void => {
    for (const child of root.children) {
      const around = [child, ...hosts];
      const { width, height } = child.getBoundingClientRect();
      // Icons are smaller; a sparkline is a chart.
      const isPicture = (child.localName === "canvas" || child.localName === "svg") && width >= 48 && height >= 16;
      if (
        isPicture &&
        !around.slice(0, 9).some(named) &&
        !around.slice(0, 9).some((one) => one.localName === "button" || one.localName === "a" || one.localName === "td")
      )
        silent.push(
          `${hosts
            .slice(0, 4)
            .map(({ localName }) => localName)
            .reverse()
            .join(" > ")} > ${child.localName}`,
        );
      if (child.localName === "svg") continue;
      if (child.shadowRoot !== null) visit(child.shadowRoot, around);
      visit(child, around);
    }
  };
  visit(document.body, []);
  return [...new Set(silent)];
}
