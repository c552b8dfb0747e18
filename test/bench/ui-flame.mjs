/** A flame graph of twenty thousand frames: how soon it is there, and how smoothly it moves. */
import { medianOf } from "./ui-harness.mjs";

export async function benchFlame({ fixture }) {
  const page = await fixture("flame");
  const frames = await page.evaluate(() => window.bench.frames());
  const firstMs = await medianOf(() => page.evaluate(() => window.bench.first()));
  const zoom = await medianOf(() => page.evaluate(() => window.bench.zoom()));
  await page.context().close();
  const what = `flame graph of ${frames.toLocaleString("en")} frames`;
  return [
    { figure: `${what}: profile to paint`, value: firstMs, unit: "ms" },
    { figure: `${what}: zoom and scroll`, value: zoom, unit: "frames/s", wanted: { atLeast: 55 } },
  ];
}
