/** Styles of the drawn service map. */
import { css } from "lit";

export const mapGraphStyles = css`
  :host {
    display: block;
    position: relative;
    overflow: hidden;
    min-height: 320px;
  }
  .stage {
    position: absolute;
    inset: 0;
    overflow: hidden;
    cursor: grab;
    touch-action: none;
    user-select: none;
  }
  .world {
    position: absolute;
    transform-origin: 0 0;
  }
  /* Painted once and then only shifted, until it has come to rest. */
  .world.moving {
    will-change: transform;
  }
  svg {
    display: block;
    overflow: visible;
  }
  .zoom {
    position: absolute;
    inset: auto var(--space-2) var(--space-2) auto;
    z-index: 1;
    display: flex;
    gap: 2px;
  }
  .node {
    cursor: pointer;
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
  .node:focus-visible {
    outline: 2px solid var(--focus);
    outline-offset: 3px;
  }
  text {
    fill: var(--ink);
    font: 12px var(--font-data);
    white-space: pre;
  }
  .title {
    font: 600 var(--title, 13px) var(--font-ui);
  }
  .symbol {
    font-size: var(--title, 13px);
  }
  .figures {
    fill: var(--ink-soft);
    font-size: 13px;
    letter-spacing: -0.2px;
  }
  .warning .symbol,
  .warning text {
    fill: var(--severity-warning);
  }
  .critical .symbol,
  .critical text {
    fill: var(--severity-critical);
  }
  .node.warning text:not(.symbol),
  .node.critical text:not(.symbol) {
    fill: var(--ink);
  }
  .label {
    pointer-events: none;
  }
  .label rect {
    fill: var(--surface-0);
    stroke: currentColor;
    stroke-width: 0.75;
  }
  .label.warning {
    color: var(--severity-warning);
  }
  .label.critical {
    color: var(--severity-critical);
  }
  .edge {
    cursor: pointer;
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
