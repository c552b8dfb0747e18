/** Panels of a row on the grid: as the dashboard places them, closed up where one is left out, fewer a row where it is narrow. Pure. */
import type { DashboardPanelModel } from "./model.js";

/** Columns of Grafana's grid. */
export const GRID_COLUMNS = 24;

/** No panel that holds a chart is drawn narrower, px. */
const PANEL_WIDTH_MIN = 320;

/** How many columns the narrowest panel may have in `widthPx`, so that it is not drawn narrower than that. */
export const columnsMin = (widthPx: number): number =>
  Math.min(GRID_COLUMNS, Math.ceil((PANEL_WIDTH_MIN / Math.max(1, widthPx)) * GRID_COLUMNS));

/** A single figure needs less room. */
const SMALL = new Set(["stat", "gauge"]);

/**
 * Columns of each panel, in order. Lines are those of the dashboard; a panel that is left out gives its room to the
 * others of its line, and a line that would get too narrow breaks.
 */
export function panelSpans(panels: readonly DashboardPanelModel[], widthPx: number): readonly number[] {
  const least = columnsMin(widthPx);
  const spans: number[] = [];
  for (const line of linesOf(panels)) {
    const wanted = line.map(({ place, type }) =>
      Math.min(GRID_COLUMNS, Math.max(place.w, SMALL.has(type) ? Math.ceil(least / 2) : least)),
    );
    for (const part of broken(wanted)) spans.push(...stretched(part));
  }
  return spans;
}

/** Panels that begin at one height. */
function linesOf(panels: readonly DashboardPanelModel[]): readonly (readonly DashboardPanelModel[])[] {
  const lines: DashboardPanelModel[][] = [];
  for (const panel of panels) {
    const last = lines.at(-1);
    if (last !== undefined && last[0]?.place.y === panel.place.y) last.push(panel);
    else lines.push([panel]);
  }
  return lines;
}

function broken(spans: readonly number[]): readonly (readonly number[])[] {
  const parts: number[][] = [[]];
  for (const span of spans) {
    const last = parts.at(-1) ?? [];
    const used = last.reduce((sum, other) => sum + other, 0);
    if (used + span <= GRID_COLUMNS) last.push(span);
    else parts.push([span]);
  }
  return parts.filter((part) => part.length > 0);
}

/** To the whole width, each by its share; what rounding leaves goes to the last. */
function stretched(spans: readonly number[]): readonly number[] {
  const used = spans.reduce((sum, span) => sum + span, 0);
  const wide = spans.map((span) => Math.floor((span / used) * GRID_COLUMNS));
  const rest = GRID_COLUMNS - wide.reduce((sum, span) => sum + span, 0);
  return wide.map((span, index) => (index === wide.length - 1 ? span + rest : span));
}
