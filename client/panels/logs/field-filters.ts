/**
 * Field filters as one line of text, for the URL and for typing: `route="/checkout" http.response.status_code!="200"`.
 * A value without white space, quotes or backslash may stand without quotes. Used by logs and traces alike.
 */
import type { FieldFilter } from "../../../server/wire/telemetry.js";

const BARE_VALUE = /^[^\s"\\]+$/;
const FILTER = /\s*([A-Za-z_][\w.\-/]*)\s*(!=|=)\s*(?:"((?:[^"\\]|\\.)*)"|([^\s"\\]+))(?=\s|$)/y;

export type FilterParse =
  | { readonly ok: true; readonly filters: readonly FieldFilter[] }
  | { readonly ok: false; readonly offset: number; readonly message: string };

/** Reads filters separated by white space. A mistake gives its offset and what was expected there. */
export function parseFilters(text: string): FilterParse {
  const filters: FieldFilter[] = [];
  let offset = 0;
  while (text.slice(offset).trim() !== "") {
    FILTER.lastIndex = offset;
    const match = FILTER.exec(text);
    if (match === null) return refusal(text, offset);
    const [whole, name = "", operator, quoted, bare] = match;
    filters.push({
      name,
      operator: operator === "!=" ? "!=" : "=",
      value: quoted === undefined ? (bare ?? "") : quoted.replace(/\\(.)/g, "$1"),
    });
    offset += whole.length;
  }
  return { ok: true, filters };
}

function refusal(text: string, offset: number): FilterParse {
  const start = offset + (/^\s*/.exec(text.slice(offset))?.[0].length ?? 0);
  return {
    ok: false,
    offset: start,
    message: `Expected name=value or name!="a value" at character ${String(start + 1)}: ${text.slice(start, start + 24)}`,
  };
}

/** The line that `parseFilters` reads back to the same filters. */
export function printFilters(filters: readonly FieldFilter[]): string {
  return filters.map(({ name, operator, value }) => `${name}${operator}${printValue(value)}`).join(" ");
}

function printValue(value: string): string {
  return BARE_VALUE.test(value) ? value : `"${value.replace(/["\\]/g, "\\$&")}"`;
}

/** The filters with one more, taking the place of its opposite; the same filter again takes it away. */
export function toggleFilter(filters: readonly FieldFilter[], filter: FieldFilter): readonly FieldFilter[] {
  const others = filters.filter(({ name, value }) => name !== filter.name || value !== filter.value);
  const had = filters.some((known) => isSame(known, filter));
  return had ? others : [...others, filter];
}

export function isSame(one: FieldFilter, other: FieldFilter): boolean {
  return one.name === other.name && one.operator === other.operator && one.value === other.value;
}

/** Lists in the URL: `error,warn`. Names of services and levels hold no comma. */
export function parseList(text: string | undefined): readonly string[] {
  return text === undefined ? [] : text.split(",").filter((item) => item !== "");
}

/** The list with the item added or taken away, as text for the URL; undefined when nothing is left. */
export function toggleInList(text: string | undefined, item: string): string | undefined {
  const items = parseList(text);
  const next = items.includes(item) ? items.filter((known) => known !== item) : [...items, item];
  return next.length === 0 ? undefined : next.join(",");
}
