/**
 * The worlds that are in memory: at most so many, each opened when it is first used and closed when its place is
 * needed by another. A world is a pure function of its scenario, seed and actions, so closing one loses nothing: it is
 * built again when somebody asks.
 */
import { LimitError } from "../base/limit-error.js";
import { WorldFailure, type WorldHandle } from "../world/handle.js";

export interface ShelfSlot {
  readonly key: string;
  open(): Promise<WorldHandle>;
  /** Whether the world may give its place to another now. */
  mayClose(): boolean;
}

interface Entry {
  readonly slot: ShelfSlot;
  readonly handle: Promise<WorldHandle>;
  users: number;
  lastUse: number;
}

export class WorldShelf {
  readonly #entries = new Map<string, Entry>();
  #uses = 0;

  constructor(private readonly worldsMax: number) {}

  /** Worlds that are open or being opened. */
  get size(): number {
    return this.#entries.size;
  }

  has(key: string): boolean {
    return this.#entries.has(key);
  }

  /**
   * The outcome of `work` on the slot's world, which stays open while the work goes on. Throws LimitError when there is
   * no place. A world that fails is taken off the shelf.
   */
  async use<Value>(slot: ShelfSlot, work: (handle: WorldHandle) => Promise<Value>): Promise<Value> {
    const entry = this.#entries.get(slot.key) ?? this.#place(slot);
    entry.users += 1;
    this.#uses += 1;
    entry.lastUse = this.#uses;
    try {
      return await work(await entry.handle);
    } catch (error) {
      if (error instanceof WorldFailure) this.#remove(entry);
      throw error;
    } finally {
      entry.users -= 1;
    }
  }

  /** Closes the world of this slot if it is open; the next use builds it again. */
  drop(key: string): void {
    const entry = this.#entries.get(key);
    if (entry !== undefined) this.#remove(entry);
  }

  async closeAll(): Promise<void> {
    const entries = [...this.#entries.values()];
    this.#entries.clear();
    await Promise.all(entries.map(closeEntry));
  }

  #place(slot: ShelfSlot): Entry {
    if (this.#entries.size >= this.worldsMax) this.#makeRoom();
    const entry: Entry = { slot, handle: slot.open(), users: 0, lastUse: 0 };
    this.#entries.set(slot.key, entry);
    entry.handle.catch(() => {
      if (this.#entries.get(slot.key) === entry) this.#entries.delete(slot.key);
    });
    return entry;
  }

  #makeRoom(): void {
    const closable = [...this.#entries.values()].filter(({ users, slot }) => users === 0 && slot.mayClose());
    const oldest = closable.sort((one, other) => one.lastUse - other.lastUse)[0];
    if (oldest === undefined) {
      throw new LimitError("worlds in memory", this.worldsMax, undefined, "Pause, end or leave another run first.");
    }
    this.#remove(oldest);
  }

  #remove(entry: Entry): void {
    if (this.#entries.get(entry.slot.key) === entry) this.#entries.delete(entry.slot.key);
    void closeEntry(entry);
  }
}

/** A world that has failed or never came up has nothing left to close. */
async function closeEntry(entry: Entry): Promise<void> {
  try {
    await (await entry.handle).close();
  } catch {
    return;
  }
}
