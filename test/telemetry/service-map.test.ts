import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { LatencySketches } from "../../server/telemetry/latency-sketch.js";
import { ServiceMapper, type MapComponent } from "../../server/telemetry/service-map.js";
import { IDENTITY, MODEL, buildWorld } from "./synthetic-world.js";
import { TraceStore } from "../../server/telemetry/trace-store.js";

const COMPONENTS: readonly MapComponent[] = [
  { id: "edge", title: "Edge", kind: "service" },
  { id: "cart", title: "Cart", kind: "service" },
  { id: "mailer", title: "Mailer", kind: "service" },
  { id: "cart-db", title: "Cart database", kind: "store" },
  { id: "mails", title: "Mails", kind: "queue" },
  { id: "metrics", title: "Metrics server", kind: "plant" },
];

const mapperOf = (world: ReturnType<typeof buildWorld>, sampleRatio = 1): ServiceMapper =>
  new ServiceMapper({ model: MODEL, components: COMPONENTS, sampleRatio, recent: world.spans });

describe("the service map", () => {
  const world = buildWorld({ requests: 3_000 });
  // 60 s of requests from second 1 on; the window is their second half.
  const window = { fromUs: 31_000_000, toUs: 61_000_000 - 1 };

  it("measures components and edges now and before", () => {
    const { nodes, edges } = mapperOf(world).map(window);
    expect(nodes.map(({ id }) => id)).toEqual(COMPONENTS.map(({ id }) => id));
    const cart = nodes.find(({ id }) => id === "cart");
    expect(cart?.now?.requestsPerSecond).toBeCloseTo(50, 0);
    expect(cart?.before?.requestsPerSecond).toBeCloseTo(50, 0);
    expect(cart?.now?.errorRatio).toBeGreaterThan(0.05);
    expect(cart?.now?.latencyMsP50).toBeCloseTo(3.5, 0);
    expect(cart?.now?.latencyMsP99).toBeLessThan(4.6);
    expect(nodes.find(({ id }) => id === "metrics")).toEqual({ id: "metrics", title: "Metrics server", kind: "plant" });
    expect(edges.map(({ from, to }) => `${from} → ${to}`)).toEqual([
      "edge → cart",
      "cart → cart-db",
      "cart → mails",
      "mails → mailer",
    ]);
    const failed = edges.find(({ to }) => to === "cart-db")?.now?.errorRatio;
    expect(failed).toBe(cart?.now?.errorRatio);
    const store = new TraceStore({ model: MODEL, identity: IDENTITY, recent: world.spans, sampleRatio: 1 });
    const errors = store.search({
      ...window,
      service: "cart",
      operation: "SELECT prices",
      status: "error",
      limit: 0,
      order: "newest",
    }).total;
    expect(errors / 1_500).toBeCloseTo(failed ?? 0, 2);
  });

  it("accounts for sampling", () => {
    const { nodes } = mapperOf(world, 0.5).map(window);
    expect(nodes[0]?.now?.requestsPerSecond).toBeGreaterThan(45);
    expect(nodes[0]?.now?.requestsPerSecond).toBeLessThan(55);
  });

  it("shows a rate of 0 where something fell silent, and nothing where nothing was", () => {
    const { nodes, edges } = mapperOf(world).map({ fromUs: 70_000_000, toUs: 80_000_000 });
    expect(nodes[0]?.now).toEqual({ requestsPerSecond: 0, errorRatio: 0, latencyMsP50: 0, latencyMsP99: 0 });
    expect(edges).toHaveLength(4);
    expect(mapperOf(world).map({ fromUs: 0, toUs: 900_000 }).edges).toEqual([]);
  });
});

describe("latency sketches", () => {
  it("give every quantile within 1/64 of sorting", () => {
    const duration = fc.oneof(fc.nat(100), fc.nat(100_000), fc.integer({ min: 0, max: 0xffff_fffe }));
    fc.assert(
      fc.property(
        fc.array(duration, { minLength: 1, maxLength: 60 }),
        fc.double({ min: 0.01, max: 1, noNaN: true }),
        (durations, quantile) => {
          const sketches = new LatencySketches(2);
          for (const one of durations) sketches.add(1, one);
          const sorted = [...durations].sort((a, b) => a - b);
          const exact = sorted[Math.max(0, Math.ceil(quantile * sorted.length) - 1)] ?? NaN;
          expect(Math.abs(sketches.quantileUs(1, quantile) - exact)).toBeLessThanOrEqual(exact / 64);
          expect(sketches.quantileUs(0, quantile)).toBe(0);
        },
      ),
      { numRuns: 1_000 },
    );
  });
});
