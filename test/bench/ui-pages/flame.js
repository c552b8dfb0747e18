/** A flame graph of twenty thousand frames. */
import "../../../client/charts/flame.ts";
import { layoutFlame } from "../../../client/charts/flame-layout.ts";
import { flameTree } from "../../../client/charts/flame-tree.ts";
import { leftHeavyFrames, moduleLook } from "../../../client/charts/stack-frames.ts";
import { framesPerSecond } from "./frames.js";
import { painted } from "./painted.js";

const FRAMES = 20_000;
const CALLEES = 3;
const NAMES = 900;

/** Each node calls the next ones, some of them deeper than others; values differ from node to node. */
const profile = {
  names: Array.from({ length: NAMES }, (_, at) => `module${String(at % 40)}.function_number_${String(at)}`),
  name: Array.from({ length: FRAMES }, (_, node) => (node * 7) % NAMES),
  parent: Array.from({ length: FRAMES }, (_, node) =>
    node === 0 ? -1 : node % 5 === 0 ? node - 1 : Math.floor((node - 1) / CALLEES),
  ),
  self: Array.from({ length: FRAMES }, (_, node) => 1 + ((node * 31) % 17)),
  mergedFrames: 0,
  seconds: 60,
  slices: [],
};

const flame = document.createElement("fd-flame");
flame.style.cssText = "display:block;width:1400px;height:820px";
flame.caption = "Flame graph";
document.body.append(flame);

const layOut = () => {
  const tree = flameTree(profile);
  return layoutFlame(leftHeavyFrames(tree, moduleLook(tree)));
};
flame.layout = layOut();
await painted();

window.bench = {
  frames: () => flame.layout.byId.size,
  /** Milliseconds from the profile to the first painting. */
  first: async () => {
    const from = performance.now();
    flame.layout = layOut();
    await flame.updateComplete;
    return (await painted()) - from;
  },
  /** Comes nearer and goes away again, while it is scrolled. */
  zoom: () =>
    framesPerSecond((share) => {
      const width = 1 - 0.95 * Math.sin(share * Math.PI);
      flame.range = { from: 0.3 * (1 - width), to: 0.3 * (1 - width) + width };
      flame.renderRoot.querySelector(".scroll").scrollTop = 120 * share;
    }),
};
