import { css } from "lit";

/** What covers the page behind a box that holds the focus; see `ModalController`. */
export const modalLayerStyles = css`
  .layer {
    inset: 0;
    box-sizing: border-box;
    width: 100%;
    height: 100%;
    margin: 0;
    border: 0;
    padding: 0;
    overflow: hidden;
    color: inherit;
    background: rgb(0 0 0 / 50%);
  }
  .layer:popover-open {
    display: flex;
    flex-direction: column;
    align-items: center;
  }
  [role="dialog"] {
    color: var(--ink);
    background: var(--surface-1);
    border: 1px solid var(--line-strong);
    border-radius: var(--radius);
    font-size: var(--text-m);
  }
  [role="dialog"]:focus {
    outline: 0;
  }
`;
