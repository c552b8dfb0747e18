import { describe, expect, test } from "vitest";
import { commandsFor } from "../../../../client/panels/shell/commands.js";
import { fuzzyMatch } from "../../../../client/panels/shell/fuzzy.js";
import { paletteItems } from "../../../../client/panels/shell/palette-items.js";
import type { PaletteSources } from "../../../../client/panels/shell/palette-items.js";

const NOW = Date.UTC(2026, 2, 3, 14, 30) * 1_000;

const SOURCES: PaletteSources = {
  commands: commandsFor("map"),
  components: [
    { id: "order", kind: "service" },
    { id: "payment", kind: "service" },
    { id: "cart", kind: "service" },
    { id: "prometheus", kind: "plant" },
  ],
  alerts: undefined,
  changes: [
    { id: "cart-2-9-4", kind: "deploy", target: "cart", title: "cart 2.9.4", atUs: NOW - 1, author: "L. Ferrer" },
  ] as unknown as PaletteSources["changes"],
  queries: ["sum(rate(http_requests_total[5m]))"],
  nowUs: NOW,
};

const first = (query: string): string | undefined => paletteItems(query, SOURCES)[0]?.id;

describe("fuzzy search", () => {
  const marked = (query: string, text: string): string | undefined => {
    const match = fuzzyMatch(query, text);
    return (
      match &&
      text
        .split("")
        .map((character, index) => (match.marks.includes(index) ? `[${character}]` : character))
        .join("")
    );
  };

  test.each([
    ["lock", "Lock the crosshair", "[L][o][c][k] the crosshair"],
    ["ptd", "Payment: take down", "[P]ayment: [t]ake [d]own"],
    ["order log", "order logs", "[o][r][d][e][r] [l][o][g]s"],
    ["slo", "hold slowly", "hold [s][l][o]wly"],
    ["xyz", "Lock the crosshair", undefined],
    ["sre", "a service that is very very far and errs", undefined],
  ])("%s in %s", (query, text, expected) => {
    expect(marked(query, text)).toBe(expected);
  });

  test("the start of a word beats its middle, a run beats a spread", () => {
    const score = (query: string, text: string): number => fuzzyMatch(query, text)?.score ?? -Infinity;
    expect(score("map", "Map")).toBeGreaterThan(score("map", "bitmap"));
    expect(score("trace", "Traces")).toBeGreaterThan(score("trace", "To race"));
  });
});

describe("the palette", () => {
  test.each([
    ["metrics", "open.metrics"],
    ["dark", "look.dark"],
    ["payment logs", "component:payment:logs"],
    ["prom", "component:prometheus:dashboards"],
    ["cart 2.9", "change:cart-2-9-4"],
    ["http_req", "query:sum(rate(http_requests_total[5m]))"],
    ["last 15m", "time"],
    ["14:02-14:20", "time"],
    ["0af7651916cd43dd8448eb211c80319c", "trace"],
  ])("%s offers %s first", (query, id) => {
    expect(first(query)).toBe(id);
  });

  test("a typed range is read against the simulated now", () => {
    const [item] = paletteItems("last 15m", SOURCES);
    expect(item).toMatchObject({
      title: "2026-03-03 14:15:00 to 14:30:00 UTC",
      detail: "15 m, moving on with the clock",
    });
  });

  test("items of a group stand together, and nothing but commands, places and queries is offered untyped", () => {
    const groups = paletteItems("", SOURCES).map(({ group }) => group);
    const changes = groups.filter((group, index) => group !== groups[index - 1]);
    expect(new Set(changes).size).toBe(changes.length);
  });

  test("untyped, what is offered stands in its own order: the view's commands first, firing alerts before others", () => {
    const alerts = { rules: ["inactive", "firing", "pending"].map((state) => ({ name: state, state })) };
    const items = paletteItems("", { ...SOURCES, alerts: alerts as unknown as PaletteSources["alerts"] });
    const ids = (group: string): readonly string[] => items.flatMap((item) => (item.group === group ? item.id : []));
    expect(ids("Commands").slice(0, 2)).toEqual(["map.form", "map.worse"]);
    expect(ids("Views").slice(0, 2)).toEqual(["open.brief", "open.alerts"]);
    expect(ids("Alerts")).toEqual(["alert:firing", "alert:pending", "alert:inactive"]);
  });

  test("what is no service has no logs, traces and profiles", () => {
    const ids = paletteItems("prometheus", SOURCES).map(({ id }) => id);
    expect(ids.filter((id) => id.startsWith("component:"))).toEqual([
      "component:prometheus:dashboards",
      "component:prometheus:map",
    ]);
  });

  test("any words can be looked for in lines and names of metrics, times can not", () => {
    const searches = (query: string): readonly unknown[] =>
      paletteItems(query, SOURCES).flatMap(({ group, deed }) => (group === "Search" ? [deed] : []));
    expect(searches("user_id")).toEqual([
      { kind: "open", view: "logs", values: { q: "user_id" } },
      { kind: "open", view: "metrics", values: { browse: "1", search: "user_id" } },
    ]);
    expect(searches("last 15m")).toEqual([]);
    expect(searches("")).toEqual([]);
  });
});
