/**
 * Which series there are. Label names and values are interned as symbols; the label set of a series is a run of
 * (name, value) symbol pairs in one pool, so that 200,000 series cost some 100 bytes each and no objects. Postings
 * (name → value → ascending series numbers) answer matchers, as in Prometheus's head block (tsdb/index/postings.go).
 * Selections are remembered: label sets never change and numbers only grow, so a remembered selection is brought up to
 * date by looking at the new series alone.
 */
import { compileMatcher, type ValuePredicate } from "./matcher.js";
import type { LabelMatcher, Labels, SeriesRef } from "./metric-reader.js";

/** Selections that are remembered. A dashboard has some forty queries. */
const REMEMBERED_SELECTIONS = 256;

const NO_SERIES: readonly SeriesRef[] = [];

interface Selection {
  readonly matchers: readonly CompiledMatcher[];
  /** Series below this number have been looked at. */
  upTo: number;
  refs: readonly SeriesRef[];
}

/** A matcher with its verdicts by value symbol, so that a regular expression runs once per distinct value. */
class CompiledMatcher {
  readonly #verdicts = new Map<number, boolean>();
  readonly matchesEmpty: boolean;
  readonly #predicate: ValuePredicate;

  constructor(readonly matcher: LabelMatcher) {
    this.#predicate = compileMatcher(matcher);
    this.matchesEmpty = this.#predicate("");
  }

  matches(symbol: number, text: string): boolean {
    let verdict = this.#verdicts.get(symbol);
    if (verdict === undefined) {
      verdict = this.#predicate(text);
      this.#verdicts.set(symbol, verdict);
    }
    return verdict;
  }
}

export class LabelIndex {
  readonly #symbols: string[] = [];
  readonly #symbolOf = new Map<string, number>();
  /** Pairs of all series, one after the other; series r has those from offsets[r] to offsets[r + 1]. */
  #pairs = new Int32Array(4_096);
  #offsets = new Int32Array(1_024);
  /** Open addressing by hash of the pairs; holds series number + 1. */
  #table = new Int32Array(2_048);
  readonly #postings = new Map<number, Map<number, SeriesRef[]>>();
  readonly #rendered: (Labels | undefined)[] = [];
  readonly #selections = new Map<string, Selection>();
  /** Series so far; also the number of the next. */
  count = 0;

  /** The symbols of a label set, name by name in code unit order; empty values are left out, as Prometheus does. */
  pairsOf(labels: Labels): Int32Array {
    const names = Object.keys(labels).filter((name) => labels[name] !== "");
    names.sort();
    const pairs = new Int32Array(names.length * 2);
    for (const [i, name] of names.entries()) {
      pairs[2 * i] = this.#intern(name);
      pairs[2 * i + 1] = this.#intern(labels[name]);
    }
    return pairs;
  }

  /** Pairs of another index, whose symbols are `symbols`, in ours. */
  translate(pairs: Int32Array, symbols: readonly string[]): Int32Array {
    return pairs.map((symbol) => this.#intern(symbols[symbol]));
  }

  /** The series with exactly these pairs, or −1. */
  find(pairs: Int32Array): SeriesRef {
    return this.#table[this.#slotOf(pairs)] - 1;
  }

  /** Adds a series that is not there yet and returns its number. */
  add(pairs: Int32Array): SeriesRef {
    const ref = this.count++;
    this.#store(ref, pairs);
    for (let i = 0; i < pairs.length; i += 2) this.#post(pairs[i], pairs[i + 1], ref);
    if (this.count * 2 > this.#table.length) this.#rehash();
    else this.#table[this.#slotOf(pairs)] = ref + 1;
    return ref;
  }

  /** A copy of the symbol pairs of a series. */
  pairs(ref: SeriesRef): Int32Array {
    return this.#pairs.slice(this.#offsets[ref], this.#offsets[ref + 1]);
  }

  symbolTable(): readonly string[] {
    return this.#symbols;
  }

  labels(ref: SeriesRef): Labels {
    return (this.#rendered[ref] ??= this.#render(ref));
  }

  /** Ascending; the same array as long as no further series matches. */
  select(matchers: readonly LabelMatcher[]): readonly SeriesRef[] {
    const key = matchers.map(({ name, operator, value }) => `${name}\u0000${operator}\u0000${value}`).join("\u0001");
    const known = this.#selections.get(key);
    const selection = known ?? {
      matchers: matchers.map((matcher) => new CompiledMatcher(matcher)),
      upTo: 0,
      refs: NO_SERIES,
    };
    this.#refresh(selection);
    this.#remember(key, selection, known !== undefined);
    return selection.refs;
  }

  names(matchers: readonly LabelMatcher[]): readonly string[] {
    const symbols = matchers.length === 0 ? this.#postings.keys() : this.#symbolsIn(this.select(matchers), 0);
    return [...symbols].map((symbol) => this.#symbols[symbol]).sort();
  }

  values(name: string, matchers: readonly LabelMatcher[]): readonly string[] {
    const nameSymbol = this.#symbolOf.get(name);
    if (nameSymbol === undefined) return [];
    const symbols =
      matchers.length === 0
        ? (this.#postings.get(nameSymbol)?.keys() ?? [])
        : this.#symbolsIn(this.select(matchers), 1, nameSymbol);
    return [...symbols].map((symbol) => this.#symbols[symbol]).sort();
  }

  #intern(text: string): number {
    let symbol = this.#symbolOf.get(text);
    if (symbol === undefined) {
      symbol = this.#symbols.length;
      this.#symbols.push(text);
      this.#symbolOf.set(text, symbol);
    }
    return symbol;
  }

  #store(ref: SeriesRef, pairs: Int32Array): void {
    const from = this.#offsets[ref];
    if (from + pairs.length > this.#pairs.length) this.#pairs = grown(this.#pairs, from + pairs.length);
    if (ref + 2 > this.#offsets.length) this.#offsets = grown(this.#offsets, ref + 2);
    this.#pairs.set(pairs, from);
    this.#offsets[ref + 1] = from + pairs.length;
  }

  #post(name: number, value: number, ref: SeriesRef): void {
    let values = this.#postings.get(name);
    if (values === undefined) this.#postings.set(name, (values = new Map<number, SeriesRef[]>()));
    const refs = values.get(value);
    if (refs === undefined) values.set(value, [ref]);
    else refs.push(ref);
  }

  /** Where the series with these pairs stands in the table, or the free slot where it belongs. */
  #slotOf(pairs: Int32Array): number {
    const mask = this.#table.length - 1;
    let slot = hashOf(pairs) & mask;
    while (this.#table[slot] !== 0 && !this.#hasPairs(this.#table[slot] - 1, pairs)) slot = (slot + 1) & mask;
    return slot;
  }

  #hasPairs(ref: SeriesRef, pairs: Int32Array): boolean {
    const from = this.#offsets[ref];
    if (this.#offsets[ref + 1] - from !== pairs.length) return false;
    for (let i = 0; i < pairs.length; i++) if (this.#pairs[from + i] !== pairs[i]) return false;
    return true;
  }

  #rehash(): void {
    this.#table = new Int32Array(this.#table.length * 2);
    for (let ref = 0; ref < this.count; ref++) this.#table[this.#slotOf(this.pairs(ref))] = ref + 1;
  }

  #render(ref: SeriesRef): Labels {
    const labels: Record<string, string> = {};
    for (let i = this.#offsets[ref]; i < this.#offsets[ref + 1]; i += 2) {
      labels[this.#symbols[this.#pairs[i]]] = this.#symbols[this.#pairs[i + 1]];
    }
    return labels;
  }

  #refresh(selection: Selection): void {
    if (selection.upTo === this.count) return;
    const found: SeriesRef[] = [];
    for (const candidates of this.#candidates(selection)) {
      for (let i = firstAtLeast(candidates, selection.upTo); i < candidates.length; i++) {
        if (this.#matchesAll(candidates[i], selection.matchers)) found.push(candidates[i]);
      }
    }
    found.sort((a, b) => a - b);
    selection.upTo = this.count;
    if (found.length > 0) selection.refs = selection.refs.concat(found);
  }

  /** Disjoint lists that together hold every series that can match: those of the most selective matcher. */
  #candidates(selection: Selection): readonly (readonly SeriesRef[])[] {
    let best: readonly (readonly SeriesRef[])[] | undefined;
    let bestSize = Infinity;
    for (const matcher of selection.matchers) {
      if (matcher.matchesEmpty) continue;
      const lists = this.#listsOf(matcher);
      const size = lists.reduce((sum, list) => sum + list.length, 0);
      if (size < bestSize) [best, bestSize] = [lists, size];
    }
    return best ?? [Array.from({ length: this.count }, (_, ref) => ref)];
  }

  #listsOf(matcher: CompiledMatcher): readonly (readonly SeriesRef[])[] {
    const name = this.#symbolOf.get(matcher.matcher.name);
    const values = name === undefined ? undefined : this.#postings.get(name);
    if (values === undefined) return [];
    if (matcher.matcher.operator === "=") {
      const value = this.#symbolOf.get(matcher.matcher.value);
      const refs = value === undefined ? undefined : values.get(value);
      return refs === undefined ? [] : [refs];
    }
    const lists: SeriesRef[][] = [];
    for (const [value, refs] of values) if (matcher.matches(value, this.#symbols[value])) lists.push(refs);
    return lists;
  }

  #matchesAll(ref: SeriesRef, matchers: readonly CompiledMatcher[]): boolean {
    for (const matcher of matchers) {
      const value = this.#valueOf(ref, this.#symbolOf.get(matcher.matcher.name));
      const matches = value < 0 ? matcher.matchesEmpty : matcher.matches(value, this.#symbols[value]);
      if (!matches) return false;
    }
    return true;
  }

  /** Symbol of the label's value, −1 when the series has no such label. */
  #valueOf(ref: SeriesRef, name: number | undefined): number {
    for (let i = this.#offsets[ref]; i < this.#offsets[ref + 1]; i += 2) {
      if (this.#pairs[i] === name) return this.#pairs[i + 1];
    }
    return -1;
  }

  /** Symbols at the given side (0 name, 1 value) of the pairs of these series, optionally of one name only. */
  #symbolsIn(refs: readonly SeriesRef[], side: 0 | 1, name?: number): Set<number> {
    const symbols = new Set<number>();
    for (const ref of refs) {
      for (let i = this.#offsets[ref]; i < this.#offsets[ref + 1]; i += 2) {
        if (name === undefined || this.#pairs[i] === name) symbols.add(this.#pairs[i + side]);
      }
    }
    return symbols;
  }

  /** Least recently used goes first: a Map keeps the order of insertion. */
  #remember(key: string, selection: Selection, known: boolean): void {
    if (known) this.#selections.delete(key);
    this.#selections.set(key, selection);
    if (this.#selections.size <= REMEMBERED_SELECTIONS) return;
    const oldest = this.#selections.keys().next();
    if (oldest.done !== true) this.#selections.delete(oldest.value);
  }
}

function grown(array: Int32Array<ArrayBuffer>, needed: number): Int32Array<ArrayBuffer> {
  const larger = new Int32Array(Math.max(needed, array.length * 2));
  larger.set(array);
  return larger;
}

/** Murmur3's mixing over the symbols: cheap, and spreads the small integers that symbols are. */
function hashOf(pairs: Int32Array): number {
  let hash = pairs.length;
  for (const symbol of pairs) {
    hash = Math.imul(hash ^ Math.imul(symbol + 0x9e3779b9, 0x85ebca6b), 0xc2b2ae35);
    hash ^= hash >>> 15;
  }
  return hash >>> 0;
}

function firstAtLeast(ascending: readonly number[], bound: number): number {
  let low = 0;
  let high = ascending.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (ascending[middle] < bound) low = middle + 1;
    else high = middle;
  }
  return low;
}
