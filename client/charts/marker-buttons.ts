/** Markers of a time chart as buttons above its plot: a letter for each kind, those that lie too near as one. */
import { html } from "lit";
import type { TemplateResult } from "lit";
import type { TimeWindow } from "../../server/wire/telemetry.js";
import { groupLetters, groupMarkers, groupText, leadOf } from "./marker-groups.js";
import type { ChartMarker } from "./markers.js";

/** Size of a marker's target (WCAG 2.5.8), px. */
const MARK_PX = 24;

interface MarkerButtons {
  readonly markers: readonly ChartMarker[];
  readonly window: TimeWindow;
  /** Of the plot, where the buttons stand. */
  readonly leftPx: number;
  readonly widthPx: number;
  readonly open: (marker: ChartMarker) => void;
}

export function markerButtons({ markers, window, leftPx, widthPx, open }: MarkerButtons): readonly TemplateResult[] {
  const groups = groupMarkers(markers, window, MARK_PX / Math.max(1, widthPx));
  return groups.map((group) => {
    const first = leadOf(group);
    const text = groupText(group);
    return html`<button
      class="mark ${first?.kind ?? ""}"
      style="left:${(leftPx + group.position * widthPx).toFixed(1)}px"
      title=${text}
      aria-label=${text}
      @click=${() => {
        if (first !== undefined) open(first);
      }}
    >
      <span>${groupLetters(group)}</span>
    </button>`;
  });
}
