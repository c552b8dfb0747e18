/** Styles of the traces view. */
import { css } from "lit";

export const tracesViewStyles = css`
  .editor {
    display: grid;
    grid-template-columns: minmax(0, 1fr) auto;
    gap: var(--space-2);
    align-items: start;
  }
  .status {
    gap: var(--space-1) var(--space-3);
  }
  .status fd-pin-button {
    margin-inline-start: auto;
  }
  .tabs {
    border-block-end: 1px solid var(--line);
    padding-block-end: var(--space-1);
  }
  .tabs .end {
    margin-inline-start: auto;
  }
  .tabs button[aria-selected="true"],
  .tabs button[aria-pressed="true"] {
    background: var(--accent-soft);
    border-color: var(--accent);
  }
  .inline {
    display: inline-flex;
    align-items: center;
    gap: var(--space-1);
  }
  fd-trace-list,
  fd-trace-set-path,
  fd-trace-set-difference {
    flex: 1;
    min-height: 220px;
  }
`;
