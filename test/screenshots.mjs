/**
 * `npm run screenshots`: plays incidents in a headless browser against the real server and writes a picture of every
 * screen in both themes to test/screenshots (those of the first incident there, of the others in a folder each), with a
 * page that shows them all. Which screens: screens/table.mjs; which incidents: screens/incidents.mjs.
 *
 *     npm run screenshots -- --scenario all --only map,trace --size 1920x1080
 */
import { mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { chromium } from "playwright";
import { io } from "socket.io-client";
import { BROWSER_FLAGS, ensureBrowser } from "./browser-path.mjs";
import { INCIDENTS } from "./screens/incidents.mjs";
import { SCREENS } from "./screens/table.mjs";
import { startServer } from "./start-server.mjs";

const THEMES = ["dark", "light"];
const USAGE = `npm run screenshots -- [options]
  --scenario <id,…|all>   ${INCIDENTS.map(({ id }) => id).join(", ")}; the first unless said
  --only <name,…>         these pictures alone; a name ending in * begins several
  --theme <dark|light>    one theme alone
  --size <width>x<height> 1440x900 unless said
  --zoom <percent>        the page magnified, as a browser does it
  --folder <path>         test/screenshots unless said`;

const { values: options } = parseArgs({
  options: {
    scenario: { type: "string", default: INCIDENTS[0].id },
    only: { type: "string", default: "*" },
    theme: { type: "string" },
    size: { type: "string", default: "1440x900" },
    zoom: { type: "string", default: "100" },
    folder: { type: "string", default: "test/screenshots" },
    help: { type: "boolean", default: false },
  },
});

const patterns = options.only.split(",");

const wanted = (name) =>
  patterns.some((pattern) => (pattern.endsWith("*") ? name.startsWith(pattern.slice(0, -1)) : name === pattern));

/** Resolves when no query of the page has been under way for a moment. */
async function settle(page) {
  await page.waitForFunction(() => document.documentElement.dataset.idle === "true", undefined, { timeout: 30_000 });
  await page.waitForTimeout(300);
  await page.waitForFunction(() => document.documentElement.dataset.idle === "true", undefined, { timeout: 30_000 });
}

/** Takes pictures of one page and remembers which. */
class Camera {
  pictures = [];
  complaints = [];

  constructor(page, folder) {
    this.page = page;
    this.folder = folder;
    const complain = (text) => this.complaints.push(`${this.now}: ${text}`);
    page.on("pageerror", (error) => complain(error.message));
    page.on("console", (message) => {
      const expected = this.refused && message.text().startsWith("Failed to load resource");
      if (message.type() === "error" && !expected) complain(message.text());
    });
  }

  now = "";
  refused = false;

  /** One picture in each theme of what the page shows; the theme changes under the open page, as a system's does. */
  async take(name) {
    this.now = name;
    for (const theme of options.theme ? [options.theme] : THEMES) {
      await this.page.emulateMedia({ colorScheme: theme, reducedMotion: "reduce" });
      await settle(this.page);
      const file = `${name}-${theme}.png`;
      await this.page.screenshot({ path: join(this.folder, file) });
      this.pictures.push(file);
    }
  }

  /** Opens an address and takes it, where it is wanted. A screen that can not be reached does not keep others away. */
  async show(name, address, { steps = [], after = [], refused = false } = {}) {
    if (!wanted(name)) return;
    this.refused = refused;
    this.now = name;
    try {
      await this.page.mouse.move(1, 1);
      await this.page.goto(address);
      await settle(this.page);
      for (const step of steps) {
        await step(this.page);
        await settle(this.page);
      }
      await this.take(name);
      for (const step of after) await step(this.page);
    } catch (error) {
      this.complaints.push(`${name}: ${error instanceof Error ? (error.message.split("\n")[0] ?? "") : String(error)}`);
    }
  }

  /** Longer than a screen: one picture in a window that holds all of it. */
  async takeWhole(name, address) {
    await this.page.goto(address);
    await settle(this.page);
    const size = this.page.viewportSize();
    const height = await this.page.evaluate(() => {
      const visit = (root) =>
        [...root.querySelectorAll("*")].reduce(
          (most, element) => Math.max(most, element.scrollHeight, element.shadowRoot ? visit(element.shadowRoot) : 0),
          0,
        );
      return visit(document);
    });
    await this.page.setViewportSize({ width: size.width, height: Math.min(height + 160, 8_000) });
    await this.take(name);
    await this.page.setViewportSize(size);
  }
}

/** Sends one command of the learner and answers when it is durable. */
function send(socket, runId, command) {
  const message = { runId, commandId: crypto.randomUUID(), command };
  return new Promise((resolve, reject) => {
    socket.emit("run:command", message, (answer) =>
      answer.ok ? resolve(answer.value) : reject(new Error(`${command.kind}: ${answer.error.message}`)),
    );
  });
}

/** What a learner does between the first look and the answer: believes, pins, judges, acts. */
async function work({ socket, runId, incident, fromUs }) {
  const { answer, other } = incident;
  const say = (command) => send(socket, runId, command);
  const hypotheses = [
    {
      id: "h1",
      component: answer.component,
      faultClass: answer.faultClass,
      confidence: 0.8,
      state: "open",
      note: incident.refutedBy,
      judgements: { e1: 2 },
    },
    { id: "h2", ...other, confidence: 0.05, state: "ruled-out", judgements: { e1: -1 } },
  ];
  await say({
    kind: "pin",
    exhibit: {
      id: "e1",
      title: incident.exhibit,
      reference: {
        view: "dashboards",
        search: `service=${incident.suspect}&from=now-30m&to=now`,
        window: { fromUs: fromUs - 1_800e6, toUs: fromUs },
      },
      frozen: { kind: "facts", facts: incident.facts },
      pinnedAtUs: fromUs,
      note: "",
    },
  });
  for (const hypothesis of hypotheses) await say({ kind: "put-hypothesis", hypothesis });
  await say({ kind: "act", action: incident.action });
}

const read = async (page, url) => (await page.request.get(url)).json();

/** A slow and a quick one of the incident's requests, a minute after it began to be seen. */
async function findTraces(page, url, { incident, atUs }) {
  const search = async (order) => {
    const data = {
      fromUs: atUs - 300e6,
      toUs: atUs,
      service: incident.service,
      operation: incident.operation,
      limit: 50,
      order,
    };
    const answer = await page.request.post(`${url}/traces/search`, { data });
    return (await answer.json()).traces;
  };
  const slowest = await search("slowest");
  const quickest = (await search("newest")).toSorted((a, b) => a.durationUs - b.durationUs);
  return { slow: slowest[0]?.traceId, quick: quickest[0]?.traceId };
}

async function investigate(camera, url, facts) {
  for (const screen of SCREENS) {
    const values = { ...(screen.view !== "trace" && { from: "now-30m", to: "now" }), ...screen.search?.(facts) };
    const search = new URLSearchParams(Object.entries(values).filter(([, value]) => value !== undefined));
    const address = screen.path ?? `/run/${facts.runId}/${screen.view}?${search}`;
    await camera.show(screen.name, `${url}${address}`, screen);
  }
}

/** The answer is drawn through the form's own memory, so that the picture shows it as a learner leaves it. */
async function answerAndDebrief(camera, url, { runId, socket, incident, startsAtUs }) {
  const { page } = camera;
  const onsetUs = startsAtUs - incident.onsetBeforeStartUs;
  const { answer } = incident;
  const clock = (us) => new Date(us / 1_000).toISOString().slice(11, 19);
  const draft = {
    component: answer.component,
    faultClass: answer.faultClass,
    trigger: answer.trigger ?? "none",
    onset: clock(onsetUs),
    confidencePercent: 80,
    exhibits: ["e1"],
    sentence: answer.sentence,
    path: answer.path.map(({ from, to }) => `${from}>${to}`),
    scope: incident.scope,
    statusUpdate: incident.statusUpdate,
    misfit: "",
  };
  await page.evaluate(
    ([key, value]) => localStorage.setItem(key, value),
    [`firedrill.diagnosis.${runId}`, JSON.stringify(draft)],
  );
  await camera.show("submit-answer", `${url}/run/${runId}/submit`);
  await camera.show("submit-review", `${url}/run/${runId}/submit?step=review`);
  if (!["submit-sent", "guide-end", "debrief", "debrief-whole"].some(wanted)) return;
  const { path, ...said } = { ...answer, path: answer.path };
  await send(socket, runId, {
    kind: "submit",
    submission: {
      ...said,
      path,
      onsetUs,
      confidence: 0.8,
      exhibits: ["e1"],
      scope: draft.scope,
      statusUpdate: draft.statusUpdate,
    },
  });
  await camera.show("submit-sent", `${url}/run/${runId}/submit`);
  for (let attempt = 0; attempt < 90; attempt++) {
    const { run } = await read(page, `${url}/api/runs/${runId}`);
    if (run.state === "debriefed") break;
    await page.waitForTimeout(1_000);
  }
  if (wanted("guide-end")) {
    await setGuide(page, { state: "running", opened: ["dashboards", "changes", "compare", "trace"] });
    await camera.show("guide-end", `${url}/run/${runId}/submit`);
    await setGuide(page, { state: "done", opened: [] });
  }
  await camera.show("debrief", `${url}/run/${runId}/debrief`);
  if (wanted("debrief-whole")) await camera.takeWhole("debrief-whole", `${url}/run/${runId}/debrief`);
}

/** What the browser remembers of the guided incident. */
const setGuide = (page, memory) =>
  page.evaluate((text) => localStorage.setItem("firedrill.guide", text), JSON.stringify(memory));

/** A new run whose clock runs. */
async function begin(page, url, incident) {
  const run = await (await page.request.post(`${url}/api/runs`, { data: { scenarioId: incident.id } })).json();
  await page.goto(`${url}/run/${run.id}/brief`);
  await page.getByRole("button", { name: "Start the clock" }).click();
  await settle(page);
  return run.id;
}

/** One incident from the page to the debrief. */
async function play(camera, url, incident) {
  const { page } = camera;
  const run = await (await page.request.post(`${url}/api/runs`, { data: { scenarioId: incident.id } })).json();
  const runId = run.id;
  await page.goto(`${url}/run/${runId}/brief`);
  await settle(page);
  await camera.show("brief-before", `${url}/run/${runId}/brief`);
  await camera.show("guide", `${url}/run/${runId}/brief`, {
    steps: [(shown) => shown.getByRole("button", { name: "Guide me" }).click()],
  });
  await setGuide(page, { state: "left", opened: [] });
  await page.goto(`${url}/run/${runId}/brief`);
  await page.getByRole("button", { name: "Start the clock" }).click();
  const socket = io(url, { transports: ["websocket"] });
  try {
    for (let attempt = 0; attempt < 60; attempt++) {
      if ((await page.getByText(/^History \d+ %$/).count()) === 0) break;
      await page.waitForTimeout(1_000);
    }
    await send(socket, runId, { kind: "set-speed", speed: 5 });
    await page.waitForTimeout(12_000);
    const { startsAtUs, clock } = await read(page, `${url}/api/runs/${runId}`);
    await work({ socket, runId, incident, fromUs: clock.atUs });
    await page.waitForTimeout(24_000);
    await send(socket, runId, { kind: "set-speed", speed: 1 });
    await camera.show("logs-tail-running", `${url}/run/${runId}/logs?tail=1`);
    await send(socket, runId, { kind: "pause" });
    const { clock: now } = await read(page, `${url}/api/runs/${runId}`);
    const facts = { runId, incident, startsAtUs, atUs: now.atUs, socket };
    const traces = await findTraces(page, `${url}/api/runs/${runId}`, facts);
    await investigate(camera, url, { ...facts, ...traces });
    await answerAndDebrief(camera, url, facts);
  } finally {
    socket.close();
  }
}

function indexPage(pictures, folders) {
  const figures = pictures.map(
    (file) =>
      `<figure><a href="${file}"><img src="${file}" loading="lazy" width="700" alt="${file}"></a><figcaption>${file}</figcaption></figure>`,
  );
  const links = folders.map((folder) => `<a href="${folder}/index.html">${folder}</a>`).join(" ");
  return `<!doctype html><html lang="en"><meta charset="utf-8"><title>Firedrill, every screen</title>
<style>body{font-family:sans-serif;margin:16px}main{display:grid;grid-template-columns:repeat(auto-fill,minmax(560px,1fr));gap:16px}img{width:100%;height:auto}figure{margin:0}</style>
<h1>Every screen in both themes</h1><p>${links}</p><main>
${figures.join("\n")}
</main></html>\n`;
}

function chosenIncidents() {
  if (options.scenario === "all") return INCIDENTS;
  const ids = options.scenario.split(",");
  const found = INCIDENTS.filter(({ id }) => ids.includes(id));
  if (found.length < ids.length) throw new Error(`unknown scenario in ${options.scenario}\n${USAGE}`);
  return found;
}

async function main() {
  const incidents = chosenIncidents();
  const [width, height] = options.size.split("x").map(Number);
  const zoom = Number(options.zoom) / 100;
  const dataFolder = mkdtempSync(join(tmpdir(), "firedrill-screenshots-"));
  const server = await startServer(dataFolder);
  const browser = await chromium.launch({ executablePath: ensureBrowser(), args: BROWSER_FLAGS });
  let stopped = false;
  const cameras = [];
  try {
    for (const incident of incidents) {
      const folder = incident === INCIDENTS[0] ? options.folder : join(options.folder, incident.id);
      mkdirSync(folder, { recursive: true });
      const viewport = { width: Math.round(width / zoom), height: Math.round(height / zoom) };
      const context = await browser.newContext({ viewport, deviceScaleFactor: zoom });
      const camera = new Camera(await context.newPage(), folder);
      cameras.push(camera);
      if (incident === incidents[0]) await camera.show("start", server.url);
      await play(camera, server.url, incident);
      if (incident !== incidents.at(-1)) continue;
      await camera.show("runs", server.url);
      if (!wanted("server-gone")) continue;
      const runId = await begin(camera.page, server.url, incident);
      await camera.show("server-gone", `${server.url}/run/${runId}/dashboards`, {
        refused: true,
        steps: [() => server.stop(), () => camera.page.locator(".banner[role=status]").waitFor()],
      });
      stopped = true;
    }
  } finally {
    await browser.close();
    if (!stopped) await server.stop();
    rmSync(dataFolder, { recursive: true, force: true });
  }
  for (const { folder } of cameras) {
    const files = readdirSync(folder, { withFileTypes: true });
    const pictures = files.filter(({ name }) => name.endsWith(".png")).map(({ name }) => name);
    const folders = files.filter((file) => file.isDirectory()).map(({ name }) => name);
    writeFileSync(join(folder, "index.html"), indexPage(pictures.toSorted(), folders));
  }
  console.log(`${String(cameras.flatMap(({ pictures }) => pictures).length)} pictures in ${options.folder}`);
  const complaints = cameras.flatMap((camera) => camera.complaints);
  if (complaints.length > 0) {
    console.error(complaints.join("\n"));
    process.exitCode = 1;
  }
}

if (options.help) console.log(USAGE);
else await main();
