import { css } from "lit";
import { modalLayerStyles } from "../../elements/modal-layer.styles.js";
import { keyHintStyles } from "./key-hint.styles.js";

export const paletteStyles = [
  modalLayerStyles,
  keyHintStyles,
  css`
    :host {
      display: contents;
    }
    .box {
      display: flex;
      flex-direction: column;
      width: min(680px, calc(100vw - 16px));
      max-height: min(560px, calc(100vh - 80px));
      margin-block-start: min(72px, 8vh);
      overflow: hidden;
    }
    input {
      flex: none;
      height: 44px;
      border: 0;
      border-block-end: 1px solid var(--line);
      border-radius: 0;
      padding: 0 var(--space-4);
      font-size: var(--text-l);
      background: none;
    }
    input:focus-visible {
      outline: 0;
      border-block-end-color: var(--focus);
    }
    [role="listbox"] {
      flex: 0 1 auto;
      overflow: auto;
      padding: var(--space-1);
    }
    .group {
      padding: var(--space-2) var(--space-3) 2px;
    }
    .item {
      display: flex;
      align-items: center;
      gap: var(--space-3);
      min-height: var(--row);
      padding: 0 var(--space-3);
      border-radius: var(--radius);
      cursor: pointer;
    }
    .item[aria-selected="true"] {
      background: var(--accent-soft);
      box-shadow: inset 2px 0 var(--accent);
    }
    .title {
      flex: none;
      max-width: 60%;
      overflow: hidden;
      text-overflow: ellipsis;
      white-space: nowrap;
      unicode-bidi: isolate;
    }
    .title b {
      color: var(--accent);
    }
    .detail {
      flex: 1;
      overflow: hidden;
      text-overflow: ellipsis;
      white-space: nowrap;
    }
    footer {
      display: flex;
      flex: none;
      flex-wrap: wrap;
      gap: 0 var(--space-4);
      padding: var(--space-1) var(--space-4);
      border-block-start: 1px solid var(--line);
    }
    footer span:first-child {
      margin-inline-end: auto;
    }
    @media (max-width: 520px) {
      .detail {
        display: none;
      }
      .title {
        flex: 1;
        max-width: none;
      }
    }
  `,
];
