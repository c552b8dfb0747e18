/** What goes wrong outside of the page, one function each: brings it about and throws where the page does not bear it. */
import assert from "node:assert/strict";
import { HUGE_CHARACTERS, ODD_NAMES, withOddNames } from "./odd-names.mjs";

async function idle(page) {
  await page.waitForFunction(() => document.documentElement.dataset.idle === "true", undefined, { timeout: 30_000 });
}

/** A world is built before it is begun, on a busy machine slowly. */
const BEGIN_MS = 90_000;

/** A run of the shop that has begun; its id. */
async function begin(page, { server }) {
  const answer = await page.request.post(`${server.url}/api/runs`, {
    data: { scenarioId: "checkout-errors" },
    headers: { origin: server.url },
  });
  const { id } = await answer.json();
  await page.goto(`${server.url}/run/${id}/brief`);
  await page.getByRole("button", { name: "Start", exact: true }).click({ timeout: BEGIN_MS });
  await page.getByRole("button", { name: "Pause" }).waitFor();
  return id;
}

/** A run that stands still, one for all states that change nothing in it. */
async function standing(page, world) {
  if (world.standing === undefined) {
    world.standing = await begin(page, world);
    await page.getByRole("button", { name: "Pause" }).click();
  }
  return world.standing;
}

async function goTo(page, { server }, runId, path) {
  await page.goto(`${server.url}/run/${runId}/${path}`);
  await page.getByRole("navigation", { name: "Views" }).waitFor();
  await idle(page);
}

const has = (page, text) => page.getByText(text).first().waitFor();

async function hasNot(page, text) {
  const found = await page.getByText(text).allInnerTexts();
  assert.deepEqual(found, []);
}

/** The simulated time that the bar shows, in seconds of the day. */
async function shownSeconds(page) {
  const text = await page.locator(".clock time").innerText();
  const [hours, minutes, seconds] = text.split(":").map(Number);
  return hours * 3_600 + minutes * 60 + seconds;
}

/** How far the clock on the screen is from the server's, in simulated seconds. */
async function clockApart(page, { server }, runId) {
  const { clock } = await (await page.request.get(`${server.url}/api/runs/${runId}`)).json();
  return Math.abs((await shownSeconds(page)) - Math.floor((clock.atUs / 1e6) % 86_400));
}

async function gone({ page, world }) {
  const runId = await begin(page, world);
  await goTo(page, world, runId, "submit");
  const sentence = page.getByLabel("In a sentence");
  await sentence.fill("The provider is slow, and what I typed so far");
  await world.server.stop();
  await has(page, "The server does not answer");
  await has(page, /Next try in \d+ s|Trying now/);
  await page.getByRole("button", { name: "Try now" }).waitFor();
  await sentence.press("End");
  await sentence.pressSequentially(" goes on");
  await world.restart();
  await page.getByText("The server does not answer").waitFor({ state: "detached", timeout: 30_000 });
  await page.getByText("opens the world again").waitFor({ state: "detached", timeout: BEGIN_MS });
  assert.equal(await sentence.inputValue(), "The provider is slow, and what I typed so far goes on");
  const apart = await clockApart(page, world, runId);
  assert.ok(apart <= 2, `the clock is ${String(apart)} s away from the server's`);
}

async function endedElsewhere({ page, world, open }) {
  const runId = await begin(page, world);
  await goTo(page, world, runId, "submit");
  await page.getByLabel("In a sentence").fill("half a sentence");
  const other = await open();
  await goTo(other, world, runId, "submit");
  await other.getByLabel("Component", { exact: true }).selectOption({ index: 2 });
  await other.getByRole("radiogroup", { name: "Fault class" }).getByRole("radio").first().check();
  await other.getByLabel("Trigger", { exact: true }).selectOption({ index: 1 });
  await other.getByLabel("Or typed").fill("14:02:00");
  await other.getByLabel("In a sentence").fill("sent from the other tab");
  await other.getByRole("button", { name: "Review" }).click();
  await other.getByRole("button", { name: "Send the diagnosis" }).click();
  await has(page, "This diagnosis was sent from another tab");
  await has(page, "half a sentence");
  await other.context().close();
}

async function missing({ page, world }) {
  await page.goto(`${world.server.url}/run/00000000000000000000/logs?q=secret`);
  await has(page, "This run cannot be opened");
  await has(page, "All scenarios and your runs");
  await hasNot(page, /forbidden|unauthori[sz]ed|token/i);
}

async function slow({ page, world }) {
  const runId = await standing(page, world);
  await goTo(page, world, runId, "alerts");
  let held = true;
  await page.route("**/prometheus/api/v1/query_range", async (route) => {
    if (held) await new Promise((resolve) => setTimeout(resolve, 8_000));
    await route.continue().catch(() => undefined);
  });
  const query = encodeURIComponent("sum by (job) (rate(http_server_request_duration_seconds_count[2m]))");
  await page.goto(`${world.server.url}/run/${runId}/metrics?query=${query}`);
  await has(page, "takes long");
  await page.getByRole("button", { name: "Stop", exact: true }).click();
  await has(page, "stopped before the answer came");
  await hasNot(page, "takes long");
  held = false;
  await page.getByRole("button", { name: "Ask again" }).click();
  await page.getByText("stopped before the answer came").waitFor({ state: "detached" });
  await page.getByText("order", { exact: false }).first().waitFor();
}

async function failedWorld({ page, world }) {
  let socket;
  await page.routeWebSocket(/socket\.io/, (route) => {
    const server = route.connectToServer();
    socket = route;
    server.onMessage((message) => route.send(message));
  });
  const runId = await begin(page, world);
  const error = { code: "unavailable", message: "The simulated world of this run has stopped." };
  socket.send(`42${JSON.stringify(["run:failed", { runId, error }])}`);
  await has(page, "The simulated world of this run has stopped");
  await has(page, "seed");
  await page.getByRole("button", { name: "Copy for a report" }).click();
  await has(page, "Copied");
  const report = await page.evaluate(() => navigator.clipboard.readText());
  for (const part of [`run: ${runId}`, "seed: ", "scenario: checkout-errors"]) assert.ok(report.includes(part), part);
}

async function storageForbidden({ page, world }) {
  await page.addInitScript(() => {
    Object.defineProperty(window, "localStorage", {
      get() {
        throw new DOMException("Access is denied for this document.", "SecurityError");
      },
    });
  });
  await storageTold(page, world, "keeps nothing for this page");
}

async function storageFull({ page, world }) {
  await page.addInitScript(() => {
    Storage.prototype.setItem = () => {
      throw new DOMException("The quota has been exceeded.", "QuotaExceededError");
    };
  });
  await storageTold(page, world, "browser's storage is full");
}

/** It is told once, the page works, and what was typed is there when one comes back to it. */
async function storageTold(page, world, words) {
  const runId = await standing(page, world);
  await goTo(page, world, runId, "submit");
  await page.getByLabel("In a sentence").fill("kept for as long as the page is");
  await has(page, words);
  await page.getByRole("button", { name: "Dismiss" }).click();
  await page.getByRole("link", { name: "Map" }).click();
  await idle(page);
  await page.getByRole("link", { name: "Submit" }).click();
  await idle(page);
  assert.equal(await page.getByLabel("In a sentence").inputValue(), "kept for as long as the page is");
  await hasNot(page, words);
}

const QUERY = encodeURIComponent("sum by (job) (rate(http_server_request_duration_seconds_count[2m]))");
const SERVICES = Object.values(ODD_NAMES).map(encodeURIComponent);
const ODD_VIEWS = [
  "brief",
  "alerts",
  "slo",
  ...SERVICES.map((service) => `dashboards?service=${service}`),
  "metrics",
  `metrics?query=${QUERY}`,
  `metrics?query=${QUERY}&form=table`,
  "logs?from=now-5m&to=now",
  "traces?from=now-5m&to=now",
  ...SERVICES.map((service) => `profiles?service=${service}`),
  "compare?slow=0.95",
  ...SERVICES.map((service) => `map?node=${service}`),
  "map?form=tree",
  "map?form=table",
  "changes",
  "health",
  "synthetics",
  "rum",
  ...SERVICES.map((service) => `actions?act=restart&act-service=${service}`),
  "notebook",
  "submit",
];

/** No view is pushed out of the window by a name, whatever it is. */
async function oddNames({ page, world }) {
  const runId = await standing(page, world);
  await withOddNames(page);
  const pushed = [];
  for (const view of ODD_VIEWS) {
    await goTo(page, world, runId, view);
    const wide = await page.evaluate(() => {
      const over = [];
      const visit = (root) => {
        for (const element of root.querySelectorAll("*")) {
          if (element.shadowRoot !== null) visit(element.shadowRoot);
          const control = element.matches("select, input, button, h1, h2, h3, fd-service-chip");
          if (control && element.getBoundingClientRect().width > innerWidth - 120)
            over.push(`${element.localName} ${element.textContent.trim().slice(0, 40)}`);
        }
      };
      visit(document);
      if (document.documentElement.scrollWidth > innerWidth) over.push("page");
      return over;
    });
    if (wide.length > 0) pushed.push(`${decodeURIComponent(view)}: ${wide.join(", ")}`);
  }
  assert.deepEqual(pushed, []);
}

/** The list shows its beginning at once, all of it on request, and the page still answers. */
async function hugeLine({ page, world }) {
  const runId = await standing(page, world);
  await withOddNames(page);
  await goTo(page, world, runId, "logs?from=now-2m&to=now");
  await page.locator(".line").first().click();
  const whole = page.getByRole("button", { name: /Show all, 1\d(\.\d+)? M/ });
  await whole.waitFor();
  await whole.click();
  await page.waitForFunction((least) => {
    const find = (root) => {
      for (const element of root.querySelectorAll("*")) {
        if (element.localName === "fd-log-message") return element;
        const found = element.shadowRoot === null ? undefined : find(element.shadowRoot);
        if (found !== undefined) return found;
      }
      return undefined;
    };
    return (find(document)?.shadowRoot.querySelector(".message").textContent.length ?? 0) >= least;
  }, HUGE_CHARACTERS);
  const beganMs = Date.now();
  await page.evaluate(() => new Promise((resolve) => requestAnimationFrame(() => requestAnimationFrame(resolve))));
  const tookMs = Date.now() - beganMs;
  assert.ok(tookMs < 1_000, `two frames took ${String(tookMs)} ms`);
}

export const STATES = {
  gone,
  "ended elsewhere": endedElsewhere,
  missing,
  slow,
  "failed world": failedWorld,
  "storage forbidden": storageForbidden,
  "storage full": storageFull,
  "odd names": oddNames,
  "huge line": hugeLine,
};
