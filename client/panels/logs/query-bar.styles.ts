/** Styles of the search bar of the logs. */
import { css } from "lit";

export const queryBarStyles = css`
  :host {
    display: flex;
    flex-direction: column;
    gap: var(--space-2);
  }
  form {
    flex: none;
  }
  .text {
    flex: 1 1 220px;
  }
  .text input {
    width: 100%;
  }
  .levels,
  .modes {
    display: flex;
  }
  .levels button,
  .modes button {
    border-radius: 0;
    margin-inline-start: -1px;
  }
  .levels button:first-child,
  .modes button:first-child {
    border-start-start-radius: var(--radius);
    border-end-start-radius: var(--radius);
  }
  .levels button:last-child,
  .modes button:last-child {
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
  .editor {
    flex: 1 1 320px;
    min-width: 0;
  }
`;
