/**
 * Locks of stores. A statement that locks rows waits in the line of each row (first come, first served) and holds what
 * it has until it ends; two rows are taken in the order in which the statement names them, so that two statements can
 * wait for each other. Who waits while holding is looked at after a second, as PostgreSQL does (deadlock_timeout): when
 * the chain of holders leads back to it, it is the victim. A lock on a table that something else holds (a schema change,
 * a forgotten transaction) makes every statement on the table wait.
 *
 * Rows are told apart by a hash: LOCK_SLOTS of them for each store. Collisions are locks of pages, in effect.
 */
import { mix } from "../base/draw.js";
import type { Checkpointed, StateReader, StateWriter } from "../base/state-stream.js";
import type { Model } from "../topology/model-types.js";
import { FRAME_LOCK, FRAME_LOCK_SECOND, FRAME_SHIFT, FRAME_WANTED, FrameLines, type Frames } from "./frames.js";

export const LOCK_SLOTS = 1_024;
/** The slot of the row that a fault makes hot. */
const HOT_SLOT = 0;
const FREE = -1;

export class StoreLocks implements Checkpointed {
  /** By table of the world: whether something holds it against everybody. */
  readonly tableHeld: Uint8Array;
  /** Statements that wait for a table. */
  readonly tableLines: FrameLines;
  /** By store: statements that wait for a lock. */
  readonly waiting: Int32Array;
  readonly deadlocks: Int32Array;
  readonly #holder: Int32Array;
  readonly #lines: FrameLines;
  readonly #tables: readonly { readonly store: number; readonly table: string }[];
  /** By query of the model. */
  readonly tableOf: Int32Array;

  constructor(
    model: Model,
    readonly frames: Frames,
  ) {
    const names = [...new Set(model.queries.map(({ store, spec }) => `${String(store)} ${spec.table}`))];
    this.#tables = names.map((name) => {
      const [store, ...table] = name.split(" ");
      return { store: Number(store), table: table.join(" ") };
    });
    this.tableOf = Int32Array.from(model.queries, ({ store, spec }) => names.indexOf(`${String(store)} ${spec.table}`));
    this.tableHeld = new Uint8Array(names.length);
    this.tableLines = new FrameLines(frames, names.length);
    this.waiting = new Int32Array(model.stores.length);
    this.deadlocks = new Int32Array(model.stores.length);
    this.#holder = new Int32Array(model.stores.length * LOCK_SLOTS).fill(FREE);
    this.#lines = new FrameLines(frames, model.stores.length * LOCK_SLOTS);
  }

  /** Number of a table of a store, −1 when no statement touches it. */
  tableIndex(store: number, table: string): number {
    return this.#tables.findIndex((one) => one.store === store && one.table === table);
  }

  /** The slot of a row. */
  slotOf(store: number, table: number, key: number): number {
    return store * LOCK_SLOTS + 1 + ((mix(Math.imul(table + 1, 0x9e37_79b1) ^ key) >>> 0) % (LOCK_SLOTS - 1));
  }

  hotSlotOf(store: number): number {
    return store * LOCK_SLOTS + HOT_SLOT;
  }

  /** Takes a slot for the frame, or puts it into the slot's line: false. */
  take(slot: number, frame: number): boolean {
    const base = frame << FRAME_SHIFT;
    const { data } = this.frames;
    if (this.#holder[slot] === FREE || this.#holder[slot] === frame) {
      this.#holder[slot] = frame;
      data[base + FRAME_WANTED] = FREE;
      return true;
    }
    data[base + FRAME_WANTED] = slot;
    this.#lines.append(slot, frame);
    this.waiting[Math.floor(slot / LOCK_SLOTS)]++;
    return false;
  }

  /** The frame no longer waits: it was given up. */
  leave(frame: number): void {
    const slot = this.frames.data[(frame << FRAME_SHIFT) + FRAME_WANTED];
    if (slot < 0) return;
    this.#lines.remove(slot, frame);
    this.waiting[Math.floor(slot / LOCK_SLOTS)]--;
    this.frames.data[(frame << FRAME_SHIFT) + FRAME_WANTED] = FREE;
  }

  /** Gives a slot to the first in its line, which is the answer; −1 when nobody waits. */
  pass(slot: number, frame: number): number {
    if (slot < 0 || this.#holder[slot] !== frame) return FREE;
    const next = this.#lines.head[slot];
    this.#holder[slot] = next;
    if (next < 0) return FREE;
    this.#lines.remove(slot, next);
    this.waiting[Math.floor(slot / LOCK_SLOTS)]--;
    this.frames.data[(next << FRAME_SHIFT) + FRAME_WANTED] = FREE;
    return next;
  }

  /** Whether the holders that the frame waits for wait for the frame. */
  isInCycle(frame: number): boolean {
    const { data } = this.frames;
    let current = frame;
    for (let steps = 0; steps < LOCK_SLOTS; steps++) {
      const wanted = data[(current << FRAME_SHIFT) + FRAME_WANTED];
      if (wanted < 0) return false;
      current = this.#holder[wanted];
      if (current === frame) return true;
      if (current < 0) return false;
    }
    return false;
  }

  save(writer: StateWriter): void {
    writer.section();
    writer.array(this.tableHeld);
    this.tableLines.save(writer);
    writer.array(this.waiting);
    writer.array(this.deadlocks);
    const held = this.#holder.map((holder, slot) => (holder === FREE ? FREE : slot)).filter((slot) => slot !== FREE);
    writer.array(held);
    writer.array(held.map((slot) => this.#holder[slot]));
    writer.array(held.map((slot) => this.#lines.head[slot]));
    writer.array(held.map((slot) => this.#lines.tail[slot]));
    writer.array(held.map((slot) => this.#lines.length[slot]));
  }

  restore(reader: StateReader): void {
    reader.section();
    reader.into(this.tableHeld);
    this.tableLines.restore(reader);
    reader.into(this.waiting);
    reader.into(this.deadlocks);
    this.#holder.fill(FREE);
    const slots = reader.ints();
    const [holders, heads, tails, lengths] = [reader.ints(), reader.ints(), reader.ints(), reader.ints()];
    slots.forEach((slot, index) => {
      this.#holder[slot] = holders[index];
      this.#lines.head[slot] = heads[index];
      this.#lines.tail[slot] = tails[index];
      this.#lines.length[slot] = lengths[index];
    });
  }

  /** Marks a fresh statement as one that holds nothing. */
  forget(frame: number): void {
    const { data } = this.frames;
    const base = frame << FRAME_SHIFT;
    data[base + FRAME_LOCK] = FREE;
    data[base + FRAME_LOCK_SECOND] = FREE;
    data[base + FRAME_WANTED] = FREE;
  }
}
