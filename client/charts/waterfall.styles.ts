/** Styles of the waterfall. Names and bars share one grid, so that the ruler stands above the bars. */
import { css } from "lit";

export const waterfallStyles = css`
  :host {
    display: flex;
    flex-direction: column;
    min-height: 200px;
    --columns: minmax(180px, 34%) minmax(0, 1fr);
  }
  .top,
  .row {
    display: grid;
    grid-template-columns: var(--columns);
  }
  .top {
    row-gap: 2px;
    border-block-end: 1px solid var(--line);
    /* The rows beneath leave room for their scroll bar; so does the ruler. */
    overflow-y: scroll;
    scrollbar-gutter: stable;
    flex: none;
  }
  canvas {
    width: 100%;
    cursor: crosshair;
    touch-action: none;
    border-inline-start: 1px solid var(--line);
  }
  .ruler {
    position: relative;
    height: 20px;
    border-inline-start: 1px solid var(--line);
    overflow: hidden;
  }
  .ruler span {
    position: absolute;
    padding-inline-start: 4px;
    border-inline-start: 1px solid var(--line-strong);
    color: var(--ink-soft);
    white-space: nowrap;
  }
  .rows {
    position: relative;
    flex: 1;
    overflow: hidden scroll;
    scrollbar-gutter: stable;
    min-height: 120px;
  }
  .rows:focus-visible {
    outline-offset: -2px;
  }
  .row {
    position: absolute;
    inset-inline: 0;
    gap: 0;
    align-items: stretch;
    flex-wrap: nowrap;
    border-block-end: 1px solid var(--line);
    cursor: pointer;
    contain: strict;
  }
  .row:hover {
    background: var(--surface-2);
  }
  .row.selected {
    background: var(--accent-soft);
    box-shadow: inset 3px 0 0 var(--accent);
  }
  .row.dimmed {
    opacity: 0.35;
  }
  .name {
    display: flex;
    align-items: center;
    gap: 5px;
    min-width: 0;
    padding-inline-end: var(--space-1);
    font-size: var(--text-s);
  }
  .name i {
    flex: none;
    width: 3px;
    height: 14px;
  }
  .label {
    flex: 1;
    overflow: hidden;
    text-overflow: ellipsis;
    white-space: nowrap;
  }
  .label b {
    font-weight: 600;
  }
  .label em {
    font-style: normal;
    color: var(--ink-soft);
  }
  .twisty {
    flex: none;
    width: 16px;
    text-align: center;
    color: var(--ink-soft);
  }
  .turned svg {
    transform: rotate(90deg);
  }
  .plot {
    position: relative;
    border-inline-start: 1px solid var(--line);
    overflow: hidden;
  }
  .bar {
    position: absolute;
    top: 5px;
    height: 10px;
    min-width: 2px;
    background: var(--color);
    border-radius: 1px;
  }
  .bar.hollow {
    background: color-mix(in srgb, var(--color) 22%, transparent);
    border: 1px solid var(--color);
  }
  .bar.error {
    outline: 1.5px solid var(--severity-critical);
  }
  .bar.orphan {
    border: 1px dashed var(--severity-warning);
  }
  .wait {
    position: absolute;
    top: 5px;
    height: 10px;
    background: repeating-linear-gradient(-45deg, var(--surface-0) 0 2px, var(--ink-soft) 2px 4px);
    border: 1px solid var(--ink-soft);
  }
  .critical-part {
    position: absolute;
    top: 17px;
    height: 3px;
    min-width: 1px;
    background: var(--ink);
  }
  .event {
    position: absolute;
    top: 3px;
    width: 2px;
    height: 14px;
    background: var(--ink);
  }
  .figure {
    position: absolute;
    top: 1px;
    line-height: 18px;
    color: var(--ink-soft);
    white-space: nowrap;
    pointer-events: none;
  }
  /* Over a bar that fills the row: on a ground of its own, as the bar has any hue. */
  .figure.over {
    padding-inline: 4px;
    line-height: 14px;
    top: 3px;
    color: var(--ink);
    background: var(--surface-0);
    border-radius: 2px;
  }
  .outside {
    position: absolute;
    inset-inline-end: 6px;
    line-height: 22px;
  }
`;
