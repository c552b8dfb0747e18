import { expect, test } from "vitest";
import { buildTraceTree } from "../../../client/charts/waterfall-tree.js";
import { parseZoom, printZoom, SpanSearch } from "../../../client/panels/trace/trace-search.js";
import { traceOf } from "../charts/trace-builder.js";

test("a zoom range reads back from the URL, and nonsense is the whole trace", () => {
  expect(parseZoom(printZoom({ fromUs: 12.4, toUs: 99.5 }))).toEqual({ fromUs: 12, toUs: 100 });
  expect([parseZoom("9-3"), parseZoom("x"), parseZoom(undefined), printZoom(undefined)]).toEqual([
    undefined,
    undefined,
    undefined,
    undefined,
  ]);
});

test("spans are found by every word, in any of their texts", () => {
  const tree = buildTraceTree(
    traceOf("edge/checkout server 0+10\n  edge/pay client 1+5 !\n    payment/pay server 2+3 wait=2"),
  );
  const search = new SpanSearch();
  const find = (text: string): unknown => {
    const found = search.find(tree, text);
    return found === undefined ? undefined : [...found];
  };
  expect([find("pay"), find("PAY error"), find("worker.wait_ms=2"), find("nothing"), find("  ")]).toEqual([
    ["2", "3"],
    ["2"],
    ["3"],
    [],
    undefined,
  ]);
  expect(search.find(tree, "pay")).toBe(search.find(tree, "pay"));
});
