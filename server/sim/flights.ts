/**
 * Rebuilding an entry of a cache once instead of once for everybody who misses it: the first request that misses leads,
 * the others wait for it and then go on as if they had found the entry, or fail as it fails (golang.org/x/sync/singleflight
 * within a process; a lock in the cache between processes). When the leader's process dies the next one leads. Without it
 * many requests that miss one popular entry all rebuild it: a stampede (A. Vattani et al., Optimal Probabilistic Cache
 * Stampede Prevention, VLDB 2015).
 *
 * Simplification, named: who waits has no time-out of its own; the leader's calls have theirs.
 */
import { assert } from "../base/assert.js";
import type { Checkpointed, StateReader, StateWriter } from "../base/state-stream.js";
import type { Model } from "../topology/model-types.js";
import { FIELD_TARGET_PC, INSTRUCTION_SHIFT } from "../topology/program.js";
import type { CacheContent } from "./cache-content.js";
import {
  FRAME_CALLER,
  FRAME_FLIGHT,
  FRAME_INSTANCE,
  FRAME_KIND,
  FRAME_NEXT,
  FRAME_PC,
  FRAME_REQUEST,
  FRAME_SHIFT,
  FRAME_STATE,
  FRAME_STATUS,
  type Frames,
  KIND_BRANCH,
  STATE_FLIGHT_LINE,
} from "./frames.js";
import type { Handler } from "./handler.js";
import type { RequestDraws } from "./request-draws.js";
import { STATUS_OK } from "./span-status.js";

export const FLIGHT_NONE = 0;
export const FLIGHT_PROCESS = 1;
export const FLIGHT_SHARED = 2;

interface Flight {
  name: number;
  leader: number;
  /** The flight that the leader led already when this one began: slot + 1, or 0. */
  outer: number;
  head: number;
  tail: number;
}

export class Flights implements Checkpointed {
  /** By keyspace: one of FLIGHT_…; orders of learners change it. */
  readonly scope: Uint8Array;
  /** Requests that have gone on with what another one had rebuilt. */
  shared = 0;
  readonly #byName = new Map<number, number>();
  /** Those that are over are used again. */
  readonly #flights: Flight[] = [];
  readonly #free: number[] = [];
  /** First name of a keyspace's keys, and how many names there are in all. */
  readonly #namesFrom: Float64Array;
  readonly #names: number;

  constructor(
    readonly model: Model,
    readonly frames: Frames,
    readonly draws: RequestDraws,
    readonly content: CacheContent,
    readonly handler: Handler,
  ) {
    let names = 0;
    this.#namesFrom = Float64Array.from(model.keyspaces, ({ spec }) => {
      names += spec.keys;
      return names - spec.keys;
    });
    this.#names = names;
    this.scope = Uint8Array.from(model.keyspaces, ({ spec }) =>
      spec.singleFlight === undefined ? FLIGHT_NONE : spec.singleFlight === "process" ? FLIGHT_PROCESS : FLIGHT_SHARED,
    );
  }

  /** The frame has missed its key: true when it goes on and rebuilds the entry, false when it waits for another. */
  board(frame: number, keyspace: number): boolean {
    const { data } = this.frames;
    const base = frame << FRAME_SHIFT;
    const key = this.content.keyFor(keyspace, this.draws.keyOf(data[base + FRAME_REQUEST]));
    const place = this.scope[keyspace] === FLIGHT_PROCESS ? data[base + FRAME_INSTANCE] + 1 : 0;
    const name = place * this.#names + this.#namesFrom[keyspace] + key;
    const slot = this.#byName.get(name);
    if (slot === undefined) {
      this.#lead(this.#take(name), frame);
      return true;
    }
    const flight = this.#at(slot);
    if (this.#isWithin(frame, flight.leader)) return true;
    this.#wait(flight, frame);
    return false;
  }

  /** Whether the frame is the leader or a branch of it: who rebuilds an entry and misses it again waits for nobody. */
  #isWithin(frame: number, leader: number): boolean {
    const { data } = this.frames;
    let at = frame;
    while (at !== leader && data[(at << FRAME_SHIFT) + FRAME_KIND] === KIND_BRANCH) {
      at = data[(at << FRAME_SHIFT) + FRAME_CALLER];
    }
    return at === leader;
  }

  /** The leader has rebuilt the entry, or has failed. */
  land(leader: number, ok: boolean, nowUs: number): void {
    const { data } = this.frames;
    const base = leader << FRAME_SHIFT;
    const slot = data[base + FRAME_FLIGHT] - 1;
    const flight = this.#at(slot);
    data[base + FRAME_FLIGHT] = flight.outer;
    const status = data[base + FRAME_STATUS];
    if (ok) this.#landed(slot, flight, nowUs);
    else if (status === STATUS_OK) this.#promote(slot, flight, nowUs);
    else this.#crashed(slot, flight, status, nowUs);
  }

  /** The program of a frame that leads flights has ended before it rebuilt them. */
  abandon(leader: number, nowUs: number): void {
    while (this.frames.data[(leader << FRAME_SHIFT) + FRAME_FLIGHT] !== 0) this.land(leader, false, nowUs);
  }

  /** A process is about to be killed: nobody of it waits or leads any more. Answers the flights without a leader. */
  forget(instance: number): readonly number[] {
    const orphans: number[] = [];
    const { data } = this.frames;
    const isHere = (frame: number): boolean => data[(frame << FRAME_SHIFT) + FRAME_INSTANCE] === instance;
    for (const slot of this.#byName.values()) {
      const flight = this.#at(slot);
      const waiting = this.#waiting(flight).filter((frame) => !isHere(frame));
      flight.head = -1;
      flight.tail = -1;
      for (const frame of waiting) this.#wait(flight, frame);
      if (!isHere(flight.leader)) continue;
      data[(flight.leader << FRAME_SHIFT) + FRAME_FLIGHT] = 0;
      orphans.push(slot);
    }
    return orphans;
  }

  /** Gives flights whose leader was killed a new one. */
  adopt(orphans: readonly number[], nowUs: number): void {
    for (const slot of orphans) this.#promote(slot, this.#at(slot), nowUs);
  }

  #landed(slot: number, flight: Flight, nowUs: number): void {
    const waiting = this.#waiting(flight);
    this.#release(slot, flight);
    const { code } = this.model.program;
    for (const frame of waiting) {
      const base = frame << FRAME_SHIFT;
      const { data } = this.frames;
      data[base + FRAME_PC] = code[(data[base + FRAME_PC] << INSTRUCTION_SHIFT) + FIELD_TARGET_PC];
      this.shared++;
      this.handler.execute(frame, nowUs);
    }
  }

  /** What the leader failed with everybody fails with who waited for it. */
  #crashed(slot: number, flight: Flight, status: number, nowUs: number): void {
    const waiting = this.#waiting(flight);
    this.#release(slot, flight);
    for (const frame of waiting) {
      this.frames.data[(frame << FRAME_SHIFT) + FRAME_STATUS] = status;
      this.handler.end(frame, nowUs);
    }
  }

  #promote(slot: number, flight: Flight, nowUs: number): void {
    const next = flight.head;
    if (next < 0) {
      this.#release(slot, flight);
      return;
    }
    flight.head = this.frames.data[(next << FRAME_SHIFT) + FRAME_NEXT];
    if (flight.head < 0) flight.tail = -1;
    this.#lead(slot, next);
    this.frames.data[(next << FRAME_SHIFT) + FRAME_PC]++;
    this.handler.execute(next, nowUs);
  }

  #lead(slot: number, frame: number): void {
    const { data } = this.frames;
    const flight = this.#at(slot);
    flight.leader = frame;
    flight.outer = data[(frame << FRAME_SHIFT) + FRAME_FLIGHT];
    data[(frame << FRAME_SHIFT) + FRAME_FLIGHT] = slot + 1;
  }

  #wait(flight: Flight, frame: number): void {
    const { data } = this.frames;
    data[(frame << FRAME_SHIFT) + FRAME_STATE] = STATE_FLIGHT_LINE;
    data[(frame << FRAME_SHIFT) + FRAME_NEXT] = -1;
    if (flight.tail < 0) flight.head = frame;
    else data[(flight.tail << FRAME_SHIFT) + FRAME_NEXT] = frame;
    flight.tail = frame;
  }

  #waiting(flight: Flight): readonly number[] {
    const waiting: number[] = [];
    const { data } = this.frames;
    for (let frame = flight.head; frame >= 0; frame = data[(frame << FRAME_SHIFT) + FRAME_NEXT]) waiting.push(frame);
    return waiting;
  }

  #at(slot: number): Flight {
    assert(slot >= 0 && slot < this.#flights.length, `flight ${String(slot)}`);
    return this.#flights[slot];
  }

  #take(name: number): number {
    const free = this.#free.pop();
    const slot = free ?? this.#flights.push({ name, leader: -1, outer: 0, head: -1, tail: -1 }) - 1;
    this.#flights[slot].name = name;
    this.#byName.set(name, slot);
    return slot;
  }

  #release(slot: number, { name }: Flight): void {
    this.#byName.delete(name);
    this.#flights[slot].head = -1;
    this.#flights[slot].tail = -1;
    this.#free.push(slot);
  }

  save(writer: StateWriter): void {
    writer.section();
    writer.array(this.scope);
    writer.double(this.shared);
    writer.json({ flights: this.#flights, free: this.#free });
    writer.json([...this.#byName]);
  }

  restore(reader: StateReader): void {
    reader.section();
    reader.into(this.scope);
    this.shared = reader.double();
    const { flights, free } = reader.json() as { flights: Flight[]; free: number[] };
    this.#flights.splice(0, Infinity, ...flights);
    this.#free.splice(0, Infinity, ...free);
    this.#byName.clear();
    for (const [name, slot] of reader.json() as [number, number][]) this.#byName.set(name, slot);
  }
}
