/** The histogram of lines: colours of its levels, its legend and what follows the pointer. */
import { css } from "lit";

export const histogramStyles = css`
  :host {
    display: block;
    min-height: 108px;
  }
  svg {
    display: block;
    cursor: crosshair;
    touch-action: none;
    overflow: visible;
  }
  text {
    fill: var(--ink-soft);
    font: var(--text-s) var(--font-data);
  }
  .base {
    stroke: var(--line);
  }
  .error {
    fill: var(--severity-critical);
  }
  .warn {
    fill: var(--severity-warning);
  }
  .info {
    fill: var(--series-11);
    fill-opacity: 0.55;
  }
  .debug {
    fill: var(--series-11);
    fill-opacity: 0.25;
  }
  .selection {
    fill: var(--accent);
    opacity: 0.25;
  }
  .baseline rect {
    fill: var(--surface-2);
    stroke: var(--line-strong);
    stroke-dasharray: 4 3;
  }
  .legend i.usual {
    border: 1px dashed var(--line-strong);
    background: var(--surface-2);
  }
  .plane {
    position: relative;
  }
  .chosen {
    fill: none;
    stroke: var(--focus);
  }
  .legend {
    display: flex;
    flex-wrap: wrap;
    gap: 0 var(--space-3);
    color: var(--ink-soft);
    font-size: var(--text-s);
    min-height: 18px;
  }
  .legend i {
    display: inline-block;
    width: 8px;
    height: 8px;
    margin-inline-end: 4px;
  }
  i.error {
    background: var(--severity-critical);
  }
  i.warn {
    background: var(--severity-warning);
  }
  i.info {
    background: color-mix(in srgb, var(--series-11) 55%, transparent);
  }
  i.debug {
    background: color-mix(in srgb, var(--series-11) 25%, transparent);
  }
  .legend button {
    /* Counts grow: what stands beside must not move with each. */
    min-width: 13ch;
    justify-content: flex-start;
    color: inherit;
    border-radius: 2px;
    min-height: 24px;
    padding-inline: 2px;
  }
  .legend button[aria-pressed="true"] {
    background: var(--accent-soft);
    color: var(--ink);
  }
  .place {
    min-width: 20ch;
  }
  .legend > span {
    line-height: 24px;
  }
  path.error,
  path.warn,
  path.info,
  path.debug {
    cursor: pointer;
  }
  fd-chart-table {
    margin-inline-start: auto;
  }
  fd-chart-table[open] {
    flex-basis: 100%;
  }
`;
