/** PromQL of rules as people read it: without the blanks of the file it stood in, one line for each condition. Pure. */

/** Strings in any of PromQL's three quotes, blanks, single characters: all that is needed to leave strings alone. */
const PIECES = /"(?:[^"\\]|\\.)*"|'(?:[^'\\]|\\.)*'|`[^`]*`|\s+|[\s\S]/g;

/** Operators between whole conditions: a new line stands before each that is in no bracket. */
const CONDITION = /^(?:and|or|unless)\b/;

/** `query` with runs of blanks as one space, none inside of brackets' edges, and conditions on lines of their own. */
export function tidyQuery(query: string): string {
  const pieces = query.trim().match(PIECES) ?? [];
  let text = "";
  let depth = 0;
  for (const [index, piece] of pieces.entries()) {
    if ("([{".includes(piece)) depth += 1;
    if (")]}".includes(piece)) depth -= 1;
    if (piece.trim() !== "") text += piece;
    else if (depth === 0 && CONDITION.test(pieces.slice(index + 1, index + 9).join(""))) text += "\n";
    else if (!isEdge(text.at(-1), pieces[index + 1])) text += " ";
  }
  return text;
}

const isEdge = (before: string | undefined, after: string | undefined): boolean =>
  "([{".includes(before ?? " ") || ")]}".includes(after ?? " ");
