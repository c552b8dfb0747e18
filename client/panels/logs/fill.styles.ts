/** A view that fills the space of the shell: tools above, the part that scrolls below. Adopt and wrap in `<div class="view">`. */
import { css } from "lit";

export const fillStyles = css`
  :host {
    display: block;
    height: 100%;
  }
  .view {
    display: flex;
    flex-direction: column;
    gap: var(--space-2);
    height: 100%;
    min-height: 480px;
    padding: var(--space-3) var(--space-4);
  }
`;
