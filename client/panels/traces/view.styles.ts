/** Styles of the traces view. */
import { css } from "lit";

export const tracesViewStyles = css`
  .status {
    gap: var(--space-1) var(--space-3);
  }
  fd-trace-list {
    flex: 1;
    min-height: 220px;
  }
`;
