/**
 * Locks of a database: each has holders that share it, or one that excludes all others, and one line of those who wait.
 * First come, first served: whoever comes while others wait stands behind them even where it could share with the
 * holders, so one exclusive request that waits stops everybody after it (PostgreSQL: src/backend/storage/lmgr/README;
 * the queue behind a waiting ALTER TABLE). Owners are sessions, numbers below a bound that may grow.
 *
 * Deadlocks are looked for as PostgreSQL does: not when a wait begins but when it has lasted, by a search for a cycle
 * through the one who asks in the graph of who waits for whom.
 */
import { assert } from "../../base/assert.js";
import { LimitError } from "../../base/limit-error.js";
import type { Checkpointed, StateReader, StateWriter } from "../../base/state-stream.js";

/** Locks of one world that are held or waited for at a time. */
const LOCKS_MAX = 1 << 20;
const NOBODY = -1;

/** One lock that somebody holds or waits for. Reused when nobody does any more. */
interface Lock {
  name: number;
  /** Owners, in the order in which they got it; the exclusive one is alone. */
  readonly holders: number[];
  exclusive: boolean;
  /** Owners in the order in which they came. */
  readonly waiting: number[];
}

export class LockTable implements Checkpointed {
  readonly #locks: Lock[] = [];
  readonly #free: number[] = [];
  readonly #byName = new Map<number, number>();
  /** By owner: slots of the locks that it holds. */
  readonly #held: number[][] = [];
  /** By owner: slot of the lock that it waits for, or NOBODY, and whether it wants it alone. */
  readonly #waitsFor: number[] = [];
  readonly #wantsAlone: boolean[] = [];
  /** Owners that got their lock by the last `release` or `cancel`, in order. */
  readonly granted: number[] = [];

  /** Asks for a lock: true when the owner has it now (or had it already), false when it waits from now on. */
  request(owner: number, name: number, alone: boolean): boolean {
    this.#know(owner);
    assert(this.#waitsFor[owner] === NOBODY, `session ${String(owner)} waits already`);
    const slot = this.#slotOf(name);
    const lock = this.#locks[slot];
    if (lock.holders.includes(owner)) {
      if (!alone || lock.exclusive) return true;
      if (lock.holders.length === 1) {
        lock.exclusive = true;
        return true;
      }
    } else if (lock.waiting.length === 0 && this.#admits(lock, alone)) {
      this.#grant(slot, owner, alone);
      return true;
    }
    lock.waiting.push(owner);
    this.#waitsFor[owner] = slot;
    this.#wantsAlone[owner] = alone;
    return false;
  }

  /** The owner gives back all that it holds and stops waiting; `granted` has those who go on. */
  release(owner: number): void {
    this.#know(owner);
    this.granted.length = 0;
    this.#stopWaiting(owner);
    const held = this.#held[owner];
    for (const slot of held) {
      const lock = this.#locks[slot];
      lock.holders.splice(lock.holders.indexOf(owner), 1);
      if (lock.holders.length === 0) lock.exclusive = false;
      this.#admit(slot);
    }
    held.length = 0;
  }

  isWaiting(owner: number): boolean {
    return owner < this.#waitsFor.length && this.#waitsFor[owner] !== NOBODY;
  }

  holds(owner: number): number {
    return owner < this.#held.length ? this.#held[owner].length : 0;
  }

  /** Every lock that somebody holds: its name, whether by one alone, and by how many. */
  eachHeld(visit: (name: number, alone: boolean, holders: number) => void): void {
    for (const slot of this.#byName.values()) {
      const { name, exclusive, holders } = this.#locks[slot];
      if (holders.length > 0) visit(name, exclusive, holders.length);
    }
  }

  /** Locks that are held, each holder counted. */
  countHeld(): number {
    return this.#held.reduce((sum, held) => sum + held.length, 0);
  }

  /** Owners that the owner waits for directly: holders, and those before it in the line. */
  blockersOf(owner: number): readonly number[] {
    if (!this.isWaiting(owner)) return [];
    const { holders, waiting } = this.#locks[this.#waitsFor[owner]];
    const before = waiting.slice(0, waiting.indexOf(owner));
    return [...holders.filter((holder) => holder !== owner), ...before];
  }

  /** Whether the owner waits, over others, for itself. */
  isDeadlocked(owner: number): boolean {
    const seen = new Set<number>();
    const open = [...this.blockersOf(owner)];
    for (let next = open.pop(); next !== undefined; next = open.pop()) {
      if (next === owner) return true;
      if (seen.has(next)) continue;
      seen.add(next);
      open.push(...this.blockersOf(next));
    }
    return false;
  }

  save(writer: StateWriter): void {
    writer.section();
    writer.json([this.#locks, this.#free, [...this.#byName], this.#held, this.#waitsFor, this.#wantsAlone]);
  }

  restore(reader: StateReader): void {
    reader.section();
    const [locks, free, byName, held, waitsFor, wantsAlone] = reader.json() as [
      Lock[],
      number[],
      [number, number][],
      number[][],
      number[],
      boolean[],
    ];
    this.#locks.splice(0, Infinity, ...locks);
    this.#free.splice(0, Infinity, ...free);
    this.#byName.clear();
    for (const [name, slot] of byName) this.#byName.set(name, slot);
    this.#held.splice(0, Infinity, ...held);
    this.#waitsFor.splice(0, Infinity, ...waitsFor);
    this.#wantsAlone.splice(0, Infinity, ...wantsAlone);
  }

  #know(owner: number): void {
    while (this.#held.length <= owner) {
      this.#held.push([]);
      this.#waitsFor.push(NOBODY);
      this.#wantsAlone.push(false);
    }
  }

  #admits({ holders, exclusive }: Lock, alone: boolean): boolean {
    return holders.length === 0 || (!exclusive && !alone);
  }

  #grant(slot: number, owner: number, alone: boolean): void {
    const lock = this.#locks[slot];
    if (!lock.holders.includes(owner)) {
      lock.holders.push(owner);
      this.#held[owner].push(slot);
    }
    lock.exclusive = alone || lock.exclusive;
  }

  #stopWaiting(owner: number): void {
    const slot = this.#waitsFor[owner];
    if (slot === NOBODY) return;
    const { waiting } = this.#locks[slot];
    waiting.splice(waiting.indexOf(owner), 1);
    this.#waitsFor[owner] = NOBODY;
    this.#admit(slot);
  }

  /** Lets those at the head of the line in, as many as fit, and forgets a lock that nobody needs. */
  #admit(slot: number): void {
    const lock = this.#locks[slot];
    for (let next = lock.waiting.at(0); next !== undefined; next = lock.waiting.at(0)) {
      const upgrades = lock.holders.length === 1 && lock.holders[0] === next;
      if (!upgrades && !this.#admits(lock, this.#wantsAlone[next])) break;
      lock.waiting.shift();
      this.#waitsFor[next] = NOBODY;
      this.#grant(slot, next, this.#wantsAlone[next]);
      this.granted.push(next);
    }
    if (lock.holders.length > 0 || lock.waiting.length > 0) return;
    this.#byName.delete(lock.name);
    lock.exclusive = false;
    this.#free.push(slot);
  }

  #slotOf(name: number): number {
    const known = this.#byName.get(name);
    if (known !== undefined) return known;
    const free = this.#free.pop();
    if (free === undefined && this.#locks.length >= LOCKS_MAX)
      throw new LimitError("locks of a world", LOCKS_MAX, this.#locks.length + 1, "Lower the load of the scenario.");
    const slot = free ?? this.#locks.push({ name, holders: [], exclusive: false, waiting: [] }) - 1;
    this.#locks[slot].name = name;
    this.#byName.set(name, slot);
    return slot;
  }
}
