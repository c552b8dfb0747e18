import { css } from "lit";

/** Beside `keyHint`. */
export const keyHintStyles = css`
  .keys {
    display: inline-flex;
    gap: 3px;
    white-space: nowrap;
  }
  kbd {
    font-family: var(--font-data);
    font-size: var(--text-s);
    line-height: 1.4;
    border: 1px solid var(--line-strong);
    border-radius: 3px;
    padding: 0 5px;
    background: var(--surface-2);
    color: var(--ink);
  }
`;
