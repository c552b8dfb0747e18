/** A label with its control beside it. */
import { css } from "lit";

export const fieldStyles = css`
  .field {
    display: grid;
    grid-template-columns: 110px minmax(0, auto) 1fr;
    gap: 0 var(--space-2);
    align-items: center;
  }
  .field select,
  .field input {
    max-width: 100%;
  }
`;
