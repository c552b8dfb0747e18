import { expect, test } from "vitest";
import { figureRows, figuresText, litNodes } from "../../../client/panels/map/map-figures.js";
import type { ServiceMap } from "../../../server/wire/telemetry.js";

const well = { requestsPerSecond: 50, errorRatio: 0, latencyMsP50: 10, latencyMsP99: 100 };
const slow = { ...well, latencyMsP99: 900 };
const MAP: ServiceMap = {
  nodes: [
    { id: "cart", title: "Cart", kind: "service", now: well, before: well },
    { id: "payment", title: "Payment", kind: "service", now: slow, before: well },
    { id: "orders-db", title: "Orders", kind: "store", now: well, before: well },
  ],
  edges: [{ from: "payment", to: "orders-db", now: slow, before: well }],
};

test("figures are shown with units, and a dash where nothing was measured", () => {
  expect(figureRows(slow, undefined).map(({ name, now, before }) => [name, now, before])).toEqual([
    ["rate", "50 /s", "–"],
    ["errors", "0 %", "–"],
    ["p50", "10 ms", "–"],
    ["p99", "900 ms", "–"],
  ]);
  const silent = { requestsPerSecond: 0, errorRatio: 0, latencyMsP50: 0, latencyMsP99: 0 };
  expect(figureRows(silent, well).map(({ now }) => now)).toEqual(["0 /s", "–", "–", "–"]);
  expect(figuresText(slow, well)).toContain("p99 100 ms → 900 ms");
});

test("a search keeps parts by name or kind, only errors those that do worse or touch a call that does", () => {
  const lit = (find: string, onlyErrors: boolean): string[] => [...litNodes(MAP, { find, onlyErrors })];
  expect(lit("", false)).toEqual(["cart", "payment", "orders-db"]);
  expect(lit("STORE", false)).toEqual(["orders-db"]);
  expect(lit("", true)).toEqual(["payment", "orders-db"]);
  expect(lit("cart", true)).toEqual([]);
});
