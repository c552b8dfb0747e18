/** Styles of the drawn service map. */
import { css } from "lit";

export const mapGraphStyles = css`
  :host {
    display: block;
    position: relative;
    overflow: hidden;
    min-height: 320px;
  }
  svg {
    display: block;
    width: 100%;
    height: 100%;
    cursor: grab;
    touch-action: none;
    user-select: none;
  }
  .zoom {
    position: absolute;
    inset: auto var(--space-2) var(--space-2) auto;
    display: flex;
    gap: 2px;
  }
  .node {
    cursor: pointer;
    outline: none;
  }
  .box {
    fill: var(--surface-1);
    stroke: var(--line-strong);
  }
  .node:hover .box {
    fill: var(--surface-2);
  }
  .node.warning .box {
    stroke: var(--severity-warning);
    stroke-width: 2;
    fill: var(--severity-warning-soft);
  }
  .node.critical .box {
    stroke: var(--severity-critical);
    stroke-width: 2;
    fill: var(--severity-critical-soft);
  }
  .node.unknown .box {
    stroke-dasharray: 4 3;
  }
  .node.chosen .box {
    stroke: var(--accent);
    stroke-width: 3;
  }
  .node:focus-visible .box {
    stroke: var(--focus);
    stroke-width: 3;
  }
  text {
    fill: var(--ink);
    font: 12px var(--font-data);
    white-space: pre;
  }
  .title {
    font: 600 13px var(--font-ui);
  }
  .figures {
    fill: var(--ink-soft);
    font-size: 11px;
  }
  .warning .symbol,
  .warning .label {
    fill: var(--severity-warning);
  }
  .critical .symbol,
  .critical .label {
    fill: var(--severity-critical);
  }
  .label {
    font-size: 11px;
    paint-order: stroke;
    stroke: var(--surface-0);
    stroke-width: 4px;
  }
  .edge {
    cursor: pointer;
  }
  .label {
    pointer-events: none;
  }
  .edge path {
    fill: none;
  }
  .target {
    stroke: transparent;
    stroke-width: 14;
  }
  .line {
    stroke: var(--line-strong);
  }
  .edge.warning .line {
    stroke: var(--severity-warning);
  }
  .edge.critical .line {
    stroke: var(--severity-critical);
  }
  .edge.chosen .line,
  .edge:hover .line {
    stroke: var(--accent);
  }
  .dimmed {
    opacity: 0.25;
  }
`;
