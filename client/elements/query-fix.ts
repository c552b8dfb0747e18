/**
 * What is wrong with a query, in any of the languages, and what mends it; a limit that was met, with its name and its
 * figures and what would make the query cheaper. Pure.
 */
import type { Diagnostic } from "../../server/base/diagnostic.js";
import type { ApiError } from "../../server/wire/errors.js";

/** Puts `text` in the place of the characters from `from` to `to`. */
interface QueryEdit {
  readonly from: number;
  readonly to: number;
  readonly text: string;
}

export interface QueryFix {
  /** What the click does: `Replace rat with rate`. */
  readonly title: string;
  readonly edits: readonly QueryEdit[];
}

export interface ShownFinding extends Diagnostic {
  readonly cures: readonly QueryFix[];
}

/** `query` after `fix`: edits from the last to the first, so that none moves another. */
export function applyFix(query: string, fix: QueryFix): string {
  return [...fix.edits]
    .sort((one, other) => other.from - one.from)
    .reduce((text, edit) => text.slice(0, edit.from) + edit.text + text.slice(edit.to), query);
}

interface MarkedLine {
  readonly before: string;
  readonly marked: string;
  readonly after: string;
}

/** Characters of the line that are shown to either side of the place. */
const AROUND = 60;

/** The line in which a finding begins, with the place marked; at the end of the query a space stands for it. */
export function markedLine(query: string, { from, to }: Pick<Diagnostic, "from" | "to">): MarkedLine {
  const at = Math.min(Math.max(0, from), query.length);
  const begin = query.lastIndexOf("\n", at - 1) + 1;
  const end = query.indexOf("\n", at) < 0 ? query.length : query.indexOf("\n", at);
  const until = Math.min(end, Math.max(to, at + 1));
  const before = query.slice(begin, at);
  const after = query.slice(until, end);
  return {
    before: before.length > AROUND ? `…${before.slice(-AROUND)}` : before,
    marked: query.slice(at, until) || " ",
    after: after.length > AROUND ? `${after.slice(0, AROUND)}…` : after,
  };
}

export interface MetLimit {
  readonly name: string;
  readonly allowed: number;
  readonly reached: number | undefined;
  /** What would make the query cheaper. */
  readonly cheaper: string;
}

/** By a word of the limit's name. */
const CHEAPER: readonly (readonly [RegExp, string])[] = [
  [/series/, "Match on fewer series: name a job or a route in the selector, or aggregate by fewer labels."],
  [/samples|steps/, "A shorter time, a longer step or a shorter range in brackets each read in proportion less."],
  [/lines/, "Name a service or a level in the stream selector: lines that it leaves out are never looked at."],
  [
    /spans|traces/,
    "Begin with resource.service.name or kind: they are looked up, other attributes are read one by one.",
  ],
  [/milliseconds|time/, "Take a shorter time first, find what you look for, then widen it."],
];

/** The limit that an error tells of; its sentence is the server's (server/base/limit-error.ts). */
export function limitOf({ code, message }: ApiError): MetLimit | undefined {
  const match = /limit of (.+?) exceeded: (?:more than (\d+(?:\.\d+)?)|(\d+(?:\.\d+)?), allowed (\d+(?:\.\d+)?))/.exec(
    message,
  );
  if (code !== "limit" || match === null) return undefined;
  const [, name = "", over, reached, allowed] = match;
  return {
    name,
    allowed: Number(over ?? allowed),
    reached: reached === undefined ? undefined : Number(reached),
    cheaper: CHEAPER.find(([pattern]) => pattern.test(name))?.[1] ?? "Ask for less at a time.",
  };
}
