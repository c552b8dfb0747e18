import { describe, expect, test } from "vitest";
import { idle, textOf } from "../fixtures/browser.js";
import { setStage } from "./stage.js";
import { Workspace, type Diagnosis } from "./workspace.js";

interface Incident {
  readonly title: string;
  readonly alert: string;
  /** On the map: those of the shop, and what the story adds to its plant. */
  readonly parts: number;
  /** Form of the action that helps, by its address. */
  readonly cure: string;
  readonly right: Diagnosis;
  /** That a right answer has at least, of 100. */
  readonly pointsMin: number;
  /** One is enough on the screen: how wrong answers are graded has tests of its own. */
  readonly wrong?: Diagnosis;
}

/** The third scenario is played by keys alone (journeys.test.ts). */
const INCIDENTS: readonly Incident[] = [
  {
    title: "Checkout is failing",
    alert: "CheckoutErrorBudgetBurn",
    parts: 19,
    cure: "actions?act=set-flag&act-flag=checkout.deferred-payment&act-value=on",
    right: {
      component: "Payment provider",
      faultClass: "slow dependency",
      onset: "14:02:00",
      path: ["payment>payment-provider", "order>payment", "api-gateway>order", "web>api-gateway", "edge>web"],
      sentence: "The payment provider answers in two seconds; callers give up after one.",
    },
    pointsMin: 85,
    wrong: {
      component: "Edge proxy",
      faultClass: "exception",
      trigger: "cart 2.9.4",
      onset: "13:52:00",
      sentence: "The deploy of cart broke checkout.",
    },
  },
  {
    title: "Flying blind",
    alert: "MetricsServerSeriesBudgetExceeded",
    parts: 20,
    cure: "actions?act=drop-label&act-metric=http_server_request_duration_seconds&act-label=user_id",
    right: {
      component: "Cart service",
      faultClass: "cardinality",
      trigger: "cart 2.10.0",
      onset: "14:01:00",
      sentence: "The deploy of cart labels its request metric by user, and the metrics server drowns in series.",
    },
    pointsMin: 70,
  },
];

const stage = setStage();

async function newWorkspace(): Promise<Workspace> {
  const page = await stage.browser.newPage({ viewport: { width: 1440, height: 900 } });
  return new Workspace(page, stage.server.url);
}

describe.each(INCIDENTS)("$title", (incident) => {
  const scores: { right?: number; wrong?: number } = {};

  test("can be investigated, mended and explained from the page to the debrief", async () => {
    const learner = await newWorkspace();
    await learner.take(incident.title);
    const { page } = learner;

    expect(await textOf(await learner.open("Brief"))).toContain(incident.alert);
    const alerts = await learner.open("Alerts");
    expect(await textOf(alerts)).toMatch(new RegExp(`Firing\\s+${incident.alert}`));
    expect(await textOf(await learner.open("SLO"))).toMatch(/of the budget left/);

    const dashboards = await learner.open("Dashboards");
    await dashboards.getByLabel("Component").selectOption("order");
    await idle(page);
    await dashboards.locator("fd-time-chart canvas").nth(5).waitFor({ state: "attached" });
    expect(await dashboards.locator("fd-time-chart canvas").count()).toBeGreaterThan(5);

    const metrics = await learner.open("Metrics");
    await metrics
      .locator("[data-query]")
      .first()
      .fill("sum by (job) (rate(http_server_request_duration_seconds_count[1m]))");
    await metrics.getByRole("button", { name: "Run" }).click();
    await metrics.getByText(/\d+ series, one point every/).waitFor();
    expect(await textOf(metrics)).toMatch(/\d+ series, one point every/);
    await metrics.getByRole("button", { name: /^Pin/ }).first().click();

    const logs = await learner.open("Logs");
    await logs.getByRole("group", { name: "Levels" }).getByRole("button", { name: "error" }).click();
    await idle(page);
    expect(await textOf(logs)).toMatch(/[\d\s.k]+ lines/);

    const traces = await learner.goto("traces?service=edge&operation=POST+/checkout&order=slowest");
    await traces
      .getByRole("link", { name: /POST \/checkout/ })
      .first()
      .click();
    await idle(page);
    expect(page.url()).toContain("/trace?");
    expect(await textOf(page.getByRole("main"))).toMatch(/\d+ of \d+ spans/);

    const parts = String(incident.parts);
    expect(await textOf(await learner.open("Map"))).toContain(`${parts} of ${parts} parts`);
    expect(await textOf(await learner.open("Changes"))).toMatch(/deploy/i);

    await learner.believe(incident.right);
    const notebook = await textOf(page.getByRole("main"));
    expect(notebook).toMatch(/Exhibits\s*1/);
    expect(notebook).toContain("in favour");

    await learner.act(incident.cure);
    await learner.submit(incident.right);
    scores.right = await learner.score();
    expect(scores.right).toBeGreaterThanOrEqual(incident.pointsMin);
    expect(scores.right).toBeCloseTo(await learner.gradedScore(), 1);

    const debrief = await textOf(page.getByRole("main"));
    for (const part of ["Answer and truth", "Impact", "Charts", "Timeline", "Questions", "Postmortem", "twin"]) {
      expect(debrief).toContain(part);
    }
    expect(debrief).toMatch(/d = 0/);
    expect(learner.complaints).toEqual([]);
    await page.close();
  });

  test.runIf(incident.wrong !== undefined)("a wrong answer scores far less", async () => {
    if (incident.wrong === undefined) return;
    const learner = await newWorkspace();
    await learner.take(incident.title);
    await learner.submit(incident.wrong);
    scores.wrong = await learner.score();
    console.log(`${incident.title}: right ${String(scores.right)}, wrong ${String(scores.wrong)} of 100`);
    expect(scores.wrong).toBeLessThanOrEqual(30);
    await learner.page.close();
  });
});
