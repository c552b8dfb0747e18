/** Declarations of who comes: what they become, and what is said about wrong ones, with line and column. */
import { expect, test } from "vitest";
import { formatDiagnostic } from "../../server/base/diagnostic.js";
import { readScenario, readTopology } from "../../server/scenario/read-scenario.js";
import { SCENARIO_FILE, smallFiles, TOPOLOGY_FILE } from "./small-files.js";

const AFTER = "  basket: { median: 2, sigma: 0.5, max: 10 }\n";

/** Reads the small topology with YAML after the load's last key. */
const reading = (yaml: string) => readTopology(smallFiles([TOPOLOGY_FILE, AFTER, AFTER + yaml]), TOPOLOGY_FILE);
const complaints = (yaml: string): readonly string[] => reading(yaml).diagnostics.map(formatDiagnostic);

test("everything that can be said about load comes out in engine units", () => {
  const { topology, diagnostics } = reading(`  weeklyCurve: [1, 1, 1, 1, 1, 0.5, 0.5]
  campaigns:
    mail: { at: "10:30", days: [mon, wed], factor: 3, ramp: 1m, lasts: 5m, halfLife: 2m }
  populations:
    people:
      users: 50
      growth: { users: 80, at: 2025-03-12T14:00:00Z, over: 10m }
      think: 5s ~0.5
      patience: 4s
      reload: { share: 50%, times: 2, pause: 1s }
      next: { buy: { buy: 100% } }
  tenants: { count: 10 }
  regions: { here: { share: 100%, latency: 5ms } }
  devices: { phone: 60%, desktop: 40% }
probes:
  shop: { journey: buy, regions: { here: 5ms ~0.2 } }
browser:
  pages: { shop: { journey: buy } }
  slowness: { phone: 6 }
`);
  expect(diagnostics).toEqual([]);
  expect(topology?.load).toMatchObject({
    weeklyCurve: [1, 1, 1, 1, 1, 0.5, 0.5],
    campaigns: [
      {
        id: "mail",
        start: { timeOfDay: 37_800_000_000, days: [0, 2] },
        factor: 3,
        halfLife: 120_000_000,
        journeys: [],
      },
    ],
    populations: [
      {
        id: "people",
        users: 50,
        growth: { users: 80, start: { at: Date.UTC(2025, 2, 12, 14) * 1_000 }, over: 600_000_000 },
        patience: 4_000_000,
        reload: { share: 0.5, times: 2, pause: 1_000_000 },
        next: [{ journey: "buy", shares: [{ name: "buy", share: 1 }] }],
      },
    ],
    tenants: { count: 10, zipf: 1, plans: [{ name: "standard", share: 1 }] },
    regions: [{ name: "here", share: 1, latency: { median: 5_000 } }],
  });
  expect(topology?.probes).toMatchObject([{ id: "shop", interval: 15_000_000, timeout: 5_000_000 }]);
  expect(topology?.browser?.devices).toEqual([
    { name: "phone", share: 0.6, slowness: 6 },
    { name: "desktop", share: 0.4, slowness: 1 },
  ]);
  expect(topology?.browser?.networks).toHaveLength(4);
});

test.each([
  ["  devices: { phone: 60%, desktop: 30% }\n", "shares sum to 90 %, not 100 %"],
  ["  journeyCurves: { byu: [1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1] }\n", 'unknown journey "byu"'],
  ['  campaigns: { mail: { at: "25:00", factor: 2 } }\n', "must be a time of day"],
  ['  campaigns: { mail: { at: "10:00", factor: 2, halfLife: 3h } }\n', "is not over after one"],
  ["  campaigns: { mail: { at: 2025-03-12T14:00:00Z, days: [mon], factor: 2 } }\n", "goes with a time of day"],
  ["  populations: { people: { users: 5, think: 1s, next: { buy: { sell: 100% } } } }\n", 'unknown journey "sell"'],
  ["  populations: { people: { users: 200000, think: 100ms } }\n", "would come again after"],
  ["probes: { shop: { journey: buy, every: 5s, timeout: 5s, regions: { here: 5ms } } }\n", "shorter than the interval"],
  ["browser: { pages: { a: { journey: buy }, b: { journey: buy } } }\n", 'the same answer as page "a"'],
  ["browser: { pages: { a: { journey: buy } }, slowness: { fridge: 9 } }\n", 'unknown device "fridge"'],
])("%s", (yaml, message) => {
  const said = complaints(yaml);
  expect(said.join("\n")).toContain(message);
  expect(said[0]).toMatch(/:\d+:\d+/);
});

test("a rate of nothing needs somebody else who comes", () => {
  const empty = (yaml: string) =>
    readTopology(
      smallFiles([TOPOLOGY_FILE, "  rps: 10\n", "  rps: 0\n"], [TOPOLOGY_FILE, AFTER, AFTER + yaml]),
      TOPOLOGY_FILE,
    );
  expect(
    empty("")
      .diagnostics.map(({ message }) => message)
      .join(),
  ).toContain("nobody comes");
  expect(empty("  populations: { people: { users: 5, think: 1s } }\n").diagnostics).toEqual([]);
});

test("users who wait and campaigns that the system cannot serve are warned of where they are declared", () => {
  const people = complaints("  populations: { people: { users: 2000, think: 1s } }\n");
  expect(people.join("\n")).toMatch(
    /:\d+:\d+.*the cores of shop would be \d+ % busy with \d+ requests\/s of users who wait/,
  );
  const campaign = complaints('  campaigns: { sale: { at: "10:00", factor: 60 } }\n');
  expect(campaign.join("\n")).toMatch(/:\d+:\d+.*busy at the height of the campaign/);
  expect(complaints('  campaigns: { sale: { at: "10:00", factor: 2 } }\n')).toEqual([]);
});

/** Reads the small scenario with YAML of its own in front of the faults. */
const story = (yaml: string) =>
  readScenario(smallFiles([SCENARIO_FILE, "\nfaults:", `\n${yaml}faults:`]), SCENARIO_FILE);

test("a scenario can have its system watched by probes and browsers of its own", () => {
  const { scenario, diagnostics } = story(
    "probes: { shop: { journey: buy, every: 20s, regions: { here: 5ms } } }\nbrowser: { pages: { shop: { journey: buy } } }\n",
  );
  expect(diagnostics).toEqual([]);
  expect(scenario?.topology.probes).toMatchObject([{ id: "shop", journey: "buy", interval: 20_000_000 }]);
  expect(scenario?.topology.browser?.pages.map(({ id }) => id)).toEqual(["shop"]);
  expect(story("").scenario?.topology.probes).toBeUndefined();
});

test("what a scenario says of a journey that is not there is said at its own line", () => {
  const { scenario, diagnostics } = story("probes: { shop: { journey: by, regions: { here: 5ms } } }\n");
  expect(scenario).toBeUndefined();
  expect(diagnostics.map(({ file, message }) => [file, message])).toEqual([
    [SCENARIO_FILE, expect.stringContaining("by") as string],
  ]);
});
