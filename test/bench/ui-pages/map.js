/** The service map with two hundred parts. */
import "../../../client/charts/map-graph.ts";
import { layoutMap } from "../../../client/charts/map-layout.ts";
import { manyPartsMap } from "../../fixtures/service-map.ts";
import { framesPerSecond } from "./frames.js";
import { painted } from "./painted.js";

const map = manyPartsMap(200);
const graph = document.createElement("fd-service-graph");
graph.style.cssText = "display:block;width:1260px;height:720px";
graph.map = map;
graph.lit = new Set(map.nodes.map(({ id }) => id));
document.body.append(graph);
await painted();
await painted();

const stage = () => graph.renderRoot.querySelector(".stage");
const point = (type, x, y) =>
  stage().dispatchEvent(
    new PointerEvent(type, { bubbles: true, composed: true, button: 0, pointerId: 1, clientX: x, clientY: y }),
  );

window.bench = {
  parts: () => graph.renderRoot.querySelectorAll(".node").length,
  layout: () => {
    const from = performance.now();
    layoutMap(map);
    return performance.now() - from;
  },
  pan: async () => {
    stage().setPointerCapture = () => undefined;
    point("pointerdown", 600, 300);
    const frames = await framesPerSecond((share) => {
      point("pointermove", 600 + 400 * Math.sin(share * 9), 300 - 500 * share);
    });
    point("pointerup", 600, 300);
    return frames;
  },
  zoom: () =>
    framesPerSecond((share) => {
      stage().dispatchEvent(
        new WheelEvent("wheel", {
          bubbles: true,
          cancelable: true,
          composed: true,
          ctrlKey: true,
          clientX: 600,
          clientY: 300,
          deltaY: Math.floor(share * 90) % 16 < 8 ? -1 : 1,
        }),
      );
    }),
};
