/** Where the marks of the change ribbon stand: on the axis of the window, close ones joined into one mark. Pure. */
import type { TimeWindow } from "../../../server/wire/telemetry.js";
import type { ChartMarker } from "../../charts/markers.js";

export interface RibbonMark {
  /** 0 to 1 over the window. */
  readonly position: number;
  readonly markers: readonly ChartMarker[];
}

/** Marks closer than `apart` (as a share of the width) to the one before share a place. Markers outside are left out. */
export function ribbonMarks(markers: readonly ChartMarker[], window: TimeWindow, apart: number): readonly RibbonMark[] {
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
