/**
 * `npm run screenshots`: plays an incident in a headless browser against the real server and writes a picture of every
 * screen in both themes to test/screenshots, with a page that shows them all.
 */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { chromium } from "playwright";
import { io } from "socket.io-client";
import { ensureBrowser } from "./browser-path.mjs";
import { startServer } from "./start-server.mjs";

const FOLDER = "test/screenshots";
const THEMES = ["dark", "light"];
const SIZE = { width: 1440, height: 900 };

const SCENARIO = "checkout-errors";

/** Views of a run that is under way: name of the picture, view, parameters, and what is done before the picture. */
const VIEWS = [
  { name: "brief", view: "brief" },
  { name: "alerts", view: "alerts" },
  { name: "slo", view: "slo" },
  { name: "dashboards", view: "dashboards", search: { service: "order" } },
  {
    name: "metrics",
    view: "metrics",
    search: {
      query: "histogram_quantile(0.99, sum by (le, job) (rate(http_server_request_duration_seconds_bucket[2m])))",
    },
  },
  { name: "logs", view: "logs", search: { level: "error,warn" } },
  { name: "traces", view: "traces", search: { service: "edge", operation: "POST /checkout" } },
  { name: "trace", view: "traces", search: { service: "edge", operation: "POST /checkout" }, open: "slowest-trace" },
  { name: "metrics-browse", view: "metrics" },
  { name: "profiles", view: "profiles" },
  {
    name: "compare",
    view: "compare",
    search: { q: '{ name = "POST /checkout" && resource.service.name = "edge" }', slow: "0.95" },
  },
  { name: "map", view: "map" },
  { name: "changes", view: "changes", search: { change: "cart-2-9-4" } },
  { name: "notebook", view: "notebook" },
  {
    name: "actions",
    view: "actions",
    search: { act: "set-timeout", "act-service": "payment", "act-target": "payment-provider", "act-timeout": "5s" },
  },
  { name: "submit", view: "submit" },
];

/** Resolves when no query of the page has been under way for a moment. */
async function settle(page) {
  await page.waitForFunction(() => document.documentElement.dataset.idle === "true", undefined, { timeout: 30_000 });
  await page.waitForTimeout(600);
}

async function command(page, url, runId, body) {
  const answer = await page.request.post(`${url}/api/runs/${runId}/${body.path}`, { data: body.data });
  return answer.json();
}

async function picture(page, name, pictures) {
  for (const theme of THEMES) {
    await page.emulateMedia({ colorScheme: theme });
    await page.reload();
    await settle(page);
    const file = `${name}-${theme}.png`;
    await page.screenshot({ path: join(FOLDER, file) });
    pictures.push(file);
  }
}

async function takeInvestigation(page, url, runId, pictures) {
  for (const view of VIEWS) {
    const search = new URLSearchParams({ from: "now-30m", to: "now", ...view.search });
    let path = `${url}/run/${runId}/${view.view}?${search}`;
    if (view.open === "slowest-trace") path = await slowestTrace(page, url, runId);
    await page.goto(path);
    await settle(page);
    await picture(page, view.name, pictures);
  }
}

async function slowestTrace(page, url, runId) {
  const { clock } = await (await page.request.get(`${url}/api/runs/${runId}`)).json();
  const found = await command(page, url, runId, {
    path: "traces/search",
    data: {
      fromUs: clock.atUs - 300e6,
      toUs: clock.atUs,
      service: "edge",
      operation: "POST /checkout",
      limit: 1,
      order: "slowest",
    },
  });
  return `${url}/run/${runId}/trace?trace=${found.traces[0].traceId}`;
}

/** Sends one command of the learner and answers when it is durable. */
function send(socket, runId, commandBody) {
  const message = { runId, commandId: crypto.randomUUID(), command: commandBody };
  return new Promise((resolve, reject) => {
    socket.emit("run:command", message, (answer) =>
      answer.ok ? resolve(answer.value) : reject(new Error(`${commandBody.kind}: ${answer.error.message}`)),
    );
  });
}

const HYPOTHESES = [
  {
    id: "h1",
    component: "payment-provider",
    faultClass: "dependency/slow",
    confidence: 0.8,
    state: "open",
    note: "Every failed checkout waits for it three times.",
  },
  {
    id: "h2",
    component: "cart",
    faultClass: "code/exception",
    confidence: 0.05,
    state: "ruled-out",
    note: "Deployed ten minutes before, but its own calls are fine.",
  },
];

/** What a learner does between the first look and the answer: believes, acts, watches. */
async function work(socket, runId, fromUs) {
  for (const hypothesis of HYPOTHESES) await send(socket, runId, { kind: "put-hypothesis", hypothesis });
  await send(socket, runId, {
    kind: "pin",
    exhibit: {
      id: "e1",
      title: "Calls from payment to its provider time out",
      reference: {
        view: "dashboards",
        search: "service=payment&from=now-30m&to=now",
        window: { fromUs, toUs: fromUs + 1 },
      },
      frozen: {
        kind: "facts",
        facts: [
          { name: "p99 of calls to payment-provider", value: "1.01 s" },
          { name: "an hour before", value: "160 ms" },
        ],
      },
      pinnedAtUs: fromUs,
      note: "Nothing logs an error over there.",
    },
  });
  await send(socket, runId, {
    kind: "act",
    action: { kind: "set-flag", flag: "checkout.deferred-payment", value: true },
  });
  await send(socket, runId, { kind: "set-speed", speed: 5 });
}

async function submit(socket, runId, startsAtUs) {
  const submission = {
    component: "payment-provider",
    faultClass: "dependency/slow",
    onsetUs: startsAtUs - 225e6,
    confidence: 0.8,
    exhibits: ["e1"],
    sentence:
      "The payment provider answers in two seconds; payment gives up after one, three times, and holds its workers meanwhile.",
  };
  await send(socket, runId, { kind: "submit", submission });
}

async function takeDebrief(page, url, runId, pictures) {
  for (let attempt = 0; attempt < 60; attempt++) {
    const { run } = await (await page.request.get(`${url}/api/runs/${runId}`)).json();
    if (run.state === "debriefed") break;
    await page.waitForTimeout(1_000);
  }
  await page.goto(`${url}/run/${runId}/debrief`);
  await settle(page);
  await picture(page, "debrief", pictures);
  await tallPicture(page, pictures);
}

/** The debrief is longer than a screen: one picture in a window that holds all of it. */
async function tallPicture(page, pictures) {
  await page.setViewportSize({ width: SIZE.width, height: 4_200 });
  await settle(page);
  await page.screenshot({ path: join(FOLDER, "debrief-whole.png") });
  await page.setViewportSize(SIZE);
  pictures.push("debrief-whole.png");
}

function indexPage(pictures) {
  const rows = pictures.map(
    (file) => `<figure><img src="${file}" width="700" alt="${file}"><figcaption>${file}</figcaption></figure>`,
  );
  return `<!doctype html><html lang="en"><meta charset="utf-8"><title>Firedrill, every screen</title>\n<h1>Every screen in both themes</h1>\n${rows.join("\n")}\n</html>\n`;
}

async function main() {
  mkdirSync(FOLDER, { recursive: true });
  const dataFolder = mkdtempSync(join(tmpdir(), "firedrill-screenshots-"));
  const server = await startServer(dataFolder);
  const browser = await chromium.launch({
    executablePath: ensureBrowser(),
    args: [
      "--no-sandbox",
      "--disable-gpu",
      "--disable-quic",
      "--no-first-run",
      "--disable-background-networking",
      "--disable-component-update",
      "--disable-sync",
    ],
  });
  const pictures = [];
  try {
    const page = await browser.newPage({ viewport: SIZE });
    page.on("pageerror", (error) => console.error("page error:", error.message));
    page.on("console", (message) => message.type() === "error" && console.error("console:", message.text()));
    await page.goto(server.url);
    await settle(page);
    await picture(page, "start", pictures);
    const run = await (await page.request.post(`${server.url}/api/runs`, { data: { scenarioId: SCENARIO } })).json();
    await page.goto(`${server.url}/run/${run.id}/brief`);
    await settle(page);
    await page.getByRole("button", { name: /start/i }).first().click();
    await settle(page);
    await page.waitForTimeout(6_000);
    const { startsAtUs } = await (await page.request.get(`${server.url}/api/runs/${run.id}`)).json();
    const socket = io(server.url, { transports: ["websocket"] });
    await work(socket, run.id, startsAtUs);
    await page.waitForTimeout(20_000);
    await send(socket, run.id, { kind: "set-speed", speed: 1 });
    await takeInvestigation(page, server.url, run.id, pictures);
    await submit(socket, run.id, startsAtUs);
    await takeDebrief(page, server.url, run.id, pictures);
    await page.goto(server.url);
    await settle(page);
    await picture(page, "runs", pictures);
    socket.close();
    writeFileSync(join(FOLDER, "index.html"), indexPage(pictures));
    console.log(`${pictures.length} pictures in ${FOLDER}`);
  } finally {
    await browser.close();
    await server.stop();
    rmSync(dataFolder, { recursive: true, force: true });
  }
}

await main();
