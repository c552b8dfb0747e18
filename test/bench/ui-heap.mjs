/**
 * Whether a long sitting keeps what it no longer shows. By default every view is opened a dozen times while the clock
 * runs at 5×; with `--hour` that goes on for the twelve minutes that an hour takes.
 */
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
const ROUNDS = 12;
const HOUR_AT_5X_MS = 12 * 60_000;
const MB = 1_000_000;

/** What is kept: the least of three looks, for an answer that is on its way as one looks is not. */
async function heapMb(page, session) {
  const looks = [];
  for (let look = 0; look < 3; look++) {
    await page.waitForTimeout(1_000);
    await idle(page);
    await session.send("HeapProfiler.collectGarbage");
    looks.push((await session.send("Runtime.getHeapUsage")).usedSize / MB);
  }
  return Math.min(...looks);
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
  // Code and caches come with the first rounds.
  for (let round = 0; round < 3; round++) await roundOfViews(page, run);
  const before = await heapMb(page, session);
  const until = performance.now() + HOUR_AT_5X_MS;
  for (let round = 0; round < ROUNDS || (hour && performance.now() < until); round++) await roundOfViews(page, run);
  const after = await heapMb(page, session);
  await page.context().close();
  const figure = hour
    ? "heap growth over an hour of one run"
    : `heap growth over ${String(ROUNDS)} rounds of all views`;
  return [
    { figure: "heap after the first rounds", value: before, unit: "MB" },
    { figure, value: (after / before - 1) * 100, unit: "%", wanted: { atMost: 20 } },
  ];
}
