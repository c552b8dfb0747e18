/**
 * The queries of the metrics view as the address holds them: `query`, `query-b` … `query-f`, and the letters of those
 * that are not drawn (`off`). Pure.
 */
import type { UrlValues } from "../../state/url-state.js";

export const QUERY_LETTERS = ["A", "B", "C", "D", "E", "F"] as const;
export type QueryLetter = (typeof QUERY_LETTERS)[number];

export interface QueryRow {
  readonly letter: QueryLetter;
  /** Empty for a row that was added and not written yet. */
  readonly text: string;
  readonly shown: boolean;
}

interface Parameters {
  get(name: string): string | undefined;
}

export const queryParameter = (letter: QueryLetter): string =>
  letter === "A" ? "query" : `query-${letter.toLowerCase()}`;

/** Row A is always there. */
export function readQueries(url: Parameters): readonly QueryRow[] {
  const off = new Set((url.get("off") ?? "").split(","));
  return QUERY_LETTERS.flatMap((letter): readonly QueryRow[] => {
    const text = url.get(queryParameter(letter));
    if (text === undefined && letter !== "A") return [];
    return [{ letter, text: text ?? "", shown: !off.has(letter) }];
  });
}

/** Rows that are asked and drawn. */
export const drawnQueries = (rows: readonly QueryRow[]): readonly QueryRow[] =>
  rows.filter(({ text, shown }) => shown && text.trim() !== "");

/** The parameters that make `rows` the ones of the address. */
export function writeQueries(rows: readonly QueryRow[]): UrlValues {
  const off = rows.filter(({ shown }) => !shown).map(({ letter }) => letter);
  const texts = QUERY_LETTERS.map((letter) => {
    const text = rows.find((row) => row.letter === letter)?.text;
    return [queryParameter(letter), letter === "A" && text === "" ? undefined : text] as const;
  });
  return { ...Object.fromEntries(texts), off: off.length === 0 ? undefined : off.join(",") };
}

/** `rows` with one more, empty, under the first letter that is free; the same where all are taken. */
export function withRow(rows: readonly QueryRow[], text = ""): readonly QueryRow[] {
  const letter = QUERY_LETTERS.find((free) => rows.every((row) => row.letter !== free));
  if (letter === undefined) return rows;
  const added = [...rows, { letter, text, shown: true }];
  return added.sort((one, other) => QUERY_LETTERS.indexOf(one.letter) - QUERY_LETTERS.indexOf(other.letter));
}

/** Without a row; of A, which cannot go, the first of the others takes the place. */
export function withoutRow(rows: readonly QueryRow[], letter: QueryLetter): readonly QueryRow[] {
  const left = rows.filter((row) => row.letter !== letter);
  const [first, ...rest] = left;
  if (letter !== "A") return left;
  return first === undefined ? [{ letter: "A", text: "", shown: true }] : [{ ...first, letter: "A" }, ...rest];
}

export const withRowChanged = (
  rows: readonly QueryRow[],
  letter: QueryLetter,
  change: Partial<Pick<QueryRow, "text" | "shown">>,
): readonly QueryRow[] => rows.map((row) => (row.letter === letter ? { ...row, ...change } : row));
