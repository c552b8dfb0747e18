import { describe, expect, test } from "vitest";
import { placeInOrder } from "../../../client/charts/layer-order.js";
import { edgeWidth, healthOf } from "../../../client/charts/map-health.js";
import {
  edgePath,
  layoutMap,
  neighbourOf,
  pointBetween,
  NODE_HEIGHT,
  NODE_WIDTH,
} from "../../../client/charts/map-layout.js";
import { manyPartsMap } from "../../fixtures/service-map.js";

const NODES = ["edge", "gateway", "cart", "order", "database", "alone"].map((id) => ({ id }));
const EDGES = [
  { from: "edge", to: "gateway" },
  { from: "gateway", to: "cart" },
  { from: "gateway", to: "order" },
  { from: "order", to: "database" },
  { from: "cart", to: "database" },
];

describe("map layout", () => {
  const placement = layoutMap({ nodes: NODES, edges: EDGES });

  test("callers are left of what they call, and nothing overlaps", () => {
    for (const { from, to } of EDGES) {
      expect(placement.nodes.get(from)?.x).toBeLessThan(placement.nodes.get(to)?.x ?? 0);
    }
    const centres = [...placement.nodes.values()];
    for (const [index, one] of centres.entries()) {
      for (const other of centres.slice(index + 1)) {
        expect(Math.abs(one.x - other.x) >= NODE_WIDTH || Math.abs(one.y - other.y) >= NODE_HEIGHT).toBe(true);
      }
    }
  });

  test("the order in which parts are listed does not matter", () => {
    expect(layoutMap({ nodes: NODES.toReversed(), edges: EDGES.toReversed() })).toEqual(placement);
  });

  test("edges to unknown parts and to oneself are left out", () => {
    const odd = layoutMap({
      nodes: [{ id: "a" }],
      edges: [
        { from: "a", to: "nowhere" },
        { from: "a", to: "a" },
      ],
    });
    expect([odd.nodes.size, odd.edges.length]).toEqual([1, 0]);
  });

  test("arrow keys lead to the neighbour in that direction", () => {
    expect(neighbourOf(placement, "edge", "right")).toBe("gateway");
    expect(neighbourOf(placement, "gateway", "left")).toBe("edge");
    expect(["cart", "order"]).toContain(neighbourOf(placement, "gateway", "right"));
    expect(neighbourOf(placement, "database", "right")).toBeUndefined();
  });

  test("a path begins at the first point and ends at the last", () => {
    const points = [
      { x: 0, y: 0 },
      { x: 10, y: 5 },
      { x: 20, y: 0 },
    ];
    expect(edgePath(points)).toBe("M0.0,0.0C5.0,0.0 5.0,5.0 10.0,5.0C15.0,5.0 15.0,0.0 20.0,0.0");
    expect(
      edgePath([
        { x: 0, y: 3 },
        { x: 9, y: 3 },
      ]),
    ).toBe("M0.0,3.0L9.0,3.0");
    expect(edgePath([])).toBe("");
    const [one = { x: 0, y: 0 }, other = { x: 0, y: 0 }] = points;
    expect([0, 0.5, 1].map((share) => pointBetween(one, other, share))).toEqual([one, { x: 5, y: 2.5 }, other]);
  });
});

describe("a map of two hundred parts", () => {
  const map = manyPartsMap(200);
  const placement = layoutMap(map);

  test("has every part once, none over another, and every call", () => {
    expect(placement.nodes.size).toBe(200);
    expect(placement.edges).toHaveLength(map.edges.length);
    const centres = [...placement.nodes.values()];
    const overlaps = centres.flatMap((one, index) =>
      centres
        .slice(index + 1)
        .filter(
          (other) => Math.abs(one.x - other.x) < NODE_WIDTH - 0.1 && Math.abs(one.y - other.y) < NODE_HEIGHT - 0.1,
        ),
    );
    expect(overlaps).toEqual([]);
  });

  test("passes long calls between the parts, not behind them", () => {
    const inside = placement.edges.flatMap(({ from, to, points }) =>
      points
        .slice(1, -1)
        .flatMap((point) =>
          [...placement.nodes].filter(
            ([id, node]) =>
              id !== from &&
              id !== to &&
              Math.abs(point.x - node.x) < NODE_WIDTH / 2 - 0.1 &&
              Math.abs(point.y - node.y) < NODE_HEIGHT / 2,
          ),
        ),
    );
    expect(inside).toEqual([]);
  });
});

test("calls to and fro between two parts are two lines", () => {
  const edges = [
    { from: "a", to: "b" },
    { from: "b", to: "a" },
  ];
  const placement = layoutMap({ nodes: [{ id: "a" }, { id: "b" }], edges });
  const heights = placement.edges.map(({ points }) => new Set(points.map(({ y }) => y)));
  expect(heights.map(({ size }) => size)).toEqual([1, 1]);
  expect([...(heights[0] ?? [])]).not.toEqual([...(heights[1] ?? [])]);
});

test("calls in a circle and parts without calls have their places", () => {
  const placement = layoutMap({
    nodes: ["a", "b", "c", "lonely"].map((id) => ({ id })),
    edges: [
      { from: "a", to: "b" },
      { from: "b", to: "c" },
      { from: "c", to: "a" },
    ],
  });
  const xs = ["a", "b", "c"].map((id) => placement.nodes.get(id)?.x ?? 0);
  expect(xs).toEqual([...xs].sort((one, other) => one - other));
  const back = placement.edges.find(({ from }) => from === "c")?.points ?? [];
  expect(back.at(0)?.x).toBeGreaterThan(back.at(-1)?.x ?? 0);
  expect(placement.nodes.get("lonely")?.y).toBeGreaterThan(placement.nodes.get("a")?.y ?? 0);
});

test.each([
  [
    [0, 0, 0],
    [10, 10, 10],
    [-12, 0, 12],
  ],
  [
    [0, 100, 200],
    [10, 10, 10],
    [0, 100, 200],
  ],
  [
    [50, 40],
    [10, 10],
    [39, 51],
  ],
])("places nearest to %j that keep the distances", (wanted, size, placed) => {
  expect(placeInOrder(wanted, size, [1, 1, 1], 2)).toEqual(placed);
});

describe("health", () => {
  const figures = (requestsPerSecond: number, errorRatio: number, latencyMsP99: number) => ({
    requestsPerSecond,
    errorRatio,
    latencyMsP50: 10,
    latencyMsP99,
  });
  const judge = (now: ReturnType<typeof figures>, before = figures(50, 0.001, 100)): unknown => {
    const { severity, reasons } = healthOf(now, before);
    return [severity, ...reasons];
  };

  test("says what is worse than in the hour before, worst first to decide", () => {
    expect(judge(figures(50, 0.001, 110))).toEqual(["ok"]);
    expect(judge(figures(50, 0.02, 110))).toEqual(["warning", "errors 2.0 %"]);
    expect(judge(figures(50, 0.12, 450))).toEqual(["critical", "errors 12 %", "p99 ×4.5"]);
    expect(judge(figures(20, 0, 100))).toEqual(["warning", "rate ×0.4"]);
    expect(judge(figures(0, 0, 0))).toEqual(["warning", "no calls"]);
  });

  test("errors that were there before are not news, nor are three milliseconds more", () => {
    expect(judge(figures(50, 0.06, 100), figures(50, 0.05, 100))).toEqual(["ok"]);
    expect(judge(figures(50, 0, 4), figures(50, 0, 1))).toEqual(["ok"]);
  });

  test.each([
    ["a leap of many calls", figures(50, 0.0055, 100), figures(50, 0.0001, 100), ["warning", "errors 0.55 %"]],
    ["a leap from none", figures(50, 0.002, 100), figures(50, 0, 100), ["warning", "errors 0.20 %"]],
    ["less than a leap", figures(50, 0.0055, 100), figures(50, 0.002, 100), ["ok"]],
    ["next to none of the calls", figures(500, 0.0009, 100), figures(500, 0.00001, 100), ["ok"]],
    ["a few calls", figures(2, 0.0055, 100), figures(2, 0.0001, 100), ["ok"]],
  ])("of %s below a hundredth", (_, now, before, said) => {
    expect(judge(now, before)).toEqual(said);
  });

  test("without figures nothing is known; without a past only errors count", () => {
    expect(healthOf(undefined, figures(1, 0, 1)).severity).toBe("unknown");
    expect(healthOf(figures(50, 0.06, 900), undefined).reasons).toEqual(["errors 6.0 %"]);
  });

  test("edges widen with the rate, within bounds", () => {
    const widths = [undefined, 0, 1, 50, 1e6].map(edgeWidth);
    expect(widths).toEqual([...widths].sort((one, other) => one - other));
    expect([widths[0], widths.at(-1)]).toEqual([1, 8]);
  });
});
