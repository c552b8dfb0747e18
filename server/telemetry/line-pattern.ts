/**
 * Patterns of lines as Drain writes them: words, and `<_>` for anything in between. The whole line has to match. As a
 * `<_>` stands for at least one character, texts between two are looked for from the first place on where they can be.
 */

/** Stands for one character or more. */
const LINE_WILDCARD = "<_>";

/** The texts of a pattern, which a line has to have in order. */
const textsOf = (pattern: string): readonly string[] => pattern.split(LINE_WILDCARD);

/** Terms for a search that every line of the pattern matches: what stands between wildcards, in lower case. */
export const termsOfPattern = (pattern: string): readonly string[] =>
  textsOf(pattern)
    .map((text) => text.trim().toLowerCase())
    .filter((text) => text !== "");

/** Whether a line is of the pattern. Runs of blanks are one. */
export function compilePattern(pattern: string): (line: string) => boolean {
  const texts = textsOf(pattern);
  const [first] = texts;
  const last = texts[texts.length - 1];
  const inner = texts.slice(1, -1);
  return (line) => {
    const text = line.trim().replace(/\s+/g, " ");
    if (texts.length === 1) return text === first;
    if (!text.startsWith(first) || !text.endsWith(last)) return false;
    let at = first.length;
    for (const piece of inner) {
      const found = text.indexOf(piece, at + 1);
      if (found < 0) return false;
      at = found + piece.length;
    }
    return text.length - last.length > at;
  };
}
