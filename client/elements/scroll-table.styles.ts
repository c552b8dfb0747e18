/** An element that is a table which scrolls, its head in sight; what stands above it does not. Wrap the table in `.scroll`. */
import { css } from "lit";

export const scrollTableStyles = css`
  :host {
    display: flex;
    flex-direction: column;
    min-height: 200px;
  }
  .scroll {
    flex: 1;
    min-height: 0;
  }
  thead th {
    position: sticky;
    top: 0;
    background: var(--surface-0);
    z-index: 1;
  }
  tbody tr:hover {
    background: var(--surface-2);
  }
`;
