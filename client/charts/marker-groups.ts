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

/** Marks closer than `apart` (as a share of the width) to the one before share a place. Markers outside are left out. */
export function groupMarkers(
  markers: readonly ChartMarker[],
  window: TimeWindow,
  apart: number,
): readonly MarkerGroup[] {
  const marks: { position: number; markers: ChartMarker[] }[] = [];
  const inside = markers.filter(({ atUs }) => atUs >= window.fromUs && atUs <= window.toUs);
  for (const marker of [...inside].sort((one, other) => one.atUs - other.atUs)) {
    const position = (marker.atUs - window.fromUs) / (window.toUs - window.fromUs);
    const last = marks.at(-1);
    if (last !== undefined && position - last.position < apart) last.markers.push(marker);
    else marks.push({ position, markers: [marker] });
  }
  return marks;
}

/** What a group says: one line for each of its markers. */
export const groupText = ({ markers }: MarkerGroup): string =>
  markers.map(({ atUs, kind, title }) => `${formatClock(atUs)} ${MARKER_TITLES[kind]} · ${title}`).join("\n");

/** What a place where several lie shows and opens: none hides an alert or an onset, else the earliest stands for all. */
const FIRST_SEEN: readonly MarkerKind[] = ["fault", "alert", "answer"];

export function leadOf({ markers }: MarkerGroup): ChartMarker | undefined {
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
