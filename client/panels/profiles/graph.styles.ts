/** A column of flame graphs with what belongs to them. */
import { css } from "lit";

export const graphStyles = css`
  :host {
    display: flex;
    flex-direction: column;
    gap: var(--space-1);
    min-height: 0;
  }
`;
