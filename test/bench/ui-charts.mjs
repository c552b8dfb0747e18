/** A dashboard of ten charts with ten series of a thousand points that all get new data at once. */
import { medianOf } from "./ui-harness.mjs";

export async function benchCharts({ fixture }) {
  const page = await fixture("charts");
  await page.evaluate(() => window.bench.redraw(1));
  const ms = await medianOf((round) => page.evaluate((seed) => window.bench.redraw(seed), round + 2));
  await page.context().close();
  return [{ figure: "ten charts of 10 × 1,000 points redrawn", value: ms, unit: "ms", wanted: { atMost: 50 } }];
}
