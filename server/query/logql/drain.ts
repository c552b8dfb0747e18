/**
 * Patterns in log lines: lines of as many words that begin alike and agree in most places are one pattern, in which the
 * places where they differ are `<_>`. Source: He, Zhu, Zheng, Lyu, "Drain: An Online Log Parsing Approach with Fixed
 * Depth Tree", ICWS 2017; the wildcard and the limits are those of Loki's pattern ingester.
 */

export const WILDCARD = "<_>";

/** Share of the words in which a line has to agree with a pattern. */
const SIMILARITY_MIN = 0.4;
/** Words from the first on by which the tree divides lines. */
const TREE_DEPTH = 2;
/** Different words at one place of the tree, before the others share a branch. */
const CHILDREN_MAX = 15;
const WORDS_MAX = 80;
/** Patterns that are kept; a line that would begin a further one belongs to none. */
const CLUSTERS_MAX = 300;

export interface Cluster {
  readonly words: string[];
  /** Lines by whatever the caller counts under. */
  readonly counts: Map<number, number>;
  size: number;
}

interface Node {
  readonly children: Map<string, Node>;
  readonly clusters: Cluster[];
}

const newNode = (): Node => ({ children: new Map(), clusters: [] });

/** A word with a digit in it is a value and not a part of the text. */
const hasDigit = (word: string): boolean => /\d/.test(word);

export class Drain {
  readonly #root = newNode();
  readonly clusters: Cluster[] = [];

  /** Counts a line under `key`; answers with its pattern, undefined where it has none. */
  add(line: string, key: number): Cluster | undefined {
    const words = line.trim().split(/\s+/, WORDS_MAX + 1);
    if (words[0] === "" || words.length > WORDS_MAX) return undefined;
    const node = this.#leaf(words);
    const cluster = nearest(node.clusters, words) ?? this.#newCluster(node, words);
    if (cluster === undefined) return undefined;
    words.forEach((word, place) => {
      if (cluster.words[place] !== word) cluster.words[place] = WILDCARD;
    });
    countLines(cluster, key, 1);
    return cluster;
  }

  #leaf(words: readonly string[]): Node {
    let node = childOf(this.#root, String(words.length), Infinity);
    for (let depth = 0; depth < Math.min(TREE_DEPTH, words.length); depth++) {
      node = childOf(node, hasDigit(words[depth]) ? WILDCARD : words[depth], CHILDREN_MAX);
    }
    return node;
  }

  #newCluster(node: Node, words: readonly string[]): Cluster | undefined {
    if (this.clusters.length >= CLUSTERS_MAX) return undefined;
    const cluster: Cluster = {
      words: words.map((word) => (isValue(word) ? WILDCARD : word)),
      counts: new Map(),
      size: 0,
    };
    node.clusters.push(cluster);
    this.clusters.push(cluster);
    return cluster;
  }
}

/** Counts further lines of a pattern under `key`. */
export function countLines(cluster: Cluster, key: number, lines: number): void {
  cluster.size += lines;
  cluster.counts.set(key, (cluster.counts.get(key) ?? 0) + lines);
}

/** Numbers and ids, with a unit or a mark behind them. */
const isValue = (word: string): boolean =>
  /^[+-]?\d[\d.,:]*[a-zA-Zµ%]{0,3}[,;:.]?$/.test(word) || /^[0-9a-f]{8,}$/.test(word);

function childOf(node: Node, word: string, childrenMax: number): Node {
  const known = node.children.get(word);
  if (known !== undefined) return known;
  const key = node.children.size >= childrenMax ? WILDCARD : word;
  const child = node.children.get(key) ?? newNode();
  node.children.set(key, child);
  return child;
}

function nearest(clusters: readonly Cluster[], words: readonly string[]): Cluster | undefined {
  let best: Cluster | undefined;
  let bestShare = SIMILARITY_MIN;
  for (const cluster of clusters) {
    const share = similarity(cluster.words, words);
    if (share >= bestShare && (best === undefined || share > bestShare)) [best, bestShare] = [cluster, share];
  }
  return best;
}

function similarity(pattern: readonly string[], words: readonly string[]): number {
  let same = 0;
  for (let place = 0; place < words.length; place++) {
    if (pattern[place] === words[place] || pattern[place] === WILDCARD) same++;
  }
  return same / words.length;
}

/**
 * Patterns by their text: those in which only the number of values side by side differs read alike and are one, with the
 * counts of all.
 *
 * @param keyOf what tells patterns apart besides their text
 */
export function mergedByText<Found extends { readonly cluster: Cluster }>(
  found: Iterable<Found>,
  keyOf: (one: Found) => string,
  merge: (into: Found, from: Found) => void = () => undefined,
): readonly Found[] {
  const byText = new Map<string, Found>();
  for (const one of found) {
    const key = `${keyOf(one)}\n${patternText(one.cluster)}`;
    const into = byText.get(key);
    if (into === undefined) {
      byText.set(key, one);
      continue;
    }
    for (const [at, lines] of one.cluster.counts) countLines(into.cluster, at, lines);
    merge(into, one);
  }
  return [...byText.values()];
}

/** The pattern as text; neighbouring wildcards are one. */
export function patternText({ words }: Cluster): string {
  return words.join(" ").replace(/<_>(?: <_>)+/g, WILDCARD);
}
