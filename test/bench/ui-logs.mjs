/** A million log lines: jumps to anywhere; a line of ten megabytes; and the run's own lines from the server. */
import { idle, median, medianOf, quantile } from "./ui-harness.mjs";

/** Places of the list that are jumped to, in shares of it; far from one another, so that no page is there yet. */
const PLACES = [0.5, 0.03, 0.97, 0.31, 0.72, 0.18, 0.88, 0.44, 0.63, 1];

export async function benchLogs({ fixture, newPage, openRun }) {
  const page = await fixture("log-list");
  const jumps = [];
  const slowest = await medianOf(async (round) => {
    const ten = [];
    // Elsewhere in each round: no page of lines is there yet.
    for (const place of PLACES.map((share) => Math.abs(share - round * 0.013)))
      ten.push(await page.evaluate((share) => window.bench.jump(share), place));
    jumps.push(...ten);
    return Math.max(...ten);
  });
  const long = await page.evaluate(() => window.bench.longLine());
  const again = await medianOf(async () => (await page.evaluate(() => window.bench.longLine())).all);
  await page.context().close();
  const rows = [
    {
      figure: "1,000,000 lines: a jump to anywhere, slowest of ten",
      value: slowest,
      unit: "ms",
      wanted: { atMost: 30 },
    },
    { figure: "1,000,000 lines: a jump to anywhere, median of fifty", value: median(jumps), unit: "ms" },
    { figure: "1,000,000 lines: a jump to anywhere, slowest of fifty", value: Math.max(...jumps), unit: "ms" },
    { figure: "a line of 10 MB opened, cut", value: long.cut, unit: "ms", wanted: { atMost: 50 } },
    {
      figure: `the same, all ${String(long.characters)} characters`,
      value: again,
      unit: "ms",
      wanted: { atMost: 300 },
    },
  ];
  return [...rows, ...(await benchServed(await newPage(), openRun))];
}

/** Pages of the last hour as the server gives them, and words that are nowhere but in values. */
async function benchServed(page, openRun) {
  const run = await openRun(page);
  const [, origin, runId] = /^(.*)\/run\/([0-9a-f]+)/.exec(run);
  const ask = async (path, body) =>
    (await page.request.post(`${origin}/api/runs/${runId}/logs/${path}`, { data: body })).json();
  const { clock } = await (await page.request.get(`${origin}/api/runs/${runId}`)).json();
  const window = { fromUs: clock.atUs - 3_600e6, toUs: clock.atUs };
  const snapshot = async () => (await page.request.get(`${origin}/api/runs/${runId}`)).json();
  const endMs = Date.now() + 120_000;
  while ((await snapshot()).historyProgress < 1 && Date.now() < endMs) await page.waitForTimeout(500);
  const { total } = await ask("search", { ...window, offset: 0, limit: 1 });
  const times = [];
  for (const place of PLACES) {
    const offset = Math.floor(place * (total - 200));
    const from = performance.now();
    await ask("search", { ...window, offset, limit: 200 });
    times.push(performance.now() - from);
  }
  await page.goto(`${run}/logs?from=now-1h&to=now`);
  await idle(page);
  const words = page.getByLabel("Words in the message or a field");
  const from = Date.now();
  await words.fill("u-10023");
  await words.press("Enter");
  await page.getByRole("treegrid").getByRole("row").first().waitFor();
  await page
    .getByText(/looked at|\d lines/)
    .first()
    .waitFor();
  const first = Date.now() - from;
  await idle(page);
  const all = Date.now() - from;
  await page.context().close();
  return [
    { figure: `a page of the run's own ${String(total)} lines, p95`, value: quantile(times, 0.95), unit: "ms" },
    { figure: "words in values, hour: first lines", value: first, unit: "ms" },
    { figure: "words in values, hour: all lines looked at", value: all, unit: "ms" },
  ];
}
