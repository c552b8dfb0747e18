/**
 * An evenly spread sample of a sequence of unknown length, in one pass and without luck: every so many things are kept,
 * and when there are too many, every second is dropped and the step is doubled.
 */
export class ThinnedSample<Thing> {
  /** Things that were offered. */
  total = 0;
  #kept: Thing[] = [];
  #step = 1;

  constructor(readonly limit: number) {}

  /** Whether the next thing would be kept: for things that are costly to make. */
  get wantsNext(): boolean {
    return this.total % this.#step === 0;
  }

  /** Calls `make` only where the thing is kept. */
  offer(make: () => Thing): void {
    const isWanted = this.wantsNext;
    this.total++;
    if (!isWanted) return;
    this.#kept.push(make());
    if (this.#kept.length < 2 * this.limit) return;
    this.#kept = this.#kept.filter((_, index) => index % 2 === 0);
    this.#step *= 2;
  }

  /** At most `limit`, in order. */
  taken(): readonly Thing[] {
    return spread(this.#kept, this.limit);
  }
}

/** At most `limit` of the things, evenly spread, in order. */
export function spread<Thing>(things: ArrayLike<Thing>, limit: number): readonly Thing[] {
  if (things.length <= limit) return Array.from(things);
  return Array.from({ length: limit }, (_, index) => things[Math.floor((index * things.length) / limit)]);
}
