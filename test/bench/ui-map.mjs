/** The service map with two hundred parts: how long its layout takes, and how smoothly it moves. */
import { medianOf } from "./ui-harness.mjs";

export async function benchMap({ fixture }) {
  const page = await fixture("map");
  const parts = await page.evaluate(() => window.bench.parts());
  const layoutMs = await medianOf(() => page.evaluate(() => window.bench.layout()));
  const pan = await medianOf(() => page.evaluate(() => window.bench.pan()));
  const zoom = await medianOf(() => page.evaluate(() => window.bench.zoom()));
  await page.context().close();
  const what = `map with ${String(parts)} parts`;
  return [
    { figure: `${what}: layout`, value: layoutMs, unit: "ms", wanted: { atMost: 300 } },
    { figure: `${what}: pan`, value: pan, unit: "frames/s", wanted: { atLeast: 55 } },
    { figure: `${what}: zoom`, value: zoom, unit: "frames/s" },
  ];
}
