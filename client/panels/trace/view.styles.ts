/** Styles of the trace view. */
import { css } from "lit";

export const traceViewStyles = css`
  h1 {
    display: flex;
    flex-wrap: wrap;
    align-items: center;
    gap: var(--space-2);
    overflow-wrap: anywhere;
  }
  header fd-pin-button {
    margin-inline-start: auto;
  }
  .notice {
    font-size: var(--text-s);
  }
  .legend {
    display: inline-flex;
    align-items: center;
    gap: 4px;
    flex-wrap: wrap;
    margin-inline-start: auto;
  }
  .legend i {
    display: inline-block;
    width: 18px;
    height: 10px;
    margin-inline-start: var(--space-2);
  }
  i.path {
    height: 3px;
    background: var(--ink);
  }
  i.waiting {
    background: repeating-linear-gradient(-45deg, var(--surface-0) 0 2px, var(--ink-soft) 2px 4px);
    border: 1px solid var(--ink-soft);
  }
  i.hollow {
    border: 1px solid var(--ink-soft);
    background: var(--surface-2);
  }
  i.gap {
    border: 1px dashed var(--ink);
  }
  .forms {
    gap: 0;
  }
  .forms button[aria-selected="true"],
  .tabs button[aria-selected="true"] {
    background: var(--accent-soft);
    border-color: var(--accent);
  }
  .inline {
    display: inline-flex;
    align-items: center;
    gap: var(--space-1);
  }
  fd-trace-compare {
    flex: 1;
  }
  .panes {
    flex: 1;
    display: grid;
    grid-template-columns: minmax(0, 1fr) minmax(300px, 34%);
    border-block-start: 1px solid var(--line);
    min-height: 320px;
  }
  aside {
    display: flex;
    flex-direction: column;
    min-width: 0;
    min-height: 0;
    border-inline-start: 1px solid var(--line);
  }
  .tabs {
    gap: 0;
    border-block-end: 1px solid var(--line);
    flex: none;
  }
  .pane {
    flex: 1;
    overflow: auto;
    padding: var(--space-2) var(--space-3);
  }
  @media (max-width: 900px) {
    .panes {
      grid-template-columns: 1fr;
      grid-template-rows: minmax(320px, 1fr) auto;
    }
    aside {
      border: 0;
    }
  }
`;
