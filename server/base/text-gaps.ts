/** Texts with something unknown between them. */

/**
 * Whether `term` may stand partly in one of the texts and partly in a gap beside it; what is wholly in a text, or wholly
 * in a gap, is not meant. `parts` are in order, with a gap between each and the next.
 */
export function straddles(parts: readonly string[], term: string): boolean {
  for (let gap = 0; gap + 1 < parts.length; gap++) {
    for (let at = 1; at < term.length; at++) {
      if (parts[gap].endsWith(term.slice(0, at)) || parts[gap + 1].startsWith(term.slice(at))) return true;
    }
    // A term that is longer than a whole text may reach over it from gap to gap.
    if (gap > 0 && parts[gap].length < term.length && term.includes(parts[gap])) return true;
  }
  return false;
}
