/** Gathers the values of each attribute on both sides of a comparison and ranks the attributes by how much they differ. */
import type { AttributeOrigin, ComparedAttribute, ComparedBin, QuantileFigures } from "../../wire/compare.js";
import { cohensH, divergenceOf, quantileOf, superiorityOf, type Pair } from "./divergence.js";

export type Side = "selection" | "baseline";
export type TalliedValue = string | number | boolean;

/** Attributes beyond these are not looked at. */
const ATTRIBUTES_MAX = 600;
/** Distinct values of one attribute; what comes later counts as one more. */
const VALUES_MAX = 8_000;
/** Numbers with no more distinct values than this are shown one by one. */
const DISCRETE_MAX = 16;
/** Ranges of other numbers, of about equally many things. */
const RANGES = 10;
/** Values that an answer lists of one attribute. */
const BINS_MAX = 12;

export const NONE = "(none)";
const OTHERS = "(others)";

const LESS_RANK = 0.7;
/** Values of which most occur once name the things and do not describe them. */
const IDENTIFIER_SHARE = 0.4;
const IDENTIFIER_MIN = 40;

/** Numbers that are names: they are compared as values. */
const CODES = /(?:status_code|port|\.id|_id|version)$/;

export interface AttributeSeed {
  readonly id: string;
  readonly origin: AttributeOrigin;
  readonly title: string;
  readonly unit?: "us" | "ms" | "count";
  /** What a thing has that was never counted: nothing, or the number 0. */
  readonly absent: "none" | "zero";
}

interface Tallied {
  readonly seed: AttributeSeed;
  /** By value, as text. */
  readonly counts: Map<string, [number, number]>;
  readonly numbers: Readonly<Record<Side, number[]>>;
  readonly weights: Record<Side, number>;
  isNumeric: boolean;
}

export interface TallySizes {
  /** Sum of the weights of each side. */
  readonly weights: Readonly<Record<Side, number>>;
  /** Things that were looked at. */
  readonly things: Readonly<Record<Side, number>>;
  /** Those that know nothing of one another, where that is fewer: what chance goes by. */
  readonly independent?: Readonly<Record<Side, number>>;
}

export class Tally {
  readonly #attributes = new Map<string, Tallied>();

  /** A value that one thing has. Each attribute at most once for each thing. */
  add(side: Side, seed: AttributeSeed, value: TalliedValue, weight = 1): void {
    const tallied = this.#tallied(seed);
    if (tallied === undefined) return;
    tallied.weights[side] += weight;
    if (tallied.isNumeric) {
      if (typeof value === "number" && !(seed.origin.kind === "field" && CODES.test(seed.origin.name))) {
        tallied.numbers[side].push(value);
        return;
      }
      becomeText(tallied);
    }
    count(tallied.counts, String(value), side, weight);
  }

  get size(): number {
    return this.#attributes.size;
  }

  /** Those that differ most first. */
  ranked(sizes: TallySizes, isByDefinition: (seed: AttributeSeed) => boolean): readonly ComparedAttribute[] {
    const compared = [...this.#attributes.values()].map((tallied) => compare(tallied, sizes, isByDefinition));
    return compared.sort(
      (one, other) =>
        Number(one.byDefinition) - Number(other.byDefinition) ||
        rankOf(other) - rankOf(one) ||
        other.divergence - one.divergence ||
        (one.id < other.id ? -1 : 1),
    );
  }

  #tallied(seed: AttributeSeed): Tallied | undefined {
    const known = this.#attributes.get(seed.id);
    if (known !== undefined) return known;
    if (this.#attributes.size >= ATTRIBUTES_MAX) return undefined;
    const made: Tallied = {
      seed,
      counts: new Map(),
      numbers: { selection: [], baseline: [] },
      weights: { selection: 0, baseline: 0 },
      isNumeric: true,
    };
    this.#attributes.set(seed.id, made);
    return made;
  }
}

/** What the selection lacks is more often a consequence than a cause, so it stands behind what it has. */
function rankOf({ difference, numbers, strongest }: ComparedAttribute): number {
  const isLess =
    numbers === undefined ? strongest?.value === undefined || strongest.cohensH < 0 : numbers.superiority < 0.5;
  return isLess ? difference * LESS_RANK : difference;
}

/** An attribute that is a number on some things and a text on others is compared as text. */
function becomeText(tallied: Tallied): void {
  tallied.isNumeric = false;
  for (const side of ["selection", "baseline"] as const) {
    for (const number of tallied.numbers[side]) count(tallied.counts, String(number), side, 1);
    tallied.numbers[side].length = 0;
  }
}

function count(counts: Map<string, [number, number]>, value: string, side: Side, weight: number): void {
  let pair = counts.get(value);
  if (pair === undefined) {
    const key = counts.size >= VALUES_MAX ? OTHERS : value;
    pair = counts.get(key) ?? [0, 0];
    counts.set(key, pair);
  }
  pair[side === "selection" ? 0 : 1] += weight;
}

function compare(
  tallied: Tallied,
  allSizes: TallySizes,
  isByDefinition: (seed: AttributeSeed) => boolean,
): ComparedAttribute {
  const { seed } = tallied;
  // Numbers are counted one for each thing, whatever the thing weighs.
  const sizes = tallied.isNumeric ? { ...allSizes, weights: allSizes.things } : allSizes;
  const bins = tallied.isNumeric ? numberBins(tallied, sizes) : valueBins(tallied, sizes);
  const divergence = divergenceOf(bins.map((bin) => asThings(bin, sizes)));
  const common = {
    id: seed.id,
    origin: seed.origin,
    title: seed.title,
    ...(seed.unit === undefined ? {} : { unit: seed.unit }),
    difference: isIdentifier(tallied, sizes) ? 0 : divergence.difference,
    divergence: divergence.bits,
    byDefinition: isByDefinition(seed),
    distinct: tallied.isNumeric ? 0 : tallied.counts.size,
  };
  if (tallied.isNumeric) return { ...common, bins, numbers: figuresOf(tallied, sizes) };
  const strongest = strongestOf(bins, sizes);
  return {
    ...common,
    bins: listed(bins, sizes),
    ...(strongest === undefined ? {} : { strongest }),
  };
}

function isIdentifier({ counts, isNumeric }: Tallied, { things }: TallySizes): boolean {
  const all = things.selection + things.baseline;
  return !isNumeric && counts.size >= IDENTIFIER_MIN && counts.size >= IDENTIFIER_SHARE * all;
}

/** Weights as if each thing counted once, which chance goes by. */
function asThings({ selection, baseline }: ComparedBin, { weights, things, independent = things }: TallySizes): Pair {
  const scaled = (weight: number, side: Side): number =>
    weights[side] <= 0 ? 0 : (weight / weights[side]) * independent[side];
  return [scaled(selection, "selection"), scaled(baseline, "baseline")];
}

function valueBins({ counts, weights }: Tallied, sizes: TallySizes): ComparedBin[] {
  const bins: ComparedBin[] = [...counts].map(([value, [selection, baseline]]) =>
    value === OTHERS ? { label: OTHERS, selection, baseline } : { label: value, value, selection, baseline },
  );
  return withNone(bins, weights, sizes);
}

/** What is not there is a value as well. */
function withNone(bins: ComparedBin[], weights: Tallied["weights"], sizes: TallySizes): ComparedBin[] {
  const missing = (side: Side): number => Math.max(0, sizes.weights[side] - weights[side]);
  const none = { label: NONE, selection: missing("selection"), baseline: missing("baseline") };
  return none.selection + none.baseline > 1e-9 ? [...bins, none] : bins;
}

const share = (weight: number, side: Side, { weights }: TallySizes): number =>
  weights[side] <= 0 ? 0 : weight / weights[side];

const shareDifference = (bin: ComparedBin, sizes: TallySizes): number =>
  cohensH(share(bin.selection, "selection", sizes), share(bin.baseline, "baseline", sizes));

/** Values that differ most first; the rest as one. */
function listed(bins: readonly ComparedBin[], sizes: TallySizes): readonly ComparedBin[] {
  const sorted = [...bins].sort(
    (one, other) =>
      Math.abs(shareDifference(other, sizes)) - Math.abs(shareDifference(one, sizes)) ||
      other.selection + other.baseline - one.selection - one.baseline ||
      (one.label < other.label ? -1 : 1),
  );
  if (sorted.length <= BINS_MAX) return sorted;
  const rest = sorted.slice(BINS_MAX - 1);
  const sum = (side: Side): number => rest.reduce((total, bin) => total + bin[side], 0);
  return [
    ...sorted.slice(0, BINS_MAX - 1),
    { label: `(${String(rest.length)} others)`, selection: sum("selection"), baseline: sum("baseline") },
  ];
}

/** What the selection has more of says more than what it lacks, unless it differs by less than this share of that. */
const MORE_SHARE = 0.5;

function strongestOf(bins: readonly ComparedBin[], sizes: TallySizes): ComparedAttribute["strongest"] {
  const effects = bins.map((bin) => ({ bin, h: shareDifference(bin, sizes) }));
  const largest = effects.reduce((size, { h }) => Math.max(size, Math.abs(h)), 0);
  const more = effects.filter(({ bin, h }) => bin.value !== undefined && h > 0 && h >= MORE_SHARE * largest);
  const candidates = more.length > 0 ? more : effects;
  const best = candidates.reduce<(typeof effects)[number] | undefined>(
    (held, effect) => (held === undefined || Math.abs(effect.h) > Math.abs(held.h) ? effect : held),
    undefined,
  );
  if (best === undefined) return undefined;
  const { label, value } = best.bin;
  return { label, ...(value === undefined ? {} : { value }), cohensH: best.h };
}

/** Numbers one by one where there are few, else by ranges of about equally many. Absent zeros are numbers. */
function numberBins(tallied: Tallied, sizes: TallySizes): ComparedBin[] {
  const { seed, weights } = tallied;
  const [selection, baseline] = [numbersOf(tallied, "selection", sizes), numbersOf(tallied, "baseline", sizes)];
  const pooled = [...selection, ...baseline].sort(ascending);
  const distinct = new Set(pooled);
  const edges = distinct.size <= DISCRETE_MAX ? [...distinct] : rangeEdges(pooled);
  const isDiscrete = distinct.size <= DISCRETE_MAX;
  // Whole numbers end before the next range begins: 1 – 4 and then 5 – 9.
  const isWhole = pooled.every(Number.isInteger);
  const bins = edges.map((fromNumber, index): ComparedBin => {
    const last = index + 1 === edges.length;
    const rangeEnd = last ? pooled[pooled.length - 1] : edges[index + 1] - (isWhole ? 1 : 0);
    const toNumber = isDiscrete ? fromNumber : rangeEnd;
    const within = (number: number): boolean =>
      number >= fromNumber && (last || isDiscrete || isWhole ? number <= toNumber : number < toNumber);
    const isSingle = isDiscrete || (isWhole && fromNumber === toNumber);
    return {
      label: isSingle ? plain(fromNumber) : `${plain(fromNumber)} – ${plain(toNumber)}`,
      ...(isSingle ? { value: String(fromNumber) } : {}),
      fromNumber,
      toNumber,
      selection: selection.reduce((sum, number) => sum + (within(number) ? 1 : 0), 0),
      baseline: baseline.reduce((sum, number) => sum + (within(number) ? 1 : 0), 0),
    };
  });
  return seed.absent === "zero" ? bins : withNone(bins, weights, sizes);
}

/** Lower ends of ranges that hold about equally many of the pooled numbers. */
function rangeEdges(pooled: readonly number[]): readonly number[] {
  const edges = Array.from({ length: RANGES }, (_, index) => pooled[Math.floor((index * pooled.length) / RANGES)]);
  return [...new Set(edges)];
}

function numbersOf({ seed, numbers }: Tallied, side: Side, { things }: TallySizes): readonly number[] {
  if (seed.absent === "none") return numbers[side];
  const missing = Math.max(0, Math.round(things[side]) - numbers[side].length);
  return [...numbers[side], ...new Array<number>(missing).fill(0)];
}

function figuresOf(tallied: Tallied, sizes: TallySizes): NonNullable<ComparedAttribute["numbers"]> {
  const selection = [...numbersOf(tallied, "selection", sizes)].sort(ascending);
  const baseline = [...numbersOf(tallied, "baseline", sizes)].sort(ascending);
  return {
    selection: quantilesOf(selection),
    baseline: quantilesOf(baseline),
    superiority: selection.length === 0 || baseline.length === 0 ? 0.5 : superiorityOf(selection, baseline),
  };
}

function quantilesOf(sorted: readonly number[]): QuantileFigures | undefined {
  if (sorted.length === 0) return undefined;
  return { p10: quantileOf(sorted, 0.1), p50: quantileOf(sorted, 0.5), p90: quantileOf(sorted, 0.9) };
}

const ascending = (one: number, other: number): number => one - other;

/** Three digits, which tell ranges apart. */
const plain = (number: number): string => String(Number(number.toPrecision(3)));
