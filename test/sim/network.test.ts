import { describe, expect, test } from "vitest";
import { combine } from "../../server/base/draw.js";
import { StateReader, StateWriter } from "../../server/base/state-stream.js";
import { duration } from "../../server/base/time.js";
import { ConnectionSetup } from "../../server/sim/connection-setup.js";
import { DIRECTION_BACK, DIRECTION_THERE, Links, WAY_LOST } from "../../server/sim/links.js";
import { SPAN_STATUSES, STATUS_NO_LOCAL_PORT, STATUS_OK } from "../../server/sim/span-status.js";
import { compareWorlds } from "../../server/telemetry/paired-comparison.js";
import type { FaultSpec } from "../../server/sim/timeline.js";
import { smallShop } from "../fixtures/small-shop.js";
import { spansOf } from "../fixtures/span-rows.js";
import { at, engine, fault, model, ms } from "../fixtures/topology.js";

const MESSAGES = 200_000;
const compiled = model(smallShop());
/** edge → cart; 1 packet there, 2 packets back. */
const LINK = 0;

function waysOf(links: Links, direction: number): Float64Array {
  return Float64Array.from({ length: MESSAGES }, (_, index) =>
    links.wayUs(LINK, direction, -1, -1, combine(7, index), 500, 0),
  );
}

describe("a link", () => {
  test("that loses packets delays by the time-outs of the losses in a row", () => {
    const links = new Links(compiled);
    const ratio = 0.1;
    links.lossRatio[LINK] = ratio;
    const ways = waysOf(links, DIRECTION_THERE);
    const arrived = ways.filter((us) => us >= 0);
    // One packet: k losses in a row have probability (1 − p) p^k and take 200 ms · (2^k − 1).
    let expected = 0;
    for (let losses = 1; losses <= 6; losses++) expected += (1 - ratio) * ratio ** losses * 200_000 * (2 ** losses - 1);
    const mean = arrived.reduce((sum, us) => sum + us, 0) / arrived.length - 500;
    expect(mean / expected).toBeGreaterThan(0.95);
    expect(mean / expected).toBeLessThan(1.05);
    const delayed = arrived.filter((us) => us > 500).length / MESSAGES;
    expect(delayed).toBeCloseTo(ratio, 2);
  });

  test("gives a message up after its last retransmission", () => {
    const links = new Links(compiled);
    links.lossRatio[LINK] = 0.6;
    const lost = waysOf(links, DIRECTION_THERE).filter((us) => us === WAY_LOST).length / MESSAGES;
    expect(lost).toBeCloseTo(0.6 ** 7, 2);
  });

  test("spreads by its jitter and not more", () => {
    const links = new Links(compiled);
    links.addedUs[LINK] = 50_000;
    links.jitterUs[LINK] = 10_000;
    const ways = waysOf(links, DIRECTION_THERE);
    expect(Math.min(...ways.slice(0, 50_000))).toBeGreaterThanOrEqual(40_500);
    expect(Math.max(...ways.slice(0, 50_000))).toBeLessThanOrEqual(60_500);
    expect(ways.reduce((sum, us) => sum + us, 0) / MESSAGES).toBeCloseTo(50_500, -2);
  });

  test("of limited bandwidth sends one message after the other", () => {
    const links = new Links(compiled);
    links.bytesPerSecond[LINK] = 250_000;
    const wait = (): number => links.wayUs(LINK, DIRECTION_BACK, -1, -1, 1, 0, 1_000_000);
    // 2,500 bytes at 250 kB/s take 10 ms each.
    expect([wait(), wait(), wait()]).toEqual([10_000, 20_000, 30_000]);
    // The other direction is free.
    expect(links.wayUs(LINK, DIRECTION_THERE, -1, -1, 1, 0, 1_000_000)).toBe(2_800);
  });

  test("is as it was after a checkpoint", () => {
    const links = new Links(compiled);
    links.bytesPerSecond[LINK] = 250_000;
    links.wayUs(LINK, DIRECTION_BACK, -1, -1, 1, 0, 0);
    const writer = new StateWriter();
    links.save(writer);
    const other = new Links(compiled);
    other.restore(new StateReader(writer.finish()));
    expect(other.wayUs(LINK, DIRECTION_BACK, -1, -1, 1, 0, 0)).toBe(links.wayUs(LINK, DIRECTION_BACK, -1, -1, 1, 0, 0));
  });
});

describe("opening a connection", () => {
  const declared = model(
    smallShop({
      network: {
        latency: ms(1),
        names: { timeToLive: duration(30_000_000), latency: duration(4_000) },
        handshake: { roundTrips: 2, cpu: duration(1_000) },
        gateway: { ports: 3, timeWait: duration(60_000_000) },
      },
    }),
  );
  const bank = declared.dependencies.findIndex(({ target }) => target === "bank");

  test("takes a look-up, the round trips and their processor time; the look-up only once in its time to live", () => {
    const setup = new ConnectionSetup(declared, 100);
    expect(setup.openUs(0, 0, 1, 1_000, 0)).toBe(4_000 + 4_000 + 1_000);
    expect(setup.openUs(0, 0, 1, 1_000, 29_000_000)).toBe(5_000);
    expect(setup.openUs(0, 0, 1, 1_000, 31_000_000)).toBe(9_000);
  });

  test("to the outside takes a port that stays taken for a while after the connection was closed", () => {
    const setup = new ConnectionSetup(declared, 100);
    for (let port = 0; port < 3; port++) {
      setup.openUs(bank, 0, port, 1_000, 0);
      expect(setup.status).toBe(STATUS_OK);
    }
    setup.openUs(bank, 0, 9, 1_000, 0);
    expect(setup.status).toBe(STATUS_NO_LOCAL_PORT);
    setup.closed(bank, 2, 1_000_000);
    expect(setup.portsTaken(2_000_000)).toBe(3);
    expect(setup.portsTaken(61_000_001)).toBe(1);
    setup.openUs(bank, 0, 9, 1_000, 61_000_001);
    expect(setup.status).toBe(STATUS_OK);
  });
});

describe("faults of the network", () => {
  function compare(...faults: FaultSpec[]) {
    const shop = model(smallShop({ rps: 40 }), { faults });
    const world = engine(shop);
    const twin = engine(shop, { faultsOn: false });
    world.run(at(100));
    twin.run(at(100));
    return { world, result: compareWorlds(shop, world.spans, twin.spans, { fromUs: at(0), toUs: at(90) }) };
  }
  const edgeOf = (result: ReturnType<typeof compare>["result"], from: string, to: string) =>
    result.edges.find((one) => one.from === from && one.to === to);

  test("latency on one link is what each call over it takes longer, there and back", () => {
    const { result } = compare(
      fault({ class: "network/latency", target: "cart", onset: at(0), parameters: { peer: "edge", addedUs: 40_000 } }),
    );
    const edge = edgeOf(result, "edge", "cart");
    expect((edge?.extraUs ?? 0) / (edge?.calls ?? 1)).toBeCloseTo(80_000, -3);
    expect(Math.abs(edgeOf(result, "edge", "order")?.extraUs ?? 0)).toBeLessThan(2e6);
    expect(result.nodes.find(({ component }) => component === "cart")?.ownExtraUs).toBeLessThan(1e6);
  });

  test("a partition that drops lets callers time out, one that refuses fails them at once, and both end with it", () => {
    for (const [mode, name] of [
      ["drop", "client-timeout"],
      ["refuse", "connection-refused"],
    ]) {
      const { world } = compare(
        fault({
          class: "network/partition",
          target: "cart",
          onset: at(30),
          until: at(50),
          parameters: { peer: "edge", mode: mode ?? "" },
        }),
      );
      const calls = spansOf(world, "edge client GET /cart");
      const during = calls.filter(({ startUs }) => startUs > at(31) && startUs < at(48));
      expect(during.length).toBeGreaterThan(100);
      expect(during.every(({ status }) => SPAN_STATUSES[status]?.name === name)).toBe(true);
      const after = calls.filter(({ startUs, ended }) => ended && startUs > at(55));
      expect(after.every(({ status }) => status === STATUS_OK)).toBe(true);
    }
  });

  test("connections break for the share that was asked for", () => {
    const { world } = compare(
      fault({ class: "network/connection-reset", target: "cart", onset: at(0), parameters: { ratio: 0.2 } }),
    );
    const calls = spansOf(world, "edge client GET /cart").filter(({ ended }) => ended);
    const reset = calls.filter(({ status }) => SPAN_STATUSES[status]?.name === "instance-stopped").length;
    expect(reset / calls.length).toBeGreaterThan(0.17);
    expect(reset / calls.length).toBeLessThan(0.23);
  });

  test.each([
    ["network/dns-error", "name-unresolved"],
    ["security/certificate-expired", "certificate-expired"],
  ])("%s strikes who opens a connection and leaves open ones alone", (name, status) => {
    const shop = model(smallShop({ rps: 40 }), {
      faults: [fault({ class: name, target: "cart", onset: at(30), parameters: {} })],
    });
    const world = engine(shop);
    world.run(at(40));
    const struck = (): number =>
      spansOf(world, "edge client GET /cart").filter((span) => SPAN_STATUSES[span.status]?.name === status).length;
    const before = struck();
    world.act("restart", at(40), { kind: "restart", service: "edge" });
    world.run(at(100));
    expect(struck()).toBeGreaterThan(before + 100);
  });

  test("a lost zone is cut off from the others, and callers there are not reached by users", () => {
    const { world } = compare(
      fault({ class: "network/zone-loss", target: "edge", onset: at(30), parameters: { zone: "zone-b" } }),
    );
    const users = spansOf(world, "edge server").filter(({ startUs }) => startUs > at(31));
    const names = new Set(users.map(({ instance }) => world.model.instances[instance]?.name));
    expect([...names]).toEqual(["edge-0"]);
    const failed = spansOf(world, "edge client GET /cart").filter(
      ({ startUs, status }) => startUs > at(31) && status !== 0,
    );
    expect(failed.length).toBeGreaterThan(100);
  });
});
