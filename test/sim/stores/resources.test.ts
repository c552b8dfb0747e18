/** Disk, buffers and replication of a database against closed forms and slow obvious models. */
import { expect, test } from "vitest";
import { below, combine, uniform } from "../../../server/base/draw.js";
import { StateReader, StateWriter } from "../../../server/base/state-stream.js";
import { ZipfTable } from "../../../server/base/zipf.js";
import { BufferPool } from "../../../server/sim/stores/buffer-pool.js";
import { Disk } from "../../../server/sim/stores/disk.js";
import { Replication } from "../../../server/sim/stores/replication.js";
import { waitOfMMc } from "../../fixtures/queueing-formulas.js";

test("a disk of four channels under random requests waits as Erlang's formula says", () => {
  const arrivalsPerMs = 0.32;
  const serviceMs = 10;
  const disk = new Disk(4);
  let nowUs = 0;
  let waitUs = 0;
  const requests = 400_000;
  for (let request = 0; request < requests; request++) {
    nowUs += (-Math.log(uniform(combine(1, request))) / arrivalsPerMs) * 1_000;
    const duration = -Math.log(uniform(combine(2, request))) * serviceMs * 1_000;
    waitUs += disk.serve(duration, nowUs) - nowUs - duration;
  }
  const expectedMs = waitOfMMc(4, arrivalsPerMs * serviceMs, serviceMs);
  expect(waitUs / requests / 1_000 / expectedMs).toBeGreaterThan(0.95);
  expect(waitUs / requests / 1_000 / expectedMs).toBeLessThan(1.05);
});

test("buffers have what a slow clock has, through a checkpoint too", () => {
  const ROOM = 8;
  const slow: { page: number; uses: number }[] = [];
  let hand = 0;
  const touchSlow = (page: number): boolean => {
    const held = slow.find((entry) => entry.page === page);
    if (held !== undefined) {
      held.uses = Math.min(5, held.uses + 1);
      return true;
    }
    if (slow.length < ROOM) {
      slow.push({ page, uses: 1 });
      return false;
    }
    while (slow[hand]!.uses > 0) {
      slow[hand]!.uses--;
      hand = (hand + 1) % ROOM;
    }
    slow[hand] = { page, uses: 1 };
    hand = (hand + 1) % ROOM;
    return false;
  };
  let buffer = new BufferPool(40, ROOM);
  for (let step = 0; step < 4_000; step++) {
    const page = Math.min(below(combine(3, step), 40), below(combine(4, step), 40));
    expect(buffer.touch(page)).toBe(touchSlow(page));
    if (step % 1_000 === 500) {
      const writer = new StateWriter();
      buffer.save(writer);
      buffer = new BufferPool(40, ROOM);
      buffer.restore(new StateReader(writer.finish()));
    }
  }
  expect(buffer.hits + buffer.reads).toBe(4_000);
});

test("popular pages stay; after a restart nothing is there; a scan pushes them out", () => {
  const popularity = new ZipfTable(10_000, 1);
  const buffer = new BufferPool(20_000, 1_000);
  const hitRate = (from: number, count = 10_000): number => {
    const before = buffer.hits;
    for (let step = from; step < from + count; step++) buffer.touch(popularity.rankAt(uniform(combine(5, step))));
    return (buffer.hits - before) / count;
  };
  hitRate(0);
  hitRate(10_000);
  const warm = hitRate(20_000);
  // The thousand most popular of ten thousand pages have this share; the clock comes close to it.
  const best = Array.from({ length: 1_000 }, (_, page) => popularity.shareOf(page)).reduce((sum, one) => sum + one, 0);
  expect(warm).toBeGreaterThan(best - 0.12);
  expect(warm).toBeLessThanOrEqual(best + 0.01);
  buffer.clear();
  expect(buffer.has(0)).toBe(false);
  expect(hitRate(30_000, 1_000)).toBeLessThan(warm - 0.1);
  for (let round = 0; round < 6; round++) for (let page = 10_000; page < 20_000; page++) buffer.touch(page);
  expect(buffer.has(0)).toBe(false);
});

test("a replica that cannot keep up is behind by the fluid formula, and catches up when it can", () => {
  const replication = new Replication(400, 0, 10, 0);
  // 1,000 rows a second for 60 s against 400: at its end the replica has what was written at 24 s.
  for (let step = 1; step <= 60_000; step++) replication.commit(step % 10, 1, step * 1_000);
  expect(replication.lagUs(60_000_000) / 1e6).toBeCloseTo(36, 1);
  expect(replication.backlogRows(60_000_000)).toBeCloseTo(36_000, -1);
  expect(replication.isStaleFor(3, 60_000_000)).toBe(true);
  replication.setRate(3_600, 60_000_000);
  expect(replication.lagUs(69_900_000)).toBeGreaterThan(0);
  expect(replication.lagUs(70_100_000)).toBe(0);
  expect(replication.isStaleFor(3, 70_100_000)).toBe(false);
});

test("rows are neither lost nor made: written is taken over plus backlog, until a replica takes over", () => {
  const build = (): Replication => new Replication(700, 5_000, 4, 0);
  let replication = build();
  let written = 0;
  for (let step = 1; step < 20_000; step++) {
    const rows = below(combine(6, step), 3);
    written += rows;
    replication.commit(step % 4, rows, step * 1_500);
    if (step % 5_000 === 0) {
      const writer = new StateWriter();
      replication.save(writer);
      const before = replication.lagUs(step * 1_500);
      replication = build();
      replication.restore(new StateReader(writer.finish()));
      expect(replication.lagUs(step * 1_500)).toBe(before);
    }
  }
  expect(replication.written).toBe(written);
  const backlog = replication.backlogRows(30_000_000);
  expect(backlog).toBeGreaterThanOrEqual(0);
  expect(backlog).toBeLessThanOrEqual(written);
  expect(replication.lose(30_000_000)).toBe(backlog);
  expect(replication.backlogRows(30_000_000)).toBe(0);
});
