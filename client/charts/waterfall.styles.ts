/** Styles of the waterfall. Names and bars share one grid, so that the ruler stands above the bars. */
import { css } from "lit";
import { LENGTH_ROOM_PX } from "./waterfall-marks.js";

export const waterfallStyles = css`
  :host {
    display: flex;
    flex-direction: column;
    min-height: 200px;
    --names: 34%;
  }
  .top {
    display: grid;
    grid-template-columns: var(--names) minmax(0, 1fr);
    row-gap: 2px;
    border-block-end: 1px solid var(--line);
    /* The rows beneath leave room for their scroll bar; so does the ruler. */
    overflow: hidden;
    scrollbar-gutter: stable;
    flex: none;
  }
  /* As wide as the time above the rows: lengths stand to its right. */
  fd-waterfall-minimap {
    margin-inline-end: ${LENGTH_ROOM_PX}px;
  }
  .ruler {
    height: 20px;
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
  /* Scrolled with the rows, over them, and not in the way of the pointer. */
  .bars {
    position: absolute;
    left: var(--names);
    pointer-events: none;
    border-inline-start: 1px solid var(--line);
    /* A layer of its own: rows that come and go beneath it do not paint it again. */
    will-change: transform;
  }
  .row {
    position: absolute;
    inset-inline: 0;
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
  .row.dimmed .name {
    opacity: 0.35;
  }
  .name {
    display: flex;
    align-items: center;
    gap: 5px;
    width: var(--names);
    height: 100%;
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
`;
