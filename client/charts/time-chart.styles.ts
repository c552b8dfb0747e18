/** How `<fd-time-chart>` looks, uPlot's own rules before ours. */
import { css, unsafeCSS } from "lit";
import type { CSSResultGroup } from "lit";
import uplotStyles from "uplot/dist/uPlot.min.css?inline";
import { sharedStyles } from "../elements/shared.styles.js";

export const timeChartStyles: CSSResultGroup = [
  unsafeCSS(uplotStyles),
  sharedStyles,
  css`
    :host {
      display: block;
      min-width: 0;
    }
    figure {
      margin: 0;
    }
    .plot {
      position: relative;
      width: 100%;
      overflow: hidden;
    }
    .plot:focus-visible {
      outline-offset: -2px;
    }
    .empty {
      position: absolute;
      inset: 0;
      display: grid;
      place-items: center;
      pointer-events: none;
    }
    .marks {
      position: absolute;
      inset-block-start: 0;
      inset-inline: 0;
      height: 0;
      z-index: 2;
    }
    .mark {
      position: absolute;
      transform: translateX(-50%);
      min-height: 0;
      height: 24px;
      min-width: 24px;
      padding: 0;
      border: 0;
      background: none;
    }
    .mark:hover:not(:disabled) {
      background: none;
    }
    .mark span {
      min-width: 15px;
      height: 15px;
      padding: 0 2px;
      border: 1px solid var(--line-strong);
      border-radius: 2px;
      background: var(--surface-2);
      font-size: 10px;
      font-weight: 600;
      line-height: 13px;
    }
    .mark.alert span {
      border-color: var(--severity-critical);
      color: var(--severity-critical);
      background: var(--severity-critical-soft);
    }
    .mark.action span {
      border-color: var(--accent);
      border-radius: 7px;
    }
    .uplot {
      position: absolute;
      inset: 0;
      font: inherit;
    }
    .u-over {
      cursor: crosshair;
    }
    .u-select {
      background: color-mix(in srgb, var(--accent) 20%, transparent);
    }
  `,
];
