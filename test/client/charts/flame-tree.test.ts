import { describe, expect, test } from "vitest";
import type { ProfileTree } from "../../../server/wire/profile.js";
import {
  calleesOf,
  callersOf,
  findFrames,
  flameTree,
  functionRows,
  pathOf,
  scaleOf,
} from "../../../client/charts/flame-tree.js";
import type { FlameTree } from "../../../client/charts/flame-tree.js";
import {
  changeText,
  differenceLook,
  leftHeavyFrames,
  moduleOf,
  timeOrderFrames,
} from "../../../client/charts/stack-frames.js";

/** A profile of `stack self` or `stack self before`. */
function profile(text: string): ProfileTree {
  const names: string[] = [];
  const parent: number[] = [];
  const name: number[] = [];
  const self: number[] = [];
  const before: number[] = [];
  const nodes = new Map<string, number>();
  const compared = text.trim().split("\n")[0]?.trim().split(" ").length === 3;
  for (const line of text.trim().split("\n")) {
    const [stack = "", value = "0", earlier = "0"] = line.trim().split(" ");
    let node = -1;
    let path = "";
    for (const frame of stack.split(";")) {
      path = `${path};${frame}`;
      let child = nodes.get(path);
      if (child === undefined) {
        child = parent.push(node) - 1;
        nodes.set(path, child);
        if (!names.includes(frame)) names.push(frame);
        name.push(names.indexOf(frame));
        self.push(0);
        before.push(0);
      }
      node = child;
    }
    self[node] = Number(value);
    before[node] = Number(earlier);
  }
  return {
    names,
    parent,
    name,
    self,
    mergedFrames: 0,
    seconds: 10,
    slices: [],
    ...(compared ? { baselineSelf: before } : {}),
  };
}

const tree = (text: string): FlameTree => flameTree(profile(text));

/** `path total` of every node. */
const totals = (one: FlameTree): readonly string[] =>
  [...one.total].map((total, node) => `${pathOf(one, node)} ${String(total)}`);

describe("a profile", () => {
  const cart = tree(`
    serve;get;decode 20
    serve;get;encode 30
    serve;put;encode 40
    serve 10
  `);

  test("has totals that add up", () => {
    expect(totals(cart)).toEqual([
      "serve 100",
      "serve;get 50",
      "serve;get;decode 20",
      "serve;get;encode 30",
      "serve;put 40",
      "serve;put;encode 40",
    ]);
    expect(cart.sum).toBe(100);
  });

  test("has one row for each function", () => {
    expect(functionRows(cart).map(({ name, self, total }) => [name, self, total])).toEqual([
      ["encode", 70, 70],
      ["decode", 20, 20],
      ["serve", 10, 100],
      ["get", 0, 50],
      ["put", 0, 40],
    ]);
  });

  test("counts a recursive function once", () => {
    const rows = functionRows(tree("walk;walk;walk 9\nwalk 1"));
    expect(rows).toMatchObject([{ name: "walk", self: 10, total: 10 }]);
  });

  test("shows who called a function and what it called", () => {
    expect(totals(callersOf(cart, "encode"))).toEqual([
      "encode 70",
      "encode;get 30",
      "encode;get;serve 30",
      "encode;put 40",
      "encode;put;serve 40",
    ]);
    expect(totals(calleesOf(cart, "get"))).toEqual(["get 50", "get;decode 20", "get;encode 30"]);
    expect(totals(calleesOf(tree("a;b;a;c 3\na;c 2"), "a"))).toEqual(["a 5", "a;b 3", "a;b;a 3", "a;b;a;c 3", "a;c 2"]);
  });

  test("is searched without counting anything twice", () => {
    const found = findFrames(cart, "E");
    expect([...found.matches]).toEqual([1, 1, 1, 1, 0]);
    expect(found.share).toBe(1);
    expect(findFrames(cart, "get").share).toBe(0.5);
    expect(findFrames(cart, "  ")).toMatchObject({ functions: 0, share: 0 });
  });
});

const look = () => ({ name: "x", color: "var(--ink)" });

describe("frames", () => {
  test("stand with the heaviest left, callees within their callers", () => {
    const frames = leftHeavyFrames(tree("a;b 10\na;c 30\nd 60"), look);
    expect(frames.map(({ id, start, width, depth }) => [id, start, width, depth])).toEqual([
      ["d", 0, 0.6, 0],
      ["a", 0.6, 0.4, 0],
      ["a;c", 0.6, 0.3, 1],
      ["a;b", 0.6 + 0.3, 0.1, 1],
    ]);
  });

  test("of callers stand upside down", () => {
    const depths = leftHeavyFrames(tree("f;g;h 1"), look, { direction: "up" }).map(({ depth }) => depth);
    expect(depths).toEqual([2, 1, 0]);
  });

  test("beside a baseline show what is gone", () => {
    const one = tree("a;new 10 0\na;old 0 10");
    const scale = scaleOf(one, "rate", { now: 10, before: 10 });
    const frames = leftHeavyFrames(one, differenceLook(one, scale), { scale });
    expect(frames.map(({ name, width, color }) => [name, width, color])).toEqual([
      ["±0 % a", 1, "var(--line-strong)"],
      ["new new", 0.5, "var(--severity-critical)"],
      ["gone old", 0.5, "var(--accent)"],
    ]);
  });

  test("in the order of time are as wide as their slice is full", () => {
    const one = tree("a;b 1\na;c 1");
    const slices = [
      { fromUs: 0, toUs: 10, self: [1, 2, 2, 2] },
      { fromUs: 10, toUs: 20, self: [2, 1] },
    ];
    const frames = timeOrderFrames(one, slices, { fromUs: 0, toUs: 20 }, look);
    expect(frames.map(({ id, start, width }) => [id, start, width])).toEqual([
      ["0/a", 0, 0.5],
      ["0/a;b", 0, 0.25],
      ["0/a;c", 0.25, 0.25],
      ["1/a", 0.5, 0.125],
      ["1/a;c", 0.5, 0.125],
    ]);
  });

  test("of nothing are none", () => {
    expect(leftHeavyFrames(tree("a 0"), look)).toEqual([]);
    expect(timeOrderFrames(tree("a 0"), [], { fromUs: 0, toUs: 1 }, look)).toEqual([]);
  });
});

test.each([
  [10, 10, "±0 %"],
  [12, 10, "+20 %"],
  [5, 10, "−50 %"],
  [0, 10, "gone"],
  [1, 1_000, "−99 %"],
  [1, 0, "new"],
  [200, 10, "×20"],
])("from %d to %d is %s", (now, before, text) => {
  expect(changeText(now, before)).toBe(text);
});

test.each([
  ["cart.(*Handler).Get", "cart"],
  ["Cart#get", "cart"],
  ["memcpy", "memcpy"],
])("%s belongs to the module %s", (name, module) => {
  expect(moduleOf(name)).toBe(module);
});
