/** Styles of the logs view. */
import { css } from "lit";

export const logsStyles = css`
  form {
    flex: none;
  }
  .text {
    flex: 1 1 220px;
  }
  .text input {
    width: 100%;
  }
  .levels {
    display: flex;
  }
  .levels button {
    border-radius: 0;
    margin-inline-start: -1px;
  }
  .levels button:first-child {
    border-start-start-radius: var(--radius);
    border-end-start-radius: var(--radius);
  }
  .levels button:last-child {
    border-start-end-radius: var(--radius);
    border-end-end-radius: var(--radius);
  }
  .help {
    flex-basis: 100%;
    font-size: var(--text-s);
  }
  .filters {
    gap: var(--space-1) var(--space-2);
  }
  .filters .tag {
    max-width: 100%;
    overflow-wrap: anywhere;
    white-space: normal;
  }
  .remove {
    min-height: 18px;
    min-width: 24px;
    padding: 0 2px;
  }
  .add input {
    min-height: 22px;
    border-color: transparent;
    border-block-end-color: var(--line-strong);
    border-radius: 0;
    background: none;
    width: 22ch;
  }
  .failed fd-error-notice {
    flex: 1;
  }
  .panes {
    flex: 1;
    display: grid;
    grid-template-columns: minmax(180px, 240px) minmax(0, 1fr);
    gap: var(--space-3);
    min-height: 320px;
  }
  fd-field-sidebar {
    overflow: auto;
    border-inline-end: 1px solid var(--line);
  }
  section {
    display: flex;
    flex-direction: column;
    min-width: 0;
  }
  .status {
    font-size: var(--text-s);
    padding-block-end: var(--space-1);
    border-block-end: 1px solid var(--line);
  }
  fd-virtual-log {
    flex: 1;
  }
  @media (max-width: 760px) {
    .panes {
      grid-template-columns: 1fr;
      grid-template-rows: auto minmax(360px, 1fr);
    }
    fd-field-sidebar {
      border: 0;
      max-height: 200px;
    }
  }
`;
