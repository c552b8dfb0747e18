/**
 * Text of others made fit to be shown among ours: cut between whole characters as people see them (an emoji of seven code
 * points, a letter with its accents), and with the marks that turn or hide what stands beside them made visible. Pure.
 * Source: Unicode Standard Annex 29 for where characters end, Annex 9 for the marks of direction.
 */

/** Characters as people see them; made once, for making one takes as long as cutting a thousand texts. */
const CHARACTERS = new Intl.Segmenter(undefined, { granularity: "grapheme" });

/** Code units looked at around a cut: no character that is in use is longer. */
const LONGEST = 64;

/** The beginning of a text, of at most `lengthMax` code units, that ends where a character ends. */
export function beginningOf(text: string, lengthMax: number): string {
  if (text.length <= lengthMax) return text;
  // Between two letters without accents nothing needs to be asked: a flame graph cuts thousands of names a frame.
  if (isPlain(text.charCodeAt(lengthMax - 1)) && isPlain(text.charCodeAt(lengthMax))) return text.slice(0, lengthMax);
  const from = Math.max(0, lengthMax - LONGEST);
  let cut = from;
  for (const { index } of CHARACTERS.segment(text.slice(from, lengthMax + LONGEST))) {
    if (from + index > lengthMax) break;
    cut = from + index;
  }
  return text.slice(0, cut);
}

const isPlain = (code: number): boolean => code >= 0x20 && code < 0x7f;

/** The text where it fits, else its beginning and an ellipsis. */
export const shortened = (text: string, lengthMax: number): string =>
  text.length <= lengthMax ? text : `${beginningOf(text, lengthMax - 1)}…`;

/** Marks that turn the direction of what follows, whatever its letters, and controls that show nothing at all. */
const MARKS = /[\u0000-\u0008\u000b-\u001f\u007f\u202a-\u202e\u2066-\u2069]/g;

/** The text with each such mark written out: `U+202E` in brackets for the one that turns letters around. */
export const withMarksShown = (text: string): string =>
  text.replace(MARKS, (mark) => `⟨U+${mark.charCodeAt(0).toString(16).toUpperCase().padStart(4, "0")}⟩`);
