/** One question of the diagnosis: what is asked, why, and what is missing, beside the controls that answer it. */
import { css, html, nothing } from "lit";
import type { TemplateResult } from "lit";

interface Question {
  readonly title: string;
  readonly hint: string;
  /** What the answer needs yet. */
  readonly error?: string | undefined;
}

export function question({ title, hint, error }: Question, answer: unknown): TemplateResult {
  return html`<div class="question">
    <div>
      <h3>${title}</h3>
      <p class="soft small">${hint}</p>
      ${error === undefined ? nothing : html`<p class="critical small" role="alert">${error}</p>`}
    </div>
    <div class="answer">${answer}</div>
  </div>`;
}

/** Of questions below one another; the nearest container says whether the controls have a place beside. */
export const questionStyles = css`
  .question {
    display: grid;
    grid-template-columns: 200px minmax(0, 1fr);
    gap: var(--space-1) var(--space-4);
    padding-top: var(--space-3);
    border-top: 1px solid var(--line);
  }
  .answer {
    display: flex;
    flex-direction: column;
    gap: var(--space-2);
    min-width: 0;
    align-items: start;
  }
  /* Lines of text stay short; the map of the path takes what there is. */
  textarea {
    align-self: stretch;
    width: 100%;
    max-width: 720px;
  }
  @container (max-width: 760px) {
    .question {
      grid-template-columns: 1fr;
    }
  }
`;

/** The form and what is looked through before it is sent stand in one column. */
export const columnStyles = css`
  .column {
    display: flex;
    flex-direction: column;
    gap: var(--space-4);
    max-width: 1280px;
    padding: var(--space-3) var(--space-4) var(--space-6);
  }
`;
