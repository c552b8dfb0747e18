/**
 * The screens that `npm run axe` looks at: the start page and the list of runs, every view in its forms, what a click or
 * a key lays over them, and the debrief of a run that is over.
 */
import type { Page } from "playwright";

interface Screen {
  readonly name: string;
  /** Behind `/run/ID/`; for the start page behind the origin. */
  readonly path: string;
  /** Which run it is of: the one under way where left out. `none`: a page before any run. */
  readonly of?: "none" | "over";
  /** What opens it, once the page is there. */
  readonly open?: (page: Page) => Promise<void>;
}

const press =
  (...keys: readonly string[]) =>
  async (page: Page): Promise<void> => {
    for (const key of keys) await page.keyboard.press(key);
  };

const click =
  (selector: string) =>
  async (page: Page): Promise<void> => {
    await page.locator(selector).first().click();
  };

/** The first trace of the list, in one of its forms. */
const openTrace =
  (form?: string) =>
  async (page: Page): Promise<void> => {
    await page
      .getByRole("link", { name: /POST \/checkout/ })
      .first()
      .click();
    await page.waitForURL(/\/trace\?/);
    if (form !== undefined) await page.getByRole("tab", { name: form }).click();
  };

const QUERY = "sum%20by%20(job)%20(rate(http_server_request_duration_seconds_count%5B1m%5D))";
const BUCKETS = "sum%20by%20(le)%20(rate(http_server_request_duration_seconds_bucket%5B1m%5D))";
const BROKEN = "sum%20by%20(job)%20(rate(up%5B5m%5D)";
const CHECKOUTS = "traces?service=edge&operation=POST%20/checkout&order=slowest";

export const SCREENS: readonly Screen[] = [
  { name: "start page", path: "", of: "none" },
  { name: "run that is not there", path: "run/0000000000000000/map", of: "none" },
  { name: "brief", path: "brief" },
  { name: "alerts", path: "alerts" },
  { name: "alerts groups", path: "alerts?show=groups" },
  { name: "alerts silences", path: "alerts?show=silences" },
  { name: "slo", path: "slo" },
  { name: "dashboards list", path: "dashboards" },
  { name: "dashboards", path: "dashboards?service=order" },
  { name: "metrics grid", path: "metrics" },
  { name: "metrics graph", path: `metrics?query=${QUERY}` },
  { name: "metrics explained", path: `metrics?explain=A&query=${QUERY}` },
  { name: "metrics table", path: `metrics?tab=table&query=${QUERY}` },
  { name: "metrics heatmap", path: `metrics?tab=heatmap&query=${BUCKETS}` },
  { name: "metrics error", path: `metrics?query=${BROKEN}` },
  { name: "logs", path: "logs?level=error,warn" },
  { name: "log line", path: "logs?level=error", open: click("main fd-virtual-log .line") },
  { name: "logs patterns", path: "logs?level=error,warn&show=patterns" },
  { name: "logs without a line", path: "logs?q=no%20such%20words" },
  { name: "traces", path: CHECKOUTS },
  { name: "traces table", path: `${CHECKOUTS}&form=table` },
  { name: "traces path", path: `${CHECKOUTS}&tab=path` },
  { name: "trace", path: CHECKOUTS, open: openTrace() },
  { name: "trace flame", path: CHECKOUTS, open: openTrace("Flame") },
  { name: "trace statistics", path: CHECKOUTS, open: openTrace("Where the time went") },
  { name: "profiles", path: "profiles?service=order" },
  { name: "profiles sandwich", path: "profiles?service=order&form=sandwich" },
  { name: "profiles difference", path: "profiles?service=order&base=before" },
  { name: "compare", path: "compare" },
  { name: "compare with a result", path: "compare?slow=0.95" },
  { name: "map", path: "map?node=payment" },
  { name: "map tree", path: "map?form=tree" },
  { name: "map table", path: "map?form=table" },
  { name: "changes", path: "changes?change=cart-2-9-4" },
  { name: "health", path: "health" },
  { name: "synthetics", path: "synthetics" },
  { name: "rum", path: "rum" },
  { name: "actions", path: "actions?act=restart" },
  { name: "notebook", path: "notebook" },
  { name: "telemetry", path: "telemetry" },
  { name: "submit", path: "submit" },
  { name: "palette", path: "alerts", open: press("Control+k") },
  { name: "help", path: "alerts", open: press("?") },
  { name: "time picker", path: "alerts", open: press("t") },
  { name: "appearance", path: "alerts", open: click("fd-appearance-menu button") },
  { name: "field notes", path: "slo", open: press(".") },
  { name: "split", path: "logs?level=error", open: press("|") },
  { name: "notebook beside", path: "slo", open: press("n") },
  { name: "pivot menu", path: "slo", open: click("main fd-pivot-menu button") },
  { name: "export menu", path: "logs?level=error", open: press("e") },
  { name: "debrief", path: "debrief", of: "over" },
  { name: "submit when it is over", path: "submit", of: "over" },
];
