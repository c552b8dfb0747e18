import { css } from "lit";

export const signalAccountStyles = css`
  :host {
    display: block;
    border: 1px solid var(--line);
    border-radius: var(--radius);
    background: var(--surface-1);
    padding: var(--space-3);
    min-width: 0;
  }
  .head {
    flex-wrap: wrap;
    gap: var(--space-1) var(--space-3);
    align-items: baseline;
  }
  .unit::first-letter {
    text-transform: uppercase;
  }
  .bar {
    display: flex;
    height: 14px;
    margin-block: var(--space-2) var(--space-1);
    border-radius: var(--radius);
    overflow: hidden;
    background: var(--surface-2);
  }
  .bar i {
    flex-basis: 0;
    min-width: 2px;
  }
  .legend {
    display: flex;
    flex-wrap: wrap;
    gap: var(--space-1) var(--space-4);
    list-style: none;
    margin: 0 0 var(--space-3);
    padding: 0;
    font-size: var(--text-s);
  }
  .none {
    color: var(--ink-soft);
  }
  .legend i,
  .tiers i {
    display: inline-block;
    width: 10px;
    height: 10px;
    margin-inline-end: var(--space-1);
    border-radius: 2px;
  }
  /* Told apart by pattern as well as by colour. */
  i.kept {
    background: var(--series-1);
  }
  i.left-out {
    background: repeating-linear-gradient(135deg, var(--ink-soft) 0 1px, var(--surface-2) 1px 4px);
    outline: 1px solid var(--line-strong);
    outline-offset: -1px;
  }
  i.waiting {
    background: repeating-linear-gradient(90deg, var(--severity-warning) 0 2px, var(--surface-1) 2px 4px);
  }
  i.lost {
    background: var(--severity-critical);
  }
  rect.kept {
    fill: var(--series-1);
  }
  rect.left-out {
    fill: var(--line-strong);
  }
  rect.waiting {
    fill: var(--severity-warning);
  }
  rect.lost {
    fill: var(--severity-critical);
  }
  .columns {
    display: grid;
    grid-template-columns: repeat(auto-fit, minmax(min(100%, 22rem), 1fr));
    gap: var(--space-4);
  }
  .columns > div {
    min-width: 0;
  }
  .scroll {
    overflow-x: auto;
  }
  caption {
    text-align: start;
    font-size: var(--text-s);
    color: var(--ink-soft);
    padding-block-end: var(--space-1);
  }
  .hidden {
    position: absolute;
    clip-path: inset(50%);
    width: 1px;
    height: 1px;
    overflow: hidden;
  }
  td .soft {
    white-space: normal;
  }
  .scroll td:first-child {
    min-width: 20ch;
  }
  .small {
    font-size: var(--text-s);
  }
  figure {
    margin: 0 0 var(--space-3);
  }
  svg {
    display: block;
    width: 100%;
    height: 64px;
    border-bottom: 1px solid var(--line-strong);
  }
  p {
    margin-block-start: var(--space-2);
  }
  .axis {
    position: relative;
    height: 10px;
    background: var(--surface-2);
    border-radius: 2px;
  }
  .axis i {
    position: absolute;
    inset-block: 0;
  }
  i.hot {
    background: var(--series-1);
  }
  i.warm {
    background: color-mix(in srgb, var(--series-1) 35%, var(--surface-1));
    outline: 1px solid var(--series-1);
    outline-offset: -1px;
  }
  .axis b {
    position: absolute;
    inset-block: -3px;
    width: 2px;
    background: var(--ink-soft);
  }
  .axis b.data {
    background: var(--ink);
    inset-block: -5px;
  }
  .axis b.rule {
    background: var(--severity-warning);
  }
  .ends {
    justify-content: space-between;
  }
  .tiers {
    margin-block-start: var(--space-2);
  }
  .tiers th {
    text-align: start;
  }
`;
