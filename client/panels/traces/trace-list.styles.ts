/** Styles of the list of traces: one grid for head and rows. */
import { css } from "lit";

export const traceListStyles = css`
  :host {
    display: block;
    min-height: 200px;
    overflow: auto hidden;
    --columns: 11ch minmax(160px, 1.4fr) minmax(110px, 0.7fr) 160px 7ch 7ch minmax(90px, 1fr) 9ch 7ch;
  }
  .table {
    display: flex;
    flex-direction: column;
    height: 100%;
    /* The columns at their narrowest, with their gaps, the padding and a scroll bar. */
    min-width: calc(41ch + 616px);
  }
  .rows {
    position: relative;
    flex: 1;
    overflow: hidden scroll;
    min-height: 120px;
  }
  .row {
    display: grid;
    grid-template-columns: var(--columns);
    gap: 0 var(--space-2);
    align-items: center;
    flex-wrap: nowrap;
    padding-inline: var(--space-2);
    border-block-end: 1px solid var(--line);
  }
  .head {
    position: static;
    min-height: 26px;
    overflow: hidden;
    scrollbar-gutter: stable;
    font-size: var(--text-s);
    color: var(--ink-soft);
  }
  .rows .row {
    position: absolute;
    inset-inline: 0;
    contain: strict;
  }
  .rows .row:hover {
    background: var(--surface-2);
  }
  .row.picked {
    background: var(--accent-soft);
  }
  .row > span {
    min-width: 0;
    overflow: hidden;
    text-overflow: ellipsis;
    white-space: nowrap;
  }
  .number,
  .errors {
    text-align: end;
  }
  .sort {
    white-space: nowrap;
    font-size: inherit;
    min-height: 24px;
  }
  .row > .duration {
    position: relative;
    align-self: stretch;
    line-height: 29px;
  }
  .bar {
    position: absolute;
    inset-block: 5px;
    left: 0;
    background: var(--accent-soft);
    min-width: 2px;
  }
  .duration .data {
    position: relative;
  }
  .sketch svg {
    display: block;
  }
  .pick button {
    min-height: 24px;
    min-width: 28px;
    padding: 0 6px;
  }
`;
