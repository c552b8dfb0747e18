/**
 * Connections of pools that are told apart: each belongs to one instance of the target, is used again last in first
 * out, and is closed when it was idle too long, when it is too old, or when its call broke.
 *
 * A server that closes idle connections by itself (keep-alive shorter than the caller's idle time-out) makes a race: it
 * closes K after its last answer left; the caller notices `notice` after the news has come. A question that is sent
 * before that and arrives after the close is answered by a reset. With idle times of density f the share of reuses that
 * are reset is the integral of f over the window [K − back − there, K + notice).
 *
 * Source: RFC 9112 § 9.6 (a client can send a request while the server closes); AWS, "Troubleshoot your Application
 * Load Balancers", 502 with a keep-alive shorter than the idle time-out.
 */
import type { Checkpointed, StateReader, StateWriter } from "../../base/state-stream.js";
import type { ConnectionsSpec } from "../../topology/resilience-spec.js";

/** Connections of one pool, by slot; idle slots in the order in which they became idle. */
interface Kept {
  target: Int32Array;
  openedUs: Float64Array;
  idleSinceUs: Float64Array;
  idle: Int32Array;
  idleCount: number;
  free: Int32Array;
  freeCount: number;
}

/** Who says which instances are well. */
export interface Wishes {
  isWanted(pool: number, instance: number, nowUs: number): boolean;
}

const SLOTS = 8;

const empty = (): Kept => ({
  target: new Int32Array(SLOTS).fill(-1),
  openedUs: new Float64Array(SLOTS),
  idleSinceUs: new Float64Array(SLOTS),
  idle: new Int32Array(SLOTS),
  idleCount: 0,
  free: Int32Array.from({ length: SLOTS }, (_, slot) => SLOTS - 1 - slot),
  freeCount: SLOTS,
});

export class KeptConnections implements Checkpointed {
  readonly #pools: (Kept | undefined)[];

  constructor(pools: number) {
    this.#pools = Array.from({ length: pools }, () => undefined);
  }

  /** Closes what was idle for too long, the server's own limit included (0: none); how many. */
  expire(pool: number, { idleTimeout, notice }: ConnectionsSpec, serverIdleUs: number, nowUs: number): number {
    const kept = this.#of(pool);
    const ownUs = idleTimeout > 0 ? idleTimeout : Infinity;
    const limitUs = Math.min(ownUs, serverIdleUs > 0 ? serverIdleUs + notice : Infinity);
    let closed = 0;
    while (closed < kept.idleCount && nowUs - kept.idleSinceUs[kept.idle[closed]] >= limitUs) {
      kept.free[kept.freeCount++] = kept.idle[closed++];
    }
    kept.idle.copyWithin(0, closed, kept.idleCount);
    kept.idleCount -= closed;
    return closed;
  }

  /** Takes the newest idle connection to the target, or one of which that is not known; its slot, −1 for none. */
  take(pool: number, target: number): number {
    const kept = this.#of(pool);
    for (let at = kept.idleCount - 1; at >= 0; at--) {
      const slot = kept.idle[at];
      if (kept.target[slot] !== target && kept.target[slot] >= 0) continue;
      kept.idle.copyWithin(at, at + 1, kept.idleCount--);
      return slot;
    }
    return -1;
  }

  /** Takes the newest idle connection to an instance that `wishes` wants; its slot, −1 for none. */
  takeWanted(pool: number, wishes: Wishes, nowUs: number): number {
    const kept = this.#of(pool);
    for (let at = kept.idleCount - 1; at >= 0; at--) {
      const slot = kept.idle[at];
      if (kept.target[slot] < 0 || !wishes.isWanted(pool, kept.target[slot], nowUs)) continue;
      kept.idle.copyWithin(at, at + 1, kept.idleCount--);
      return slot;
    }
    return -1;
  }

  /** Closes the connection that has been idle longest; false when none is idle. */
  evict(pool: number): boolean {
    const kept = this.#of(pool);
    if (kept.idleCount === 0) return false;
    kept.free[kept.freeCount++] = kept.idle[0];
    kept.idle.copyWithin(0, 1, kept.idleCount--);
    return true;
  }

  /** The other side has broken all that are idle. */
  dropIdle(pool: number): void {
    const kept = this.#pools[pool];
    if (kept === undefined) return;
    while (kept.idleCount > 0) kept.free[kept.freeCount++] = kept.idle[--kept.idleCount];
  }

  open(pool: number, target: number, nowUs: number): number {
    const kept = this.#of(pool);
    if (kept.freeCount === 0) grow(kept);
    const slot = kept.free[--kept.freeCount];
    kept.target[slot] = target;
    kept.openedUs[slot] = nowUs;
    kept.idleSinceUs[slot] = nowUs;
    return slot;
  }

  /** An idle connection of which nobody knows where it leads. */
  adopt(pool: number, nowUs: number): void {
    this.giveBack(pool, this.open(pool, -1, nowUs), false, 0, nowUs);
  }

  count(pool: number): number {
    const kept = this.#of(pool);
    return kept.target.length - kept.freeCount;
  }

  /** Those that are in use. */
  busy(pool: number): number {
    return this.count(pool) - this.#of(pool).idleCount;
  }

  /** The connection is to this instance from now on. */
  assign(pool: number, slot: number, target: number): void {
    this.#of(pool).target[slot] = target;
  }

  targetOf(pool: number, slot: number): number {
    return this.#of(pool).target[slot];
  }

  /** Since when the connection was idle before it was taken. */
  idleSinceUs(pool: number, slot: number): number {
    return this.#of(pool).idleSinceUs[slot];
  }

  /** The call over the connection has ended; whether the connection is kept. */
  giveBack(pool: number, slot: number, broken: boolean, maxLifetimeUs: number, nowUs: number): boolean {
    const kept = this.#of(pool);
    if (broken || (maxLifetimeUs > 0 && nowUs - kept.openedUs[slot] >= maxLifetimeUs)) {
      kept.free[kept.freeCount++] = slot;
      return false;
    }
    kept.idleSinceUs[slot] = nowUs;
    kept.idle[kept.idleCount++] = slot;
    return true;
  }

  forget(pool: number): void {
    this.#pools[pool] = undefined;
  }

  save(writer: StateWriter): void {
    writer.section();
    const present = this.#pools.flatMap((kept, pool) => (kept === undefined ? [] : [pool]));
    writer.array(Int32Array.from(present));
    for (const pool of present) {
      const { target, openedUs, idleSinceUs, idle, idleCount, free, freeCount } = this.#of(pool);
      for (const values of [target, openedUs, idleSinceUs, idle, free]) writer.array(values);
      writer.int(idleCount);
      writer.int(freeCount);
    }
  }

  restore(reader: StateReader): void {
    reader.section();
    this.#pools.fill(undefined);
    for (const pool of reader.ints()) {
      this.#pools[pool] = {
        target: reader.ints(),
        openedUs: reader.doubles(),
        idleSinceUs: reader.doubles(),
        idle: reader.ints(),
        free: reader.ints(),
        idleCount: reader.int(),
        freeCount: reader.int(),
      };
    }
  }

  #of(pool: number): Kept {
    return (this.#pools[pool] ??= empty());
  }
}

function grow(kept: Kept): void {
  const before = kept.target.length;
  const larger = <Values extends Int32Array | Float64Array>(values: Values, next: Values): Values => {
    next.set(values);
    return next;
  };
  kept.target = larger(kept.target, new Int32Array(before * 2));
  kept.openedUs = larger(kept.openedUs, new Float64Array(before * 2));
  kept.idleSinceUs = larger(kept.idleSinceUs, new Float64Array(before * 2));
  kept.idle = larger(kept.idle, new Int32Array(before * 2));
  kept.free = new Int32Array(before * 2);
  for (let slot = before * 2 - 1; slot >= before; slot--) kept.free[kept.freeCount++] = slot;
}
