/** How the dashboards view looks. */
import { css } from "lit";

export const viewStyles = css`
  .choices {
    justify-content: center;
    gap: var(--space-2) var(--space-4);
    margin-block-start: var(--space-2);
  }
  :host {
    display: block;
  }
  .head {
    position: sticky;
    top: 0;
    z-index: 3;
    gap: var(--space-2) var(--space-3);
    padding: var(--space-2) var(--space-4);
    background: var(--surface-0);
    border-block-end: 1px solid var(--line);
  }
  .space {
    flex: 1;
  }
  .problem {
    padding: 0 var(--space-4);
  }
  section {
    padding: var(--space-3) var(--space-4) 0;
  }
  h2 {
    margin-block-end: var(--space-1);
  }
  h2 button {
    padding-inline: 0;
    min-height: 24px;
    font: inherit;
    color: var(--ink-soft);
  }
  .panels {
    display: grid;
    gap: var(--space-4) var(--space-3);
  }
  @media (max-width: 800px) {
    .head {
      position: static;
    }
  }
`;
