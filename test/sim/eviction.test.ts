/** Orders of eviction and the content of limited caches, against slow obvious models and Che's approximation. */
import { expect, test } from "vitest";
import { below, combine, uniform } from "../../server/base/draw.js";
import { duration } from "../../server/base/time.js";
import { StateReader, StateWriter } from "../../server/base/state-stream.js";
import { ZipfTable } from "../../server/base/zipf.js";
import { CacheContent, LOOKUP_HIT, LOOKUP_MISS, LOOKUP_REFRESH } from "../../server/sim/cache-content.js";
import { characteristicTime } from "../../server/sim/cache-warmth.js";
import { type EvictionOrder, FrequencyOrder, RecencyOrder } from "../../server/sim/eviction.js";
import type { CacheSpec, KeyspaceSpec } from "../../server/topology/types.js";
import { cache, journey, model, NOON, operation, service, topology } from "../fixtures/topology.js";

const ENTRIES = 60;
const ROOM = 20;

/** A cache as a list, the next victim first. */
class SlowCache {
  readonly entries: { entry: number; uses: number; lastUse: number }[] = [];
  clock = 0;
  constructor(readonly policy: "lru" | "lfu") {}

  victim(): number {
    const sorted = [...this.entries].sort((a, b) =>
      this.policy === "lru" ? a.lastUse - b.lastUse : a.uses - b.uses || a.lastUse - b.lastUse,
    );
    return sorted[0]!.entry;
  }

  use(entry: number): void {
    const held = this.entries.find((candidate) => candidate.entry === entry);
    if (held !== undefined) {
      held.uses++;
      held.lastUse = ++this.clock;
      return;
    }
    if (this.entries.length === ROOM) this.remove(this.victim());
    this.entries.push({ entry, uses: 1, lastUse: ++this.clock });
  }

  remove(entry: number): void {
    const at = this.entries.findIndex((candidate) => candidate.entry === entry);
    if (at >= 0) this.entries.splice(at, 1);
  }
}

const orderOf = (policy: "lru" | "lfu"): EvictionOrder =>
  policy === "lru" ? new RecencyOrder(ENTRIES) : new FrequencyOrder(ENTRIES);

test.each(["lru", "lfu"] as const)("%s gives up the entries that a list would, through a checkpoint too", (policy) => {
  const slow = new SlowCache(policy);
  let order = orderOf(policy);
  for (let step = 0; step < 5_000; step++) {
    const entry = below(combine(7, step), ENTRIES);
    if (step % 17 === 0) {
      slow.remove(entry);
      if (order.has(entry)) order.remove(entry);
      continue;
    }
    slow.use(entry);
    if (order.has(entry)) order.touch(entry);
    else {
      if (order.count === ROOM) order.remove(order.victim());
      order.insert(entry);
    }
    expect(order.count).toBe(slow.entries.length);
    expect(order.victim()).toBe(slow.victim());
    if (step % 1_000 === 999) {
      const writer = new StateWriter();
      order.save(writer);
      order = orderOf(policy);
      order.restore(new StateReader(writer.finish()));
    }
  }
});

function content(keyspace: Partial<KeyspaceSpec>, spec: Partial<CacheSpec> = {}, rps = 1_000): CacheContent {
  const keys: KeyspaceSpec = { id: "item", keys: 2_000, zipf: 0.9, timeToLive: duration(86_400_000_000), ...keyspace };
  const front = service({
    id: "front",
    kind: "edge",
    operations: [
      operation({ name: "GET /", steps: [{ kind: "cache", cache: "items", keyspace: "item", onMiss: [] }] }),
    ],
  });
  const spec_ = topology({
    rps,
    services: [front],
    caches: [cache({ id: "items", keyspaces: [keys], ...spec })],
    journeys: [journey("all", "front", "GET /")],
  });
  return new CacheContent(model(spec_), 5, rps, NOON);
}

test("a full cache under independent references hits as often as Che's approximation says, from the start", () => {
  const rps = 1_000;
  const room = 300;
  const held = content({}, { capacity: room });
  const popularity = new ZipfTable(2_000, 0.9);
  const rates = Float64Array.from({ length: 2_000 }, (_, key) => popularity.shareOf(key) * rps);
  const time = characteristicTime(rates, room);
  const expected = rates.reduce((sum, rate) => sum + (rate / rps) * -Math.expm1(-rate * time), 0);
  const hitRate = (from: number, to: number): number => {
    let hits = 0;
    for (let step = from; step < to; step++) {
      const nowUs = NOON + step * 1_000;
      const key = held.keyFor(0, combine(99, step));
      if (held.lookUp(0, key, nowUs) === LOOKUP_HIT) hits++;
      else held.store(0, key, step, nowUs);
    }
    return hits / (to - from);
  };
  // The first seconds are as good as the rest: the content of the beginning is that of a long life.
  expect(Math.abs(hitRate(0, 4_000) - expected)).toBeLessThan(0.03);
  expect(Math.abs(hitRate(4_000, 200_000) - expected)).toBeLessThan(0.01);
  expect(held.keysOf(0)).toBe(room);
});

test("the spread of the time to live is where it was asked for, and entries end then", () => {
  const held = content({ timeToLive: duration(100_000_000), timeToLiveJitter: 0.2 });
  const ends: number[] = [];
  for (let draw = 0; draw < 300; draw++) {
    held.store(0, 0, combine(3, draw), NOON);
    let low = 0;
    let high = 200;
    while (high - low > 0.01) {
      const middle = (low + high) / 2;
      if (held.lookUp(0, 0, NOON + middle * 1e6) === LOOKUP_HIT) low = middle;
      else high = middle;
    }
    ends.push(high);
  }
  expect(Math.min(...ends)).toBeGreaterThan(80 - 0.1);
  expect(Math.max(...ends)).toBeLessThan(120 + 0.1);
  expect(ends.reduce((sum, end) => sum + end, 0) / ends.length).toBeCloseTo(100, -1);
  expect(Math.max(...ends) - Math.min(...ends)).toBeGreaterThan(35);
});

test("refresh ahead asks one request to rebuild and lets the others have the old entry", () => {
  const held = content({ timeToLive: duration(100_000_000), refreshAhead: 0.2 });
  held.store(0, 3, 1, NOON);
  expect(held.lookUp(0, 3, NOON + 79e6)).toBe(LOOKUP_HIT);
  expect(held.lookUp(0, 3, NOON + 81e6)).toBe(LOOKUP_REFRESH);
  expect(held.lookUp(0, 3, NOON + 82e6)).toBe(LOOKUP_HIT);
  held.store(0, 3, 2, NOON + 83e6);
  expect(held.lookUp(0, 3, NOON + 101e6)).toBe(LOOKUP_HIT);
  expect(held.lookUp(0, 3, NOON + 200e6)).toBe(LOOKUP_MISS);
});

test("less room pushes the least recently used out; a cache without a limit gets one and loses it again", () => {
  const held = content({ keys: 100, zipf: 0.5, timeToLive: duration(3_600_000_000) });
  for (let key = 0; key < 100; key++) held.store(0, key, key, NOON);
  held.roomShare[0] = 0.1;
  held.refresh(0, NOON + 1);
  const present = Array.from({ length: 100 }, (_, key) => held.lookUp(0, key, NOON + 2)).filter(
    (found) => found === LOOKUP_HIT,
  );
  expect(present.length).toBe(10);
  expect(held.evicted[0]).toBe(90);
  held.roomShare[0] = 1;
  held.refresh(0, NOON + 3);
  for (let key = 0; key < 100; key++) held.store(0, key, key, NOON + 4);
  expect(held.evicted[0]).toBe(90);
  expect(held.isLimited(0)).toBe(false);
});

test("a content that is restored goes on like the original", () => {
  const build = (): CacheContent =>
    content({ timeToLiveJitter: 0.1, refreshAhead: 0.1 }, { capacity: 200, eviction: "lfu" });
  const play = (held: CacheContent, from: number, to: number): number => {
    let hash = 0;
    for (let step = from; step < to; step++) {
      const key = held.keyFor(0, combine(4, step));
      const found = held.lookUp(0, key, NOON + step * 50_000);
      if (found !== LOOKUP_HIT) held.store(0, key, step, NOON + step * 50_000);
      hash = combine(hash, found);
    }
    return uniform(hash);
  };
  const original = build();
  play(original, 0, 3_000);
  const writer = new StateWriter();
  original.save(writer);
  const restored = build();
  restored.restore(new StateReader(writer.finish()));
  expect(play(restored, 3_000, 6_000)).toBe(play(original, 3_000, 6_000));
});
