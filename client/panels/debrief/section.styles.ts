/** A part of the debrief: paragraphs, lists and what folds, below one another. */
import { css } from "lit";

export const sectionStyles = css`
  :host {
    display: flex;
    flex-direction: column;
    gap: var(--space-3);
    min-width: 0;
  }
  p {
    max-width: 78ch;
    line-height: 1.5;
  }
  ul {
    margin: 0;
    padding-inline-start: var(--space-4);
  }
  details {
    border-bottom: 1px solid var(--line);
    padding-block: var(--space-2);
    max-width: 78ch;
  }
  summary {
    cursor: pointer;
  }
`;
