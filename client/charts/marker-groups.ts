/** Where markers stand on an axis: close ones are joined into one mark, so that each can be hit. Pure. */
import type { TimeWindow } from "../../server/wire/telemetry.js";
import { formatClock } from "./format.js";
import { MARKER_LETTERS, MARKER_TITLES } from "./markers.js";
import type { ChartMarker } from "./markers.js";

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

/** The letter of the first marker, and how many more there are. */
export function groupLetters({ markers }: MarkerGroup): string {
  const [first] = markers;
  if (first === undefined) return "";
  return markers.length > 1
    ? `${MARKER_LETTERS[first.kind]}+${String(markers.length - 1)}`
    : MARKER_LETTERS[first.kind];
}
