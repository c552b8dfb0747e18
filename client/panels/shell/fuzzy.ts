/**
 * Fuzzy search as editors' palettes do it: every word of the query must occur in the text, as a run of characters or
 * spread over it; beginnings of words and unbroken runs count most. Pure.
 */

export interface FuzzyMatch {
  /** Higher is better. */
  readonly score: number;
  /** Indexes of the characters of the text that matched, ascending. */
  readonly marks: readonly number[];
}

const WORD_START = 8;
const CONSECUTIVE = 5;
const WHOLE_RUN = 12;
const AT_START = 10;
/** Each character between the first and last mark that did not match. */
const GAP = -0.5;
/** A word that is spread more than this many times its length over the text matched by accident. */
const SPREAD_MAX = 3;

/** How well `text` answers `query`; undefined when a word of the query does not occur. An empty query matches all. */
export function fuzzyMatch(query: string, text: string): FuzzyMatch | undefined {
  const words = query
    .toLowerCase()
    .split(/\s+/)
    .filter((word) => word !== "");
  const marks = new Set<number>();
  let score = 0;
  for (const word of words) {
    const match = matchWord(word, text.toLowerCase(), text);
    if (match === undefined) return undefined;
    score += match.score;
    for (const mark of match.marks) marks.add(mark);
  }
  return { score: score - text.length * 0.02, marks: [...marks].sort((one, other) => one - other) };
}

function matchWord(word: string, lower: string, text: string): FuzzyMatch | undefined {
  return runMatch(word, lower, text) ?? spreadMatch(word, lower, text);
}

/** The word as it stands: at the start of a word where it occurs there, else anywhere. */
function runMatch(word: string, lower: string, text: string): FuzzyMatch | undefined {
  let best: FuzzyMatch | undefined;
  for (let at = lower.indexOf(word); at >= 0; at = lower.indexOf(word, at + 1)) {
    const start = (startsWord(text, at) ? WORD_START : 0) + (at === 0 ? AT_START : 0);
    const score = WHOLE_RUN + start + word.length * CONSECUTIVE;
    if (best === undefined || score > best.score)
      best = { score, marks: Array.from({ length: word.length }, (_, index) => at + index) };
  }
  return best;
}

/** The word's characters in order, each at the start of a word where there is one left, else at the next place. */
function spreadMatch(word: string, lower: string, text: string): FuzzyMatch | undefined {
  const marks: number[] = [];
  let score = 0;
  for (const character of word) {
    const from = (marks.at(-1) ?? -1) + 1;
    const next = lower.indexOf(character, from);
    if (next < 0) return undefined;
    const at = next === from && marks.length > 0 ? next : (wordStart(lower, text, character, from) ?? next);
    score += startsWord(text, at) ? WORD_START : at === from ? CONSECUTIVE : 0;
    marks.push(at);
  }
  const spread = (marks.at(-1) ?? 0) - (marks[0] ?? 0) + 1;
  const starts = marks.filter((at) => startsWord(text, at)).length;
  if (spread > word.length * SPREAD_MAX && starts < word.length) return undefined;
  return { score: score + (spread - word.length) * GAP, marks };
}

/** The next place at which `character` begins a word. */
function wordStart(lower: string, text: string, character: string, from: number): number | undefined {
  for (let at = lower.indexOf(character, from); at >= 0; at = lower.indexOf(character, at + 1))
    if (startsWord(text, at)) return at;
  return undefined;
}

function startsWord(text: string, at: number): boolean {
  if (at === 0) return true;
  const before = text.charAt(at - 1);
  if (/[^\p{L}\p{N}]/u.test(before)) return true;
  return /\p{Ll}/u.test(before) && /\p{Lu}/u.test(text.charAt(at));
}
