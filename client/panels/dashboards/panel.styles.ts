/** How a panel of a dashboard looks. */
import { css } from "lit";

export const panelStyles = css`
  :host {
    display: block;
    min-width: 0;
  }
  .head {
    display: flex;
    align-items: center;
    gap: var(--space-2);
    min-height: 28px;
  }
  h3 {
    flex: 1;
    min-width: 0;
  }
  .head a {
    display: inline-grid;
    place-items: center;
    min-width: 24px;
    min-height: 24px;
    white-space: nowrap;
  }
  p {
    margin: 0;
  }
  .figure {
    font-size: 1.5rem;
    font-weight: 600;
    line-height: 1.2;
  }
  .stats,
  .gauges {
    display: grid;
    grid-template-columns: repeat(auto-fit, minmax(120px, 1fr));
    gap: var(--space-2);
    padding-block: var(--space-1);
  }
  .stat {
    display: grid;
    grid-template-columns: auto 1fr;
    align-items: baseline;
    gap: 0 var(--space-2);
  }
  .stat svg {
    grid-column: 1 / -1;
    width: 100%;
    height: 28px;
  }
  .stat path {
    fill: none;
    stroke: var(--series-1);
    stroke-width: 1.25;
    vector-effect: non-scaling-stroke;
  }
  .gauge {
    display: grid;
    justify-items: center;
  }
  .gauge svg {
    width: min(100%, 160px);
  }
  .bars {
    display: grid;
    grid-template-columns: minmax(80px, max-content) 1fr max-content;
    gap: var(--space-1) var(--space-2);
    align-items: center;
    padding-block: var(--space-1);
  }
  .bars .name {
    overflow: hidden;
    text-overflow: ellipsis;
    white-space: nowrap;
    max-width: 24ch;
  }
  .track {
    height: 14px;
    background: var(--surface-2);
  }
  .track i {
    display: block;
    height: 100%;
  }
  .scroll {
    overflow: auto;
    max-height: var(--panel-height, 240px);
  }
  .lines {
    max-height: var(--panel-height, 240px);
    overflow: auto;
    font-family: var(--font-data);
    font-size: var(--text-s);
  }
  .lines a {
    display: grid;
    grid-template-columns: 72px minmax(90px, max-content) 1fr;
    gap: var(--space-2);
    color: inherit;
    text-decoration: none;
    padding-block: 2px;
    border-block-end: 1px solid var(--line);
  }
  .lines a:hover {
    background: var(--surface-2);
  }
  .lines span {
    overflow: hidden;
    text-overflow: ellipsis;
    white-space: nowrap;
  }
  .note {
    padding: var(--space-3);
    border: 1px dashed var(--line-strong);
    color: var(--ink-soft);
  }
`;
