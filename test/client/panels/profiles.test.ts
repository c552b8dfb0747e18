import { describe, expect, test } from "vitest";
import { moveSpan, snapSpan, stepPath } from "../../../client/charts/span-picker-layout.js";
import { orderOf, sortFunctions } from "../../../client/panels/profiles/function-sort.js";
import { parseFlameRange, printFlameRange } from "../../../client/panels/profiles/flame-zoom.js";
import {
  instancesOf,
  kindOf,
  parseSpan,
  scopeText,
  servicesOf,
  treeRequestOf,
  versionsOf,
} from "../../../client/panels/profiles/profile-query.js";

const window = { fromUs: 1_000_000_000, toUs: 2_000_000_000 };
const reader =
  (values: Readonly<Record<string, string>>) =>
  (name: string): string | undefined =>
    values[name];
const asked = (values: Readonly<Record<string, string>>) => treeRequestOf(reader(values), "cart", window, 5);

describe("what is asked for", () => {
  test("is the processor time of the whole window, by default", () => {
    expect(asked({})).toEqual({ kind: "cpu", service: "cart", ...window, nodesMax: 20_000, slices: 0 });
  });

  test("is the span that was picked, beside the same time before it", () => {
    expect(asked({ type: "lock", sel: "1500000000-1600000000", base: "before", version: "2", order: "time" })).toEqual({
      kind: "lock",
      service: "cart",
      version: "2",
      fromUs: 1_500_000_000,
      toUs: 1_600_000_000,
      baseline: { version: "2", fromUs: 1_400_000_000, toUs: 1_500_000_000 },
      nodesMax: 20_000,
      slices: 120,
    });
  });

  test("is all that is known of two versions", () => {
    expect(asked({ version: "2", base: "v:1" })).toMatchObject({
      version: "2",
      fromUs: 5,
      toUs: window.toUs,
      baseline: { version: "1", fromUs: 5, toUs: window.toUs },
    });
  });

  test("is another span where one was picked for it", () => {
    expect(asked({ base: "1100000000-1200000000" }).baseline).toEqual({ fromUs: 1_100_000_000, toUs: 1_200_000_000 });
  });
});

test.each(["", "5-5", "9-3", "-3", "a-b", "1-2-3"])("%j is no span", (text) => {
  expect(parseSpan(text)).toBeUndefined();
});

test("values are written in the unit of their kind", () => {
  expect(kindOf("cpu").perSecond(420_000)).toBe("0.42 cores");
  expect(kindOf("alloc").value(2_048)).toBe("2 KiB");
  expect(kindOf("nonsense").kind).toBe("cpu");
});

test("processes are listed by service, version and name", () => {
  const processes = [
    { service: "cart", instance: "cart-0", version: "2.9.10" },
    { service: "cart", instance: "cart-0", version: "2.9.9" },
    { service: "web", instance: "web-0", version: "1" },
  ];
  expect(servicesOf(processes)).toEqual(["cart", "web"]);
  expect(versionsOf(processes, "cart")).toEqual(["2.9.10", "2.9.9"]);
  expect(instancesOf(processes, "cart")).toEqual(["cart-0"]);
});

test("a scope in words", () => {
  const fromUs = Date.UTC(2025, 0, 1, 14, 2) * 1_000;
  expect(scopeText({ fromUs, toUs: fromUs + 60_000_000, version: "2" })).toBe("version 2, 14:02:00–14:03:00");
});

describe("picking a span", () => {
  const axis = { fromUs: 0, toUs: 100 };

  test.each([
    [12, 27, { fromUs: 10, toUs: 30 }],
    [27, 12, { fromUs: 10, toUs: 30 }],
    [-5, 12, { fromUs: 0, toUs: 20 }],
    [200, 300, undefined],
  ])("from %d to %d is whole steps within the window", (one, other, span) => {
    expect(snapSpan(one, other, 10, axis)).toEqual(span);
  });

  test.each([
    ["earlier", { fromUs: 0, toUs: 20 }],
    ["later", { fromUs: 20, toUs: 40 }],
    ["longer", { fromUs: 10, toUs: 40 }],
    ["shorter", { fromUs: 10, toUs: 20 }],
  ] as const)("%s by a step", (move, span) => {
    expect(moveSpan({ fromUs: 10, toUs: 30 }, move, 10, axis)).toEqual(span);
  });

  test("begins at the end of the window", () => {
    expect(moveSpan(undefined, "earlier", 10, axis)).toEqual({ fromUs: 80, toUs: 100 });
  });

  test("the line has a gap where a step is missing", () => {
    const line = {
      name: "cart-0",
      color: "",
      points: [
        { toUs: 10, value: 1 },
        { toUs: 20, value: 2 },
        { toUs: 50, value: 1 },
      ],
    };
    expect(stepPath(line, 10, axis, 2, { widthPx: 100, heightPx: 10 })).toBe(
      "M0.0,5.0H10.0L10.0,0.0H20.0M40.0,5.0H50.0",
    );
  });
});

describe("the table of functions", () => {
  const row = (name: string, self: number, before: number) => ({
    name,
    self,
    total: 100 - self,
    baselineSelf: before,
    baselineTotal: 0,
  });
  const rows = [row("a", 10, 10), row("b", 5, 0), row("c", 80, 90)];

  test.each([
    ["self", "c,a,b"],
    ["total", "b,a,c"],
    ["name", "a,b,c"],
    ["change", "c,b,a"],
  ] as const)("by %s", (order, names) => {
    const sorted = sortFunctions(rows, order, { now: 1, before: 1 }).map(({ name }) => name);
    expect(sorted.join(",")).toBe(names);
  });

  test("is ordered by own time when the address says nothing else", () => {
    expect(orderOf("nonsense")).toBe("self");
  });
});

test.each([
  [undefined, undefined],
  ["0.5-0.25", undefined],
  ["0.25-0.5", { from: 0.25, to: 0.5 }],
])("the zoom %s of an address is %j, and reads back", (text, range) => {
  expect(parseFlameRange(text)).toEqual(range);
  expect(parseFlameRange(printFlameRange(range))).toEqual(range);
});
