/**
 * What happened and what was looked at, as rows to read: looks at one view that follow each other closely become one
 * row, and each row knows how long after the onset it lies.
 */
import type { TimelineEntry } from "../../server/wire/debrief.js";
import { clockSecondUs } from "./format.js";

export type TimelineKind = TimelineEntry["kind"] | "onset";

/** `onset`: the one that the learner gave; the true one is the fault's entry. */
export type TimelineFact = Omit<TimelineEntry, "kind"> & { readonly kind: TimelineKind };

export interface TimelineRow {
  readonly atUs: number;
  readonly kind: TimelineKind;
  readonly title: string;
  readonly detail: string | undefined;
  /** The view to restore; of several looks the last one. */
  readonly reference: TimelineEntry["reference"];
  /** How many looks stand in this row; 1 for anything else. */
  readonly looks: number;
  /** Whole seconds, as between two clocks; negative before the onset; undefined where no onset is known. */
  readonly sinceOnsetUs: number | undefined;
}

/** Words and marks for the kinds: the mark is there so that no kind is told by colour alone. */
export const TIMELINE_KINDS: Readonly<Record<TimelineKind, { readonly word: string; readonly mark: string }>> = {
  fault: { word: "Fault", mark: "✖" },
  onset: { word: "Your onset", mark: "⚑" },
  change: { word: "Change", mark: "▲" },
  alert: { word: "Alert", mark: "!" },
  action: { word: "Action", mark: "▶" },
  look: { word: "Looked", mark: "·" },
  pin: { word: "Pinned", mark: "◆" },
  hypothesis: { word: "Hypothesis", mark: "?" },
  submission: { word: "Submitted", mark: "■" },
};

/** Looks further apart than this are two rows. */
const SAME_LOOK_US = 2 * 60_000_000;

/** Rows of the shown kinds, ascending by time; entries at one instant keep their order. */
export function timelineRows(
  entries: readonly TimelineFact[],
  { onsetUs, hidden }: { readonly onsetUs: number | undefined; readonly hidden: readonly TimelineKind[] },
): readonly TimelineRow[] {
  const shown = entries.filter(({ kind }) => !hidden.includes(kind)).sort((left, right) => left.atUs - right.atUs);
  const rows: TimelineRow[] = [];
  for (const entry of shown) {
    const last = rows.at(-1);
    if (last && continuesLook(last, entry)) {
      rows[rows.length - 1] = { ...last, looks: last.looks + 1, reference: entry.reference, detail: entry.detail };
    } else rows.push(newRow(entry, onsetUs));
  }
  return rows;
}

/** `+2:05` after the onset, `−0:30` before it. */
export function writeOffset(offsetUs: number): string {
  const seconds = Math.floor(Math.abs(offsetUs) / 1_000_000);
  const sign = offsetUs < 0 ? "−" : "+";
  return `${sign}${String(Math.floor(seconds / 60))}:${String(seconds % 60).padStart(2, "0")}`;
}

function continuesLook(last: TimelineRow, entry: TimelineFact): boolean {
  if (last.kind !== "look" || entry.kind !== "look") return false;
  const sameView = last.reference?.view === entry.reference?.view && last.title === entry.title;
  return sameView && entry.atUs - last.atUs <= SAME_LOOK_US;
}

function newRow(entry: TimelineFact, onsetUs: number | undefined): TimelineRow {
  return {
    atUs: entry.atUs,
    kind: entry.kind,
    title: entry.title,
    detail: entry.detail,
    reference: entry.reference,
    looks: 1,
    sinceOnsetUs: onsetUs === undefined ? undefined : clockSecondUs(entry.atUs) - clockSecondUs(onsetUs),
  };
}
