/** Styles of the profiles view. */
import { css } from "lit";

export const profilesStyles = css`
  :host {
    container-type: inline-size;
  }
  .tools {
    gap: var(--space-2) var(--space-3);
  }
  .tools label {
    display: inline-flex;
    align-items: center;
    gap: var(--space-1);
  }
  .tools fd-pin-button {
    margin-inline-start: auto;
  }
  .legend {
    display: flex;
    flex-wrap: wrap;
    gap: var(--space-1) var(--space-3);
  }
  .legend i {
    display: inline-block;
    width: 12px;
    height: 3px;
    margin-inline-end: 4px;
    vertical-align: 3px;
  }
  .panes {
    flex: 1;
    min-height: 320px;
    display: grid;
    grid-template-columns: minmax(0, 1fr) minmax(320px, 44%);
    gap: var(--space-3);
    border-block-start: 1px solid var(--line);
    padding-block-start: var(--space-2);
  }
  .panes.single {
    grid-template-columns: minmax(0, 1fr);
  }
  .graph {
    display: flex;
    flex-direction: column;
    gap: var(--space-1);
    min-height: 0;
  }
  /* As high as its rows, so that the figures follow it; it scrolls where there is no room. */
  fd-flame {
    flex: 0 1 calc(var(--rows, 3) * 20px + 2px);
    min-height: 62px;
  }
  .table {
    overflow: auto;
    min-height: 0;
  }
  .figures {
    min-height: 44px;
    padding-block: var(--space-1);
    border-block-start: 1px solid var(--line);
  }
  .more {
    color: var(--severity-critical);
  }
  .less {
    color: var(--accent);
  }
  h3 {
    font-size: var(--text-s);
    color: var(--ink-soft);
  }
  @container (max-width: 900px) {
    .panes {
      grid-template-columns: minmax(0, 1fr);
      grid-template-rows: minmax(280px, 1fr) auto;
    }
  }
`;
