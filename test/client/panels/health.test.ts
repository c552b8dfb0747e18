import { describe, expect, test } from "vitest";
import type { Catalogue } from "../../../server/wire/actions.js";
import {
  complaintsOf,
  HEALTH_EXPRESSIONS,
  healthSummary,
  processHealths,
  stripParts,
  stripText,
  usageVerdict,
  verdictOf,
} from "../../../client/panels/health/health-model.js";
import type { HealthSamples } from "../../../client/panels/health/health-model.js";

const catalogue: Catalogue = {
  components: [],
  services: [
    {
      id: "cart",
      workers: 1,
      instancesMax: 3,
      dependencies: [],
      instances: [
        { name: "cart-0", version: "1", state: "up", zone: "zone-a" },
        { name: "cart-1", version: "2", state: "starting", zone: "zone-b" },
      ],
    },
  ],
  flags: [],
  operations: [],
  droppableLabels: [],
  metrics: [],
};

const none = Object.fromEntries(Object.keys(HEALTH_EXPRESSIONS).map((name) => [name, []])) as unknown as HealthSamples;
const scraped = (value: number, instance = "cart-0:9464") => [{ labels: { job: "cart", instance }, value }];
const podded = (value: number, labels: Readonly<Record<string, string>> = {}) => [
  { labels: { pod: "cart-0", ...labels }, value },
];

describe("processes", () => {
  test("are put together from metrics by instance and by pod; what nobody measures is not zero", () => {
    const [first, second] = processHealths(catalogue, {
      ...none,
      up: scraped(1),
      ready: podded(1),
      restarts: podded(2),
      placed: podded(1, { node: "pool-1", zone: "zone-c" }),
      cpuUsed: scraped(0.5),
      cpuLimit: scraped(2),
      diskFree: scraped(25),
      diskLimit: scraped(100),
      livenessAll: podded(30),
    });
    expect(first).toMatchObject({
      scraped: true,
      ready: true,
      restarts: 2,
      node: "pool-1",
      zone: "zone-c",
      cpu: { used: 0.5, limit: 2 },
      disk: { used: 75, limit: 100 },
      liveness: { failed: 0, all: 30 },
      readiness: undefined,
      descriptors: undefined,
    });
    expect(second).toMatchObject({ name: "cart-1", zone: "zone-b", scraped: undefined, cpu: undefined });
  });

  test("say what is not well, the worst first", () => {
    const [first] = processHealths(catalogue, {
      ...none,
      up: scraped(0),
      memoryUsed: scraped(96),
      memoryLimit: scraped(100),
      readinessFailed: podded(3),
      readinessAll: podded(10),
    });
    expect(first && complaintsOf(first).map(({ text }) => text)).toEqual([
      "last scrape failed",
      "memory near its limit",
      "readiness checks failed",
    ]);
    expect(first && verdictOf(first)).toBe("critical");
  });

  test("are told in few words; of what is not scraped nobody knows how it is", () => {
    const running = {
      ...catalogue,
      services: catalogue.services.map((service) => ({ ...service, instances: service.instances.slice(0, 1) })),
    };
    const told = (samples: Partial<HealthSamples>): string =>
      healthSummary(processHealths(running, { ...none, ...samples }));
    expect(told({ up: scraped(1) })).toBe("all well");
    expect(told({ up: scraped(0) })).toBe("1 not scraped, so not known to be well");
    expect(told({ up: scraped(0), ready: podded(0) })).toBe("1 not well");
    expect(healthSummary(processHealths(catalogue, { ...none, up: scraped(0) }))).toBe(
      "1 not well, 1 not scraped, so not known to be well",
    );
  });

  test("that start are worth a look, those that are well are not", () => {
    const [first, second] = processHealths(catalogue, none);
    expect([first, second].map((process) => process && verdictOf(process))).toEqual(["ok", "warning"]);
  });
});

test.each([
  [50, 100, "ok"],
  [80, 100, "warning"],
  [95, 100, "critical"],
  [1, 0, "ok"],
])("%d of %d is %s", (used, limit, verdict) => {
  expect(usageVerdict({ used, limit })).toBe(verdict);
});

describe("the strip", () => {
  const series = {
    metric: {},
    values: [
      [15, "1"],
      [30, "1"],
      [45, "0"],
      [75, "1"],
    ] as const,
  };
  const parts = stripParts(series, { fromUs: 0, toUs: 75_000_000 }, 15);

  test("joins equal steps, and leaves a gap where there is no sample", () => {
    expect(parts.map(({ state, fromUs, toUs }) => [state, fromUs / 1e6, toUs / 1e6])).toEqual([
      ["ok", 0, 30],
      ["failed", 30, 45],
      ["gap", 45, 60],
      ["ok", 60, 75],
    ]);
    expect(parts[1]).toMatchObject({ left: 0.4, width: 0.2 });
  });

  test("is told in words", () => {
    const clock = (atUs: number): string => String(atUs / 1e6);
    expect(stripText(parts, clock)).toBe("failed 30–45, no sample 45–60");
    expect(stripText(parts.slice(0, 1), clock)).toBe("well in all of this time");
    expect(stripText([], clock)).toBe("not measured");
  });
});
