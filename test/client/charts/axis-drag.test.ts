import { expect, test } from "vitest";
import { draggedWindow } from "../../../client/charts/axis-drag.js";

test.each([
  ["to the right: back in time", 50, 40, 50],
  ["to the left: on", -25, 55, 65],
  ["to the left: not beyond now", -200, 90, 100],
  ["to the right: not beyond the history", 900, 0, 10],
])("an axis dragged %s", (_, pixels, fromUs, toUs) => {
  const window = { fromUs: 50, toUs: 60 };
  expect(draggedWindow(window, pixels, 50, { fromUs: 0, toUs: 100 })).toEqual({ fromUs, toUs });
});
