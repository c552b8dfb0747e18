import { css } from "lit";

export const timePickerStyles = css`
  :host {
    display: inline-flex;
    align-items: center;
  }
  .current {
    gap: var(--space-2);
  }
  .move {
    min-width: 24px;
    padding: 0 4px;
    color: var(--ink-soft);
  }
  .sheet {
    position: fixed;
    inset: auto;
    margin: 0;
    width: min(420px, calc(100vw - 12px));
    max-height: calc(100vh - 64px);
    overflow: auto;
    padding: var(--space-3);
    color: var(--ink);
    background: var(--surface-1);
    border: 1px solid var(--line-strong);
    border-radius: var(--radius);
  }
  form {
    display: grid;
    grid-template-columns: 1fr auto;
    gap: var(--space-1) var(--space-2);
  }
  label {
    grid-column: 1 / -1;
    font-weight: 500;
  }
  form p {
    grid-column: 1 / -1;
    grid-row: 3;
    min-height: 2.9em;
  }
  input[aria-invalid="true"] {
    border-color: var(--severity-warning);
  }
  .presets {
    display: grid;
    grid-template-columns: 1fr 1fr;
    margin-block: var(--space-2);
  }
  .presets button {
    justify-content: flex-start;
    text-align: start;
    white-space: normal;
  }
  .presets .long {
    grid-column: 1 / -1;
  }
  .foot {
    display: flex;
    flex-wrap: wrap;
    gap: 2px var(--space-2);
    border-block-start: 1px solid var(--line);
    padding-block-start: var(--space-2);
  }
  @media (max-width: 700px) {
    .earlier,
    .later {
      display: none;
    }
  }
`;
