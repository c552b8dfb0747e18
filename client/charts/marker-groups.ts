/** Where markers stand on an axis: close ones are joined into one mark, so that each can be hit. Pure. */
import type { TimeWindow } from "../../server/wire/telemetry.js";
import { formatClock } from "./format.js";
import { MARKER_LETTERS, MARKER_TITLES } from "./markers.js";
import type { ChartMarker, MarkerKind } from "./markers.js";

export interface MarkerGroup {
  /** 0 to 1 over the window. */
  readonly position: number;
  readonly markers: readonly ChartMarker[];
}

/**
 * Marks closer than `apart` (as a share of the width) to the one before share a place: the time of the one among them that
 * is shown. Markers outside are left out.
 */
export function groupMarkers(
  markers: readonly ChartMarker[],
  window: TimeWindow,
  apart: number,
): readonly MarkerGroup[] {
  const shareOf = ({ atUs }: ChartMarker): number => (atUs - window.fromUs) / (window.toUs - window.fromUs);
  const inside = markers.filter(({ atUs }) => atUs >= window.fromUs && atUs <= window.toUs);
  const groups: ChartMarker[][] = [];
  for (const marker of [...inside].sort((one, other) => one.atUs - other.atUs)) {
    const first = groups.at(-1)?.[0];
    if (first !== undefined && shareOf(marker) - shareOf(first) < apart) groups.at(-1)?.push(marker);
    else groups.push([marker]);
  }
  const marks: MarkerGroup[] = [];
  for (const group of groups) {
    let mark = markOf(group, shareOf);
    // One that is shown may stand too near to that of the group before.
    for (let last = marks.at(-1); last !== undefined && mark.position - last.position < apart; last = marks.at(-1)) {
      marks.pop();
      mark = markOf([...last.markers, ...mark.markers], shareOf);
    }
    marks.push(mark);
  }
  return marks;
}

function markOf(markers: readonly ChartMarker[], shareOf: (marker: ChartMarker) => number): MarkerGroup {
  const lead = leadOf({ markers });
  return { position: lead === undefined ? 0 : shareOf(lead), markers };
}

/** What a group says: one line for each of its markers. */
export const groupText = ({ markers }: MarkerGroup): string =>
  markers.map(({ atUs, kind, title }) => `${formatClock(atUs)} ${MARKER_TITLES[kind]} · ${title}`).join("\n");

/** What a place where several lie shows and opens: what the learner did before what came by itself, else the earliest. */
const FIRST_SEEN: readonly MarkerKind[] = ["fault", "action", "alert", "answer"];

export function leadOf({ markers }: Pick<MarkerGroup, "markers">): ChartMarker | undefined {
  for (const kind of FIRST_SEEN) {
    const found = markers.find((marker) => marker.kind === kind);
    if (found !== undefined) return found;
  }
  return markers[0];
}

/** The letter of the leading marker, and how many more there are. */
export function groupLetters(group: MarkerGroup): string {
  const lead = leadOf(group);
  if (lead === undefined) return "";
  const more = group.markers.length - 1;
  return more > 0 ? `${MARKER_LETTERS[lead.kind]}+${String(more)}` : MARKER_LETTERS[lead.kind];
}
