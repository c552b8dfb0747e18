import { describe, expect, test } from "vitest";
import { ProfileTable } from "../../server/sim/profile-table.js";
import { type ProfileSource, ProfileStore } from "../../server/telemetry/profile-store.js";
import { profiledProcesses, profileTimeline } from "../../server/telemetry/profile-timeline.js";
import { profileTree, pruneTree } from "../../server/telemetry/profile-tree.js";
import type { ProfileTree, ProfileTreeRequest } from "../../server/wire/profile.js";

const seconds = (value: number): number => value * 1_000_000;

/** Two processes of `cart`: place 0 is `serve;get;decode`, 1 `serve;get;encode`, 2 `serve;put;encode`. */
const STACKS = [
  ["serve", "get", "decode"],
  ["serve", "get", "encode"],
  ["serve", "put", "encode"],
];

type Row = readonly [untilS: number, instance: number, place: number, cpuUs: number];

const storeOf = (rows: readonly Row[]): ProfileStore => new ProfileStore(sourceOf(rows, -Infinity, Infinity));

function sourceOf(rows: readonly Row[], afterUs: number, untilUs: number): ProfileSource {
  const table = new ProfileTable();
  for (const [untilS, instance, place, cpuUs] of rows)
    table.append(seconds(untilS), instance, place, { cpuUs, wallUs: 2 * cpuUs, lockUs: 0, times: 1 });
  return {
    table: () => table,
    afterUs,
    untilUs,
    instances: [
      { name: "cart-0", component: "cart" },
      { name: "cart-1", component: "cart" },
    ],
    stack: (_instance, place) => STACKS[place] ?? [],
    versionAt: (instance, atUs) => (instance === 1 && atUs > seconds(20) ? "2" : "1"),
    bytesOfRun: () => 10,
  };
}

const request: ProfileTreeRequest = {
  kind: "cpu",
  service: "cart",
  fromUs: 0,
  toUs: seconds(40),
  nodesMax: 100,
  slices: 0,
};

/** `caller;callee self` for each node that spent something itself. */
function lines({ names, name, parent, self }: ProfileTree, values = self): readonly string[] {
  const path = (node: number): string => {
    const above = parent[node] ?? -1;
    const own = names[name[node] ?? 0] ?? "";
    return above < 0 ? own : `${path(above)};${own}`;
  };
  return values.flatMap((value, node) => (value === 0 ? [] : [`${path(node)} ${String(value)}`])).sort();
}

test("a window that two stretches of a world have played counts once", () => {
  const store = new ProfileStore(
    sourceOf(
      [
        [20, 0, 0, 7],
        [30, 0, 0, 100],
      ],
      seconds(20),
      Infinity,
    ),
  );
  store.attachHistory(
    sourceOf(
      [
        [10, 0, 0, 1],
        [20, 0, 0, 2],
        [30, 0, 0, 4],
      ],
      0,
      seconds(20),
    ),
  );
  expect(lines(profileTree(store, request))).toEqual(["serve;get;decode 103"]);
});

describe("a profile as a tree", () => {
  const store = storeOf([
    [10, 0, 0, 100],
    [10, 1, 1, 50],
    [20, 0, 1, 30],
    [30, 1, 2, 70],
    [30, 1, 1, 5],
  ]);

  test("merges stacks of all processes and windows", () => {
    expect(lines(profileTree(store, request))).toEqual([
      "serve;get;decode 100",
      "serve;get;encode 85",
      "serve;put;encode 70",
    ]);
  });

  test("keeps to the version, the process and the time that are asked for", () => {
    expect(lines(profileTree(store, { ...request, version: "2" }))).toEqual([
      "serve;get;encode 5",
      "serve;put;encode 70",
    ]);
    expect(lines(profileTree(store, { ...request, instance: "cart-0", toUs: seconds(10) }))).toEqual([
      "serve;get;decode 100",
    ]);
  });

  test("stands beside its baseline, node by node", () => {
    const tree = profileTree(store, {
      ...request,
      fromUs: seconds(20),
      baseline: { fromUs: 0, toUs: seconds(20) },
    });
    expect(lines(tree)).toEqual(["serve;get;encode 5", "serve;put;encode 70"]);
    expect(lines(tree, tree.baselineSelf)).toEqual(["serve;get;decode 100", "serve;get;encode 80"]);
    expect(tree).toMatchObject({ seconds: 20, baselineSeconds: 20 });
  });

  test("is cut into slices of whole windows that add up to the whole", () => {
    const { slices, self } = profileTree(store, { ...request, slices: 4 });
    expect(slices.map(({ fromUs, toUs }) => [fromUs / 1e6, toUs / 1e6])).toEqual([
      [0, 10],
      [10, 20],
      [20, 30],
    ]);
    const values = slices.flatMap((slice) => slice.self.filter((_, at) => at % 2 === 1));
    expect(values.reduce((sum, value) => sum + value, 0)).toBe(self.reduce((sum, value) => sum + value, 0));
  });

  test("counts small frames together as other, without losing any of their time", () => {
    const tree = profileTree(store, { ...request, nodesMax: 3 });
    expect(lines(tree)).toEqual(["serve;get;decode 100", "serve;get;other 85", "serve;other 70"]);
    expect(tree.mergedFrames).toBe(3);
  });
});

test("what a merged caller calls is counted with it", () => {
  const { names, self, nodeOf, mergedFrames } = pruneTree(
    { names: ["a", "b", "c", "d"], parent: [-1, -1, 1, 2], self: [10, 1, 1, 1], baselineSelf: [0, 0, 0, 0] },
    1,
  );
  expect(names).toEqual(["a", "other"]);
  expect(self).toEqual([10, 3]);
  expect([...nodeOf]).toEqual([0, 1, 1, 1]);
  expect(mergedFrames).toBe(3);
});

describe("over time", () => {
  const store = storeOf([
    [10, 0, 0, seconds(5)],
    [20, 0, 0, seconds(10)],
    [20, 1, 0, seconds(1)],
    [40, 1, 0, seconds(2)],
  ]);

  test("each process has its own line, per second; a window without a sample is absent", () => {
    const { stepUs, groups } = profileTimeline(store, { ...request, groupBy: "instance" });
    expect(stepUs).toBe(seconds(10));
    expect(groups).toEqual([
      {
        name: "cart-0",
        points: [
          { toUs: seconds(10), perSecond: seconds(0.5) },
          { toUs: seconds(20), perSecond: seconds(1) },
        ],
      },
      {
        name: "cart-1",
        points: [
          { toUs: seconds(20), perSecond: seconds(0.1) },
          { toUs: seconds(40), perSecond: seconds(0.2) },
        ],
      },
    ]);
  });

  test("processes are listed with their versions", () => {
    expect(profiledProcesses(store, 0, seconds(40))).toEqual([
      { service: "cart", instance: "cart-0", version: "1" },
      { service: "cart", instance: "cart-1", version: "1" },
      { service: "cart", instance: "cart-1", version: "2" },
    ]);
  });
});
