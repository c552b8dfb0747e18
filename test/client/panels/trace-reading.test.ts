/** What is read off a trace before it is drawn, and how rows fold in the address. */
import { describe, expect, test } from "vitest";
import type { TraceNode } from "../../../client/charts/waterfall-tree.js";
import { FoldedRows, foldsChanged, foldsOf, rowToggled } from "../../../client/panels/trace/trace-folds.js";
import { traceFormOf } from "../../../client/panels/trace/trace-forms.js";
import { traceExhibit } from "../../../client/panels/trace/trace-export.js";
import { readTrace, skewedSpans } from "../../../client/panels/trace/trace-reading.js";
import { traceOf } from "../charts/trace-builder.js";

// Spans 1 to 4: the edge calls the cart, and the cart a store.
const TRACE = traceOf(`
edge/checkout server 0+100
  edge/cart client 10+80
    cart/get server 12+70
      cart/read client 20+30 !
`);

const reading = readTrace(TRACE, { aligned: false });
const nodeOf = (spanId: string): TraceNode => {
  const node = reading.tree.byId.get(spanId);
  if (node === undefined) throw new Error(`no span ${spanId}`);
  return node;
};
const address =
  (values: Readonly<Record<string, string>>) =>
  (name: string): string | undefined =>
    values[name];

test("a trace with right clocks is drawn as it was written, aligned or not", () => {
  for (const aligned of [false, true]) {
    const { tree, skews, movedUs } = readTrace(TRACE, { aligned });
    expect([tree.spanCount, tree.errorCount, skews.length, movedUs.size]).toEqual([4, 1, 0, 0]);
  }
  expect(skewedSpans(reading).size).toBe(0);
});

test("an exhibit names the trace and where its time went", () => {
  expect(traceExhibit(reading)).toMatchObject({
    title: "Trace edge checkout, 100 ms",
    frozen: { facts: expect.arrayContaining([{ name: "spans", value: "4, 1 failed" }]) as unknown },
  });
});

test.each([
  [undefined, "waterfall"],
  ["flame", "flame"],
  ["nonsense", "waterfall"],
])("the form of '%s' is %s", (text, form) => {
  expect(traceFormOf(text)).toBe(form);
});

describe("folds", () => {
  test.each([
    [{}, { depth: undefined, service: undefined }],
    [
      { depth: "2", fold: "cart" },
      { depth: 2, service: "cart" },
    ],
    [{ depth: "-1" }, { depth: undefined, service: undefined }],
  ])("of %j", (values, folds) => {
    expect(foldsOf(address(values))).toEqual(folds);
  });

  test("a row that closes over the chosen span is chosen itself", () => {
    expect(rowToggled(address({}), { spanId: "2", closed: true }, nodeOf("4"))).toEqual({ closed: "2", span: "2" });
    expect(rowToggled(address({}), { spanId: "2", closed: true }, nodeOf("1"))).toEqual({ closed: "2" });
    expect(rowToggled(address({ closed: "2" }), { spanId: "2", closed: false }, nodeOf("1"))).toEqual({
      closed: undefined,
    });
  });

  test("a depth that hides the chosen span chooses the row above it", () => {
    expect(foldsChanged({ depth: 1, service: undefined }, nodeOf("4"), reading.tree)).toEqual({
      depth: "1",
      fold: undefined,
      closed: undefined,
      span: "1",
    });
  });

  test("the chosen span shows even below a closed row, and the same question gets the same set", () => {
    const rows = new FoldedRows();
    const read = address({ closed: "2" });
    expect([...rows.collapsed(read, reading.tree, nodeOf("1"))]).toEqual(["2"]);
    expect([...rows.collapsed(read, reading.tree, nodeOf("4"))]).toEqual([]);
    expect(rows.collapsed(read, reading.tree, nodeOf("1"))).toBe(rows.collapsed(read, reading.tree, nodeOf("1")));
  });
});
