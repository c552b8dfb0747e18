/**
 * Where the system's own few colours replace ours (WCAG 1.4.11, CSS Color Adjust): backgrounds are taken away, so that what
 * is chosen, pressed or current is said by the system's colour of selections, and marks whose colour or filling is data keep
 * theirs. Swatches are `i` throughout the client; bars and strips have the names below.
 */
import { css } from "lit";

export const forcedColorsStyles = css`
  @media (forced-colors: active) {
    i,
    .bar,
    .track,
    .strip > *,
    .shares > *,
    .axis > *,
    .area,
    progress {
      forced-color-adjust: none;
    }
    /* Not where all are pressed unless one is put aside, as in a legend: there the others are struck out. */
    button[aria-pressed="true"]:not(li *, td *),
    button[aria-selected="true"],
    a[aria-current] {
      forced-color-adjust: none;
      color: SelectedItemText !important;
      background: SelectedItem !important;
      border-color: SelectedItemText;
    }
    .row:is(.selected, .picked),
    :is(tr, li, label, button).chosen,
    :is(tr, li, div):is([aria-selected="true"], [aria-current="true"]) {
      outline: 2px solid Highlight;
      outline-offset: -2px;
    }
  }
`;
