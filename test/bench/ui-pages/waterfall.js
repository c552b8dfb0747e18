/** A trace of 50,000 spans of twelve services, eight levels deep, as a batch job or a page of many calls leaves it. */
import "../../../client/charts/flame.ts";
import "../../../client/charts/waterfall.ts";
import { criticalPathOf } from "../../../client/charts/critical-path.ts";
import { spanFlame } from "../../../client/charts/span-flame.ts";
import { gapsOf } from "../../../client/charts/waterfall-findings.ts";
import { buildTraceTree } from "../../../client/charts/waterfall-tree.ts";
import { painted } from "./painted.js";

const SPANS = 50_000;
const SERVICES = 12;
const START_US = Date.UTC(2026, 2, 3, 10) * 1_000;
const LENGTH_US = 60e6;
/** Frames that one measurement takes. */
const FRAMES = 90;
/** Of one frame: some three hundred rows a second, faster than anybody reads. */
const SCROLL_PX = 120;

/** Five children for each span, level by level; a child takes a share of its parent's time. */
function traceOf(seed) {
  const spans = [];
  for (let at = 0; at < SPANS; at++) {
    const parent = at === 0 ? undefined : spans[Math.floor((at - 1) / 5)];
    const place = (at - 1) % 5;
    const length =
      parent === undefined ? LENGTH_US : Math.max(10, parent.durationUs * (0.12 + ((at * 7 + seed) % 5) / 40));
    const service = `service-${String((at * 13 + seed) % SERVICES)}`;
    spans.push({
      spanId: String(at),
      ...(parent === undefined ? {} : { parentSpanId: parent.spanId }),
      service,
      instance: `${service}-0`,
      version: "1.0.0",
      name: `operation ${String(at % 40)}`,
      kind: at % 3 === 0 ? "client" : "server",
      startUs: parent === undefined ? START_US : Math.round(parent.startUs + (place / 5) * parent.durationUs),
      durationUs: Math.round(length),
      status: at % 997 === 3 ? "error" : "ok",
      attributes: {},
      events: [],
    });
  }
  return { traceId: String(seed), spans, complete: true };
}

const waterfall = document.createElement("fd-waterfall");
waterfall.style.cssText = "height:800px";

const nextFrame = () => new Promise((resolve) => requestAnimationFrame(resolve));

function show(trace) {
  const tree = buildTraceTree(trace);
  waterfall.tree = tree;
  waterfall.path = criticalPathOf(tree);
  waterfall.gaps = gapsOf(tree);
  waterfall.selected = tree.roots[0].span.spanId;
  return tree;
}

/** Frames a second while `step` is called at each. */
async function framesPerSecond(step) {
  await nextFrame();
  const from = await nextFrame();
  let to = from;
  for (let frame = 0; frame < FRAMES; frame++) {
    step(frame);
    to = await nextFrame();
  }
  return (FRAMES * 1_000) / (to - from);
}

const key = (name) =>
  waterfall.renderRoot.querySelector(".rows").dispatchEvent(new KeyboardEvent("keydown", { key: name }));

show(traceOf(99));
document.body.append(waterfall);
await painted();
await painted();

window.bench = {
  /** Milliseconds from the data of a trace to its bars on the screen: tree, critical path, gaps, rows, minimap, canvas. */
  firstPaint: async (seed) => {
    const trace = traceOf(seed);
    await painted();
    const from = performance.now();
    show(trace);
    await waterfall.updateComplete;
    return (await painted()) - from;
  },
  zoom: async () => {
    const frames = await framesPerSecond((frame) => key(frame % 30 < 15 ? "w" : "s"));
    key("0");
    return frames;
  },
  scroll: async () => {
    const rows = waterfall.renderRoot.querySelector(".rows");
    return framesPerSecond((frame) => {
      rows.scrollTop = frame * SCROLL_PX;
    });
  },
  flame: async (seed) => {
    const flame = document.createElement("fd-flame");
    flame.style.cssText = "height:800px";
    flame.layout = spanFlame(buildTraceTree(traceOf(seed)));
    waterfall.remove();
    document.body.append(flame);
    await flame.updateComplete;
    await painted();
    const { from, to } = flame.layout;
    const frames = await framesPerSecond((frame) => {
      const share = 0.5 ** (1 + (frame % 30) / 5);
      flame.range = { from, to: from + (to - from) * share };
    });
    flame.remove();
    document.body.append(waterfall);
    await painted();
    return frames;
  },
};
