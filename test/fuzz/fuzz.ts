/**
 * The driver of all fuzzing of query languages: random queries, and queries broken at random, against one language.
 * What must hold: no crash, no query far over its time, and every error says where it is. The same seed asks the same.
 */

/** Random choices. */
export interface Luck {
  /** 0 ≤ n < `below`. */
  nat(below: number): number;
  pick<Item>(items: readonly Item[]): Item;
  chance(share: number): boolean;
}

/** What became of one query. */
export interface FuzzOutcome {
  readonly kind: "answered" | "refused" | "failed";
  /** Of the error, half-open, in characters; undefined where it has no place in the text, as a limit has none. */
  readonly place: { readonly from: number; readonly to: number } | undefined;
  readonly message: string;
}

/** One language: how its queries are made, and asked. */
export interface FuzzSubject {
  readonly name: string;
  /** A query that is right, more often than not. */
  generate(luck: Luck): string;
  /** Bits of the language that upset a query when they are put in. */
  readonly fragments: readonly string[];
  /** Parses and evaluates. Throws what is no error of the query: a crash. */
  ask(text: string): FuzzOutcome;
}

export interface FuzzReport {
  readonly answered: number;
  readonly refused: number;
  readonly failed: number;
  readonly slowestMs: number;
  readonly slowest: string;
}

export interface FuzzOptions {
  readonly count: number;
  readonly seed: number;
  readonly clockMs: () => number;
  /** No query takes longer. */
  readonly hangMs: number;
}

/** Asks `count` queries. Throws at the first that breaks a rule, with its number and text. */
export function fuzz(subject: FuzzSubject, { count, seed, clockMs, hangMs }: FuzzOptions): FuzzReport {
  const luck = luckOf(seed);
  const tally = { answered: 0, refused: 0, failed: 0 };
  let slowestMs = 0;
  let slowest = "";
  for (let number = 0; number < count; number++) {
    const right = subject.generate(luck);
    const text = luck.chance(0.5) ? right : mutate(right, subject, luck);
    const begunMs = clockMs();
    const complain = (what: string): Error =>
      new Error(`${subject.name}, seed ${String(seed)}, query ${String(number)}: ${what}\n${JSON.stringify(text)}`);
    let outcome: FuzzOutcome;
    try {
      outcome = subject.ask(text);
    } catch (error) {
      throw complain(`crashed: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}`);
    }
    const problem = problemOf(outcome, text);
    if (problem !== undefined) throw complain(problem);
    tally[outcome.kind]++;
    const tookMs = clockMs() - begunMs;
    if (tookMs > hangMs) throw complain(`took ${tookMs.toFixed(0)} ms`);
    if (tookMs > slowestMs) [slowestMs, slowest] = [tookMs, text];
  }
  return { ...tally, slowestMs, slowest };
}

function problemOf({ kind, place, message }: FuzzOutcome, text: string): string | undefined {
  if (kind === "answered") return undefined;
  if (message === "") return "an error without a word";
  if (place === undefined) return kind === "refused" ? `an error without a place: ${message}` : undefined;
  const inside = place.from >= 0 && place.from <= place.to && place.to <= text.length;
  return inside ? undefined : `an error outside of the query: ${message} at ${String(place.from)}–${String(place.to)}`;
}

/** Marsaglia's xorshift of 32 bits. */
export function luckOf(seed: number): Luck {
  let state = (seed | 0) === 0 ? 1 : seed | 0;
  const nat = (below: number): number => {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    return Math.floor(((state >>> 0) / 2 ** 32) * below);
  };
  return {
    nat,
    chance: (share) => nat(1_000_000) < share * 1_000_000,
    pick: <Item>(items: readonly Item[]): Item => {
      const item = items[nat(items.length)];
      if (item === undefined) throw new Error("nothing to pick from");
      return item;
    },
  };
}

type Mutation = (text: string, subject: FuzzSubject, luck: Luck) => string;

const span = (text: string, luck: Luck): readonly [number, number] => {
  const from = luck.nat(text.length + 1);
  return [from, Math.min(text.length, from + 1 + luck.nat(8))];
};

const MUTATIONS: readonly Mutation[] = [
  (text, _subject, luck) => {
    const [from, to] = span(text, luck);
    return text.slice(0, from) + text.slice(to);
  },
  (text, _subject, luck) => {
    const [from, to] = span(text, luck);
    return text.slice(0, to) + text.slice(from);
  },
  (text, { fragments }, luck) => {
    const at = luck.nat(text.length + 1);
    return text.slice(0, at) + luck.pick(fragments) + text.slice(at);
  },
  (text, { fragments }, luck) => {
    const [from, to] = span(text, luck);
    return text.slice(0, from) + luck.pick(fragments) + text.slice(to);
  },
  (text, subject, luck) => {
    const other = subject.generate(luck);
    return text.slice(0, luck.nat(text.length + 1)) + other.slice(luck.nat(other.length + 1));
  },
  (text, _subject, luck) => {
    const at = luck.nat(text.length + 1);
    return text.slice(0, at) + String.fromCodePoint(luck.nat(0x2000)) + text.slice(at);
  },
  (text, _subject, luck) => text.slice(0, luck.nat(text.length + 1)),
];

function mutate(text: string, subject: FuzzSubject, luck: Luck): string {
  let mutated = text;
  for (let left = 1 + luck.nat(3); left > 0; left--) mutated = luck.pick(MUTATIONS)(mutated, subject, luck);
  return mutated;
}
