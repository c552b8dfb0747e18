/** Styles of the heatmap of traces. */
import { css } from "lit";

export const traceHeatmapStyles = css`
  :host {
    display: block;
    position: relative;
    min-height: 190px;
  }
  .plane {
    position: relative;
  }
  .plane[hidden] {
    display: none;
  }
  canvas {
    display: block;
    cursor: crosshair;
    touch-action: none;
  }
  .tip {
    position: absolute;
    max-width: 70ch;
    padding: 2px var(--space-2);
    background: var(--surface-1);
    border: 1px solid var(--line-strong);
    border-radius: var(--radius);
    pointer-events: none;
    z-index: 2;
  }
  .bands {
    height: 190px;
    overflow: auto;
  }
`;
