/** Which changes the view shows, grouped and counted for its filters, and where each one leads. */
import type { ChangeRecord, TimeWindow } from "../../../server/wire/telemetry.js";

export type ChangeKind = ChangeRecord["kind"];

export interface ChangeFilter {
  /** Empty: all kinds. */
  readonly kinds: readonly ChangeKind[];
  /** Undefined: all targets. */
  readonly target?: string;
  /** Words that must all occur in title, description, author, target or diff; case does not matter. */
  readonly text?: string;
  /** Undefined: the whole history. */
  readonly window?: TimeWindow;
}

export interface Tally {
  readonly value: string;
  readonly count: number;
}

const AROUND_US = 15 * 60 * 1_000_000;

/** The words that stand for kinds and states on screen. */
export const CHANGE_KIND_WORDS: Readonly<Record<ChangeKind, string>> = {
  deploy: "Deploy",
  flag: "Flag",
  setting: "Setting",
  scaling: "Scaling",
  restart: "Restart",
};

export const CHANGE_STATE_WORDS: Readonly<Record<ChangeRecord["state"], string>> = {
  "rolling-out": "Rolling out",
  live: "Live",
  "rolled-back": "Rolled back",
};

/** Kind of a text from a URL, or undefined when it names none. */
export function asChangeKind(text: string): ChangeKind | undefined {
  return text in CHANGE_KIND_WORDS ? (text as ChangeKind) : undefined;
}

/** Kinds of a list from a URL. */
export const kindsIn = (text: string | undefined): readonly ChangeKind[] =>
  (text ?? "").split(",").flatMap((kind) => asChangeKind(kind) ?? []);

/** The filter that an address says; `window` is the page's. */
export function changeFilterOf(read: (name: string) => string | undefined, window: TimeWindow): ChangeFilter {
  const target = read("target");
  const text = read("text");
  return {
    kinds: kindsIn(read("kinds")),
    ...(target === undefined ? {} : { target }),
    ...(text === undefined ? {} : { text }),
    ...(read("span") === "window" ? { window } : {}),
  };
}

/** Matching changes, newest first. */
export function filterChanges(changes: readonly ChangeRecord[], filter: ChangeFilter): readonly ChangeRecord[] {
  return changes.filter((change) => matches(change, filter)).sort((left, right) => right.atUs - left.atUs);
}

/** How many changes there are of each kind, in a fixed order, kinds without any left out. */
export function tallyKinds(changes: readonly ChangeRecord[]): readonly (Tally & { readonly value: ChangeKind })[] {
  const kinds = Object.keys(CHANGE_KIND_WORDS) as ChangeKind[];
  return kinds
    .map((value) => ({ value, count: changes.filter(({ kind }) => kind === value).length }))
    .filter(({ count }) => count > 0);
}

/** How many changes there are of each target, by name. */
export function tallyTargets(changes: readonly ChangeRecord[]): readonly Tally[] {
  const counts = new Map<string, number>();
  for (const { target } of changes) counts.set(target, (counts.get(target) ?? 0) + 1);
  return [...counts]
    .map(([value, count]) => ({ value, count }))
    .sort((left, right) => left.value.localeCompare(right.value));
}

/** Fifteen minutes to each side of the change, not later than now. */
export function windowAround(change: ChangeRecord, nowUs: number): TimeWindow {
  return { fromUs: change.atUs - AROUND_US, toUs: Math.min(nowUs, change.atUs + AROUND_US) };
}

/** How long the roll-out took, µs; undefined while it goes on or when it took no time. */
export function rolloutUs(change: ChangeRecord): number | undefined {
  if (change.completedUs === undefined || change.completedUs <= change.atUs) return undefined;
  return change.completedUs - change.atUs;
}

function matches(change: ChangeRecord, filter: ChangeFilter): boolean {
  if (filter.kinds.length > 0 && !filter.kinds.includes(change.kind)) return false;
  if (filter.target !== undefined && change.target !== filter.target) return false;
  if (filter.window && (change.atUs < filter.window.fromUs || change.atUs > filter.window.toUs)) return false;
  return matchesText(change, filter.text ?? "");
}

function matchesText(change: ChangeRecord, text: string): boolean {
  const words = text.toLowerCase().split(/\s+/).filter(Boolean);
  if (words.length === 0) return true;
  const { title, description, author, target, diff, versionFrom = "", versionTo = "", id } = change;
  const haystack = [id, title, description, author, target, diff, versionFrom, versionTo].join("\n").toLowerCase();
  return words.every((word) => haystack.includes(word));
}
