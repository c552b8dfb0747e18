/**
 * The free text of a log search: words that must all occur, `"two words"` in quotes as one, `-word` that must not.
 * Case does not matter.
 */
export interface TextQuery {
  readonly required: readonly string[];
  readonly forbidden: readonly string[];
}

/** Terms in lower case. A quote that is not closed runs to the end of the text. */
export function parseTextQuery(text: string): TextQuery {
  const required: string[] = [];
  const forbidden: string[] = [];
  for (const match of text.matchAll(/(-?)(?:"([^"]*)"?|([^\s"]+))/g)) {
    const term = (match.at(2) ?? match.at(3) ?? "").toLowerCase();
    if (term !== "") (match[1] === "-" ? forbidden : required).push(term);
  }
  return { required, forbidden };
}

/** Whether the terms hold for a line with this text and these further values. */
export function matchesText(query: TextQuery, message: string, values: Iterable<string>): boolean {
  const texts = [message.toLowerCase()];
  for (const value of values) texts.push(value.toLowerCase());
  const occurs = (term: string): boolean => texts.some((text) => text.includes(term));
  return query.required.every(occurs) && !query.forbidden.some(occurs);
}
