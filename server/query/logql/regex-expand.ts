/** Replacement by a regular expression, with `$1`, `$name` and `${name}` as Go's Expand reads them: the longest name counts. */
import type { RE2JS } from "re2js";

type Match = ReturnType<RE2JS["matcher"]>;

/** The replacement for a match that was found. */
export function expandGroups(template: string, match: Match): string {
  return template.replace(/\$(?:\$|\{(\w+)\}|(\w+))/g, (whole, braced: string | undefined, bare: string | undefined) =>
    whole === "$$" ? "$" : groupOf(match, braced ?? bare ?? ""),
  );
}

function groupOf(match: Match, name: string): string {
  try {
    return match.group(/^\d+$/.test(name) ? Number(name) : name) ?? "";
  } catch {
    // A group that is not there is empty.
    return "";
  }
}

/** The text with `replace` in the place of every match. */
export function replaceMatches(expression: RE2JS, text: string, replace: (match: Match) => string): string {
  const match = expression.matcher(text);
  let out = "";
  let at = 0;
  while (match.find()) {
    out += text.slice(at, match.start()) + replace(match);
    at = match.end();
  }
  return out + text.slice(at);
}
