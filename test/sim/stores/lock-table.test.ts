/** Locks against what is obvious: exclusion, lines, deadlocks. */
import { expect, test } from "vitest";
import { below, combine } from "../../../server/base/draw.js";
import { StateReader, StateWriter } from "../../../server/base/state-stream.js";
import { LockTable } from "../../../server/sim/stores/lock-table.js";

const ROW = 1;
const OTHER = 2;

test("shared holders do not exclude each other; an exclusive one excludes all", () => {
  const locks = new LockTable();
  expect(locks.request(0, ROW, false)).toBe(true);
  expect(locks.request(1, ROW, false)).toBe(true);
  expect(locks.request(2, ROW, true)).toBe(false);
  locks.release(0);
  expect(locks.granted).toEqual([]);
  locks.release(1);
  expect(locks.granted).toEqual([2]);
});

test("one exclusive request that waits stops everybody after it, and lets them go together", () => {
  const locks = new LockTable();
  locks.request(0, ROW, false);
  locks.request(1, ROW, true);
  expect([2, 3, 4].map((owner) => locks.request(owner, ROW, false))).toEqual([false, false, false]);
  expect(locks.blockersOf(3)).toEqual([0, 1, 2]);
  // The exclusive request is cancelled: nothing stands in the way any more.
  locks.release(1);
  expect(locks.granted).toEqual([2, 3, 4]);
});

test("two locks in opposite order are a deadlock, in the same order none", () => {
  const locks = new LockTable();
  locks.request(0, ROW, true);
  locks.request(1, OTHER, true);
  locks.request(0, OTHER, true);
  expect(locks.isDeadlocked(0)).toBe(false);
  locks.request(1, ROW, true);
  expect(locks.isDeadlocked(0)).toBe(true);
  expect(locks.isDeadlocked(1)).toBe(true);
  locks.release(1);
  expect(locks.granted).toEqual([0]);
  expect(locks.isDeadlocked(0)).toBe(false);
});

test("what is held is held again without waiting; a lone holder may exclude the others", () => {
  const locks = new LockTable();
  expect(locks.request(0, ROW, false)).toBe(true);
  expect(locks.request(0, ROW, true)).toBe(true);
  expect(locks.request(1, ROW, false)).toBe(false);
  locks.release(0);
  expect(locks.granted).toEqual([1]);
});

test("random owners: never two where one is alone, nobody is lost, the same after a checkpoint", () => {
  let locks = new LockTable();
  const holders = new Map<number, { owner: number; alone: boolean }[]>();
  const wants = new Map<number, { name: number; alone: boolean }>();
  const got = (owner: number, name: number, alone: boolean): void => {
    const list = holders.get(name) ?? [];
    const held = list.find((holder) => holder.owner === owner);
    if (held === undefined) list.push({ owner, alone });
    else held.alone ||= alone;
    holders.set(name, list);
    expect(list.length === 1 || list.every((holder) => !holder.alone)).toBe(true);
  };
  const release = (owner: number): void => {
    for (const [name, list] of holders)
      holders.set(
        name,
        list.filter((holder) => holder.owner !== owner),
      );
    wants.delete(owner);
    locks.release(owner);
    for (const next of locks.granted) {
      const { name, alone } = wants.get(next)!;
      wants.delete(next);
      got(next, name, alone);
    }
  };
  for (let step = 0; step < 4_000; step++) {
    const owner = below(combine(1, step), 12);
    const name = below(combine(2, step), 5);
    const alone = below(combine(3, step), 3) === 0;
    if (wants.has(owner)) {
      expect(locks.isWaiting(owner)).toBe(true);
      if (locks.isDeadlocked(owner) || step % 3 === 0) release(owner);
    } else if (step % 4 === 0) release(owner);
    else if (locks.request(owner, name, alone)) got(owner, name, alone);
    else wants.set(owner, { name, alone });
    if (step % 500 === 0) {
      const writer = new StateWriter();
      locks.save(writer);
      locks = new LockTable();
      locks.restore(new StateReader(writer.finish()));
    }
  }
  for (let owner = 0; owner < 12; owner++) release(owner);
  expect(locks.countHeld()).toBe(0);
  expect(wants.size).toBe(0);
});
