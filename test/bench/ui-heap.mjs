/**
 * Whether a long sitting keeps what it no longer shows. By default every view is opened a dozen times while the clock
 * runs at 5×; with `--hour` that goes on for the twelve minutes that an hour takes.
 *
 * A browser compiles code again as it gets hot, for the first minutes of a page, and that code lies in the heap: 2 MB
 * beside 12 MB. So what the page keeps, which is the heap without code, and its nodes count from the third round on; the
 * whole heap counts from where the code is warm, and stands beside them from the third round on.
 */
import { bytesByType } from "./heap-snapshot.mjs";
import { idle } from "./ui-harness.mjs";

const VIEWS = [
  "dashboards?service=order",
  "metrics?query=up",
  "logs",
  "traces",
  "map",
  "changes",
  "alerts",
  "slo",
  "dashboards?service=payment",
];
/** Of a heap snapshot: what the page's own code has made, not that code compiled nor what the browser holds beside it. */
const KEPT_TYPES = [
  "array",
  "bigint",
  "closure",
  "concatenated string",
  "number",
  "object",
  "object shape",
  "regexp",
  "sliced string",
  "string",
  "symbol",
];
const FIRST_ROUNDS = 3;
/** Rounds after which the code is warm: five simulated minutes. */
const WARM_ROUNDS = 30;
const ROUNDS = 12;
const HOUR_AT_5X_MS = 12 * 60_000;
const MB = 1_000_000;

/** What is kept: the least of three looks, for an answer that is on its way as one looks is not. */
async function lookAt(page, session) {
  const looks = [];
  for (let look = 0; look < 3; look++) {
    await page.waitForTimeout(1_000);
    await idle(page);
    await session.send("HeapProfiler.collectGarbage");
    looks.push((await session.send("Runtime.getHeapUsage")).usedSize);
  }
  const types = await bytesByType(session);
  const { nodes } = await session.send("Memory.getDOMCounters");
  return {
    nodes,
    heapMb: Math.min(...looks) / MB,
    keptMb: KEPT_TYPES.reduce((sum, type) => sum + (types.get(type) ?? 0), 0) / MB,
  };
}

async function roundOfViews(page, run) {
  for (const view of VIEWS) {
    await page.evaluate((to) => {
      const link = document.createElement("a");
      link.href = to;
      document.querySelector("fd-app").shadowRoot.append(link);
      link.click();
      link.remove();
    }, `${run}/${view}`);
    await idle(page);
    await page.mouse.move(300 + 60 * VIEWS.indexOf(view), 300);
  }
}

export async function benchHeap({ hour, newPage, openRun }) {
  const page = await newPage();
  const run = await openRun(page);
  await page.getByRole("button", { name: "5×" }).click();
  const session = await page.context().newCDPSession(page);
  const rounds = async (count) => {
    for (let round = 0; round < count; round++) await roundOfViews(page, run);
  };
  const until = performance.now() + HOUR_AT_5X_MS;
  // Views and caches come with the first rounds.
  await rounds(FIRST_ROUNDS);
  const first = await lookAt(page, session);
  await rounds(WARM_ROUNDS);
  const warm = await lookAt(page, session);
  await rounds(ROUNDS);
  while (hour && performance.now() < until) await rounds(1);
  const last = await lookAt(page, session);
  await page.context().close();
  const over = hour ? "over an hour of one run" : `over ${String(WARM_ROUNDS + ROUNDS)} rounds of all views`;
  const growth = (from, to) => (to / from - 1) * 100;
  return [
    { figure: "heap after the first rounds", value: first.heapMb, unit: "MB" },
    { figure: "heap after the first rounds, without code", value: first.keptMb, unit: "MB" },
    {
      figure: `growth ${over}, without code`,
      value: growth(first.keptMb, last.keptMb),
      unit: "%",
      wanted: { atMost: 20 },
    },
    {
      figure: `growth ${over}, once code is warm`,
      value: growth(warm.heapMb, last.heapMb),
      unit: "%",
      wanted: { atMost: 20 },
    },
    {
      figure: `growth ${over}, nodes on the page and off it`,
      value: growth(first.nodes, last.nodes),
      unit: "%",
      wanted: { atMost: 20 },
    },
    { figure: `growth ${over}, with all code`, value: growth(first.heapMb, last.heapMb), unit: "%" },
  ];
}
