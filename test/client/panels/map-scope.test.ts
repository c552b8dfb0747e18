import { describe, expect, test } from "vitest";
import type { ServiceMap, TrafficFigures } from "../../../server/wire/telemetry.js";
import {
  compareMaps,
  groupMap,
  mapWindow,
  timesText,
  versusWindow,
  withinHops,
} from "../../../client/panels/map/map-scope.js";
import { mapExhibit, partExhibit } from "../../../client/panels/map/map-export.js";
import { moveInTree, treeRows } from "../../../client/panels/map/map-tree-rows.js";
import { callQueries, partQueries } from "../../../client/panels/map/traffic-queries.js";
import {
  charactersIn,
  firstCamera,
  fitCamera,
  formatCamera,
  parseCamera,
  revealCamera,
  textAt,
  zoomCamera,
} from "../../../client/charts/map-camera.js";
import { labelWidth, placeLabels } from "../../../client/charts/map-labels.js";
import { layoutMap, NODE_HEIGHT, NODE_WIDTH } from "../../../client/charts/map-layout.js";
import { manyPartsMap } from "../../fixtures/service-map.js";

const figures = (rate: number, errorRatio = 0, p99 = 100): TrafficFigures => ({
  requestsPerSecond: rate,
  errorRatio,
  latencyMsP50: 10,
  latencyMsP99: p99,
});

/** `a>b b>c` as a map of services with one request a second on each call. */
function mapOf(text: string): ServiceMap {
  const edges = text.split(" ").map((call, at) => {
    const [from = "", to = ""] = call.split(">");
    return { from, to, now: figures(10 - at) };
  });
  const ids = [...new Set(edges.flatMap(({ from, to }) => [from, to]))];
  return { nodes: ids.map((id) => ({ id, title: id, kind: "service" as const, now: figures(1) })), edges };
}

describe("the times of the map", () => {
  const window = { fromUs: 1_000_000_000, toUs: 1_900_000_000 };
  const reader =
    (values: Readonly<Record<string, string>>) =>
    (name: string): string | undefined =>
      values[name];

  test("are the window, or a minute before the scrubber", () => {
    expect(mapWindow(reader({}), window)).toEqual(window);
    expect(mapWindow(reader({ at: "1500000000" }), window)).toEqual({ fromUs: 1_440_000_000, toUs: 1_500_000_000 });
    expect(mapWindow(reader({ at: "1500000000", span: "30" }), window).fromUs).toBe(1_470_000_000);
  });

  test("are compared with the hour before, the same time before, or another instant", () => {
    expect(versusWindow(reader({}), window)).toBeUndefined();
    expect(versusWindow(reader({ vs: "prev" }), window)).toEqual({ fromUs: 100_000_000, toUs: 1_000_000_000 });
    expect(versusWindow(reader({ at: "1500000000", vs: "1200000000" }), window)).toEqual({
      fromUs: 1_140_000_000,
      toUs: 1_200_000_000,
    });
  });
});

test("figures of another time stand as those before", () => {
  const map = mapOf("a>b");
  const earlier: ServiceMap = { nodes: [{ id: "a", title: "a", kind: "service", now: figures(7) }], edges: [] };
  const { nodes, edges } = compareMaps(map, earlier);
  expect(nodes.map(({ id, before }) => [id, before?.requestsPerSecond])).toEqual([
    ["a", 7],
    ["b", undefined],
  ]);
  expect(edges[0]).not.toHaveProperty("before");
});

test.each([
  [0, "b"],
  [1, "a,b,c"],
  [2, "a,b,c,d"],
])("within %d calls", (hops, ids) => {
  expect([...withinHops(mapOf("a>b b>c c>d").edges, "b", hops)].sort().join(",")).toBe(ids);
});

test("groups add up rates, weigh errors and keep the slowest", () => {
  const map: ServiceMap = {
    nodes: ["a1", "a2", "b1"].map((id) => ({ id, title: id, kind: "service", now: figures(1) })),
    edges: [
      { from: "a1", to: "b1", now: figures(30, 0.1, 50) },
      { from: "a2", to: "b1", now: figures(10, 0.5, 90) },
      { from: "a1", to: "a2", now: figures(5) },
    ],
  };
  const grouped = groupMap(map, ({ id }) => id.slice(0, 1));
  expect(grouped.nodes.map(({ id, title }) => [id, title])).toEqual([
    ["a", "a (2)"],
    ["b", "b"],
  ]);
  expect(grouped.edges).toEqual([{ from: "a", to: "b", now: { ...figures(40, 0.2, 90) } }]);
});

describe("the tree", () => {
  const map = mapOf("edge>web web>cart web>order order>cart cart>db");
  const shown = (folded: readonly string[] = []) =>
    treeRows(map, new Set(folded)).map(
      ({ path, expanded, repeated }) => `${path}${expanded === false ? " +" : ""}${repeated ? " again" : ""}`,
    );

  test("shows each part with what it calls, once", () => {
    expect(shown()).toEqual([
      "edge",
      "edge/web",
      "edge/web/cart",
      "edge/web/cart/db",
      "edge/web/order",
      "edge/web/order/cart again",
    ]);
  });

  test("hides what is folded", () => {
    expect(shown(["edge/web"])).toEqual(["edge", "edge/web +"]);
  });

  test("ends where calls go in a circle", () => {
    expect(treeRows(mapOf("a>b b>a"), new Set()).map(({ path }) => path)).toEqual(["a", "a/b", "a/b/a"]);
  });

  test("is walked by keys", () => {
    const rows = treeRows(map, new Set());
    const moves = ["child", "down", "parent", "last", "first", "up"] as const;
    let at = "edge";
    expect(moves.map((move) => (at = moveInTree(rows, at, move)))).toEqual([
      "edge/web",
      "edge/web/cart",
      "edge/web",
      "edge/web/order/cart",
      "edge",
      "edge",
    ]);
  });
});

test("parts are measured by what knows them", () => {
  expect(partQueries("cart", "service").map(({ title }) => title)).toEqual(["rate", "errors", "p99"]);
  expect(partQueries("cart", "service")[0]?.query).toContain('http_server_request_duration_seconds_count{job="cart"}');
  expect(partQueries("db", "store").map(({ title }) => title)).toEqual(["rate", "p99"]);
  expect(partQueries("events", "queue")).toEqual([]);
  expect(callQueries("cart", "db", "store")[0]?.query).toContain('{job="cart",db_namespace="db"}');
  expect(callQueries("cart", "user", "service")[0]?.query).toContain('{job="cart",server_address="user"}');
});

describe("what is on the screen", () => {
  const small = layoutMap(mapOf("a>b b>c"));
  const large = layoutMap(manyPartsMap(200));
  const size = { width: 1_200, height: 700 };

  test("is everything, in the middle, when it can be read", () => {
    expect(firstCamera(small, size, undefined)).toEqual(fitCamera(small, size));
  });

  test("is what lies around the chosen part when everything would be too small", () => {
    const [id = "", at = { x: 0, y: 0 }] = [...large.nodes][120] ?? [];
    const camera = firstCamera(large, size, at);
    expect(fitCamera(large, size).scale).toBeLessThan(camera.scale);
    expect(id).not.toBe("");
    const y = at.y * camera.scale + camera.y;
    expect(y).toBeGreaterThan(0);
    expect(y).toBeLessThan(size.height);
  });

  test("has no text below eleven pixels, at any scale", () => {
    for (let scale = 0.15; scale <= 2.5; scale += 0.01) {
      const { titlePx, figures: hasFigures } = textAt(scale);
      if (titlePx !== undefined) expect(titlePx * scale).toBeGreaterThanOrEqual(10.999);
      if (hasFigures) expect(13 * scale).toBeGreaterThanOrEqual(10.999);
    }
    expect(textAt(1)).toEqual({ titlePx: 13, figures: true });
    expect(textAt(0.2)).toEqual({ titlePx: undefined, figures: false });
    expect(charactersIn(110, 10)).toBe(20);
  });

  test("keeps the point under the pointer when it is zoomed", () => {
    const camera = zoomCamera({ scale: 1, x: 10, y: 20 }, 2, { x: 110, y: 220 });
    expect(camera).toEqual({ scale: 2, x: -90, y: -180 });
  });

  test("moves only as far as a part needs", () => {
    const camera = { scale: 1, x: 0, y: 0 };
    expect(revealCamera(camera, size, { x: 600, y: 300 }, { width: 100, height: 50 })).toEqual(camera);
    expect(revealCamera(camera, size, { x: 1_190, y: 10 }, { width: 100, height: 50 })).toEqual({
      scale: 1,
      x: -40,
      y: 15,
    });
  });

  test("is written into an address and read again", () => {
    expect(parseCamera(formatCamera({ scale: 0.5, x: -3.4, y: 12 }))).toEqual({ scale: 0.5, x: -3, y: 12 });
    expect(parseCamera("99,1,1")).toBeUndefined();
    expect(parseCamera("x")).toBeUndefined();
  });
});

test("words on edges touch neither parts nor one another", () => {
  const map = manyPartsMap(200);
  const placement = layoutMap(map);
  const labels = placeLabels(
    placement,
    map.edges.map(({ from, to }) => ({ edge: `${from}>${to}`, sign: "▲", text: "p99 ×4.5" })),
  );
  const boxes = labels.map((label) => ({ ...label.at, width: label.whole ? labelWidth(label) : 16, height: 16 }));
  const parts = [...placement.nodes.values()].map((at) => ({ ...at, width: NODE_WIDTH, height: NODE_HEIGHT }));
  const touching = boxes.filter((box, index) =>
    [...parts, ...boxes.slice(index + 1)].some(
      (other) =>
        Math.abs(box.x - other.x) < (box.width + other.width) / 2 &&
        Math.abs(box.y - other.y) < (box.height + other.height) / 2,
    ),
  );
  expect(labels.length).toBeGreaterThan(100);
  expect(touching).toEqual([]);
});

describe("words of the map", () => {
  const window = { fromUs: 0, toUs: 3_600_000_000 };
  test.each([
    [{}, "The window against the hour before"],
    [{ at: "1800000000" }, "The 60 s before 00:30:00 against the hour before"],
    [{ at: "1800000000", vs: "prev" }, "The 60 s before 00:30:00 against 00:28:00–00:29:00"],
  ])("the times of %j are '%s'", (values: Readonly<Record<string, string>>, text) => {
    expect(timesText((name) => values[name], window)).toBe(text);
  });

  test("an exhibit of the map keeps what is worse, and of a part all figures", () => {
    const calm = mapOf("a>b");
    expect(mapExhibit(calm).frozen).toMatchObject({ facts: [{ value: "everything as in the hour before" }] });
    const [edge] = calm.edges;
    const failing = { ...calm, edges: [{ ...edge, from: "a", to: "b", now: figures(10, 0.5), before: figures(10) }] };
    expect(mapExhibit(failing).frozen).toMatchObject({ facts: [{ name: "a → b" }] });
    expect(partExhibit("a", { now: figures(10) }).frozen).toMatchObject({
      facts: [{ name: "rate" }, { name: "errors" }, { name: "p50" }, { name: "p99" }],
    });
  });
});
