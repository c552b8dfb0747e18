/** A trace of 50,000 spans: from its data to its bars, zooming and scrolling by frames; and its flame form. */
import { medianOf } from "./ui-harness.mjs";

const FIRST_PAINT = { figure: "waterfall of 50,000 spans, data to first paint", unit: "ms", wanted: { atMost: 300 } };
const FRAMES = { unit: "frames/s", wanted: { atLeast: 55 } };

export async function benchWaterfall({ fixture }) {
  const page = await fixture("waterfall");
  const ask = (name) => medianOf((round) => page.evaluate(([call, seed]) => window.bench[call](seed), [name, round]));
  const rows = [
    { ...FIRST_PAINT, value: await ask("firstPaint") },
    { ...FRAMES, figure: "waterfall of 50,000 spans, zoomed at every frame", value: await ask("zoom") },
    { ...FRAMES, figure: "waterfall of 50,000 spans, scrolled at every frame", value: await ask("scroll") },
    { ...FRAMES, figure: "flame form of 50,000 spans, zoomed at every frame", value: await ask("flame") },
  ];
  await page.context().close();
  return rows;
}
