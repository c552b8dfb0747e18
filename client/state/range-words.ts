/** Time in words as the shorthand that `time-range.ts` reads: `last 15 minutes` is `15m`, `20 min ago` is `now-20m`. */

const UNIT_WORDS: readonly (readonly [RegExp, string])[] = [
  [/\b(?:seconds?|secs?)\b/g, "s"],
  [/\b(?:minutes?|mins?)\b/g, "m"],
  [/\b(?:hours?|hrs?)\b/g, "h"],
  [/\bdays?\b/g, "d"],
];

/** Without words where there were some; anything else comes back as it was, in lower case apart from ISO's letters. */
export function withoutWords(text: string): string {
  let plain = text.trim();
  // `T` and `Z` of ISO 8601 keep their case; words have no digits before a capital.
  if (!/\d[TZ]/.test(plain)) plain = plain.toLowerCase();
  plain = plain.replace(/^(?:the\s+)?(?:last|past)\s+/, "").replace(/^(?:an?\s+)?(?=(?:hour|minute|day)$)/, "1 ");
  for (const [word, unit] of UNIT_WORDS) plain = plain.replace(word, unit);
  plain = plain.replace(/(\d)\s+(?=(?:us|ms|s|m|h|d)(?:\b|\d))/g, "$1").replace(/(\d[smhd])\s+(?=\d+[smhd]\b)/g, "$1");
  return plain.replace(/(\d[\d.smhd]*[smhd])\s+ago\b/g, "now-$1");
}
